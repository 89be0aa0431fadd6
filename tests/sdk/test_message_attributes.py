"""Attributes of messages: the user's own with their types and digests, and the system's."""

import time

import pytest

from sdk.clients import ACCOUNT
from sdk.digests import md5_of_attributes
from sdk.refusals import refused

TRACE = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1"

GREETINGS = {
    "Help.Me": {"DataType": "String", "StringValue": "Me"},
    "Hello": {"DataType": "String", "StringValue": "There"},
    "General": {"DataType": "String", "StringValue": "Kenobi"},
}

# Names that are asked for: the names that come back, and the digest that AWS gave for them.
ALL_GREETINGS = (set(GREETINGS), "4c360f3fdafd970e05fae2f149d997f5")
NAME_FILTERS = [
    ([], set(), None),
    (["All"], *ALL_GREETINGS),
    (["*"], *ALL_GREETINGS),
    ([".*"], *ALL_GREETINGS),
    (["Foo", "Help"], set(), None),
    (["Hello", "General"], {"Hello", "General"}, "fca026605781cb4126a1e9044df24232"),
    (["Foo", "Hello"], {"Hello"}, "a311262e065454b75da111d535b8dacd"),
    (["Hel.*"], {"Hello", "Help.Me"}, "83fee93c1bcd8b9a5a923ffacdc636c7"),
    (["AWS."], set(), None),
    (["..foo"], set(), None),
    (["hello"], set(), None),
]


def text(value, label=""):
    return {"DataType": "String" + label, "StringValue": value}


def number(value, label=""):
    return {"DataType": "Number" + label, "StringValue": value}


def binary(value, label=""):
    return {"DataType": "Binary" + label, "BinaryValue": value}


