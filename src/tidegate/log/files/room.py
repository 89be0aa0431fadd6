"""The room ahead of the log: the next segment, the reserve, and what a full disk does.

There is always room had ahead of the write position: the rest of the current segment that is filled
with zeros, and the following segment.  A thread of the log adds to it in steps before it is needed,
so that an idle log is small and a busy one never waits.

    ahead                   bytes had after the write position
    ahead < low water       a step more is asked for
    ahead < reserve         what may be refused waits for the step; deletes and receives go on

A disk is *full* when a step fails for want of room, or when less than `keep_free` would be left on
it: then everything that may be refused is refused, and what is ahead (at least the reserve) belongs
to deletes and receives.  While there is any free room left they may take more of it; `keep_free`
itself is what a snapshot needs, without which no segment could be given back.  So deletes go on for
`reserve + keep_free` bytes: with the defaults and 58 bytes a delete, more than a million of them.

The log is full no longer when there is room: it looks when a segment was dropped, and at most once
in `retry_s` when somebody wants to append.  Nothing polls.
"""

import os
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field

from tidegate.base.refusals import LogStopped
from tidegate.log.files.format import (
    FRAME_BYTES,
    HEADER_BYTES,
    MARK_BYTES,
    MAX_SEGMENT_BYTES,
)
from tidegate.log.files.segment import (
    Segment,
    create_segment,
    failed,
    recycle_segment,
    segment_name,
)
from tidegate.log.fs import FULL, Files

SPARE = "spare.log"
"""A dropped segment's file that waits to become the next segment."""
_MIB = 1 << 20


def _nothing() -> int:
    return 0


@dataclass(frozen=True)
class LogOptions:
    """Sizes of a log on files, in bytes."""

    segment_bytes: int = 32 * _MIB
    step_bytes: int = 4 * _MIB
    """Room is added in steps of this size."""
    reserve_bytes: int = 4 * _MIB
    """Room ahead that only deletes and receives may use."""
    floor_bytes: int | None = None
    """Free room on the disk that sends leave alone.  None: 64 MiB, but at most a 16th of the
    disk."""
    snapshot_bytes: Callable[[], int] = field(default=_nothing)
    """The size of the last snapshot; twice of it is left alone on top of the floor."""
    retry_s: float = 1.0
    """How often a full disk is looked at, at most, when there are sends to refuse."""
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        overhead = HEADER_BYTES + 4 * MARK_BYTES + FRAME_BYTES
        if not self.step_bytes + self.reserve_bytes + overhead <= self.segment_bytes:
            raise ValueError("a segment must hold more than a step and the reserve")
        if self.segment_bytes > MAX_SEGMENT_BYTES:
            raise ValueError(f"a segment has at most {MAX_SEGMENT_BYTES} bytes")


