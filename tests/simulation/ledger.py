"""What clients know of their messages, whatever happens to the server.

Each operation is noted when it is tried and when its answer comes.  One without an answer may have
happened or not (`unknown`); one that was refused has not.  What a message may look like follows
from that, and everything that is received or found on the disk is held against it.

Instants are milliseconds.  A command is carried out at the instant at which it is tried, except a
receive that waits, so its answer is what counts, with the time that a flush takes as the doubt.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tidegate.engine.commands import Delivery, Message, Receipt, Sent

FLUSH_MS = 100
"""An answer leaves at most so long after its command was carried out."""
RETENTION_MS = 60_000
"""Of the queue `brief`."""
DEDUPLICATION_MS = 300_000

BRIEF, FAILING, DEAD, ORDERED = "brief", "failing", "dead", "ordered.fifo"


@dataclass
class Entry:
    """One message."""

    message: Message
    queue: str
    """Where it was sent."""
    tried_at: list[int] = field(default_factory=list)
    unknown_sends: int = 0
    sent: Sent | None = None
    """What the first acknowledged send gave."""
    deletes_tried: int = 0
    """How many deletes may have removed it."""
    gone: bool = False
    """A delete that must have worked was acknowledged, or a purge, or its queue's deletion."""
    receipt: Receipt | None = None
    """Of the latest receive that was acknowledged."""
    hidden_until: int = 0
    """Nobody can have it before; 0 where that is not known."""
    first_received_at: int = 0

    @property
    def body(self) -> str:
        return self.message.body

    def may_exist(self, now: int) -> bool:
        if self.gone or not (self.sent or self.unknown_sends):
            return False
        # Retention is kept to the second.
        return self.queue != BRIEF or now < max(self.tried_at) + RETENTION_MS + 1000

    def must_exist(self, now: int) -> bool:
        if self.sent is None or self.gone or self.deletes_tried:
            return False
        return self.queue != BRIEF or now < self.tried_at[0] + RETENTION_MS


class Ledger:
    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        """By body; no two messages have the same."""
        self.groups: dict[str, list[Entry]] = {}
        """Entries of the FIFO queue by message group, as they were acknowledged."""
        self.unknown_receives: dict[str, int] = {}
        """By queue: receives whose messages nobody can name, since no answer came."""
        self.moves = False
        """A move task was tried: dead letters may be new messages, which were never received."""
        self.checks = 0
        """How many messages were received."""

    # --- sending ----------------------------------------------------------------------------

    def sending(self, entry: Entry, now: int) -> None:
        self.entries[entry.body] = entry
        entry.tried_at.append(now)

    def sent(self, entry: Entry, sent: Sent) -> None:
        if entry.sent is not None:
            assert sent == entry.sent, "a duplicate was not recognised"
            return
        if not entry.unknown_sends:
            assert sent.message_id == entry.message.id
        entry.sent = sent
        if entry.queue == ORDERED:
            self._note_order(entry, sent)

    def _note_order(self, entry: Entry, sent: Sent) -> None:
        assert entry.message.group_id is not None
        assert sent.sequence_number is not None
        group = self.groups.setdefault(entry.message.group_id, [])
        # Answers come in the order of their commands; only one that was unknown is told late.
        if group and not entry.unknown_sends:
            last = group[-1].sent
            assert last is not None
            assert last.sequence_number is not None
            assert sent.sequence_number > last.sequence_number, "sequence numbers only grow"
        group.append(entry)
        group.sort(key=lambda each: each.sent.sequence_number or "" if each.sent else "")

    # --- receiving --------------------------------------------------------------------------

    def received(self, queue: str, deliveries: list[Delivery], timeout_s: int, now: int) -> None:
        if queue == ORDERED:
            self._check_order(deliveries)
        for delivery in deliveries:
            self._check(queue, delivery, now)
            self._note_receive(delivery, timeout_s, now)

    def _check(self, queue: str, delivery: Delivery, now: int) -> None:
        self.checks += 1
        message = delivery.message
        assert message is not None
        entry = self.entries[message.body]
        assert message == entry.message
        assert queue == entry.queue or (queue, entry.queue) == (DEAD, FAILING), "another queue's"
        assert entry.may_exist(now - FLUSH_MS), "a message came back"
        assert now >= entry.hidden_until, "a message in flight was handed out"
        self.check_count(entry, delivery.receipt.receive_count - 1)
        if not self._may_be_new(entry):
            assert delivery.sent_at in entry.tried_at
            assert delivery.message_id is None
            assert entry.first_received_at in (0, delivery.first_received_at)

    def check_count(self, entry: Entry, count: int) -> None:
        """How often the message was received until now."""
        doubt = self.unknown_receives.get(entry.queue, 0)
        if entry.queue == FAILING:
            doubt += self.unknown_receives.get(DEAD, 0)
        known = 0 if entry.receipt is None else entry.receipt.receive_count
        assert count <= known + doubt, "received more often than it can have been"
        assert self._may_be_new(entry) or count >= known, "a receive is forgotten"

    def _may_be_new(self, entry: Entry) -> bool:
        return self.moves and entry.queue == FAILING

    def _note_receive(self, delivery: Delivery, timeout_s: int, now: int) -> None:
        assert delivery.message is not None
        entry = self.entries[delivery.message.body]
        entry.receipt = delivery.receipt
        entry.first_received_at = delivery.first_received_at
        entry.hidden_until = now + timeout_s * 1000 - FLUSH_MS if timeout_s else 0

    def _check_order(self, deliveries: list[Delivery]) -> None:
        """Whatever stands before a message in its group comes with it, or is gone."""
        came = [each.message.body for each in deliveries if each.message is not None]
        for index, body in enumerate(came):
            entry = self.entries[body]
            group = self.groups.get(entry.message.group_id or "", [])
            number = deliveries[index].sequence_number
            for earlier in group:
                assert earlier.sent is not None
                if (earlier.sent.sequence_number or "") >= (number or ""):
                    break
                if not (earlier.gone or earlier.deletes_tried):
                    assert earlier.body in came[:index], "a group out of order"

    # --- what ends a message ----------------------------------------------------------------

    def is_latest(self, entry: Entry, receipt: Receipt, now: int) -> bool:
        """Whether nobody can have received it since, so that the receipt is sure to be good."""
        return entry.receipt == receipt and now < entry.hidden_until

    def in_queue(self, queue: str) -> list[Entry]:
        """What was sent there, ever."""
        return [entry for entry in self.entries.values() if entry.queue == queue]

    # --- all of it --------------------------------------------------------------------------

    def must_exist(self, now: int) -> list[Entry]:
        return [entry for entry in self.entries.values() if entry.must_exist(now)]
