"""Message move tasks: dead letters on their way back, at a rate, with progress and a brake."""

import base64
import json
import time

import pytest

from sdk.clients import ACCOUNT, REGION, unique_name
from sdk.refusals import refused

NOT_FOUND = "ResourceNotFoundException"


def policy(dead_letters):
    return json.dumps({"deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": 1})


def make_dead(queue, bodies, **parameters):
    """Sends the bodies to the queue and lets each of them fail."""
    queue.send_all(bodies, **parameters)
    while queue.receive(VisibilityTimeout=0):
        pass


def start(dead_letters, **parameters):
    answer = dead_letters.client.start_message_move_task(SourceArn=dead_letters.arn, **parameters)
    return answer["TaskHandle"]


def tasks(dead_letters, count=10):
    answer = dead_letters.client.list_message_move_tasks(
        SourceArn=dead_letters.arn, MaxResults=count
    )
    return answer.get("Results", [])


def finished(dead_letters):
    """The newest task once it runs no more."""
    deadline = time.monotonic() + 10
    while (task := tasks(dead_letters)[0])["Status"] in ("RUNNING", "CANCELLING"):
        assert time.monotonic() < deadline, task
        time.sleep(0.05)
    return task


@pytest.fixture
def pair(new_queue):
    dead_letters = new_queue()
    return new_queue(RedrivePolicy=policy(dead_letters)), dead_letters


def test_messages_go_back_to_where_they_came_from(new_queue):
    dead_letters = new_queue()
    first = new_queue(RedrivePolicy=policy(dead_letters))
    second = new_queue(RedrivePolicy=policy(dead_letters))
    make_dead(first, ["first 1", "first 2"])
    make_dead(second, ["second 1", "second 2"])
    assert dead_letters.depth() == (4, 0, 0)
    assert start(dead_letters)
    task = finished(dead_letters)
    assert task.pop("StartedTimestamp") > 0
    assert task == {
        "Status": "COMPLETED",
        "SourceArn": dead_letters.arn,
        "ApproximateNumberOfMessagesMoved": 4,
        "ApproximateNumberOfMessagesToMove": 4,
    }
    assert sorted(first.bodies()) == ["first 1", "first 2"]
    assert sorted(second.bodies()) == ["second 1", "second 2"]
    assert dead_letters.depth() == (0, 0, 0)


def test_messages_go_to_a_destination(pair, new_queue):
    queue, dead_letters = pair
    destination = new_queue()
    attributes = {"k": {"DataType": "String", "StringValue": "v"}}
    make_dead(queue, ["a", "b"], MessageAttributes=attributes)
    start(dead_letters, DestinationArn=destination.arn)
    task = finished(dead_letters)
    assert task["DestinationArn"] == destination.arn
    assert task["Status"] == "COMPLETED"
    messages = destination.receive(MessageAttributeNames=["All"])
    assert sorted(message["Body"] for message in messages) == ["a", "b"]
    assert all(message["MessageAttributes"] == attributes for message in messages)
    assert queue.receive() == []


def test_fifo_messages_go_back_in_order(new_queue):
    dead_letters = new_queue(fifo=True)
    fifo = new_queue(fifo=True, RedrivePolicy=policy(dead_letters))
    make_dead(fifo, ["m1", "m2", "m3"], MessageGroupId="g")
    start(dead_letters)
    assert finished(dead_letters)["ApproximateNumberOfMessagesMoved"] == 3
    assert fifo.bodies() == ["m1", "m2", "m3"]


def test_rate_progress_and_cancel(pair, new_queue):
    queue, dead_letters = pair
    destination = new_queue()
    make_dead(queue, [f"m{i}" for i in range(10)])
    handle = start(dead_letters, DestinationArn=destination.arn, MaxNumberOfMessagesPerSecond=1)
    (running,) = tasks(dead_letters)
    assert running["TaskHandle"] == handle
    assert running["Status"] == "RUNNING"
    assert running["MaxNumberOfMessagesPerSecond"] == 1
    assert running["ApproximateNumberOfMessagesToMove"] == 10
    with refused(
        "InvalidParameterValue",
        "There is already a task running. Only one active task is allowed for a source queue "
        "arn at a given time.",
        query_error="InvalidParameterValueException",
    ):
        start(dead_letters)
    answer = queue.client.cancel_message_move_task(TaskHandle=handle)
    moved = answer["ApproximateNumberOfMessagesMoved"]
    assert moved < 10
    cancelled = finished(dead_letters)
    assert cancelled["Status"] == "CANCELLED"
    assert "TaskHandle" not in cancelled
    assert moved <= cancelled["ApproximateNumberOfMessagesMoved"] <= moved + 1
    left, arrived = dead_letters.depth()[0], destination.depth()[0]
    assert left + arrived == 10
    assert arrived == cancelled["ApproximateNumberOfMessagesMoved"]


