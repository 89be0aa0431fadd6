"""Housekeeping: snapshots, and giving disk space back.

A segment of the log can be dropped when a snapshot covers its records and no live message stands
in it.  A segment of which little is alive is *cleaned*: its live messages are written again at the
end of the log (the design of log-structured file systems), so that disk use follows the live data.

    covered   the newest durable snapshot includes all records up to here
    drop      segments before `covered` without a live message
    clean     the segment before `covered` with the smallest live share, as long as the log is
              larger than what is alive in it warrants

All runs in small steps in the event loop; only the writing of a snapshot has a thread.

A full disk is no reason to stop, for this is what makes room.  But cleaning needs room before it
gives any: it takes none that deletes need, so that it cannot make a full disk fuller for good.
"""

import asyncio
import logging
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Protocol

import msgspec

from tidegate.base.positions import segment_of
from tidegate.base.refusals import Fault
from tidegate.engine import snapshot
from tidegate.engine.cleaning import forwarded
from tidegate.engine.codec import decode_with_message
from tidegate.engine.partition import Partition
from tidegate.engine.queue import Queue
from tidegate.log.interface import DamagedLog, SnapshotStore
from tidegate.runtime.commits import Commits
from tidegate.runtime.recovery import Tail, no_message

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class HousekeepingOptions:
    """When housekeeping does what."""

    period_s: float = 1.0
    snapshot_records: int = 100_000
    """A snapshot is due after this many records, and a sixteenth of the live messages more: a
    restart replays no more than that, and writing snapshots stays a small part of writing the
    log."""
    snapshot_message_bytes: int = 64
    """It is also due when it would let a segment's worth of dead bytes go, and this many for each
    live message: a snapshot is written at a third of that."""
    snapshot_gap_s: float = 5.0
    """Dead bytes wait this long for the next snapshot."""
    idle_snapshot_bytes: int = 1 << 16
    """A log that rests is covered as soon as this much of it is not."""
    retry_s: float = 10.0
    """When a snapshot that failed is tried again."""
    clean_share: float = 2.0
    """The log may be this many times as large as what is alive in it."""
    full_clean_share: float = 1.25
    """The same on a full disk, where room is worth more than the work."""
    clean_step_messages: int = 64
    clean_step_bytes: int = 1 << 18
    clean_step_s: float = 0.001


class Segments(Protocol):
    """The part of a log that housekeeping needs."""

    def segments(self) -> list[tuple[int, int]]: ...
    def read(self, position: int) -> bytes: ...
    def drop(self, segment: int) -> None: ...
    def spare_bytes(self) -> int: ...
    @property
    def full(self) -> bool: ...


