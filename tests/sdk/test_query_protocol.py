"""The Query protocol as bytes: forms in, XML out, by POST and by GET, at / and at a queue."""

import xml.etree.ElementTree as ElementTree

import pytest

from sdk.clients import ACCOUNT, unique_name
from sdk.query_model import XML_NAMESPACE
from sdk.raw_http import Connection, Signer, get_call, query_call, request

SPACE = {"s": XML_NAMESPACE}


@pytest.fixture
def connection(server):
    with Connection(server.endpoint) as made:
        yield made


@pytest.fixture
def call(connection):
    def ask(path="/", headers=None, **parameters):
        answer = connection.ask(query_call(connection.host, parameters, path=path, headers=headers))
        assert answer.status < 500, answer
        return answer

    return ask


@pytest.fixture
def get(connection):
    def ask(path="/", headers=None, **parameters):
        answer = connection.ask(get_call(connection.host, path, parameters, headers=headers))
        assert answer.status < 500, answer
        return answer

    return ask


def path_of(queue):
    return "/" + queue.url.split("/", 3)[3]


def text_of(answer, path):
    return ElementTree.fromstring(answer.body).findtext(path, namespaces=SPACE)


def error_code(answer):
    return text_of(answer, ".//s:Code") or text_of(answer, ".//Code")


def test_answer_is_xml_in_the_namespace_with_a_request_id(call):
    answer = call(Action="CreateQueue", QueueName=unique_name())
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/xml")
    root = ElementTree.fromstring(answer.body)
    assert root.tag == f"{{{XML_NAMESPACE}}}CreateQueueResponse"
    assert text_of(answer, "s:CreateQueueResult/s:QueueUrl")
    request_id = text_of(answer, "s:ResponseMetadata/s:RequestId")
    assert request_id == answer.headers["x-amzn-requestid"]


def test_operation_without_output_has_only_metadata(call, json_queue):
    answer = call(Action="PurgeQueue", QueueUrl=json_queue.url)
    root = ElementTree.fromstring(answer.body)
    assert [child.tag.rpartition("}")[2] for child in root] == ["ResponseMetadata"]


def test_error_has_type_code_message_and_detail(call):
    answer = call(Action="GetQueueUrl", QueueName=unique_name())
    assert answer.status == 400
    root = ElementTree.fromstring(answer.body)
    assert root.tag == f"{{{XML_NAMESPACE}}}ErrorResponse"
    assert text_of(answer, "s:Error/s:Type") == "Sender"
    assert text_of(answer, "s:Error/s:Code") == "AWS.SimpleQueueService.NonExistentQueue"
    message = "The specified queue does not exist for this wsdl version."
    assert text_of(answer, "s:Error/s:Message") == message
    assert root.find("s:Error/s:Detail", SPACE) is not None
    assert text_of(answer, "s:RequestId")
    assert "x-amzn-query-error" not in answer.headers


def test_message_with_markup_is_escaped(call, json_queue):
    body = "<a b='c'>&amp; \" \r\n\t</a>"
    call(Action="SendMessage", QueueUrl=json_queue.url, MessageBody=body)
    answer = call(Action="ReceiveMessage", QueueUrl=json_queue.url)
    assert text_of(answer, ".//s:Body") == body


def test_call_at_the_queues_own_url_needs_no_queue_url(call, json_queue):
    assert call(path_of(json_queue), Action="SendMessage", MessageBody="x").status == 200
    assert json_queue.bodies() == ["x"]


def test_get_at_the_queues_own_url(get, json_queue):
    answer = get(
        path_of(json_queue), Action="SendMessage", MessageBody="a b&c", Version="2012-11-05"
    )
    assert answer.status == 200
    assert text_of(answer, ".//s:MD5OfMessageBody")
    assert json_queue.bodies() == ["a b&c"]


def test_get_at_the_root(get):
    assert get(Action="ListQueues", Version="2012-11-05").status == 200


def test_get_without_version(get, json_queue):
    answer = get(path_of(json_queue), Action="GetQueueAttributes", **{"AttributeName.1": "All"})
    assert answer.status == 200
    assert "QueueArn" in answer.text


def test_get_without_an_action_is_unknown(get, json_queue):
    answer = get(path_of(json_queue))
    assert answer.status == 404
    assert "UnknownOperationException" in answer.text


def test_json_is_given_to_who_accepts_it(get, json_queue):
    answer = get(
        path_of(json_queue),
        {"Accept": "application/json"},
        Action="GetQueueAttributes",
        **{"AttributeName.1": "QueueArn"},
    )
    assert answer.status == 200
    assert "json" in answer.headers["content-type"]
    assert json_queue.name in answer.text
    assert isinstance(answer.json, dict)


