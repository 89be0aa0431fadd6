"""Reads records by position, with a bounded number of open files."""

import os
from collections.abc import Sequence

from google_crc32c import extend

from tidegate.base.positions import (
    LENGTH_MASK,
    LENGTH_UNIT,
    OFFSET_MASK,
    OFFSET_SHIFT,
    SEGMENT_SHIFT,
    length_of,
    offset_of,
    segment_of,
)
from tidegate.log.files import format
from tidegate.log.files.format import FRAME_BYTES, frame_head
from tidegate.log.files.segment import segment_name
from tidegate.log.fs import Files
from tidegate.log.interface import DamagedLog

MAX_OPEN_FILES = 128
_GAP_BYTES = 8 << 10
"""Reading this much for nothing costs less than another call to the system."""
_SPAN_BYTES = 1 << 20
"""One read fetches at most this much, unless a single record is longer."""
_unpack_head = frame_head.unpack_from
_UNIT_SHIFT = LENGTH_UNIT.bit_length() - 1


class Reader:
    """Belongs to one thread."""

    def __init__(self, files: Files, directory: str, salt: int) -> None:
        self._files = files
        self._directory = directory
        self.salt = salt
        self._open: dict[int, tuple[int, int]] = {}
        """Segment to (handle, seed), the one that was used last at the end."""

    def read(self, position: int) -> bytes:
        """The record at `position`.  Raises DamagedLog."""
        number = position >> SEGMENT_SHIFT
        opened = self._open.pop(number, None) or self._open_segment(number)
        self._open[number] = opened
        handle, seed = opened
        length = (position & LENGTH_MASK) * LENGTH_UNIT
        offset = position >> OFFSET_SHIFT & OFFSET_MASK
        chunk = self._files.read(handle, length, offset)
        record = format.record_in(chunk, 0, seed, offset, length)
        if record is None:
            raise self._damaged(number, offset)
        return record

    def read_many(self, positions: Sequence[int]) -> list[bytes]:
        """The records at `positions`, in the same order; neighbours are fetched together."""
        if len(positions) == 1:
            return [self.read(positions[0])]
        if positions:
            first, last = positions[0], positions[-1]
            span = offset_of(last) + length_of(last) - offset_of(first)
            most = min(_SPAN_BYTES, _GAP_BYTES * (len(positions) - 1))
            if segment_of(first) == segment_of(last) and 0 < span <= most:
                records = self._read_neighbours(positions, span)
                if records is not None:
                    return records
        found: dict[int, bytes] = {}
        run: list[int] = []
        run_end = 0
        for position in sorted(set(positions)):
            start = position >> OFFSET_SHIFT & OFFSET_MASK
            end = start + (position & LENGTH_MASK) * LENGTH_UNIT
            if run and (
                position >> SEGMENT_SHIFT != run[0] >> SEGMENT_SHIFT
                or start - run_end > _GAP_BYTES
                or end - offset_of(run[0]) > _SPAN_BYTES
            ):
                self._read_run(run, run_end, found)
                run = []
            run.append(position)
            run_end = end
        if run:
            self._read_run(run, run_end, found)
        return [found[position] for position in positions]

    def _read_neighbours(self, positions: Sequence[int], span: int) -> list[bytes] | None:
        """The records at positions that stand close together and in order, as those of a receive
        mostly do; None if they do not, or if one is not what was written, which `_read_run` says
        better."""
        number = positions[0] >> SEGMENT_SHIFT
        opened = self._open.pop(number, None) or self._open_segment(number)
        self._open[number] = opened
        handle, seed = opened
        base = offset_of(positions[0])
        chunk = self._files.read(handle, span, base)
        records: list[bytes] = []
        behind = 0
        for position in positions:
            offset = position >> OFFSET_SHIFT & OFFSET_MASK
            at = offset - base
            if at < behind or at + FRAME_BYTES >= len(chunk) or position >> SEGMENT_SHIFT != number:
                return None
            length, crc = _unpack_head(chunk, at)
            start = at + FRAME_BYTES
            behind = start + length
            record = chunk[start:behind]
            units = length + FRAME_BYTES + LENGTH_UNIT - 1 >> _UNIT_SHIFT
            if not length or units != position & LENGTH_MASK:
                return None
            if extend(seed ^ offset, record) != crc:
                return None
            records.append(record)
        return records

    def _read_run(self, run: list[int], run_end: int, found: dict[int, bytes]) -> None:
        first = run[0]
        number = segment_of(first)
        opened = self._open.pop(number, None) or self._open_segment(number)
        self._open[number] = opened
        handle, seed = opened
        base = offset_of(first)
        chunk = self._files.read(handle, run_end - base, base)
        for position in run:
            offset = offset_of(position)
            record = format.record_in(chunk, offset - base, seed, offset, length_of(position))
            if record is None:
                raise self._damaged(number, offset)
            found[position] = record

    def forget(self, number: int) -> None:
        """Close the file of a segment that goes."""
        opened = self._open.pop(number, None)
        if opened is not None:
            self._files.close(opened[0])

    def close(self) -> None:
        for number in list(self._open):
            self.forget(number)

    def _open_segment(self, number: int) -> tuple[int, int]:
        while len(self._open) >= MAX_OPEN_FILES:
            self.forget(next(iter(self._open)))
        try:
            handle = self._files.open(os.path.join(self._directory, segment_name(number)))
        except FileNotFoundError:
            raise DamagedLog(self._path(number), 0, "the segment's file is missing") from None
        return handle, format.seed_of(self.salt, number)

    def _damaged(self, number: int, offset: int) -> DamagedLog:
        return DamagedLog(self._path(number), offset, "no whole record stands there")

    def _path(self, number: int) -> str:
        return os.path.join(self._directory, segment_name(number))