class Housekeeper:
    """Keeps one partition's disk use and restart time small."""

    def __init__(
        self,
        partition: Partition,
        log: Segments,
        snapshots: SnapshotStore,
        commits: Commits,
        loop: asyncio.AbstractEventLoop,
        executor: Executor,
        covered: int,
        tail: Tail,
        options: HousekeepingOptions | None = None,
    ) -> None:
        """`covered` and `tail` are what recovery found."""
        self._partition = partition
        self._log = log
        self._snapshots = snapshots
        self._commits = commits
        self._loop = loop
        self._executor = executor
        self._options = options or HousekeepingOptions()
        self._covered = covered
        self._last_position = tail.last_position
        # What was replayed counts: servers that are killed often must not replay ever more.
        self._saved_records = -tail.records
        self._saved_bytes = -tail.bytes
        self._seen_records = 0
        self._saving = False
        self._saved_at = loop.time()
        self._retry_at = 0.0
        self._victim = 0
        self._cleaning: Iterator[tuple[Queue, int] | None] | None = None
        self._dropping: set[int] = set()
        self._damaged: set[int] = set()
        """Segments with a message that cannot be read: they stay, for whoever can repair them."""
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self._timer = self._loop.call_later(self._options.period_s, self._look_after)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._cleaning = None

    @property
    def saving(self) -> bool:
        """A snapshot is being written."""
        return self._saving

    def _look_after(self) -> None:
        self._timer = self._loop.call_later(self._options.period_s, self._look_after)
        if self._commits.stopped is not None:
            return
        if not self._saving and self._snapshot_is_due():
            self.save()
        self._drop_dead_segments()
        if self._cleaning is None:
            self._begin_cleaning()

    # --- snapshots --------------------------------------------------------------------------

    def _snapshot_is_due(self) -> bool:
        commits, options = self._commits, self._options
        since = commits.records - self._saved_records
        resting = commits.records == self._seen_records
        self._seen_records = commits.records
        if not since or self._loop.time() < self._retry_at:
            return False
        live = sum(queue.slots.live for queue in self._partition.state.queues.values())
        if since > options.snapshot_records + live // 16:
            return True
        if resting and commits.bytes - self._saved_bytes > options.idle_snapshot_bytes:
            return True
        return (
            self._loop.time() >= self._saved_at + options.snapshot_gap_s
            and self._held_back() > live * options.snapshot_message_bytes
        )

    def _held_back(self) -> int:
        """Dead bytes that could go if a snapshot covered them, beyond one segment's worth."""
        live_bytes = self._partition.state.usage.live_bytes
        segments = self._log.segments()
        first = segment_of(self._covered)
        dead = sum(
            max(0, size - live_bytes.get(number, 0))
            for number, size in segments[:-1]
            if number >= first
        )
        return dead - max(size for _, size in segments)

    def save(self) -> None:
        """Begin a snapshot of the state as it is now; it is written once the log holds all of
        it."""
        commits = self._commits
        covers = commits.last_position or self._last_position
        if not covers:
            return
        self._saving = True
        captured = snapshot.capture(self._partition.state)
        saved = commits.records, commits.bytes
        commits.when_durable(lambda: self._write(captured, covers, saved))

    def save_last(self) -> None:
        """Write a snapshot now, for the next start to have nothing to replay.  The log must hold
        everything, and no other snapshot may be under way."""
        covers = self._commits.last_position or self._last_position
        if covers == self._covered:
            return
        captured = snapshot.capture(self._partition.state)
        try:
            self._snapshots.save(covers, captured.encode())
        except (Fault, OSError) as error:
            logger.warning("no last snapshot (the next start takes longer): %s", error)

    def _write(self, captured: snapshot.Captured, covers: int, saved: tuple[int, int]) -> None:
        future = self._executor.submit(self._snapshots.save, covers, captured.encode())
        future.add_done_callback(
            lambda done: self._loop.call_soon_threadsafe(self._saved, done, covers, saved)
        )

    def _saved(self, done: "Future[None]", covers: int, saved: tuple[int, int]) -> None:
        self._saving = False
        error = done.exception()
        if error is None:
            self._covered = covers
            self._saved_at = self._loop.time()
            self._saved_records, self._saved_bytes = saved
            self._drop_dead_segments()
            return
        # The older snapshot stands, and no segment that it needs is dropped.
        self._retry_at = self._loop.time() + self._options.retry_s
        expected = isinstance(error, Fault | OSError)
        logger.error(
            "a snapshot could not be written: %s", error, exc_info=None if expected else error
        )

    # --- segments ---------------------------------------------------------------------------

    def _behind(self) -> list[tuple[int, int]]:
        """(segment, size) of those that the snapshot covers wholly."""
        covered = segment_of(self._covered)
        return [
            (number, size)
            for number, size in self._log.segments()
            if number < covered and number not in self._dropping
        ]

    def _drop_dead_segments(self) -> None:
        live_bytes = self._partition.state.usage.live_bytes
        for number, _ in self._behind():
            if not live_bytes.get(number):
                self._dropping.add(number)
                # Results that were made before still read from it; they leave first.
                self._commits.when_durable(lambda number=number: self._drop(number))  # type: ignore[misc]

    def _drop(self, number: int) -> None:
        self._dropping.discard(number)
        self._partition.state.usage.live_bytes.pop(number, None)
        try:
            self._log.drop(number)
        except (Fault, OSError) as error:
            logger.error("segment %d could not be dropped: %s", number, error)

    # --- cleaning ---------------------------------------------------------------------------

    def _begin_cleaning(self) -> None:
        live_bytes = self._partition.state.usage.live_bytes
        behind = [each for each in self._behind() if each[0] not in self._damaged]
        if not behind:
            return
        size = sum(size for _, size in behind)
        live = sum(live_bytes.get(number, 0) for number, _ in behind)
        options = self._options
        share = options.full_clean_share if self._log.full else options.clean_share
        if size <= share * live or size - live <= behind[0][1]:
            return
        victim, _ = min(behind, key=lambda each: live_bytes.get(each[0], 0) / each[1])
        self._victim = victim
        self._cleaning = self._partition.state.messages_in_segment(victim)
        self._loop.call_soon(self._clean)

    def _clean(self) -> None:
        """Write some live messages of the victim again."""
        if self._cleaning is None or self._commits.stopped is not None:
            return
        try:
            unfinished = self._has_room() and self._clean_some(self._cleaning)
        except Exception as error:
            self._cleaning_failed(error)
            unfinished = False
        if unfinished:
            self._loop.call_later(self._options.clean_step_s, self._clean)
        else:
            self._cleaning = None
            self._drop_dead_segments()

    def _has_room(self) -> bool:
        """What is still alive in the victim fits on the disk, and deletes keep what they need."""
        left = self._partition.state.usage.live_bytes.get(self._victim, 0)
        return left <= self._log.spare_bytes()

    def _clean_some(self, found: Iterator[tuple[Queue, int] | None]) -> bool:
        """One step.  False at the end of the victim.  Raises Faults."""
        options = self._options
        moved_bytes = 0
        for count, each in enumerate(found, 1):
            if each is not None:
                moved_bytes += self._rewrite(*each)
            if count >= options.clean_step_messages or moved_bytes >= options.clean_step_bytes:
                return True
        return False

    def _rewrite(self, queue: Queue, slot: int) -> int:
        position = queue.slots.position(slot)
        try:
            data = self._log.read(position)
            record = decode_with_message(data)
        except DamagedLog as damage:
            self._pass_over(position, damage)
            return 0
        except msgspec.DecodeError as error:
            self._pass_over(position, no_message(position, error))
            return 0
        state = self._partition.state
        self._partition.ledger.write(forwarded(state, record, queue, slot))
        return len(data)

    def _pass_over(self, position: int, damage: DamagedLog) -> None:
        """The message cannot be moved; its segment stays as it is from now on."""
        self._damaged.add(segment_of(position))
        logger.critical("%s", damage)

    def _cleaning_failed(self, error: Exception) -> None:
        if isinstance(error, Fault):
            logger.error("cleaning segment %d failed: %s", self._victim, error)
            return
        logger.error("cleaning segment %d failed", self._victim, exc_info=error)
        if self._partition.broken:
            self._commits.abandon()
