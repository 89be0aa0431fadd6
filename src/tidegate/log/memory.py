"""A log and a snapshot store in memory: for tests, and for servers that need not remember."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from tidegate.base.positions import MAX_FRAME_BYTES, pack_position, segment_of
from tidegate.base.refusals import LogStopped, StorageFull
from tidegate.log.interface import DamagedLog

_FRAME_BYTES = 8
_FIRST_OFFSET = 512


class _Segment:
    def __init__(self, number: int) -> None:
        self.number = number
        self.end = _FIRST_OFFSET
        self.positions: list[int] = []
        self.records: dict[int, bytes] = {}


class MemoryLog:
    """A log that remembers what is flushed for as long as the object lives."""

    def __init__(self, segment_bytes: int = 32 << 20) -> None:
        self.full = False
        """While set, appends that do not spend the reserve are refused."""
        self._segment_bytes = segment_bytes
        self._segments: dict[int, _Segment] = {1: _Segment(1)}
        self._current = self._segments[1]
        self._gathered: list[int] = []
        self._flushing: list[int] | None = None
        self._pending: dict[int, bytes] = {}
        self._last = 0
        self._stopped: str | None = None

    def append(self, record: bytes, *, spends_reserve: float = 0) -> int:
        self._check()
        if self.full and not spends_reserve:
            raise StorageFull("The log is full.")
        frame_bytes = _FRAME_BYTES + len(record)
        assert record, "an empty record"
        assert frame_bytes <= min(MAX_FRAME_BYTES, self._segment_bytes), "a record too large"
        current = self._current
        if current.end + frame_bytes > _FIRST_OFFSET + self._segment_bytes:
            current = self._current = _Segment(current.number + 1)
            self._segments[current.number] = current
        position = pack_position(current.number, current.end, frame_bytes)
        current.end += frame_bytes
        self._pending[position] = record
        self._gathered.append(position)
        return position

    def begin_flush(self) -> bool:
        self._check()
        assert self._flushing is None, "one flush at a time"
        if not self._gathered:
            return False
        self._flushing, self._gathered = self._gathered, []
        return True

    def finish_flush(self) -> None:
        self._check()
        assert self._flushing is not None, "begin_flush comes first"
        for position in self._flushing:
            segment = self._segments[segment_of(position)]
            segment.positions.append(position)
            segment.records[position] = self._pending.pop(position)
            self._last = position
        self._flushing = None

    def read(self, position: int) -> bytes:
        self._check()
        segment = self._segments.get(segment_of(position))
        record = segment.records.get(position) if segment is not None else None
        if record is None:
            raise DamagedLog("memory", position, "no record stands there")
        return record

    def read_many(self, positions: Sequence[int]) -> list[bytes]:
        return [self.read(position) for position in positions]

    def replay(self, after: int) -> Iterator[tuple[int, bytes]]:
        self._check()
        if after > self._last:
            raise DamagedLog("memory", after, "the log ends before it")
        for number in range(max(1, segment_of(after)), self._current.number + 1):
            segment = self._segments.get(number)
            if segment is None:
                raise DamagedLog("memory", number, "a segment is missing")
            for position in segment.positions[bisect_right(segment.positions, after) :]:
                yield position, segment.records[position]

    def segments(self) -> list[tuple[int, int]]:
        return [(number, segment.end) for number, segment in self._segments.items()]

    def drop(self, segment: int) -> None:
        self._check()
        assert segment < self._current.number, "never the current segment"
        del self._segments[segment]

    def close(self) -> None:
        if self._stopped is None:
            if self.begin_flush():
                self.finish_flush()
            self.stop("The log is closed.")

    def stop(self, message: str) -> None:
        """See Log.stop."""
        self._stopped = message

    def survivor(self) -> "MemoryLog":
        """The log as a new process finds it: only what was flushed."""
        log = MemoryLog(self._segment_bytes)
        last = max(self._segments)
        log._segments = {}
        for number, old in self._segments.items():
            new = log._segments[number] = _Segment(number)
            new.positions = list(old.positions)
            new.records = dict(old.records)
            new.end = _end_of(new)
        while last > 1 and not log._segments[last].positions and last - 1 in log._segments:
            del log._segments[last]
            last -= 1
        log._current = log._segments[last]
        log._last = self._last
        return log

    def _check(self) -> None:
        if self._stopped is not None:
            raise LogStopped(self._stopped)


def _end_of(segment: _Segment) -> int:
    frames = sum(_FRAME_BYTES + len(record) for record in segment.records.values())
    return _FIRST_OFFSET + frames


class MemorySnapshots:
    """Keeps the newest snapshot for as long as the object lives."""

    def __init__(self) -> None:
        self._newest: tuple[int, list[bytes]] | None = None

    def save(self, covers: int, parts: Iterable[bytes]) -> None:
        self._newest = (covers, list(parts))

    def load(self) -> tuple[int, Iterator[bytes]] | None:
        if self._newest is None:
            return None
        covers, parts = self._newest
        return covers, iter(parts)
