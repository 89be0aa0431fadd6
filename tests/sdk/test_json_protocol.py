"""The AWS JSON protocol as bytes: headers, error bodies, and every malformed body."""

import json

import pytest

from sdk.clients import ACCOUNT, unique_name
from sdk.raw_http import JSON_TYPE, Connection, Signer, json_call, request

SERIALIZATION = ("SerializationException", "ValidationException", "InvalidParameterValue")


@pytest.fixture
def connection(server):
    with Connection(server.endpoint) as made:
        yield made


@pytest.fixture
def call(connection):
    """Calls an action with a body on one connection; the answer must never be a 500."""

    def ask(action, body):
        answer = connection.ask(json_call(connection.host, action, body))
        assert answer.status < 500, answer
        return answer

    return ask


def test_answer_is_json_of_version_1_0_with_a_request_id(call):
    answer = call("ListQueues", {})
    assert answer.status == 200
    assert answer.headers["content-type"] == JSON_TYPE
    assert answer.headers["x-amzn-requestid"]
    assert isinstance(answer.json, dict)


def test_request_ids_differ(call):
    ids = {call("ListQueues", {}).headers["x-amzn-requestid"] for _ in range(5)}
    assert len(ids) == 5


def test_operation_without_output_answers_with_nothing_in_it(call, json_queue):
    answer = call("SetQueueAttributes", {"QueueUrl": json_queue.url, "Attributes": {}})
    answer = call("TagQueue", {"QueueUrl": json_queue.url, "Tags": {"a": "b"}})
    assert answer.status == 200
    assert answer.body in (b"", b"{}")


def test_error_carries_the_query_error_of_older_clients(call):
    answer = call("GetQueueUrl", {"QueueName": unique_name()})
    assert answer.status == 400
    assert answer.headers["content-type"] == JSON_TYPE
    query_error = answer.headers["x-amzn-query-error"]
    assert query_error == "AWS.SimpleQueueService.NonExistentQueue;Sender"
    assert answer.error == "QueueDoesNotExist"
    assert answer.json["message"] == "The specified queue does not exist."


def test_error_that_the_model_does_not_know_has_a_query_error_too(call, json_queue):
    answer = call("ReceiveMessage", {"QueueUrl": json_queue.url, "MaxNumberOfMessages": 11})
    assert answer.headers["x-amzn-query-error"] == "InvalidParameterValue;Sender"
    assert answer.error == "InvalidParameterValueException"


def test_empty_result_has_no_empty_members(call, json_queue):
    answer = call("ReceiveMessage", {"QueueUrl": json_queue.url})
    assert answer.json.get("Messages", []) == []


def test_unknown_members_are_ignored(call, json_queue):
    body = {
        "QueueUrl": json_queue.url,
        "MessageBody": "x",
        "Color": "blue",
        "Nested": {"a": [1, {"b": None}]},
        "messagebody": "not this one",
    }
    assert call("SendMessage", body).status == 200
    assert json_queue.bodies() == ["x"]


def test_null_is_the_same_as_absent(call, json_queue):
    body = {"QueueUrl": json_queue.url, "MessageBody": "x", "DelaySeconds": None}
    assert call("SendMessage", body | {"MessageAttributes": None}).status == 200
    assert json_queue.bodies() == ["x"]


def test_missing_members_are_named(call, json_queue):
    for action, body in (
        ("SendMessage", {"QueueUrl": json_queue.url}),
        ("SendMessage", {"MessageBody": "x"}),
        ("SendMessage", {}),
        ("DeleteMessage", {"QueueUrl": json_queue.url}),
        ("ChangeMessageVisibility", {"QueueUrl": json_queue.url, "ReceiptHandle": "x"}),
        ("CreateQueue", {}),
        ("GetQueueUrl", {}),
        ("StartMessageMoveTask", {}),
        ("SendMessageBatch", {"QueueUrl": json_queue.url}),
    ):
        answer = call(action, body)
        assert answer.status == 400, (action, body)
        assert "x-amzn-query-error" in answer.headers


MALFORMED = [
    b"{",
    b"}",
    b"[]",
    b"null",
    b"1",
    b'"text"',
    b"{]",
    b'{"QueueName": }',
    b'{"QueueName": "x",}',
    b"{'QueueName': 'x'}",
    b'{"QueueName": "\xff\xfe"}',
    b'{"QueueName": "\xc3"}',
    b'{"QueueName": "bad \\u12 escape"}',
    b'{"QueueName": "raw \x01 control"}',
    b'{"QueueName": NaN}',
    b'{"QueueName": "x"} trailing',
    b"\xef\xbb\xbf{",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"QueueName": "x", "deep": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    b"<xml/>",
    b"Action=ListQueues",
]


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
def test_malformed_body_is_refused(call, body):
    assert call("CreateQueue", body).status == 400