def test_json_is_given_for_errors_too(get):
    answer = get("/", {"Accept": "application/json"}, Action="GetQueueUrl", QueueName="missing-q")
    assert answer.status == 400
    assert "NonExistentQueue" in str(answer.json)


def test_list_and_map_parameters_in_their_old_spellings(call, json_queue):
    answer = call(
        Action="SetQueueAttributes",
        QueueUrl=json_queue.url,
        **{"Attribute.Name": "VisibilityTimeout", "Attribute.Value": "35"},
    )
    assert answer.status == 200
    assert json_queue.attributes("VisibilityTimeout") == {"VisibilityTimeout": "35"}


def test_numbering_may_have_gaps(call, json_queue):
    call(
        Action="SetQueueAttributes",
        QueueUrl=json_queue.url,
        **{
            "Attribute.1.Name": "VisibilityTimeout",
            "Attribute.1.Value": "36",
            "Attribute.7.Name": "DelaySeconds",
            "Attribute.7.Value": "5",
        },
    )
    assert json_queue.attributes("VisibilityTimeout") == {"VisibilityTimeout": "36"}


def test_unknown_parameters_are_ignored(call, json_queue):
    answer = call(
        Action="SendMessage",
        QueueUrl=json_queue.url,
        MessageBody="x",
        Color="blue",
        **{"Nested.1.Shade": "dark", "MessageBody2": "y"},
    )
    assert answer.status == 200
    assert json_queue.bodies() == ["x"]


@pytest.mark.parametrize(
    "strange",
    [
        {"....": "dots"},
        {"Color": "blue", "Color.1.Shade": "dark"},
        {"Color.1": "x", "Color.a": "y"},
    ],
    ids=str,
)
def test_unknown_parameters_are_ignored_however_strange(call, json_queue, strange):
    parameters = {"Action": "SendMessage", "QueueUrl": json_queue.url, "MessageBody": "x"}
    assert call(**(parameters | strange)).status == 200


def test_unknown_action(call, get):
    for ask in (call, get):
        answer = ask(Action="FlyToTheMoon", Version="2012-11-05")
        assert answer.status == 400
        assert error_code(answer) == "InvalidAction"


def test_no_action(call):
    answer = call(QueueName="x")
    assert answer.status in (400, 404)
    assert any(
        code in answer.text for code in ("MissingAction", "InvalidAction", "UnknownOperation")
    )


@pytest.mark.parametrize(
    "parameters",
    [
        {"MaxNumberOfMessages": "many"},
        {"MaxNumberOfMessages": ""},
        {"MaxNumberOfMessages": "1.5"},
        {"MaxNumberOfMessages": "9" * 5000},
        {"WaitTimeSeconds": "0x1"},
        {"VisibilityTimeout": "\u0665"},
        {"AttributeName.0": "Nothing"},
        {"AttributeName.99999999999999999999": "All"},
        {"AttributeName.x": "All"},
        {"AttributeName.-1": "All"},
        {"AttributeName": "Nothing"},
        {"QueueUrl": ""},
        {"MessageAttributeName.1.2.3.4": "x"},
    ],
    ids=str,
)
def test_wrong_parameters_never_break_the_server(call, json_queue, parameters):
    answer = call(**({"Action": "ReceiveMessage", "QueueUrl": json_queue.url} | parameters))
    assert answer.status in (200, 400)


@pytest.mark.parametrize(
    "body",
    [
        b"Action=SendMessage&MessageBody=%ff%fe",
        b"Action=SendMessage&MessageBody=%zz",
        b"Action=SendMessage&MessageBody=%",
        b"Action=SendMessage&MessageBody=\xff",
        b"Action=SendMessage&MessageBody=%00",
        b"=&=&&&==;",
        b"Action=SendMessage&MessageBody",
        b"&" * 10000,
        b"a" * 100_000,
        b"<xml/>",
        b"{}",
        b"\x00\x01\x02",
        b"",
    ],
    ids=range(13),
)
def test_malformed_form_is_refused(connection, json_queue, body):
    path = path_of(json_queue)
    headers = {"Host": connection.host, "Content-Type": "application/x-www-form-urlencoded"}
    signed = Signer().headers("POST", path, headers, body)
    answer = connection.ask(request("POST", path, signed, body))
    assert 400 <= answer.status < 500
    assert json_queue.depth() == (0, 0, 0)


def test_plus_is_a_space(connection, json_queue):
    body = b"Action=SendMessage&MessageBody=a+b%2Bc"
    path = f"/{ACCOUNT}/{json_queue.name}"
    headers = {"Host": connection.host, "Content-Type": "application/x-www-form-urlencoded"}
    signed = Signer().headers("POST", path, headers, body)
    assert connection.ask(request("POST", path, signed, body)).status == 200
    assert json_queue.bodies() == ["a b+c"]
