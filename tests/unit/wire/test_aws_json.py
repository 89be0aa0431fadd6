import pytest

from tidegate.api.sqs import (
    OPERATIONS,
    ListQueuesRequest,
    ReceiveMessageResult,
    SendMessageBatchResult,
    SendMessageBatchResultEntry,
    SendMessageRequest,
)
from tidegate.base.refusals import MalformedInput, MissingRequiredParameterException
from tidegate.wire import aws_json

SEND = OPERATIONS["SendMessage"]


def test_unknown_and_null_members_are_as_absent() -> None:
    body = b'{"QueueUrl":"q","MessageBody":"b","DelaySeconds":null,"New":{"a":[1]}}'
    assert aws_json.decode(SEND, body) == SendMessageRequest(QueueUrl="q", MessageBody="b")


def test_an_empty_body_is_an_empty_object() -> None:
    assert aws_json.decode(OPERATIONS["ListQueues"], b"") == ListQueuesRequest()


@pytest.mark.parametrize(
    ("body", "member"),
    [
        (b"", "QueueUrl"),
        (b'{"QueueUrl":"q"}', "MessageBody"),
        (b'{"QueueUrl":"q","MessageBody":null}', "MessageBody"),
        (b'{"QueueUrl":"q","MessageBody":"b","MessageAttributes":{"a":{}}}', "DataType"),
        (
            b'{"QueueUrl":"q","MessageBody":"b","MessageAttributes":{"a":{"DataType":null}}}',
            "DataType",
        ),
    ],
)
def test_a_missing_member_is_named(body: bytes, member: str) -> None:
    with pytest.raises(MissingRequiredParameterException) as refused:
        aws_json.decode(SEND, body)
    assert refused.value.message == f"The request must contain the parameter {member}."


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b'"5"', "The value of DelaySeconds is not what it should be: Expected int, got str."),
        (b"1.5", "The value of DelaySeconds is not what it should be: Expected int, got float."),
        (
            b"2147483648",
            "The value of DelaySeconds is not what it should be: Expected int <= 2147483647.",
        ),
    ],
)
def test_a_wrong_type_is_named(value: bytes, text: str) -> None:
    with pytest.raises(MalformedInput) as refused:
        aws_json.decode(SEND, b'{"QueueUrl":"q","MessageBody":"b","DelaySeconds":' + value + b"}")
    assert refused.value.message == text


@pytest.mark.parametrize(
    "body",
    [
        b"null",
        b"[]",
        b"{",
        b'{"QueueUrl":"q","MessageBody":"b"} and more',
        b'{"QueueUrl":"\xff"}',
        b'{"QueueUrl":"\\ud800"}',
        b'{"x":' + b"[" * 100_000,
        b'{"QueueUrl":"q","MessageBody":"b","MessageAttributes":{"a":null}}',
    ],
)
def test_what_is_no_request_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedInput):
        aws_json.decode(SEND, body)


def test_an_absent_member_is_not_written() -> None:
    entry = SendMessageBatchResultEntry(Id="1", MessageId="m", MD5OfMessageBody="d")
    assert aws_json.encode(SendMessageBatchResult(Successful=[entry])) == (
        b'{"Successful":[{"Id":"1","MessageId":"m","MD5OfMessageBody":"d"}]}'
    )
    assert aws_json.encode(ReceiveMessageResult()) == b"{}"


def test_no_output_is_no_body() -> None:
    assert aws_json.encode(None) == b""
