"""A partition: commands in, facts and results out.

    execute(command, now)      decides, writes the facts, applies them, gives the result
    replay(record, position)   applies a fact that the log already holds

The core is pure: no clock, no randomness, no I/O.  What it needs of the world is one function, the
journal: it takes a record and says where that will stand in the log.  A result may be shown to
nobody before the log is durable up to the facts it depends on; that is the caller's duty.
"""

from collections.abc import Callable
from typing import Any

from tidegate.base.refusals import Refusal
from tidegate.engine import commands, definitions, entities, messaging, receiving, redrive, topics
from tidegate.engine.commands import Refused
from tidegate.engine.ledger import Journal, Ledger
from tidegate.engine.state import State

_HANDLERS: dict[type, Callable[[Ledger, Any], Any]] = {
    commands.Send: messaging.send,
    commands.SendBatch: messaging.send_batch,
    commands.Delete: messaging.delete,
    commands.ChangeVisibility: messaging.change_visibility,
    commands.GiveUp: receiving.give_up,
    commands.Receive: receiving.receive,
    commands.Release: receiving.release,
    commands.CreateQueue: definitions.create_queue,
    commands.DeleteQueue: definitions.delete_queue,
    commands.SetQueueAttributes: definitions.set_queue_attributes,
    commands.DescribeQueue: definitions.describe_queue,
    commands.TagQueue: definitions.tag_queue,
    commands.UntagQueue: definitions.untag_queue,
    commands.AddPermission: definitions.add_permission,
    commands.RemovePermission: definitions.remove_permission,
    commands.PurgeQueue: definitions.purge_queue,
    commands.ListQueues: definitions.list_queues,
    commands.ListDeadLetterSources: definitions.list_dead_letter_sources,
    commands.StartMessageMoveTask: redrive.start_message_move_task,
    commands.CancelMessageMoveTask: redrive.cancel_message_move_task,
    commands.ListMessageMoveTasks: redrive.list_message_move_tasks,
    commands.FanOut: topics.fan_out,
    commands.FanOutBatch: topics.fan_out_batch,
    commands.ReadArchive: topics.read_archive,
    commands.ChangeEntities: entities.change_entities,
    commands.Observe: entities.observe,
    commands.Tick: redrive.step_tasks,
}


class Partition:
    """One log's worth of queues."""

    def __init__(self, journal: Journal, state: State | None = None) -> None:
        self.state = State() if state is None else state
        self.ledger = Ledger(journal, self.state)

    def execute(self, command: Any, now: int) -> Any:
        """The result of a command at the wall clock's `now` (integer milliseconds).

        A refusal is a `Refused` value.  Raises StorageFull (nothing has changed, unless a batch
        was half written) and LogStopped.
        """
        if now > self.state.now:
            self.ledger.pass_time(now)
        try:
            return _HANDLERS[type(command)](self.ledger, command)
        except Refusal as refusal:
            return Refused(refusal.code, refusal.message)

    def replay(self, record: Any, position: int) -> None:
        """A fact from the log, in its order."""
        self.state.apply(record, position)

    @property
    def broken(self) -> bool:
        """A bug has left the state half changed; see Ledger.changing."""
        return self.ledger.changing

    def next_deadline(self) -> int:
        """When a Tick is due next (integer milliseconds); engine.wheel.NEVER where none is."""
        return self.state.next_deadline()
