"""Message move tasks: what starting, cancelling, listing and the tick decide."""

from tidegate.base.refusals import InvalidParameterValueException, ResourceNotFoundException
from tidegate.engine import commands, records
from tidegate.engine.commands import MoveTasks
from tidegate.engine.definitions import dead_letter_sources
from tidegate.engine.ledger import Ledger
from tidegate.engine.moves import Task, renewed_id
from tidegate.engine.queue import Queue

_ALREADY_RUNNING = (
    "There is already a task running. Only one active task is allowed for a source queue arn at a "
    "given time."
)


def _missing(parameter: str) -> ResourceNotFoundException:
    return ResourceNotFoundException(
        f"The resource that you specified for the {parameter} parameter doesn't exist."
    )


def start_message_move_task(ledger: Ledger, command: commands.StartMessageMoveTask) -> None:
    """Raises ResourceNotFoundException and InvalidParameterValueException."""
    state = ledger.state
    source = state.by_arn.get(command.queue)
    if source is None:
        raise _missing("SourceArn")
    if not dead_letter_sources(ledger, source):
        raise InvalidParameterValueException(
            "Source queue must be configured as a Dead Letter Queue."
        )
    if command.destination is not None:
        destination = state.by_arn.get(command.destination)
        if destination is None:
            raise _missing("DestinationArn")
        if destination.is_fifo != source.is_fifo:
            raise InvalidParameterValueException(
                "Source queue and destination queue must be of the same type."
            )
        if destination is source:
            raise InvalidParameterValueException(
                "Source queue arn and destination queue arn cannot be the same."
            )
    if source.uid in state.running:
        raise InvalidParameterValueException(_ALREADY_RUNNING)
    to_move = source.slots.live - len(source.in_flight) - source.delayed_count(state.now)
    ledger.write(
        records.MoveTaskStarted(
            source.uid,
            state.now,
            command.task_id,
            command.destination,
            command.max_per_second,
            to_move,
        )
    )


def cancel_message_move_task(ledger: Ledger, command: commands.CancelMessageMoveTask) -> int:
    state = ledger.state
    source = state.by_arn.get(command.queue)
    if source is None:
        raise _missing("SourceArn")
    task = state.running.get(source.uid)
    if task is None or task.task_id != command.task_id:
        raise ResourceNotFoundException("Task does not exist.")
    _end(ledger, source, task, "CANCELLED")
    return task.moved


def list_message_move_tasks(ledger: Ledger, command: commands.ListMessageMoveTasks) -> MoveTasks:
    source = ledger.state.by_arn.get(command.queue)
    if source is None:
        raise _missing("SourceArn")
    tasks = ledger.state.tasks.get(source.uid, [])
    return MoveTasks([task.describe() for task in reversed(tasks[-command.limit :])])


def _end(
    ledger: Ledger, source: Queue, task: Task, status: str, failure_reason: str | None = None
) -> None:
    ledger.write(
        records.MoveTaskEnded(source.uid, ledger.state.now, task.task_id, status, failure_reason)
    )


def step_tasks(ledger: Ledger, command: commands.Tick) -> None:
    """Every task whose step is due moves some messages."""
    now = ledger.state.now
    for uid, task in list(ledger.state.running.items()):
        if task.next_at <= now:
            _step(ledger, ledger.state.queues[uid], task)


def _step(ledger: Ledger, source: Queue, task: Task) -> None:
    now = ledger.state.now
    allowance = task.allowance(now)
    chosen = source.order.choose(allowance, now) if allowance else []
    ledger.state.schedule(source)
    if allowance and not chosen:
        _end(ledger, source, task, "COMPLETED")
        return
    for slot, group in chosen:
        target_arn = task.destination or source.origins.of(slot)
        if target_arn is None:
            _end(ledger, source, task, "FAILED", "CouldNotDetermineMessageSource")
            return
        target = ledger.state.by_arn.get(target_arn)
        if target is None:
            _end(ledger, source, task, "FAILED", "AWS.SimpleQueueService.NonExistentQueue")
            return
        ledger.write(
            records.MessageMoved(
                source.uid,
                slot,
                target.uid,
                target.slots.next_slot,
                now,
                group,
                task.task_id,
                renewed_id(task.task_id, slot),
            )
        )
    task.plan(now)
