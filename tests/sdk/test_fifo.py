"""FIFO queues: order in a group, groups that lock, and what a receive takes from which group."""

import time

import pytest

from sdk.refusals import refused

JUST_OVER_A_SECOND = 1.15


def send_groups(queue, *names):
    """Sends messages called after their group and place, such as g1-m2."""
    for name in names:
        queue.send(name, MessageGroupId=name.partition("-")[0])


def test_messages_of_a_group_keep_their_order(fifo):
    bodies = [f"m{i}" for i in range(10)]
    for body in bodies:
        fifo.send(body, MessageGroupId="g")
    assert fifo.bodies() == bodies


def test_order_holds_over_receives_and_deletes(json_fifo):
    bodies = [f"m{i}" for i in range(50)]
    json_fifo.send_all(bodies, MessageGroupId="g")
    received = []
    while messages := json_fifo.receive(3):
        for message in messages:
            received.append(message["Body"])
            json_fifo.delete(message)
    assert received == bodies


def test_receive_drains_a_group_before_the_next(fifo):
    """Recorded; and groups that were used go to the back when they become visible again."""
    send_groups(fifo, "g1-m1", "g2-m1", "g2-m2", "g3-m1", "g1-m2")
    assert fifo.bodies(3, VisibilityTimeout=0) == ["g1-m1", "g1-m2", "g2-m1"]
    assert fifo.bodies(10, VisibilityTimeout=0) == ["g3-m1", "g1-m1", "g1-m2", "g2-m1", "g2-m2"]


def test_one_message_in_flight_blocks_its_group_only(fifo):
    send_groups(fifo, "g1-m1", "g1-m2", "g2-m1")
    assert fifo.bodies(1) == ["g1-m1"]
    assert fifo.bodies() == ["g2-m1"]
    assert fifo.bodies() == []


def test_deleting_only_some_does_not_unblock_the_group(fifo):
    send_groups(fifo, "g-m1", "g-m2", "g-m3")
    first, second = fifo.receive(2)
    fifo.delete(first)
    assert fifo.bodies() == []
    fifo.delete(second)
    assert fifo.bodies() == ["g-m3"]


def test_group_that_was_drained_comes_back_with_its_next_message(fifo):
    fifo.send("Message 1", MessageGroupId="g")
    first = fifo.receive_one()
    assert set(first) == {"MessageId", "ReceiptHandle", "MD5OfBody", "Body"}
    fifo.delete(first)
    assert fifo.receive() == []
    fifo.send("Message 2", MessageGroupId="g")
    assert fifo.bodies() == ["Message 2"]


def test_attributes_of_a_fifo_message(new_queue):
    fifo = new_queue(fifo=True, ContentBasedDeduplication="false")
    sent = fifo.send("message-body-1", MessageGroupId="group-1", MessageDeduplicationId="dedup-1")
    assert sent["MD5OfMessageBody"] == "19c9e282d65f9733bc6b35d50062c7ee"
    for count in ("1", "2"):
        message = fifo.receive_one(VisibilityTimeout=0, AttributeNames=["All"])
        attributes = message["Attributes"]
        assert set(attributes) == {
            "ApproximateFirstReceiveTimestamp",
            "ApproximateReceiveCount",
            "MessageDeduplicationId",
            "MessageGroupId",
            "SenderId",
            "SentTimestamp",
            "SequenceNumber",
        }
        assert attributes["ApproximateReceiveCount"] == count
        assert attributes["MessageDeduplicationId"] == "dedup-1"
        assert attributes["MessageGroupId"] == "group-1"
        assert attributes["SequenceNumber"] == sent["SequenceNumber"]


def test_sequence_numbers_only_grow(fifo):
    numbers = [
        int(fifo.send(f"m{i}", MessageGroupId=f"g{i % 3}")["SequenceNumber"]) for i in range(12)
    ]
    assert numbers == sorted(set(numbers))
    batch = fifo.send_batch(
        [{"Id": str(i), "MessageBody": f"b{i}", "MessageGroupId": "g0"} for i in range(5)]
    )
    more = [int(entry["SequenceNumber"]) for entry in batch["Successful"]]
    assert more == sorted(set(more))
    assert more[0] > numbers[-1]


def test_group_is_required(fifo):
    with refused("MissingParameter", "The request must contain the parameter MessageGroupId."):
        fifo.send("x")


@pytest.mark.parametrize("group", ["", "has space", "x" * 129, "ü"])
def test_illegal_group_is_refused(fifo, group):
    with refused(("InvalidParameterValue", "MissingParameter")):
        fifo.send("x", MessageGroupId=group)


def test_group_of_every_legal_character(fifo):
    group = "abzAZ09!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".ljust(128, "x")
    fifo.send("x", MessageGroupId=group)
    message = fifo.receive_one(AttributeNames=["MessageGroupId"])
    assert message["Attributes"] == {"MessageGroupId": group}


