"""Whatever comes in, each protocol gives a shape of the operation's input, or a refusal."""

from typing import Any

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from service_models import ANY_TEXT, service_model, values
from tidegate.api import iam, kms
from tidegate.api.sqs import OPERATIONS
from tidegate.base.refusals import Refusal
from tidegate.wire import aws_json, query

OPERATION = st.sampled_from(sorted(OPERATIONS))
SEND = OPERATIONS["SendMessageBatch"]

MEMBERS = sorted(
    {
        name
        for operation in OPERATIONS
        for shape in [service_model("json").operation_model(operation).input_shape]
        for name in [
            *shape.members,
            *getattr(shape.members.get("Entries"), "member", shape).members,
        ]
    }
)
JSON_LEAF = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.sampled_from(["", "10", "QUJD", "!", "\uff21", "\x00"])
)
JSON_VALUE = st.recursive(
    JSON_LEAF,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*MEMBERS, "DataType", "BinaryValue", "x"]), inner)
    ),
    max_leaves=12,
)
STEP = st.sampled_from(
    [
        *("SendMessageBatchRequestEntry", "Entries", "MessageAttribute", "MessageAttributes"),
        *("Attribute", "AttributeName", "Tag", "Name", "Value", "Key", "key", "value"),
        *("member", "entry", "StringValue", "BinaryValue", "DataType", "StringListValue"),
        *("Id", "MessageBody", "DelaySeconds", "VisibilityTimeout", "QueueUrl"),
        *("", "0", "1", "2", "01", "-1", "99999999999999999999", "٣"),
    ]
)
PARAMETERS = st.dictionaries(
    st.lists(STEP, min_size=1, max_size=8).map(".".join),
    st.sampled_from(["", "1", "-5", "true", "QUI=", "QUI", "9" * 30, "text", "\x00", "²"]),
    max_size=12,
)


def shape_or_refusal(decode: Any, operation: Any, received: Any) -> None:
    try:
        shape = decode(operation, received)
    except Refusal:
        return
    assert type(shape) is operation.input
    # The members have the types that they are declared with, to the last leaf.
    plain = msgspec.to_builtins(shape, builtin_types=(bytes,))
    assert msgspec.convert(plain, operation.input, builtin_types=(bytes,)) == shape


@given(OPERATION, st.binary(max_size=64))
@example("SendMessage", b"[" * 100_000)
@example("SendMessage", b'{"x":' * 100_000)
@example("SendMessage", b'{"QueueUrl":"q","MessageBody":"\\ud800"}')
@example("SendMessage", b'{"QueueUrl":"q","MessageBody":"\\ud800\\u0041"}')
@example("SendMessage", b'{"QueueUrl":"q","MessageBody":"\\udc00 and more after it"}')
@example("SendMessage", b'{"QueueUrl":"q","MessageBody":"\xed\xa0\x80"}')
@example("SendMessage", b'{"QueueUrl":"q","MessageBody":"\xff"}')
@example("SendMessage", b'{"QueueUrl":"q","MessageBody":"b","DelaySeconds":NaN}')
@example("SendMessage", b'{"QueueUrl":"q","MessageBody":"b","DelaySeconds":' + b"9" * 9999 + b"}")
@example("SendMessage", b'{"QueueUrl":"q","MessageBody":"b","MessageBody":1}')
@example("SendMessage", b'{"QueueUrl":"q","MessageBody":"b","MessageAttributes":{"\xff":{}}}')
def test_any_bytes_as_json(name: str, body: bytes) -> None:
    shape_or_refusal(aws_json.decode, OPERATIONS[name], body)


@given(OPERATION, st.dictionaries(st.sampled_from(MEMBERS), JSON_VALUE))
def test_any_json_under_known_names(name: str, value: dict[str, Any]) -> None:
    shape_or_refusal(aws_json.decode, OPERATIONS[name], msgspec.json.encode(value))


@given(st.data(), OPERATION)
def test_a_valid_json_body_with_a_few_bytes_changed(data: st.DataObject, name: str) -> None:
    value = data.draw(
        values(service_model("json").operation_model(name).input_shape, ANY_TEXT, least=1)
    )
    body = bytearray(msgspec.json.encode(value))
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    shape_or_refusal(aws_json.decode, OPERATIONS[name], bytes(body))


@given(st.binary(max_size=64) | st.text("ab=&%+.1\xff0", max_size=24).map(str.encode))
@example(b"a=" + b"%" * 9)
@example(b"a=%ed%a0%80")
@example(b"&" * 100_000)
@example(b".".join([b"a"] * 100_000) + b"=1")
def test_any_bytes_as_a_form(raw: bytes) -> None:
    try:
        parameters = query.parse_parameters(raw)
    except Refusal:
        return
    shape_or_refusal(query.decode, SEND, parameters)


@given(OPERATION, PARAMETERS)
@example("SendMessageBatch", {"A": "1", "A.1": "2"})
@example("SendMessageBatch", {"Entries." * 50_000 + "1": "2"})
@example("GetQueueAttributes", {"QueueUrl": "q", "AttributeName.1": "a", "AttributeName.01.x": ""})
def test_any_parameters_of_known_names(name: str, parameters: dict[str, str]) -> None:
    shape_or_refusal(query.decode, OPERATIONS[name], {"QueueUrl": "q"} | parameters)


CHECKED_STEP = st.sampled_from(
    [
        *("UserName", "Path", "Tags", "Tag", "Key", "Value", "MaxItems", "PolicyInputList"),
        *("ActionNames", "ContextEntries", "ContextKeyName", "ContextKeyValues", "Statement"),
        *("member", "entry", "key", "value", "1", "2", "0", "x"),
    ]
)


@given(
    st.sampled_from(["CreateUser", "ListUsers", "SimulateCustomPolicy", "AcquireRole"]),
    st.dictionaries(
        st.lists(CHECKED_STEP, min_size=1, max_size=6).map(".".join),
        st.sampled_from(["", "a", "/a/", "-5", "true", "x" * 300, "\x00", "\u0660"]),
        max_size=12,
    ),
)
def test_any_parameters_of_a_checked_service(name: str, parameters: dict[str, str]) -> None:
    shape_or_refusal(query.decode_checked, iam.OPERATIONS[name], parameters)


@given(
    st.sampled_from(sorted(kms.OPERATIONS)),
    st.dictionaries(
        st.sampled_from(
            [
                *("KeyId", "Plaintext", "CiphertextBlob", "EncryptionContext", "GrantTokens"),
                *("Tags", "Operations", "Constraints", "Limit", "ValidTo", "PolicyName", "x"),
            ]
        ),
        JSON_VALUE,
    ),
)
def test_any_json_of_a_checked_service(name: str, value: dict[str, Any]) -> None:
    shape_or_refusal(aws_json.decode_checked, kms.OPERATIONS[name], msgspec.json.encode(value))


@given(st.binary(max_size=64))
@example(b'{"x":' * 100_000)
@example(b'{"x":"\xff"}')
@example(b'{"KeyId":"\\ud800"}')
def test_any_bytes_as_json_of_a_checked_service(body: bytes) -> None:
    shape_or_refusal(aws_json.decode_checked, kms.OPERATIONS["Encrypt"], body)
