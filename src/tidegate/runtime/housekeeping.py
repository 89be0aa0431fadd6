"""Housekeeping: snapshots, and giving disk space back.

A segment of the log can be dropped when a snapshot covers its records and no live message stands
in it.  A segment of which little is alive is *cleaned*: its live messages are written again at the
end of the log (the design of log-structured file systems), so that disk use follows the live data.

    covered   the newest durable snapshot includes all records up to here
    drop      segments before `covered` without a live message
    clean     the segment before `covered` with the smallest live share, as long as the log is
              larger than what is alive in it warrants

All runs in small steps in the event loop; only the writing of a snapshot has a thread.
"""

import asyncio
import logging
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from typing import Protocol

from tidegate.base.positions import segment_of
from tidegate.base.refusals import Fault
from tidegate.engine import snapshot
from tidegate.engine.codec import decode_message
from tidegate.engine.partition import Partition
from tidegate.engine.queue import Queue
from tidegate.engine.records import MessageRewritten
from tidegate.log.interface import DamagedLog, SnapshotStore
from tidegate.runtime.commits import Commits

PERIOD_S = 1.0
SNAPSHOT_RECORDS = 100_000
"""A snapshot is due after this many records, and a sixteenth of the live messages more: a restart
replays no more than that, and writing snapshots stays a small part of writing the log."""
IDLE_SNAPSHOT_BYTES = 1 << 16
"""A log that rests is covered as soon as this much of it is not."""
CLEAN_SHARE = 2
"""The log may be this many times as large as what is alive in it."""
CLEAN_STEP_MESSAGES = 64
CLEAN_STEP_BYTES = 1 << 18
CLEAN_STEP_S = 0.001

logger = logging.getLogger(__name__)


class Segments(Protocol):
    """The part of a log that housekeeping needs."""

    def segments(self) -> list[tuple[int, int]]: ...
    def read(self, position: int) -> bytes: ...
    def drop(self, segment: int) -> None: ...


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
    ) -> None:
        self._partition = partition
        self._log = log
        self._snapshots = snapshots
        self._commits = commits
        self._loop = loop
        self._executor = executor
        self._covered = covered
        self._saved_records = 0
        self._saved_bytes = 0
        self._seen_records = 0
        self._saving = False
        self._cleaning: Iterator[tuple[Queue, int] | None] | None = None
        self._dropping: set[int] = set()
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self._timer = self._loop.call_later(PERIOD_S, self._look_after)

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
        self._timer = self._loop.call_later(PERIOD_S, self._look_after)
        if self._commits.stopped is not None:
            return
        if not self._saving and self._snapshot_is_due():
            self.save()
        self._drop_dead_segments()
        if self._cleaning is None:
            self._begin_cleaning()

    # --- snapshots --------------------------------------------------------------------------

    def _snapshot_is_due(self) -> bool:
        commits = self._commits
        since = commits.records - self._saved_records
        resting = commits.records == self._seen_records
        self._seen_records = commits.records
        live = sum(queue.slots.live for queue in self._partition.state.queues.values())
        if since > SNAPSHOT_RECORDS + live // 16:
            return True
        return resting and commits.bytes - self._saved_bytes > IDLE_SNAPSHOT_BYTES

    def save(self) -> None:
        """Begin a snapshot of the state as it is now; it is written once the log holds all of
        it."""
        commits = self._commits
        if not commits.last_position:
            return
        self._saving = True
        captured = snapshot.capture(self._partition.state)
        covers = commits.last_position
        self._saved_records, self._saved_bytes = commits.records, commits.bytes
        commits.when_durable(lambda: self._write(captured, covers))

    def _write(self, captured: snapshot.Captured, covers: int) -> None:
        future = self._executor.submit(self._snapshots.save, covers, captured.encode())
        future.add_done_callback(
            lambda done: self._loop.call_soon_threadsafe(self._saved, done, covers)
        )

    def _saved(self, done: "Future[None]", covers: int) -> None:
        self._saving = False
        error = done.exception()
        if error is None:
            self._covered = covers
            self._drop_dead_segments()
        else:
            # The older snapshot stands, and no segment that it needs is dropped.
            logger.error("a snapshot could not be written: %s", error)

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

    def _begin_cleaning(self) -> None:
        live_bytes = self._partition.state.usage.live_bytes
        behind = self._behind()
        size = sum(size for _, size in behind)
        live = sum(live_bytes.get(number, 0) for number, _ in behind)
        if not behind or size <= CLEAN_SHARE * live or size - live <= behind[0][1]:
            return
        victim, _ = min(behind, key=lambda each: live_bytes.get(each[0], 0) / each[1])
        self._cleaning = self._partition.state.messages_in_segment(victim)
        self._loop.call_soon(self._clean)

    def _clean(self) -> None:
        """Write some live messages of the victim again."""
        if self._cleaning is None or self._commits.stopped is not None:
            return
        moved = moved_bytes = 0
        try:
            for found in self._cleaning:
                if found is not None:
                    moved_bytes += self._rewrite(*found)
                moved += 1
                if moved >= CLEAN_STEP_MESSAGES or moved_bytes >= CLEAN_STEP_BYTES:
                    self._loop.call_later(CLEAN_STEP_S, self._clean)
                    return
        except (Fault, DamagedLog) as error:
            logger.error("cleaning a segment failed: %s", error)
        self._cleaning = None
        self._drop_dead_segments()

    def _rewrite(self, queue: Queue, slot: int) -> int:
        record = self._log.read(queue.slots.position(slot))
        state = self._partition.state
        self._partition.ledger.write(
            MessageRewritten(queue.uid, slot, state.now, decode_message(record))
        )
        return len(record)
