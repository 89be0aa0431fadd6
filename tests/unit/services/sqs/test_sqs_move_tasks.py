"""Message move tasks.  Recorded answers of AWS are cited by the name of their case."""

import base64
import json

import pytest

from tidegate.base.refusals import (
    AccessDeniedException,
    InvalidParameterValueException,
    ResourceNotFoundException,
)
from tidegate.engine.commands import (
    CancelMessageMoveTask,
    ListMessageMoveTasks,
    MoveTask,
    MoveTasks,
)

DLQ = "arn:aws:sqs:eu-west-1:000000000000:dlq"
OTHER = "arn:aws:sqs:eu-west-1:000000000000:other"
NOT_THERE = "The resource that you specified for the SourceArn parameter doesn't exist."


def handle_of(task_id, source):
    return base64.b64encode(json.dumps({"taskId": task_id, "sourceArn": source}).encode()).decode()


def test_start_answers_with_a_handle_that_cancels(sqs):
    handle = sqs.ask("StartMessageMoveTask", SourceArn=DLQ).TaskHandle
    started = sqs.command
    assert (started.queue, started.destination, started.max_per_second) == (DLQ, None, None)
    answer = sqs.ask("CancelMessageMoveTask", 2, TaskHandle=handle)
    assert answer.ApproximateNumberOfMessagesMoved == 2
    assert sqs.command == CancelMessageMoveTask(DLQ, started.task_id)


def test_start_with_destination_and_rate(sqs):
    """Recorded as move_task_with_throughput_limit."""
    sqs.ask(
        "StartMessageMoveTask",
        SourceArn=DLQ,
        DestinationArn=OTHER,
        MaxNumberOfMessagesPerSecond=500,
    )
    assert (sqs.command.destination, sqs.command.max_per_second) == (OTHER, 500)


@pytest.mark.parametrize("rate", [0, 501])
def test_rate_has_a_range(refused, rate):
    refused(
        InvalidParameterValueException,
        f"Value {rate} for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: Must be "
        "between 1 and 500, if provided.",
        "StartMessageMoveTask",
        SourceArn=DLQ,
        MaxNumberOfMessagesPerSecond=rate,
    )


@pytest.mark.parametrize("operation", ["StartMessageMoveTask", "ListMessageMoveTasks"])
@pytest.mark.parametrize("arn", ["nonsense", "arn:aws:sqs:us-east-1:000000000000:dlq"])
def test_a_source_that_is_no_queue_of_the_region(refused, operation, arn):
    refused(ResourceNotFoundException, NOT_THERE, operation, SourceArn=arn)


def test_a_destination_that_is_no_queue_of_the_region(refused):
    refused(
        ResourceNotFoundException,
        "The resource that you specified for the DestinationArn parameter doesn't exist.",
        "StartMessageMoveTask",
        SourceArn=DLQ,
        DestinationArn="arn:aws:sqs:us-east-1:000000000000:q",
    )


@pytest.mark.parametrize(
    "handle", ["foobared", "####", "bm8=", base64.b64encode(b'{"taskId":1}').decode(), "ü"]
)
def test_handles_that_are_none(refused, handle):
    """Recorded as cancel_with_invalid_task_handle."""
    refused(
        InvalidParameterValueException,
        "Value for parameter TaskHandle is invalid.",
        "CancelMessageMoveTask",
        TaskHandle=handle,
    )


def test_a_handle_with_a_source_that_is_none(refused):
    """Recorded as cancel_with_invalid_source_arn_in_task_handle."""
    refused(
        ResourceNotFoundException,
        NOT_THERE,
        "CancelMessageMoveTask",
        TaskHandle=handle_of("id", "arn:invalid"),
    )


def test_one_task_is_listed_by_default(sqs):
    sqs.ask("ListMessageMoveTasks", MoveTasks([]), SourceArn=DLQ)
    assert sqs.command == ListMessageMoveTasks(DLQ, 1)


@pytest.mark.parametrize("count", [0, 11])
def test_ten_tasks_are_the_most(refused, count):
    refused(
        InvalidParameterValueException,
        f"Value {count} for parameter MaxResults is invalid. Reason: Must be between 1 and 10, if "
        "provided.",
        "ListMessageMoveTasks",
        SourceArn=DLQ,
        MaxResults=count,
    )


def test_a_task_shows_its_handle_only_while_it_runs(sqs):
    """Recorded as move_task_cancel."""
    running = MoveTask("id-2", "RUNNING", DLQ, OTHER, 1, 1700, 2, 10)
    cancelled = MoveTask("id-1", "CANCELLED", DLQ, None, None, 1600, 8, 10)
    answer = sqs.ask(
        "ListMessageMoveTasks", MoveTasks([running, cancelled]), SourceArn=DLQ, MaxResults=10
    )
    first, second = answer.Results
    assert json.loads(base64.b64decode(first.TaskHandle)) == {"taskId": "id-2", "sourceArn": DLQ}
    assert (first.Status, first.DestinationArn, first.StartedTimestamp) == ("RUNNING", OTHER, 1700)
    assert first.MaxNumberOfMessagesPerSecond == 1
    assert first.ApproximateNumberOfMessagesMoved == 2
    assert first.ApproximateNumberOfMessagesToMove == 10
    assert (second.TaskHandle, second.DestinationArn) == (None, None)
    assert (second.Status, second.MaxNumberOfMessagesPerSecond) == ("CANCELLED", None)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:sqs:eu-west-1:000000000000:~own",
        "arn:aws:sqs:eu-west-1:000000000000:" + "q" * 81,
        "arn:aws:sqs:eu-west-1:none:dlq",
    ],
)
def test_what_no_queue_of_a_client_is_called(refused, arn):
    """It comes from a client, and is kept with what policies decide about it."""
    refused(ResourceNotFoundException, NOT_THERE, "ListMessageMoveTasks", SourceArn=arn)
    refused(
        ResourceNotFoundException,
        NOT_THERE,
        "CancelMessageMoveTask",
        TaskHandle=handle_of("t", arn),
    )


# --- Whoever moves messages reads them, deletes them, and sends them ------------------------------


def test_a_task_needs_the_permissions_to_receive_to_delete_and_to_send(sqs):
    sqs.ask("StartMessageMoveTask", SourceArn=DLQ, DestinationArn=OTHER)
    assert sqs.asked == [
        ("sqs:ReceiveMessage", DLQ),
        ("sqs:DeleteMessage", DLQ),
        ("sqs:GetQueueAttributes", DLQ),
        ("sqs:SendMessage", OTHER),
    ]


def test_a_task_back_to_the_sources_needs_the_permission_to_send_to_each(sqs):
    redrive = json.dumps({"deadLetterTargetArn": DLQ, "maxReceiveCount": 1})
    for name in ("first", "second"):
        sqs.define(name, RedrivePolicy=redrive)
    sqs.define("third")
    sqs.ask("StartMessageMoveTask", SourceArn=DLQ)
    assert [resource for action, resource in sqs.asked if action == "sqs:SendMessage"] == [
        "arn:aws:sqs:eu-west-1:000000000000:first",
        "arn:aws:sqs:eu-west-1:000000000000:second",
    ]


def test_who_may_not_send_there_starts_no_task(sqs, refused):
    sqs.refused["sqs:SendMessage", OTHER] = AccessDeniedException("no")
    refused(
        AccessDeniedException, "no", "StartMessageMoveTask", SourceArn=DLQ, DestinationArn=OTHER
    )
    assert sqs.commands == []