class Room:
    """Keeps room ahead of the log.

    `current` is the segment that is written to; the log moves on to `following` by `advance`.
    All but `_make` and `_retire`, which run in the executor, belongs to the log's own thread.
    """

    def __init__(
        self,
        files: Files,
        directory: str,
        options: LogOptions,
        executor: Executor,
        salt: int,
        current: Segment,
        following: Segment | None,
        *,
        has_spare: bool,
        stop: Callable[[str], None],
    ) -> None:
        self.current = current
        self.following = following
        self.full = False
        self.exhausted = False
        """The last step found no room at all."""
        self.low_water = options.reserve_bytes + options.step_bytes // 2
        self.reserve = options.reserve_bytes
        self._files = files
        self._directory = directory
        self._options = options
        self._executor = executor
        self._salt = salt
        self._has_spare = has_spare
        self._stop = stop
        self._job: Future[None] | None = None
        self._looked_at = -options.retry_s
        total = files.free(directory)[1]
        floor = options.floor_bytes
        self.floor = min(64 * _MIB, total // 16) if floor is None else floor

    def beyond(self) -> int:
        """Bytes that the following segment has for frames."""
        following = self.following
        if following is None:
            return 0
        return following.allocated - HEADER_BYTES - 2 * MARK_BYTES

    def ahead(self, end: int) -> int:
        """Bytes had after the offset `end` of the current segment."""
        return self.current.allocated - MARK_BYTES - end + self.beyond()

    @property
    def busy(self) -> bool:
        """A step is under way."""
        return self._job is not None and not self._job.done()

    @property
    def due(self) -> bool:
        """It is time to look at a full disk again."""
        return self._options.clock() - self._looked_at >= self._options.retry_s

    def keep_free(self) -> int:
        """Bytes on the disk that are left for deletes and the next snapshot."""
        return self.floor + 2 * self._options.snapshot_bytes()

    def ask(self, end: int) -> None:
        """Have room made after the offset `end` of the current segment, soon."""
        if not self.busy:
            self._job = self._executor.submit(self._make, self.current, end)

    def settle(self) -> None:
        """Wait until no step is under way."""
        if self._job is not None:
            self._job.result()

    def advance(self) -> Segment:
        """Go on to the following segment, which must be there."""
        assert self.following is not None
        self.current, self.following = self.following, None
        return self.current

    def retire(self, number: int, size_bytes: int, end: int) -> None:
        """Give back the file of a segment, or keep it as the spare."""
        self._executor.submit(self._retire, number, size_bytes)
        if self.full:
            self._looked_at = -self._options.retry_s
            self.ask(end)

    # --- in the executor ------------------------------------------------------------------------

    def _make(self, segment: Segment, end: int) -> None:
        options = self._options
        try:
            while True:
                ahead = self.ahead(end if self.current is segment else HEADER_BYTES)
                poor = self._is_poor()
                wanted = self.reserve if poor else self.low_water
                if ahead >= wanted or not self._step():
                    self.full, self.exhausted = poor, False
                    return
        except OSError as error:
            if error.errno not in FULL:
                self._stop(failed("making room", self._directory, error))
            self.full = self.exhausted = True
        except LogStopped as stopped:
            self._stop(stopped.message)
        finally:
            self._looked_at = options.clock()

    def _is_poor(self) -> bool:
        """Less would be left on the disk than must be.  Gives up the spare before it says so."""
        needed = self.keep_free() + self._options.step_bytes
        if self._files.free(self._directory)[0] >= needed:
            return False
        if not self._has_spare:
            return True
        self._has_spare = False
        self._files.unlink(os.path.join(self._directory, SPARE))
        return self._files.free(self._directory)[0] < needed

    def _step(self) -> bool:
        """Add one step of room.  False when there is as much as there can be."""
        step = self._options.step_bytes
        if self.current.allocated < self.current.capacity:
            self.current.grow(self._files, step)
        elif self.following is None:
            self.following = self._next()
        elif self.following.allocated < self.following.capacity:
            self.following.grow(self._files, step)
        else:
            return False
        return True

    def _next(self) -> Segment:
        number = self.current.number + 1
        if self._has_spare:
            self._has_spare = False
            spare = os.path.join(self._directory, SPARE)
            return recycle_segment(self._files, self._directory, spare, number, self._salt)
        return create_segment(
            self._files,
            self._directory,
            number,
            self._salt,
            allocate=self._options.step_bytes,
            capacity=self._options.segment_bytes,
        )

    def _retire(self, number: int, size_bytes: int) -> None:
        path = os.path.join(self._directory, segment_name(number))
        useful = size_bytes == self._options.segment_bytes
        try:
            if useful and not self._has_spare and not self.full:
                self._files.rename(path, os.path.join(self._directory, SPARE))
                self._files.sync_directory(self._directory)
                self._has_spare = True
            else:
                self._files.unlink(path)
                self._files.sync_directory(self._directory)
        except OSError as error:
            self._stop(failed("removal", path, error))
