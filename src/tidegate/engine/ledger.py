"""The ledger: the state and the one way to make a fact."""

from collections.abc import Callable
from typing import Any

from tidegate.base.refusals import QueueDoesNotExist
from tidegate.engine.commands import Message
from tidegate.engine.queue import Queue
from tidegate.engine.records import MessageSent, Record
from tidegate.engine.state import State

Journal = Callable[[Record, float], int]
"""journal(record, spends_reserve) -> position.  Raises StorageFull where the disk has no room that
the record may use, and LogStopped."""


class Ledger:
    """What a command decides on, and where its facts go."""

    __slots__ = ("_journal", "changing", "state")

    def __init__(self, journal: Journal, state: State) -> None:
        self.state = state
        self.changing = False
        """True while the state changes: an exception that leaves it so has left it half changed,
        and nothing more may be built on it."""
        self._journal = journal

    def write(self, record: Any, *, spends_reserve: float = 1) -> None:
        """Make a fact: it goes to the log, and holds from now on.

        `spends_reserve` is how much it may use of the room that a full disk keeps for what makes
        room: 0 for none of it, 1 for all.
        """
        position = self._journal(record, spends_reserve)
        self.changing = True
        self.state.apply(record, position)
        self.changing = False

    def write_sent(self, record: MessageSent) -> None:
        """`write` for a message that was sent, at log time; raises StorageFull."""
        position = self._journal(record, 0)
        self.changing = True
        self.state.message_sent(record, position)
        self.changing = False

    def write_sent_together(self, queue: Queue, messages: list[Message]) -> None:
        """`write_sent` for a batch to a standard queue, without group or delay.

        Where StorageFull is raised, the messages before the one that had no room are in.
        """
        journal, now = self._journal, self.state.now
        uid, slot = queue.uid, queue.slots.next_slot
        positions: list[int] = []
        try:
            for message in messages:
                positions.append(journal(MessageSent(uid, slot, now, 0, message), 0))
                slot += 1
        finally:
            if positions:
                self.changing = True
                self.state.messages_sent(queue, positions)
                self.changing = False

    def pass_time(self, now: int) -> None:
        """What falls due until `now` happens."""
        self.changing = True
        self.state.pass_time(now)
        self.changing = False

    def queue(self, arn: str) -> Queue:
        """Raises QueueDoesNotExist."""
        queue = self.state.by_arn.get(arn)
        if queue is None:
            raise QueueDoesNotExist
        return queue