@pytest.mark.parametrize(
    "attributes",
    [
        {"text": text("plain"), "xml": text("<&>\"' \t\n"), "far": text("漢字 \U0001f600")},
        {"int": number("42"), "real": number("-1.5e10"), "long": number("9" * 38)},
        {"bytes": binary(bytes(range(256))), "zero": binary(b"\x00")},
        {"a": text("x", ".label"), "b": number("1", ".float"), "c": binary(b"x", ".gif")},
        {f"name{i}": text(str(i)) for i in range(10)},
        {"under_score": text("x"), "hy-phen": text("x"), "do.t": text("x"), "n" * 256: text("x")},
    ],
)
def test_attributes_of_all_types_come_back_with_their_digest(queue, attributes):
    sent = queue.send("body", MessageAttributes=attributes)
    assert sent["MD5OfMessageAttributes"] == md5_of_attributes(attributes)
    message = queue.receive_one(MessageAttributeNames=["All"])
    assert message["MessageAttributes"] == attributes
    assert message["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]


def test_digest_of_the_attributes_is_the_recorded_one(queue):
    sent = queue.send("msg", MessageAttributes=GREETINGS)
    assert sent["MD5OfMessageAttributes"] == "4c360f3fdafd970e05fae2f149d997f5"
    assert sent["MD5OfMessageBody"] == "6e2baaf3b97dbeef01c0043275f9a0e7"


@pytest.mark.parametrize(("asked", "names", "digest"), NAME_FILTERS)
def test_only_the_attributes_asked_for_come_back(queue, asked, names, digest):
    queue.send("msg", MessageAttributes=GREETINGS)
    message = queue.receive_one(MessageAttributeNames=asked)
    assert message.get("MessageAttributes", {}) == {name: GREETINGS[name] for name in names}
    assert message.get("MD5OfMessageAttributes") == digest
    assert ("MessageAttributes" in message) == bool(names)


def test_empty_text_is_refused(queue):
    with refused(
        "InvalidParameterValue",
        "Message (user) attribute 'ErrorDetails' must contain a non-empty value of type 'String'.",
        query_error="InvalidParameterValueException",
    ):
        queue.send("x", MessageAttributes={"ErrorDetails": text("")})


@pytest.mark.parametrize(
    "attributes",
    [
        {"x": {"DataType": "Time", "StringValue": "x"}},
        {"x": {"DataType": "string", "StringValue": "x"}},
        {"x": {"DataType": "", "StringValue": "x"}},
        {"x": {"DataType": "String"}},
        {"x": {"DataType": "Binary", "StringValue": "x"}},
        {"x": {"DataType": "String", "BinaryValue": b"x"}},
        {"x": number("twelve")},
        {"x": number("")},
        {"x": binary(b"")},
        {"x": text("x", "." + "l" * 256)},
        {"x": text("bad \x01 character")},
        {"n" * 257: text("x")},
        {"": text("x")},
        {"sp ace": text("x")},
        {".dot": text("x")},
        {"dot.": text("x")},
        {"do..ts": text("x")},
        {"AWS.name": text("x")},
        {"aws.name": text("x")},
        {"Amazon.name": text("x")},
        {f"name{i}": text("x") for i in range(11)},
    ],
)
def test_illegal_attributes_are_refused(queue, attributes):
    with refused(("InvalidParameterValue", "InvalidMessageContents", "MissingParameter")):
        queue.send("x", MessageAttributes=attributes)
    assert queue.depth() == (0, 0, 0)


def test_system_attributes_of_a_standard_queue(queue):
    before_ms = int(time.time() * 1000) - 1000
    queue.send("msg", MessageAttributes={"Foo": text("Bar")})
    first = queue.receive_one(VisibilityTimeout=0, AttributeNames=["All"])
    assert set(first["Attributes"]) == {
        "ApproximateFirstReceiveTimestamp",
        "ApproximateReceiveCount",
        "SenderId",
        "SentTimestamp",
    }
    assert "MessageAttributes" not in first
    sent_at = int(first["Attributes"]["SentTimestamp"])
    assert before_ms < sent_at < before_ms + 60_000
    assert int(first["Attributes"]["ApproximateFirstReceiveTimestamp"]) >= sent_at
    assert first["Attributes"]["SenderId"] == ACCOUNT
    second = queue.receive_one(
        VisibilityTimeout=0, AttributeNames=["All"], MessageAttributeNames=["All"]
    )
    assert second["Attributes"] == {**first["Attributes"], "ApproximateReceiveCount": "2"}
    assert second["MessageAttributes"] == {"Foo": text("Bar")}
    assert second["MD5OfMessageAttributes"] == "ae7155c6026991b6d54b11589678bf9c"


def test_system_attributes_one_by_one(queue):
    queue.send("msg")
    one = queue.receive_one(VisibilityTimeout=0, AttributeNames=["SenderId"])
    assert set(one["Attributes"]) == {"SenderId"}
    absent = queue.receive_one(
        VisibilityTimeout=0, AttributeNames=["SenderId", "SequenceNumber", "AWSTraceHeader"]
    )
    assert set(absent["Attributes"]) == {"SenderId"}


def test_both_ways_to_name_system_attributes(sqs_json, json_queue):
    json_queue.send("msg")
    new = json_queue.receive_one(VisibilityTimeout=0, MessageSystemAttributeNames=["All"])
    same = json_queue.receive_one(
        VisibilityTimeout=0, AttributeNames=["All"], MessageSystemAttributeNames=["All"]
    )
    assert set(new["Attributes"]) == set(same["Attributes"])
    assert len(new["Attributes"]) == 4
    both = json_queue.receive_one(
        VisibilityTimeout=0, AttributeNames=["SenderId"], MessageSystemAttributeNames=["All"]
    )
    assert set(both["Attributes"]) == set(new["Attributes"])


def test_unknown_system_attribute_is_refused(queue):
    with refused(("InvalidAttributeName", "InvalidParameterValue")):
        queue.receive(AttributeNames=["Color"])


def test_trace_header_as_a_system_attribute(queue):
    attribute = {"AWSTraceHeader": text(TRACE)}
    sent = queue.send("x", MessageSystemAttributes=attribute)
    assert sent["MD5OfMessageSystemAttributes"] == md5_of_attributes(attribute)
    message = queue.receive_one(AttributeNames=["AWSTraceHeader"])
    assert message["Attributes"] == {"AWSTraceHeader": TRACE}
    assert "MessageAttributes" not in message


def test_trace_header_of_the_http_request_goes_with_the_message(sqs, queue):
    def add_trace(request, **_):
        request.headers["X-Amzn-Trace-Id"] = TRACE

    sqs.meta.events.register("before-send.sqs.SendMessage", add_trace)
    try:
        queue.send("test", MessageAttributes={"timestamp": number("1493147359900")})
    finally:
        sqs.meta.events.unregister("before-send.sqs.SendMessage", add_trace)
    message = queue.receive_one(
        AttributeNames=["SentTimestamp", "AWSTraceHeader"], MessageAttributeNames=["All"]
    )
    assert message["Attributes"]["AWSTraceHeader"] == TRACE
    assert message["MD5OfMessageAttributes"] == "235c5c510d26fb653d073faed50ae77c"


@pytest.mark.parametrize(
    "attributes",
    [
        {"Color": text("blue")},
        {"AWSTraceHeader": number("1")},
        {"AWSTraceHeader": binary(b"x")},
        {"AWSTraceHeader": text("")},
    ],
)
def test_illegal_system_attributes_are_refused(queue, attributes):
    with refused("InvalidParameterValue"):
        queue.send("x", MessageSystemAttributes=attributes)
