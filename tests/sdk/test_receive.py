"""Receiving: how many, how often, and for how long a message is hidden from others."""

import time

import pytest

from sdk.refusals import refused

JUST_OVER_A_SECOND = 1.15


def test_receive_from_an_empty_queue_has_no_messages(queue):
    answer = queue.client.receive_message(QueueUrl=queue.url)
    assert "Messages" not in answer


def test_one_message_by_default_and_as_many_as_asked_for(queue):
    queue.send_all([str(i) for i in range(10)])
    assert len(queue.client.receive_message(QueueUrl=queue.url)["Messages"]) == 1
    assert len(queue.receive(4)) == 4
    assert len(queue.receive(10)) == 5


@pytest.mark.parametrize("count", [-1, 0, 11])
def test_number_of_messages_has_limits(queue, count):
    with refused(
        "InvalidParameterValue",
        f"Value {count} for parameter MaxNumberOfMessages is invalid. "
        "Reason: Must be between 1 and 10, if provided.",
        query_error="InvalidParameterValueException",
    ):
        queue.receive(count)


@pytest.mark.parametrize("seconds", [-1, 21])
def test_wait_has_limits(queue, seconds):
    with refused(
        "InvalidParameterValue",
        f"Value {seconds} for parameter WaitTimeSeconds is invalid. "
        "Reason: Must be >= 0 and <= 20, if provided.",
        query_error="InvalidParameterValueException",
    ):
        queue.receive(WaitTimeSeconds=seconds)


@pytest.mark.parametrize("seconds", [-1, 43201])
def test_visibility_timeout_has_limits(queue, seconds):
    with refused("InvalidParameterValue", containing="VisibilityTimeout"):
        queue.receive(VisibilityTimeout=seconds)
    queue.send("x")
    message = queue.receive_one()
    with refused("InvalidParameterValue", containing="VisibilityTimeout"):
        queue.change_visibility(message, seconds)


def test_received_message_is_hidden_until_its_timeout(new_json_queue):
    queue = new_json_queue(VisibilityTimeout="1")
    queue.send("x")
    first = queue.receive_one(AttributeNames=["All"])
    assert queue.receive() == []
    assert queue.depth() == (0, 1, 0)
    time.sleep(JUST_OVER_A_SECOND)
    assert queue.depth() == (1, 0, 0)
    second = queue.receive_one(AttributeNames=["All"])
    assert second["MessageId"] == first["MessageId"]
    assert second["ReceiptHandle"] != first["ReceiptHandle"]
    assert second["Attributes"]["ApproximateReceiveCount"] == "2"
    stamp = "ApproximateFirstReceiveTimestamp"
    assert second["Attributes"][stamp] == first["Attributes"][stamp]


def test_timeout_of_the_call_goes_before_the_queues(new_json_queue):
    queue = new_json_queue(VisibilityTimeout="600")
    queue.send("x")
    queue.receive_one(VisibilityTimeout=0)
    queue.receive_one(VisibilityTimeout=1)
    assert queue.receive() == []
    assert queue.bodies(WaitTimeSeconds=5) == ["x"]


def test_timeout_of_zero_leaves_the_message_visible(queue):
    queue.send("x")
    for count in ("1", "2", "3"):
        message = queue.receive_one(VisibilityTimeout=0, AttributeNames=["All"])
        assert message["Attributes"]["ApproximateReceiveCount"] == count


def test_visibility_changed_to_zero_brings_the_message_back(queue):
    queue.send("x")
    queue.change_visibility(queue.receive_one(), 0)
    again = queue.receive_one(AttributeNames=["All"])
    assert again["Attributes"]["ApproximateReceiveCount"] == "2"


def test_visibility_can_be_shortened_and_extended(json_queue):
    json_queue.send("shorter")
    json_queue.change_visibility(json_queue.receive_one(VisibilityTimeout=600), 1)
    json_queue.send("longer")
    longer = json_queue.receive_one(VisibilityTimeout=1)
    json_queue.change_visibility(longer, 600)
    time.sleep(JUST_OVER_A_SECOND)
    assert json_queue.bodies() == ["shorter"]


def test_changed_visibility_holds_for_one_receive_only(new_json_queue):
    """AWS: the next time the message is received its timeout is the queue's again."""
    queue = new_json_queue(VisibilityTimeout="600")
    queue.send("x")
    queue.change_visibility(queue.receive_one(), 1)
    assert len(queue.receive(WaitTimeSeconds=5)) == 1
    time.sleep(JUST_OVER_A_SECOND)
    assert queue.receive() == []


def test_visibility_of_an_expired_handle_can_be_changed(new_queue):
    """Recorded: on a standard queue this is no error."""
    queue = new_queue(VisibilityTimeout="1")
    queue.send("x")
    message = queue.receive_one()
    time.sleep(JUST_OVER_A_SECOND)
    answer = queue.change_visibility(message, 2)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_visibility_of_a_deleted_message_cannot_be_changed(queue):
    queue.send("x")
    message = queue.receive_one()
    queue.delete(message)
    with refused(
        "InvalidParameterValue",
        containing="Message does not exist or is not available for visibility timeout change.",
    ):
        queue.change_visibility(message, 10)


def test_deleted_message_does_not_come_back(new_json_queue):
    queue = new_json_queue(VisibilityTimeout="1")
    queue.send_all(["deleted", "kept"])
    for message in queue.receive():
        if message["Body"] == "deleted":
            queue.delete(message)
    time.sleep(JUST_OVER_A_SECOND)
    assert queue.bodies() == ["kept"]


def test_expired_receipt_still_deletes_on_a_standard_queue(new_queue):
    queue = new_queue(VisibilityTimeout="1")
    queue.send("x")
    message = queue.receive_one()
    time.sleep(JUST_OVER_A_SECOND)
    queue.delete(message)
    assert queue.client.receive_message(QueueUrl=queue.url).get("Messages") is None
    assert queue.depth() == (0, 0, 0)


def test_delete_succeeds_again(queue):
    queue.send("x")
    message = queue.receive_one()
    for _ in range(3):
        assert queue.delete(message)["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_delete_and_receive_counts_of_many(json_queue):
    json_queue.send_all([str(i) for i in range(30)])
    for _ in range(3):
        for message in json_queue.receive():
            json_queue.delete(message)
    assert json_queue.depth() == (0, 0, 0)
    assert json_queue.receive() == []


def test_wait_time_of_zero_beats_the_queues_long_poll(new_json_queue):
    queue = new_json_queue(ReceiveMessageWaitTimeSeconds="20")
    started = time.monotonic()
    assert queue.receive(WaitTimeSeconds=0) == []
    assert time.monotonic() - started < 5
