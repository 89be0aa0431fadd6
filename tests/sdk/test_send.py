"""Sending: bodies, their size and characters, delay, and what is refused."""

import time
import uuid

import pytest

from sdk.digests import md5_of_body
from sdk.refusals import refused

MIB = 1048576
TOO_LONG = "One or more parameters are invalid. Reason: Message must be shorter than {} bytes."

BODIES = [
    "x",
    " leading and trailing ",
    "tab\tline\nreturn\rend",
    "<xml attr='v'>&amp;&lt;]]></xml>",
    '{"json": "\\u0041", "quote": "\\""}',
    "ünïcödé 漢字 \U0001f600 \U0010ffff",
    "a=b&c=d+e%20f;g",
    "\ufffd\ue000\ud7ff",
]


@pytest.mark.parametrize("body", BODIES)
def test_body_comes_back_as_it_was_sent(queue, body):
    sent = queue.send(body)
    assert sent["MD5OfMessageBody"] == md5_of_body(body)
    assert str(uuid.UUID(sent["MessageId"])) == sent["MessageId"]
    assert "SequenceNumber" not in sent
    assert "MD5OfMessageAttributes" not in sent
    message = queue.receive_one()
    assert message["Body"] == body
    assert message["MessageId"] == sent["MessageId"]
    assert message["MD5OfBody"] == sent["MD5OfMessageBody"]
    assert set(message) == {"MessageId", "ReceiptHandle", "MD5OfBody", "Body"}


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_characters_outside_xml_are_refused(queue, character):
    with refused("InvalidMessageContents"):
        queue.send(f"before{character}after")
    assert queue.receive() == []


def test_empty_body_is_refused(queue):
    with refused(
        "MissingParameter",
        "The request must contain the parameter MessageBody.",
        query_error="MissingRequiredParameterException",
    ):
        queue.send("")


def test_one_mebibyte_and_not_a_byte_more(queue):
    body = "m" * MIB
    assert queue.send(body)["MD5OfMessageBody"] == md5_of_body(body)
    assert queue.receive_one()["Body"] == body
    with refused("InvalidParameterValue", TOO_LONG.format(MIB)):
        queue.send(body + "m")


def test_size_is_counted_in_bytes_not_characters(new_queue):
    queue = new_queue(MaximumMessageSize="1024")
    queue.send("é" * 512)
    with refused("InvalidParameterValue", TOO_LONG.format(1024)):
        queue.send("é" * 513)


def test_maximum_message_size_of_the_queue(queue):
    queue.set(MaximumMessageSize="1024")
    queue.send("x" * 1024)
    with refused(
        "InvalidParameterValue",
        TOO_LONG.format(1024),
        query_error="InvalidParameterValueException",
    ):
        queue.send("x" * 1025)


def test_attributes_count_for_the_size(new_queue):
    queue = new_queue(MaximumMessageSize="1024")
    # Name, type and value: 3 + 6 + 15 bytes beside the 1,000 of the body.
    attribute = {"key": {"DataType": "String", "StringValue": "v" * 15}}
    queue.send("x" * 1000, MessageAttributes=attribute)
    with refused("InvalidParameterValue", TOO_LONG.format(1024)):
        queue.send("x" * 1001, MessageAttributes=attribute)


def test_delayed_message_shows_after_its_delay(json_queue):
    json_queue.send("later", DelaySeconds=1)
    sent_at = time.monotonic()
    json_queue.send("now")
    assert json_queue.depth() == (1, 0, 1)
    assert json_queue.bodies() == ["now"]
    assert json_queue.bodies(WaitTimeSeconds=5) == ["later"]
    assert time.monotonic() - sent_at > 0.9


def test_delay_of_the_queue_and_a_message_that_overrides_it(new_json_queue):
    queue = new_json_queue(DelaySeconds="900")
    queue.send("follows the queue")
    queue.send("overrides it", DelaySeconds=0)
    assert queue.bodies() == ["overrides it"]
    assert queue.depth() == (0, 1, 1)


def test_changed_delay_of_a_standard_queue_leaves_waiting_messages(new_json_queue):
    """AWS: on standard queues a changed DelaySeconds is not retroactive."""
    queue = new_json_queue(DelaySeconds="900")
    queue.send("old delay")
    queue.set(DelaySeconds="0")
    queue.send("no delay")
    assert queue.bodies() == ["no delay"]
    assert queue.depth()[2] == 1


@pytest.mark.parametrize("delay", [-1, 901])
def test_delay_has_limits(queue, delay):
    with refused("InvalidParameterValue", containing="DelaySeconds"):
        queue.send("x", DelaySeconds=delay)


@pytest.mark.parametrize("group", ["", "has space", "x" * 129, "ü"])
def test_illegal_group_on_a_standard_queue_is_refused(queue, group):
    with refused(("InvalidParameterValue", "MissingParameter")):
        queue.send("x", MessageGroupId=group)


def test_deduplication_id_is_not_for_standard_queues(queue):
    with refused("InvalidParameterValue"):
        queue.send("x", MessageDeduplicationId="id")


def test_many_bodies_in_one_queue_keep_apart(json_queue):
    bodies = {f"body {i}" for i in range(100)}
    json_queue.send_all(sorted(bodies))
    received = []
    while messages := json_queue.bodies():
        received += messages
    assert len(received) == 100
    assert set(received) == bodies