def test_delay_of_a_single_message_is_refused(fifo):
    with refused("InvalidParameterValue", containing="DelaySeconds"):
        fifo.send("x", MessageGroupId="g", DelaySeconds=5)


def test_delay_of_the_queue_holds_for_each_group_in_order(new_json_queue):
    fifo = new_json_queue(fifo=True, DelaySeconds="1")
    send_groups(fifo, "g1-m1", "g1-m2", "g2-m1")
    assert fifo.receive() == []
    assert fifo.depth() == (0, 0, 3)
    time.sleep(JUST_OVER_A_SECOND)
    assert fifo.depth() == (3, 0, 0)
    assert fifo.bodies() == ["g1-m1", "g1-m2", "g2-m1"]


def test_changed_delay_of_a_fifo_queue_holds_for_waiting_messages_too(new_json_queue):
    """AWS: on FIFO queues a changed DelaySeconds is retroactive."""
    fifo = new_json_queue(fifo=True, DelaySeconds="900")
    fifo.send("x", MessageGroupId="g")
    assert fifo.receive() == []
    fifo.set(DelaySeconds="0")
    assert fifo.bodies(WaitTimeSeconds=2) == ["x"]


def test_counts_of_what_is_visible_and_in_flight(fifo):
    send_groups(fifo, "g1-m1", "g2-m1", "g3-m1")
    first, _ = fifo.receive(2)
    assert fifo.depth() == (1, 2, 0)
    fifo.delete(first)
    assert fifo.depth() == (1, 1, 0)


def test_expired_receipt_is_refused_on_a_fifo_queue(new_queue):
    fifo = new_queue(fifo=True, VisibilityTimeout="1")
    fifo.send("foobar", MessageGroupId="g")
    message = fifo.receive_one()
    time.sleep(JUST_OVER_A_SECOND)
    with refused(
        "InvalidParameterValue",
        f"Value {message['ReceiptHandle']} for parameter ReceiptHandle is invalid. "
        "Reason: The receipt handle has expired.",
        query_error="InvalidParameterValueException",
    ):
        fifo.delete(message)
    assert fifo.bodies() == ["foobar"]


def test_group_is_free_again_after_the_visibility_timeout(new_json_queue):
    fifo = new_json_queue(fifo=True, VisibilityTimeout="1")
    send_groups(fifo, "g-m1", "g-m2")
    assert fifo.bodies(1) == ["g-m1"]
    assert fifo.bodies() == []
    assert fifo.bodies(WaitTimeSeconds=5) == ["g-m1", "g-m2"]


def test_message_given_back_goes_before_those_behind_it(fifo):
    send_groups(fifo, "g-m1", "g-m2", "g-m3")
    fifo.change_visibility(fifo.receive_one(), 0)
    assert fifo.bodies() == ["g-m1", "g-m2", "g-m3"]


def test_extending_one_message_hides_it_and_all_behind_it(new_json_queue):
    """Recorded: earlier ones of the group come back at their own time."""
    queues = [new_json_queue(fifo=True) for _ in range(3)]
    for place, fifo in enumerate(queues):
        for body in ("foo", "bar", "baz"):
            fifo.send(body, MessageGroupId="g")
        messages = fifo.receive(10, VisibilityTimeout=1)
        assert [message["Body"] for message in messages] == ["foo", "bar", "baz"]
        fifo.change_visibility(messages[place], 600)
    time.sleep(JUST_OVER_A_SECOND)
    assert [fifo.bodies() for fifo in queues] == [[], ["foo"], ["foo", "bar"]]


def test_same_attempt_gets_the_same_messages_and_handles(fifo):
    send_groups(fifo, "g1-m1", "g1-m2", "g2-m1")
    first = fifo.receive(2, ReceiveRequestAttemptId="attempt-1", AttributeNames=["All"])
    again = fifo.receive(2, ReceiveRequestAttemptId="attempt-1", AttributeNames=["All"])
    assert [m["Body"] for m in first] == ["g1-m1", "g1-m2"]
    assert [(m["MessageId"], m["ReceiptHandle"]) for m in again] == [
        (m["MessageId"], m["ReceiptHandle"]) for m in first
    ]
    assert fifo.bodies(10, ReceiveRequestAttemptId="attempt-2") == ["g2-m1"]
    for message in again:
        fifo.delete(message)
    assert fifo.depth() == (0, 1, 0)


@pytest.mark.parametrize("attempt", ["", "has space", "x" * 129, "ü"])
def test_illegal_attempt_id_is_refused(fifo, attempt):
    with refused("InvalidParameterValue"):
        fifo.receive(ReceiveRequestAttemptId=attempt)


def test_many_groups_are_served_side_by_side(json_fifo):
    json_fifo.send_all([f"m{i}" for i in range(10)], MessageGroupId="busy")
    json_fifo.receive(1)
    for i in range(20):
        json_fifo.send(f"quiet-{i}", MessageGroupId=f"g{i}")
    received = json_fifo.bodies() + json_fifo.bodies()
    assert sorted(received) == sorted(f"quiet-{i}" for i in range(20))
