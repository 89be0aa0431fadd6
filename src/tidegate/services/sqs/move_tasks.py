"""Message move tasks: start, cancel and list the redrive of a dead-letter queue.

A task handle is the base64 of a JSON object with the task's id and the ARN of its source queue, so
that a cancel finds the queue.  It is no secret: who may cancel is decided by the queue's ARN.

Whoever starts a task reads and deletes the source's messages by it, and sends them elsewhere; so
that takes the permission to do these things (developer guide, "Configuring queue permissions for
dead-letter queue redrive").
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import partial
from typing import Final

import msgspec

from tidegate.api.sqs import (
    CancelMessageMoveTaskRequest,
    CancelMessageMoveTaskResult,
    ListMessageMoveTasksRequest,
    ListMessageMoveTasksResult,
    ListMessageMoveTasksResultEntry,
    StartMessageMoveTaskRequest,
    StartMessageMoveTaskResult,
)
from tidegate.base import limits
from tidegate.base.arn import parse_queue_arn
from tidegate.base.call import Call
from tidegate.base.refusals import InvalidParameterValueException, ResourceNotFoundException
from tidegate.catalog import queues
from tidegate.engine.commands import (
    CancelMessageMoveTask,
    ListMessageMoveTasks,
    MoveTask,
    MoveTasks,
    StartMessageMoveTask,
)
from tidegate.services.sqs.also import MayAlso
from tidegate.services.sqs.ids import MessageIds
from tidegate.services.sqs.queues import missing
from tidegate.services.sqs.router import Router

SourcesOf = Callable[[str], list[str]]
"""sources_of(arn): the queues whose dead letters are, or come to be, in the queue of this ARN."""

_OF_THE_SOURCE: Final = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_ACCOUNT: Final = re.compile(r"[0-9]{12}")


class _Handle(msgspec.Struct, frozen=True, rename="camel"):
    task_id: str
    source_arn: str


_decode = msgspec.json.Decoder(_Handle).decode
_encode = msgspec.json.encode


def seal(task_id: str, source_arn: str) -> str:
    return b64encode(_encode(_Handle(task_id, source_arn))).decode()


def open_handle(handle: str) -> tuple[str, str]:
    """(task id, ARN of the source).  Raises InvalidParameterValueException.

    Recorded as cancel_with_invalid_task_handle.
    """
    if not handle:
        raise missing("TaskHandle")
    try:
        opened = _decode(b64decode(handle, validate=True))
    except (ValueError, msgspec.DecodeError):
        raise InvalidParameterValueException("Value for parameter TaskHandle is invalid.") from None
    return opened.task_id, opened.source_arn


def source_of(call: Call, arn: str) -> str:
    """The source's ARN, where it is the ARN of a queue in the call's region.

    Raises ResourceNotFoundException for another region or service, as AWS does for a queue that is
    not there (recorded as cancel_with_invalid_source_arn_in_task_handle).
    """
    if not arn:
        raise missing("SourceArn")
    if not _may_be_in(call.region, arn):
        raise no_such_queue("SourceArn")
    return arn


def _may_be_in(region: str, arn: str) -> bool:
    """Whether a client's queue in the region may have this ARN."""
    parts = parse_queue_arn(arn)
    if parts is None or parts[0] != region:
        return False
    return _ACCOUNT.fullmatch(parts[1]) is not None and queues.is_name(parts[2])


def no_such_queue(parameter: str) -> ResourceNotFoundException:
    return ResourceNotFoundException(
        f"The resource that you specified for the {parameter} parameter doesn't exist."
    )


class MoveTaskOperations:
    def __init__(
        self, router: Router, ids: MessageIds, sources_of: SourcesOf, may_also: MayAlso
    ) -> None:
        self._submit = router.submit
        self._ids = ids
        self._sources_of = sources_of
        self._may_also = may_also

    def start(self, call: Call, request: StartMessageMoveTaskRequest) -> None:
        source = source_of(call, request.SourceArn)
        destination = request.DestinationArn or None
        if destination is not None and not _may_be_in(call.region, destination):
            raise no_such_queue("DestinationArn")
        rate = request.MaxNumberOfMessagesPerSecond
        if rate is not None:
            _check_range("MaxNumberOfMessagesPerSecond", rate, limits.MOVE_RATE_PER_S)
        for action in _OF_THE_SOURCE:
            self._may_also(call, action, source)
        for target in self._sources_of(source) if destination is None else (destination,):
            self._may_also(call, "sqs:SendMessage", target)
        task_id = self._ids()
        self._submit(
            call,
            StartMessageMoveTask(source, destination, task_id, rate),
            partial(_started, seal(task_id, source)),
        )

    def cancel(self, call: Call, request: CancelMessageMoveTaskRequest) -> None:
        task_id, arn = open_handle(request.TaskHandle)
        self._submit(call, CancelMessageMoveTask(source_of(call, arn), task_id), _cancelled)

    def list(self, call: Call, request: ListMessageMoveTasksRequest) -> None:
        source = source_of(call, request.SourceArn)
        limit = 1 if request.MaxResults is None else request.MaxResults
        _check_range("MaxResults", limit, limits.MOVE_TASKS_LISTED)
        self._submit(call, ListMessageMoveTasks(source, limit), _listed)


def _check_range(parameter: str, value: int, allowed: limits.Range) -> None:
    if not allowed.low <= value <= allowed.high:
        raise InvalidParameterValueException(
            f"Value {value} for parameter {parameter} is invalid. Reason: Must be between "
            f"{allowed.low} and {allowed.high}, if provided."
        )


def _started(handle: str, call: Call, result: None) -> StartMessageMoveTaskResult:
    return StartMessageMoveTaskResult(TaskHandle=handle)


def _cancelled(call: Call, moved: int) -> CancelMessageMoveTaskResult:
    return CancelMessageMoveTaskResult(ApproximateNumberOfMessagesMoved=moved)


def _listed(call: Call, tasks: MoveTasks) -> ListMessageMoveTasksResult:
    return ListMessageMoveTasksResult(Results=[_shown(task) for task in tasks.tasks])


def _shown(task: MoveTask) -> ListMessageMoveTasksResultEntry:
    """The handle is shown while it can be used (API reference): as long as the task runs."""
    return ListMessageMoveTasksResultEntry(
        TaskHandle=seal(task.task_id, task.source) if task.status == "RUNNING" else None,
        Status=task.status,
        SourceArn=task.source,
        DestinationArn=task.destination,
        MaxNumberOfMessagesPerSecond=task.max_per_second,
        ApproximateNumberOfMessagesMoved=task.moved,
        ApproximateNumberOfMessagesToMove=task.to_move,
        FailureReason=task.failure_reason,
        StartedTimestamp=task.started_at,
    )
