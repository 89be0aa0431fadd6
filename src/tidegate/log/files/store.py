"""The log on files: gathers records, writes a batch with one write and one sync a segment.

    append ──> parts of the open piece ──begin_flush──> pieces under way ──finish_flush──> disk

A *piece* is what one flush writes into one segment: a batch, and the end mark if the log goes on
in the next segment.  Nearly every flush has one.  The pieces of one flush are written and synced in
order, which `format` relies on.

Threads: `append`, `begin_flush`, `read`, `replay` and `drop` belong to one thread.  `finish_flush`
may run in another one meanwhile: it touches only the pieces that `begin_flush` put aside, the
write handles of their segments, and `_flushed`.  A third thread, the log's own, makes room.
"""

import os
import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import NamedTuple

from google_crc32c import extend

from tidegate.base.positions import (
    LENGTH_UNIT,
    MAX_FRAME_BYTES,
    OFFSET_SHIFT,
    SEGMENT_SHIFT,
    offset_of,
    segment_of,
)
from tidegate.base.refusals import Fault, LogStopped, StorageFull
from tidegate.log.files import format
from tidegate.log.files.format import FRAME_BYTES, HEADER_BYTES, MARK_BYTES, Broken, frame_head
from tidegate.log.files.reading import Reader
from tidegate.log.files.recovery import Cut, Recovered, read_whole, recover
from tidegate.log.files.room import LogOptions, Room
from tidegate.log.files.segment import Segment, failed, segment_name, sync
from tidegate.log.fs import FULL, Files, OsFiles
from tidegate.log.interface import DamagedLog

_pack_head = frame_head.pack
_ROUND_UP = FRAME_BYTES + LENGTH_UNIT - 1
_UNIT_SHIFT = LENGTH_UNIT.bit_length() - 1


class _Piece(NamedTuple):
    segment: Segment
    start: int
    end: int
    parts: list[bytes]
    sealed: bool


