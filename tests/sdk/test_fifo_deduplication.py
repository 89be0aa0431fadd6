"""Deduplication on FIFO queues: by id or content, in the queue or the group, and how long."""

import hashlib
import json

import pytest

from sdk.refusals import refused

BODY = json.dumps({"foo": "bar"})
BAD_ID = (
    "Value {} for parameter MessageDeduplicationId is invalid. Reason: MessageDeduplicationId can "
    "only include alphanumeric and punctuation characters. 1 to 128 in length."
)


@pytest.fixture(params=["by content", "by id"])
def deduplicating(request, new_queue):
    """A FIFO queue and the parameters with which every send is the same message."""
    by_content = request.param == "by content"
    queue = new_queue(fifo=True, ContentBasedDeduplication=str(by_content).lower())
    return queue, {} if by_content else {"MessageDeduplicationId": "the-id"}


def test_second_send_is_acknowledged_as_the_first(deduplicating):
    fifo, same = deduplicating
    first = fifo.send(BODY, MessageGroupId="g", **same)
    second = fifo.send(BODY, MessageGroupId="g", **same)
    assert second["MessageId"] == first["MessageId"]
    assert second["SequenceNumber"] == first["SequenceNumber"]
    assert fifo.bodies() == [BODY]


def test_deduplication_outlives_the_deletion_of_the_message(deduplicating):
    fifo, same = deduplicating
    fifo.send(BODY, MessageGroupId="g", **same)
    message = fifo.receive_one()
    fifo.delete(message)
    fifo.send(BODY, MessageGroupId="g", **same)
    assert fifo.receive() == []


def test_id_of_the_queue_blocks_other_groups_too(deduplicating):
    fifo, same = deduplicating
    fifo.send(BODY, MessageGroupId="g1", **same)
    fifo.delete(fifo.receive_one())
    fifo.send(BODY, MessageGroupId="g2", **same)
    assert fifo.receive() == []


def test_purge_forgets_what_was_sent(deduplicating):
    fifo, same = deduplicating
    fifo.send(BODY, MessageGroupId="g", **same)
    fifo.purge()
    fifo.send(BODY, MessageGroupId="g", **same)
    assert fifo.bodies() == [BODY]


def test_content_is_the_body_without_attributes(fifo):
    attribute = {"k": {"DataType": "String", "StringValue": "v"}}
    fifo.send("same", MessageGroupId="g")
    fifo.send("same", MessageGroupId="g", MessageAttributes=attribute)
    fifo.send("other", MessageGroupId="g")
    assert fifo.bodies() == ["same", "other"]


def test_content_id_is_the_sha_256_of_the_body(fifo):
    fifo.send("body", MessageGroupId="g")
    digest = hashlib.sha256(b"body").hexdigest()
    fifo.send("anything else", MessageGroupId="g", MessageDeduplicationId=digest)
    message = fifo.receive_one(AttributeNames=["MessageDeduplicationId"])
    assert message["Attributes"] == {"MessageDeduplicationId": digest}
    fifo.delete(message)
    assert fifo.receive() == []


def test_given_id_goes_before_the_content(fifo):
    fifo.send("same", MessageGroupId="g", MessageDeduplicationId="one")
    fifo.send("same", MessageGroupId="g", MessageDeduplicationId="two")
    assert fifo.bodies() == ["same", "same"]


def test_some_id_is_needed(new_queue):
    fifo = new_queue(fifo=True, ContentBasedDeduplication="false")
    with refused(
        "InvalidParameterValue",
        "The queue should either have ContentBasedDeduplication enabled or "
        "MessageDeduplicationId provided explicitly",
    ):
        fifo.send("x", MessageGroupId="g")


@pytest.mark.parametrize("bad", ["", "a" * 129, "group 123"])
def test_illegal_id_is_refused(fifo, bad):
    with refused(
        "InvalidParameterValue", BAD_ID.format(bad), query_error="InvalidParameterValueException"
    ):
        fifo.send("x", MessageGroupId="g", MessageDeduplicationId=bad)


def test_id_of_every_legal_character(fifo):
    legal = "abzAZ09!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".ljust(128, "x")
    fifo.send("x", MessageGroupId="g", MessageDeduplicationId=legal)
    message = fifo.receive_one(AttributeNames=["MessageDeduplicationId"])
    assert message["Attributes"] == {"MessageDeduplicationId": legal}


def test_scope_of_the_group_lets_other_groups_use_an_id(new_queue):
    fifo = new_queue(fifo=True, DeduplicationScope="messageGroup")
    for group in ("g1", "g2", "g1", "g2"):
        fifo.send("same", MessageGroupId=group)
    messages = fifo.receive(AttributeNames=["MessageGroupId"])
    assert [m["Attributes"]["MessageGroupId"] for m in messages] == ["g1", "g2"]


def test_change_to_high_throughput_after_creation(new_queue):
    """Recorded: an id that was used in the queue's scope stays used after the change."""
    fifo = new_queue(fifo=True, ContentBasedDeduplication="false")

    def send(body, group, deduplication):
        fifo.send(body, MessageGroupId=group, MessageDeduplicationId=deduplication)

    def take():
        messages = fifo.receive()
        for message in messages:
            fifo.delete(message)
        return [message["Body"] for message in messages]

    send("Test1", "group1", "dedup1")
    assert take() == ["Test1"]
    send("Test2", "group2", "dedup1")
    assert take() == []
    fifo.set(DeduplicationScope="messageGroup", FifoThroughputLimit="perMessageGroupId")
    assert fifo.attributes("DeduplicationScope", "FifoThroughputLimit") == {
        "DeduplicationScope": "messageGroup",
        "FifoThroughputLimit": "perMessageGroupId",
    }
    send("Test3", "group2", "dedup1")
    assert take() == []
    send("Test4", "group1", "dedup2")
    assert take() == ["Test4"]
    send("Test5", "group1", "dedup2")
    assert take() == []


def test_duplicate_does_not_wake_a_long_poll_with_nothing(json_fifo):
    json_fifo.send("once", MessageGroupId="g")
    json_fifo.delete(json_fifo.receive_one())
    json_fifo.send("once", MessageGroupId="g")
    assert json_fifo.receive(WaitTimeSeconds=1) == []
