"""Producers and consumers at once: every message is followed from its send to its delete.

A lane is a sequence of messages in which order means something: what one producer sends to one
message group (FIFO), or all that one producer sends (where order is not checked).  A group belongs
to one producer, so that the order in which its messages were sent is known.
"""

from tidegate.bench.scripts import (
    STAMP_BYTES,
    Site,
    check_batch,
    decode_received,
    delete_entries,
)

_WAIT_S = 20
_LATE_NS = 1_000_000
"""Timers tick in milliseconds; a send that is later than that waited for its connection."""


class Ledger:
    """What was sent and what came out."""

    def __init__(self, site: Site, ordered: bool) -> None:
        self.site = site
        self.ordered = ordered
        self.acknowledged = 0
        self.producing = 0
        """Producers that still send."""
        self.deleting = 0
        """DeleteMessageBatch calls under way."""
        self._seen: set[int] = set()
        self._last: dict[int, int] = {}

    def received(self, stamp: str, now: int) -> None:
        """Account for one received message, by the last 32 characters of its body."""
        tally = self.site.tally
        try:
            sent_at, key = int(stamp[:16], 16), int(stamp[16:], 16)
        except ValueError:
            tally.error("a message that nobody sent", stamp)
            return
        if key in self._seen:
            # At-least-once delivery allows it on a standard queue, and only there.
            if self.ordered:
                tally.error("delivered twice", stamp)
            else:
                tally.note("delivered twice")
            return
        self._seen.add(key)
        if self.ordered:
            self._check_order(key)
        if tally.start_at <= now < tally.end_at:
            tally.deliveries.record(now - sent_at)

    def _check_order(self, key: int) -> None:
        lane, number = key >> 32, key & 0xFFFFFFFF
        last = self._last.get(lane, 0)
        if number != last + 1:
            self.site.tally.error("out of order", f"group {lane}: {number} after {last}")
        self._last[lane] = number

    def settled(self) -> bool:
        """True when all that was acknowledged has been received and deleted."""
        return not self.producing and not self.deleting and self.missing == 0

    @property
    def missing(self) -> int:
        return max(0, self.acknowledged - len(self._seen))


class Producer:
    """SendMessage after SendMessage, as fast as answers come or at a steady pace."""

    def __init__(
        self, ledger: Ledger, lane: int, groups: range | None, interval_ns: int = 0, phase: int = 0
    ) -> None:
        """`groups`: its message groups, None on a standard queue.

        `interval_ns`: the time between two sends, 0 for none; the first is due after `phase` ns.
        """
        self._ledger = ledger
        self._lane = lane
        self._groups = groups
        self._interval_ns = interval_ns
        self._phase = phase
        self._due_at = 0
        self._number = 0
        site = ledger.site
        self._template = site.template("SendMessage", f', "MessageBody": "{site.filler}')
        ledger.producing += 1
        self.finished = False
        self.wake_at = 0

    def next(self, now: int) -> bytes | None:
        if now >= self._ledger.site.tally.end_at:
            self._ledger.producing -= 1
            self.finished = True
            return None
        sent_at = now
        if self._interval_ns:
            if not self._due_at:
                self._due_at = now + self._phase
            if now < self._due_at:
                self.wake_at = self._due_at
                return None
            if now > self._due_at + _LATE_NS:
                # It was due while the connection was busy: that wait is part of the latency.
                sent_at = self._due_at
            self._due_at += self._interval_ns
        return self._template.build(self._tail(sent_at))

    def _tail(self, sent_at: int) -> bytes:
        groups = self._groups
        number = self._number
        self._number = number + 1
        if groups is None:
            return b'%016x%08x%08x"}' % (sent_at, self._lane, number + 1)
        turn, index = divmod(number, len(groups))
        group = groups[index]
        return b'%016x%08x%08x", "MessageGroupId": "g%d", "MessageDeduplicationId": "%d-%d"}' % (
            sent_at,
            group,
            turn + 1,
            group,
            group,
            turn,
        )

    def answered(self, body: bytes, now: int) -> int:
        self._ledger.acknowledged += 1
        return 0

    def failed(self) -> None:
        pass


class Consumer:
    """Long poll and DeleteMessageBatch by turns, until the run is over."""

    finished = False
    wake_at = 0

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        site = ledger.site
        self._receive = site.template(
            "ReceiveMessage", f', "MaxNumberOfMessages": 10, "WaitTimeSeconds": {_WAIT_S}}}'
        )
        self._delete = site.template("DeleteMessageBatch", ', "Entries": [')
        self._handles: list[str] = []
        self._deleting = False

    def next(self, now: int) -> bytes | None:
        if self._handles:
            self._deleting = True
            self._ledger.deleting += 1
            return self._delete.build(delete_entries(self._handles))
        return self._receive.build(b"")

    def answered(self, body: bytes, now: int) -> int:
        if self._deleting:
            expected = len(self._handles)
            self.failed()
            return check_batch(self._ledger.site.tally, body, "DeleteMessageBatch", expected)
        handles = self._handles
        received = self._ledger.received
        for message in decode_received(body).Messages:
            handles.append(message.receipt_handle)
            received(message.body[-STAMP_BYTES:], now)
        return 0

    def failed(self) -> None:
        if self._deleting:
            self._ledger.deleting -= 1
        self._handles = []
        self._deleting = False