class FileLog:
    """A log in a directory of its own.  Open it with `FileLog.open`."""

    cut: Cut | None
    """What recovery cut from the end of the log, if anything: a flush that is not whole."""

    def __init__(
        self,
        files: Files,
        directory: str,
        options: LogOptions,
        recovered: Recovered,
        executor: Executor,
    ) -> None:
        self.cut = recovered.cut
        self._files = files
        self._directory = directory
        self._executor = executor
        self._sizes = recovered.sizes
        self._stopped: str | None = None
        self._reader = Reader(files, directory, recovered.salt)
        self._room = Room(
            files,
            directory,
            options,
            executor,
            recovered.salt,
            recovered.current,
            recovered.following,
            has_spare=recovered.has_spare,
            stop=self.stop,
        )
        self._largest_frame = min(
            MAX_FRAME_BYTES, options.segment_bytes - HEADER_BYTES - 3 * MARK_BYTES
        )
        self._pieces: list[_Piece] = []
        self._flushing: list[_Piece] | None = None
        self._flushed = (recovered.current.number, recovered.end)
        self._parts: list[bytes] = []
        self._shared_bytes = 0
        """What was spent on the full disk by records that may only spend a share of the reserve."""
        self._start = self._end = recovered.end
        self._enter(recovered.current, recovered.end)
        self._room.ask(self._end)
        self._set_limits()

    @classmethod
    def open(
        cls,
        directory: str,
        files: Files | None = None,
        options: LogOptions | None = None,
        executor: Executor | None = None,
    ) -> "FileLog":
        """Open the log in `directory`, which must be there, or begin one.

        `executor` runs what makes room: one job at a time, a thread of the log's own by default.
        Raises DamagedLog, LogStopped, and StorageFull where there is no room to begin a log.
        """
        files = files or OsFiles()
        options = options or LogOptions()
        try:
            recovered = recover(files, directory, options, secrets.randbits(32))
        except OSError as error:
            if error.errno in FULL:
                raise StorageFull(f"The disk of {directory} has no room for a log.") from error
            raise LogStopped(failed("opening", directory, error)) from error
        executor = executor or ThreadPoolExecutor(1, thread_name_prefix="log-room")
        return cls(files, directory, options, recovered, executor)

    # --- writing --------------------------------------------------------------------------------

    def append(self, record: bytes, *, spends_reserve: float = 0) -> int:
        """See Log.append.  A record has from 1 byte to nearly 2 MiB."""
        length = len(record)
        offset = self._end
        end = offset + FRAME_BYTES + length
        if end > (
            # A send, the most frequent one, must not pay for the comparison.
            self._reserve_limit if spends_reserve and spends_reserve == 1 else self._limit
        ):
            self._make_way(FRAME_BYTES + length, spends_reserve)
            offset = self._end
            end = offset + FRAME_BYTES + length
        self._end = end
        self._parts += (_pack_head(length, extend(self._seed ^ offset, record)), record)
        return self._base | offset << OFFSET_SHIFT | length + _ROUND_UP >> _UNIT_SHIFT

    def begin_flush(self) -> bool:
        if self._stopped is not None:
            raise LogStopped(self._stopped)
        assert self._flushing is None, "one flush at a time"
        if len(self._parts) > 1:
            self._close_piece()
        elif not self._pieces:
            return False
        self._flushing = self._pieces
        self._pieces = []
        return True

    def finish_flush(self) -> None:
        if self._stopped is not None:
            raise LogStopped(self._stopped)
        pieces = self._flushing
        assert pieces is not None, "begin_flush comes first"
        files = self._files
        try:
            for segment, start, end, parts, sealed in pieces:
                files.write(segment.handle, b"".join(parts), start)
                sync(files, segment.handle, segment.path)
                if sealed:
                    files.close(segment.handle)
                    self._flushed = (segment.number + 1, HEADER_BYTES)
                else:
                    self._flushed = (segment.number, end)
        except LogStopped as stopped:
            self.stop(stopped.message)
            raise
        except OSError as error:
            message = failed("a write", segment.path, error)
            self.stop(message)
            raise LogStopped(message) from error
        self._flushing = None

    def _enter(self, segment: Segment, start: int) -> None:
        """Let the next batch begin at `start` of a segment."""
        self._seed = segment.seed
        self._base = segment.number << SEGMENT_SHIFT
        self._begin(start)

    def _begin(self, start: int) -> None:
        # The first part is the batch's mark, which is known when the batch is closed.
        self._start = start
        self._end = start + MARK_BYTES
        self._parts = [b""]

    def _close_piece(self, *, sealed: bool = False) -> None:
        parts, start, end = self._parts, self._start, self._end
        count = (len(parts) - 1) // 2
        if count:
            parts[0] = format.pack_batch_mark(self._seed, start, end - start - MARK_BYTES, count)
        else:
            end = start
        if sealed:
            parts.append(format.pack_end_mark(self._seed, end))
        self._pieces.append(_Piece(self._room.current, start, end, parts, sealed))
        self._begin(end)

    # --- room -----------------------------------------------------------------------------------

    def _make_way(self, frame_bytes: int, spends_reserve: float) -> None:
        """Returns once a frame fits behind `_end`; goes on to the next segment where it must.

        Raises StorageFull and LogStopped.
        """
        assert FRAME_BYTES < frame_bytes <= self._largest_frame, "a record of an impossible size"
        room = self._room
        kept = 0 if spends_reserve else room.reserve
        waited = False
        while True:
            if self._stopped is not None:
                raise LogStopped(self._stopped)
            end = self._end + frame_bytes
            needed = end + MARK_BYTES
            current = room.current
            fits = needed <= current.allocated
            if (
                room.full
                and spends_reserve < 1
                and not self._may_share(frame_bytes, spends_reserve)
            ):
                if room.due:
                    room.ask(self._end)
                raise self._storage_full()
            if not fits and needed > current.capacity:
                if room.following is not None:
                    self._advance()
                    continue
                end = current.capacity + frame_bytes
            ahead = room.ahead(end)
            if fits and ahead >= kept:
                if ahead < room.low_water and not room.full:
                    room.ask(end)
                break
            if room.exhausted and (waited or not room.due):
                raise self._storage_full()
            room.ask(end)
            room.settle()
            waited = True
        if room.full and 0 < spends_reserve < 1:
            self._shared_bytes += frame_bytes
        self._set_limits()

    def _may_share(self, frame_bytes: int, share: float) -> bool:
        """Whether a full disk takes one more record that may spend no more than a share of the
        reserve: all of them together spend that much, until room was made."""
        return self._shared_bytes + frame_bytes <= self._room.reserve * share

    def _advance(self) -> None:
        self._close_piece(sealed=True)
        self._sizes[self._room.current.number] = self._room.current.allocated
        following = self._room.advance()
        self._sizes[following.number] = following.allocated
        self._enter(following, HEADER_BYTES)
        # At once: whoever wanted the room may yet be refused, and these limits are the old ones.
        self._set_limits()

    def _set_limits(self) -> None:
        """Up to where `append` need not think."""
        room = self._room
        last = room.current.allocated - MARK_BYTES
        wanted = room.reserve if room.busy else room.low_water
        self._limit = last - max(0, wanted - room.beyond())
        self._reserve_limit = last if room.busy else self._limit
        if room.full:
            self._limit, self._reserve_limit = -1, last
        else:
            self._shared_bytes = 0
        if self._stopped is not None:
            self._limit = self._reserve_limit = -1

    def _storage_full(self) -> StorageFull:
        free = self._files.free(self._directory)[0]
        return StorageFull(
            f"The disk of {self._directory} is too full for new messages: {free} bytes are free, "
            f"{self._room.keep_free()} are kept for deletes and snapshots. "
            "Receive and delete messages, or make room on the disk; sending then works again."
        )

    def stop(self, message: str) -> None:
        """See Log.stop.  The first message stays."""
        if self._stopped is None:
            self._stopped = message
        self._limit = self._reserve_limit = -1

    # --- reading --------------------------------------------------------------------------------

    def read(self, position: int) -> bytes:
        if self._stopped is not None:
            raise LogStopped(self._stopped)
        try:
            return self._reader.read(position)
        except OSError as error:
            raise Fault(f"The log in {self._directory} could not be read: {error}") from error

    def read_many(self, positions: Sequence[int]) -> list[bytes]:
        if self._stopped is not None:
            raise LogStopped(self._stopped)
        try:
            return self._reader.read_many(positions)
        except OSError as error:
            raise Fault(f"The log in {self._directory} could not be read: {error}") from error

    def replay(self, after: int) -> Iterator[tuple[int, bytes]]:
        """See Log.replay.  Raises DamagedLog also where a segment is missing that stands at
        `after` or behind it, and where the log ends before `after`."""
        if self._stopped is not None:
            raise LogStopped(self._stopped)
        last, end = self._flushed
        first, skip = max(1, segment_of(after)), offset_of(after)
        if first > last or (first == last and skip >= end):
            path = self._path(last)
            raise DamagedLog(path, end, "the log ends before the record that a snapshot covers")
        for number in range(first, last + 1):
            if number not in self._sizes:
                raise DamagedLog(self._path(number), 0, "the segment's file is missing")
            yield from self._replay_segment(number, skip, end if number == last else None)
            skip = 0

    def _replay_segment(
        self, number: int, skip: int, end: int | None
    ) -> Iterator[tuple[int, bytes]]:
        """The records of a segment behind the offset `skip`; `end` is where the current one ends,
        None for an earlier one, which must have an end mark."""
        if end == HEADER_BYTES:
            return
        data = read_whole(self._files, self._directory, number)
        seed = format.seed_of(self._reader.salt, number)
        try:
            yield from format.records(data, seed, number, start=HEADER_BYTES, end=end, after=skip)
        except Broken as broken:
            raise DamagedLog(self._path(number), broken.offset, broken.what) from None

    # --- segments -------------------------------------------------------------------------------

    def segments(self) -> list[tuple[int, int]]:
        current = self._room.current
        self._sizes[current.number] = current.allocated
        return list(self._sizes.items())

    def spare_bytes(self) -> int:
        """How much may be written now with `spends_reserve` for no longer than it takes to make
        room by it: deletes keep the reserve meanwhile, and a quarter of the floor."""
        room = self._room
        free = self._files.free(self._directory)[0]
        return room.ahead(self._end) + free - room.reserve - room.floor // 4

    @property
    def full(self) -> bool:
        """What does not spend the reserve is refused for want of room."""
        return self._room.full

    def drop(self, segment: int) -> None:
        if self._stopped is not None:
            raise LogStopped(self._stopped)
        assert segment < self._flushed[0], "only a segment that is written and behind"
        size = self._sizes.pop(segment)
        self._reader.forget(segment)
        self._shared_bytes = 0
        self._room.retire(segment, size, self._end)

    def close(self) -> None:
        """Flush what has gathered, write the mark of a log that was closed in order, and close.

        Raises LogStopped where that fails; the files are closed in any case.
        """
        room = self._room
        try:
            if self._stopped is None:
                room.settle()
                if self.begin_flush():
                    self.finish_flush()
                self._write_last_mark()
        finally:
            self._executor.shutdown()
            self._reader.close()
            for segment in (room.current, room.following):
                if segment is not None:
                    self._files.close(segment.handle)
            self.stop("The log is closed.")

    def _write_last_mark(self) -> None:
        """An empty batch: it proves that all before it was synced (see `format`)."""
        if self._end + MARK_BYTES > self._room.current.allocated:
            return
        mark = format.pack_batch_mark(self._seed, self._start, 0, 0)
        piece = _Piece(self._room.current, self._start, self._end, [mark], False)
        self._flushing = [piece]
        self.finish_flush()

    def _path(self, number: int) -> str:
        return os.path.join(self._directory, segment_name(number))