def test_empty_body_is_an_empty_object(call):
    assert call("ListQueues", b"").status in (200, 400)


WRONG_TYPES = [
    {"MaxNumberOfMessages": "many"},
    {"MaxNumberOfMessages": 1.5},
    {"MaxNumberOfMessages": True},
    {"MaxNumberOfMessages": [1]},
    {"MaxNumberOfMessages": {}},
    {"MaxNumberOfMessages": 10**30},
    {"MaxNumberOfMessages": -(10**30)},
    {"WaitTimeSeconds": 1e300},
    {"QueueUrl": 5},
    {"QueueUrl": ["x"]},
    {"QueueUrl": {"a": "b"}},
    {"QueueUrl": True},
    {"AttributeNames": "All"},
    {"AttributeNames": {"a": "b"}},
    {"AttributeNames": [1]},
    {"AttributeNames": [["All"]]},
    {"MessageAttributeNames": 1},
    {"ReceiveRequestAttemptId": {}},
]


@pytest.mark.parametrize("wrong", WRONG_TYPES, ids=str)
def test_wrong_type_is_refused(call, json_queue, wrong):
    answer = call("ReceiveMessage", {"QueueUrl": json_queue.url} | wrong)
    assert answer.status == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"MessageBody": 1},
        {"MessageBody": ["x"]},
        {"MessageAttributes": []},
        {"MessageAttributes": {"a": "b"}},
        {"MessageAttributes": {"a": {"DataType": 1, "StringValue": "x"}}},
        {"MessageAttributes": {"a": {"DataType": "Binary", "BinaryValue": "not base64!"}}},
        {"MessageAttributes": {"a": {"DataType": "Binary", "BinaryValue": 1}}},
        {"MessageAttributes": {"a": {"StringValue": "x"}}},
        {"MessageSystemAttributes": "x"},
        {"DelaySeconds": "soon"},
    ],
    ids=str,
)
def test_wrong_type_in_a_send_is_refused_and_sends_nothing(call, json_queue, wrong):
    body = {"QueueUrl": json_queue.url, "MessageBody": "x"} | wrong
    assert call("SendMessage", body).status == 400
    assert json_queue.depth() == (0, 0, 0)


def test_lone_surrogate_is_refused_as_a_character(call, json_queue):
    body = json.dumps({"QueueUrl": json_queue.url, "MessageBody": "a"}).encode()
    answer = call("SendMessage", body.replace(b'"a"', b'"\\ud800"'))
    assert answer.status == 400
    assert json_queue.depth() == (0, 0, 0)


@pytest.mark.parametrize(
    "entries",
    [[1], ["x"], [None], [[]], {"Id": "1"}, "x", [{}], [{"Id": 1}], [{"Id": "1"}]],
    ids=str,
)
def test_wrong_batch_entries_are_refused(call, json_queue, entries):
    answer = call("SendMessageBatch", {"QueueUrl": json_queue.url, "Entries": entries})
    assert answer.status == 400 or answer.json.get("Failed")
    assert json_queue.depth() == (0, 0, 0)


@pytest.mark.parametrize("action", ["FlyToTheMoon", "", "sendmessage", "Send Message", "../x"])
def test_unknown_operation(connection, action):
    answer = connection.ask(json_call(connection.host, action, {}))
    assert answer.status in (400, 404)
    assert answer.error in ("UnknownOperationException", "InvalidAction", "MissingAction")


@pytest.mark.parametrize("target", ["AmazonSNS.Publish", "ListQueues", "AmazonSQS", "a.b.c", "."])
def test_unknown_service_or_malformed_target(connection, target):
    headers = {"Host": connection.host, "Content-Type": JSON_TYPE, "X-Amz-Target": target}
    signed = Signer().headers("POST", "/", headers, b"{}")
    answer = connection.ask(request("POST", "/", signed, b"{}"))
    assert answer.status in (400, 403, 404)


def test_call_at_the_queues_own_url(connection, json_queue):
    body = json.dumps({"QueueUrl": json_queue.url, "MessageBody": "x"}).encode()
    path = f"/{ACCOUNT}/{json_queue.name}"
    headers = {
        "Host": connection.host,
        "Content-Type": JSON_TYPE,
        "X-Amz-Target": "AmazonSQS.SendMessage",
    }
    signed = Signer().headers("POST", path, headers, body)
    assert connection.ask(request("POST", path, signed, body)).status == 200
    assert json_queue.bodies() == ["x"]


def test_content_type_with_a_charset_is_the_same(connection):
    headers = {
        "Host": connection.host,
        "Content-Type": JSON_TYPE + "; charset=utf-8",
        "X-Amz-Target": "AmazonSQS.ListQueues",
    }
    signed = Signer().headers("POST", "/", headers, b"{}")
    assert connection.ask(request("POST", "/", signed, b"{}")).status == 200