def test_rate_is_kept(new_json_queue):
    dead_letters, destination = new_json_queue(), new_json_queue()
    queue = new_json_queue(RedrivePolicy=policy(dead_letters))
    make_dead(queue, [f"m{i}" for i in range(6)])
    started = time.monotonic()
    start(dead_letters, DestinationArn=destination.arn, MaxNumberOfMessagesPerSecond=3)
    assert finished(dead_letters)["ApproximateNumberOfMessagesMoved"] == 6
    assert time.monotonic() - started > 0.9
    assert destination.depth() == (6, 0, 0)


def test_list_shows_the_newest_first_and_one_by_default(pair):
    queue, dead_letters = pair
    for place in range(3):
        # What came back before fails again together with the new ones: 1, 3, then 6 messages.
        make_dead(queue, [f"m{place}-{i}" for i in range(place + 1)])
        start(dead_letters)
        finished(dead_letters)
    moved = [task["ApproximateNumberOfMessagesMoved"] for task in tasks(dead_letters)]
    assert moved == [6, 3, 1]
    newest = dead_letters.client.list_message_move_tasks(SourceArn=dead_letters.arn)
    assert [task["ApproximateNumberOfMessagesMoved"] for task in newest["Results"]] == [6]


def test_list_keeps_ten_at_most(new_json_queue):
    dead_letters = new_json_queue()
    new_json_queue(RedrivePolicy=policy(dead_letters))
    for _ in range(12):
        start(dead_letters)
        finished(dead_letters)
    assert len(tasks(dead_letters)) == 10


def test_no_task_gives_an_empty_list(pair):
    assert tasks(pair[1]) == []


@pytest.mark.parametrize("count", [0, 11])
def test_list_has_limits(pair, count):
    with refused("InvalidParameterValue"):
        tasks(pair[1], count)


@pytest.mark.parametrize("rate", [0, -1, 501])
def test_rate_has_limits(pair, rate):
    with refused("InvalidParameterValue"):
        start(pair[1], MaxNumberOfMessagesPerSecond=rate)


def test_source_must_be_a_dead_letter_queue(queue):
    with refused(
        "InvalidParameterValue",
        "Source queue must be configured as a Dead Letter Queue.",
        query_error="InvalidParameterValueException",
    ):
        start(queue)


def test_source_and_destination_must_exist(sqs, pair):
    missing = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{unique_name()}"
    with refused(
        NOT_FOUND,
        "The resource that you specified for the SourceArn parameter doesn't exist.",
        status=404,
    ):
        sqs.start_message_move_task(SourceArn=missing)
    with refused(
        NOT_FOUND,
        "The resource that you specified for the DestinationArn parameter doesn't exist.",
        status=404,
    ):
        start(pair[1], DestinationArn=missing)
    with refused(
        NOT_FOUND,
        "The resource that you specified for the SourceArn parameter doesn't exist.",
        status=404,
    ):
        sqs.list_message_move_tasks(SourceArn=missing)


def test_destination_must_be_of_the_same_kind(pair, fifo):
    with refused("InvalidParameterValue"):
        start(pair[1], DestinationArn=fifo.arn)


def test_malformed_arn_is_refused(sqs):
    for arn in ("", "x", "arn:aws:s3:::bucket"):
        with refused(("InvalidParameterValue", "MissingParameter", NOT_FOUND), status=None):
            sqs.start_message_move_task(SourceArn=arn)


def task_handle(**parts):
    """A handle in the form that AWS gives."""
    return base64.b64encode(json.dumps(parts).encode()).decode()


def test_cancel_with_a_handle_that_is_none(sqs):
    with refused(
        "InvalidParameterValue",
        "Value for parameter TaskHandle is invalid.",
        query_error="InvalidParameterValueException",
    ):
        sqs.cancel_message_move_task(TaskHandle="foobared")


def test_cancel_with_an_unknown_source(sqs):
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{unique_name()}"
    handle = task_handle(taskId="10f57af7-fed5-4fc2-8f4b-3b8d2e1f8b9a", sourceArn=arn)
    with refused(
        NOT_FOUND,
        "The resource that you specified for the SourceArn parameter doesn't exist.",
        status=404,
    ):
        sqs.cancel_message_move_task(TaskHandle=handle)


def test_cancel_of_an_unknown_task(sqs, pair):
    handle = task_handle(taskId="10f57af7-fed5-4fc2-8f4b-3b8d2e1f8b9a", sourceArn=pair[1].arn)
    with refused(NOT_FOUND, "Task does not exist.", status=404):
        sqs.cancel_message_move_task(TaskHandle=handle)


def test_cancel_of_a_finished_task_is_refused(pair):
    queue, dead_letters = pair
    make_dead(queue, ["x"])
    handle = start(dead_letters)
    finished(dead_letters)
    with refused(("InvalidParameterValue", NOT_FOUND), status=None):
        queue.client.cancel_message_move_task(TaskHandle=handle)
