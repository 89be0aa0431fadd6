"""The bytes of a segment file.  Pure: bytes in, bytes out.

All numbers are little-endian.  A segment file is

    0 .. 512    header
                   0   8 bytes  "TIDEGATE"
                   8   u32      version of this format, 1
                  12   u32      number of the segment, as in the file's name
                  16   u32      salt: random, one for all segments of a log
                  20   u32      flags: 1 = recycled, the file held another segment before
                  24            zeros
                 508   u32      CRC-32C of the 508 bytes before
    512 ..      batches, one behind the other
                   then an end mark, if the log went on in the next segment
                   then zeros (in a recycled file: what stood there before)

A batch is what one flush wrote into the segment, with one write: a mark and its frames.

    mark        0   u32      CRC-32C of the 12 bytes that follow
                4   4 bytes  "TGBA" batch, "TGEN" end of the segment
                8   u32      length of the frames that follow, in bytes
               12   u32      number of frames
    frame       0   u32      length of the record, in bytes, never 0
                4   u32      CRC-32C of the record
                8            the record

*Stale bytes never look alive.*  Every CRC of a mark or frame at `offset` starts from `seed ^
offset`, and the seed is another for every number of a segment (`seed_of`).  For bytes of one length
the CRC is a bijection of its start, so what another segment left at the same place of a recycled
file is refused for certain, not just probably, and so is a frame that the disk put elsewhere in its
segment (up to chance, 1 in 2^32).

*A torn tail and a damage are told apart by what stands behind.*  One flush runs at a time, and it
is synced before the next one writes.  After a loss of power any part of the last flush may be
missing, also a part before one that is there; but as soon as a valid mark of a batch stands
anywhere behind, everything before it had been synced, and what is broken there is damage.  An end
mark proves nothing about its own batch, since both are in one write; a flush that goes over the end
of a segment syncs the old one before it writes into the new one, so a batch in the next segment
proves the whole of this one.  A log that is closed in order ends in a batch without frames, which
makes a damage of the last real batch a damage too.  What remains: after a crash, the last batch of
all, acknowledged or not, looks the same when it is broken.  It is cut, and the cut is reported.

Whoever changes a layout raises VERSION and keeps the old reader.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from google_crc32c import extend, value

from tidegate.base.positions import LENGTH_UNIT, MAX_FRAME_BYTES, OFFSET_SHIFT, SEGMENT_SHIFT

VERSION = 1
HEADER_BYTES = 512
MARK_BYTES = 16
FRAME_BYTES = 8
MAX_SEGMENT_BYTES = 1 << 26
"""Where a position can still point."""

_MAGIC = b"TIDEGATE"
_BATCH = b"TGBA"
_END = b"TGEN"
_RECYCLED = 1
_ROUND_UP = FRAME_BYTES + LENGTH_UNIT - 1
_UNIT_SHIFT = LENGTH_UNIT.bit_length() - 1

_header = struct.Struct("<8sIIII")
_crc = struct.Struct("<I")
_mark = struct.Struct("<I4sII")
_mark_rest = struct.Struct("<4sII")
frame_head = struct.Struct("<II")


class Broken(Exception):
    """Bytes that are not what this format writes, at an offset of the file."""

    def __init__(self, offset: int, what: str) -> None:
        self.offset = offset
        self.what = what
        super().__init__(f"{what} at offset {offset}")


class Header(NamedTuple):
    number: int
    salt: int
    recycled: bool

    @property
    def seed(self) -> int:
        return seed_of(self.salt, self.number)


class Batch(NamedTuple):
    """A mark that is valid: a batch, or with `is_end` the end of the segment."""

    offset: int
    end: int
    """Where the next mark is due."""
    records: int
    is_end: bool


class Tail(NamedTuple):
    """What `examine` found at the end of a segment."""

    last: int
    """Offset of the last whole batch: all that the last flush can have left unsynced."""
    end: int
    """Where the next mark goes; behind the end mark, if there is one."""
    sealed: bool
    """An end mark stands behind the last batch."""
    empty: bool
    """There is no whole batch."""
    torn_bytes: int
    """How many bytes of a broken batch stand at `end`; 0 where nothing was begun."""
    later: int | None
    """Offset of a batch behind the broken one, which makes it a damage."""


# --- Headers and marks ---------------------------------------------------------------------------


def seed_of(salt: int, number: int) -> int:
    """Where the CRCs of a segment start: for one salt another for every number (the factor is
    odd, so the product is a bijection of 32 bits)."""
    return salt ^ (number * 0x9E3779B1 & 0xFFFFFFFF)


def pack_header(number: int, salt: int, *, recycled: bool) -> bytes:
    flags = _RECYCLED if recycled else 0
    head = _header.pack(_MAGIC, VERSION, number, salt, flags).ljust(HEADER_BYTES - 4, b"\0")
    return head + _crc.pack(value(head))


def unpack_header(data: bytes) -> Header:
    """The header at the beginning of a file.  Raises Broken."""
    if len(data) < HEADER_BYTES:
        raise Broken(0, "the segment's header is incomplete")
    magic, version, number, salt, flags = _header.unpack_from(data)
    if magic != _MAGIC:
        raise Broken(0, "this is no segment of a log")
    if value(data[: HEADER_BYTES - 4]) != _crc.unpack_from(data, HEADER_BYTES - 4)[0]:
        raise Broken(0, "the segment's header does not match its checksum")
    if version != VERSION:
        raise Broken(0, f"the segment has format version {version}, this server reads {VERSION}")
    return Header(number, salt, bool(flags & _RECYCLED))


def pack_batch_mark(seed: int, offset: int, length: int, count: int) -> bytes:
    rest = _mark_rest.pack(_BATCH, length, count)
    return _crc.pack(extend(seed ^ offset, rest)) + rest


def pack_end_mark(seed: int, offset: int) -> bytes:
    rest = _mark_rest.pack(_END, 0, 0)
    return _crc.pack(extend(seed ^ offset, rest)) + rest


def mark_at(data: bytes, seed: int, offset: int) -> Batch | None:
    """The mark at `offset`, or None if no valid one is there."""
    start = offset + MARK_BYTES
    if start > len(data):
        return None
    crc, kind, length, count = _mark.unpack_from(data, offset)
    if extend(seed ^ offset, data[offset + 4 : start]) != crc or start + length > len(data):
        return None
    if kind == _BATCH:
        return Batch(offset, start + length, count, False)
    return Batch(offset, start, 0, True) if kind == _END else None


def batches(data: bytes, seed: int, offset: int = HEADER_BYTES) -> Iterator[Batch]:
    """The marks from `offset` on, up to the end mark (included) or the first that is not valid.

    Nothing is said about the frames yet.
    """
    while (batch := mark_at(data, seed, offset)) is not None:
        yield batch
        if batch.is_end:
            return
        offset = batch.end


def later_batch(data: bytes, seed: int, offset: int) -> int | None:
    """The offset of the first valid mark of a batch that stands at `offset` or behind it."""
    at = data.find(_BATCH, offset + 4)
    while at >= 0:
        batch = mark_at(data, seed, at - 4)
        if batch is not None and not batch.is_end:
            return at - 4
        at = data.find(_BATCH, at + 1)
    return None


# --- Frames --------------------------------------------------------------------------------------


def records(
    data: bytes, seed: int, number: int, *, start: int, end: int | None, after: int = 0
) -> Iterator[tuple[int, bytes]]:
    """(position, record) of all that stands behind the offset `after`, in batches from the one at
    `start` up to `end`, or up to the end mark where `end` is None.

    Raises Broken at the first byte that is not what was written.  One loop, because a restart
    goes through millions of records here.
    """
    base = number << SEGMENT_SHIFT
    size = len(data)
    read_mark, read_head = _mark.unpack_from, frame_head.unpack_from
    offset = start
    while offset != end:
        frames = offset + MARK_BYTES
        if frames > size:
            raise Broken(offset, "no whole batch stands there")
        crc, kind, length, expected = read_mark(data, offset)
        batch_end = frames + length
        if extend(seed ^ offset, data[offset + 4 : frames]) != crc or batch_end > size:
            raise Broken(offset, "no whole batch stands there")
        if kind == _END and end is None:
            return
        if batch_end <= after:
            offset = batch_end
            continue
        offset = frames
        count = 0
        while offset + FRAME_BYTES < batch_end:
            length, crc = read_head(data, offset)
            frame_end = offset + FRAME_BYTES + length
            record = data[offset + FRAME_BYTES : frame_end]
            if extend(seed ^ offset, record) != crc or frame_end > batch_end or not length:
                raise Broken(offset, "a record does not match its checksum")
            if offset > after:
                yield base | offset << OFFSET_SHIFT | length + _ROUND_UP >> _UNIT_SHIFT, record
            offset = frame_end
            count += 1
        if offset != batch_end or count != expected:
            raise Broken(offset, f"a batch of {expected} records has {count}")


def record_in(chunk: bytes, at: int, seed: int, offset: int, limit: int) -> bytes | None:
    """The record of the frame at `offset` of its segment, which is at `at` of `chunk`.

    None if it is not what was written, or its frame is longer than `limit` bytes, or more than
    one unit shorter: what the position said about it.
    """
    start = at + FRAME_BYTES
    if start >= len(chunk):
        return None
    length, crc = frame_head.unpack_from(chunk, at)
    if not limit - LENGTH_UNIT < length + FRAME_BYTES <= limit:
        return None
    record = chunk[start : start + length]
    return record if record and extend(seed ^ offset, record) == crc else None


def broken_frame(data: bytes, seed: int, batch: Batch) -> Broken | None:
    """What is broken in a batch, or None."""
    try:
        for _ in records(data, seed, 0, start=batch.offset, end=batch.end):
            pass
    except Broken as broken:
        return broken
    return None


# --- The end of a segment ------------------------------------------------------------------------


def examine(data: bytes, header: Header) -> Tail:
    """Where a segment ends.  Checks all marks, but only the frames of the last batch: the others
    had been synced before it was written, and are checked when they are read."""
    seed = header.seed
    before, last, end, sealed = _last_batch(data, seed)
    if last is not None and broken_frame(data, seed, last) is not None:
        torn, start = end - last.offset, last.offset
        later = later_batch(data, seed, start + 1)
        return Tail(before, start, False, start == HEADER_BYTES, torn, later)
    start = last.offset if last is not None else HEADER_BYTES
    if sealed:
        return Tail(start, end, True, last is None, 0, None)
    torn, later = _torn_bytes(data, header, end), later_batch(data, seed, end + 1)
    return Tail(start, end, False, last is None, torn, later)


def _last_batch(data: bytes, seed: int) -> tuple[int, Batch | None, int, bool]:
    """(offset of the last batch but one, the last one, where the next mark is due, whether an end
    mark stands before that).  The same as `batches`, but fast: there can be 400,000."""
    size, read_mark = len(data), _mark.unpack_from
    before = last = offset = HEADER_BYTES
    while (start := offset + MARK_BYTES) <= size:
        crc, kind, length, _ = read_mark(data, offset)
        if extend(seed ^ offset, data[offset + 4 : start]) != crc or start + length > size:
            break
        if kind != _BATCH:
            return before, _batch_at(data, seed, last), start, True
        before, last = last, offset
        offset = start + length
    return before, _batch_at(data, seed, last), offset, False


def _batch_at(data: bytes, seed: int, offset: int) -> Batch | None:
    batch = mark_at(data, seed, offset)
    return None if batch is None or batch.is_end else batch


def _torn_bytes(data: bytes, header: Header, end: int) -> int:
    """How much of a batch without a valid mark stands at `end`.

    In a file that was zeros, everything that is not zero.  In a recycled one only frames of this
    segment count, from the place on where the first would be.
    """
    if not header.recycled:
        return max(0, len(data.rstrip(b"\0")) - end)
    offset = end + MARK_BYTES
    while offset + FRAME_BYTES < len(data):
        length, _ = frame_head.unpack_from(data, offset)
        limit = -(-(length + FRAME_BYTES) // LENGTH_UNIT) * LENGTH_UNIT
        if not length or limit > MAX_FRAME_BYTES:
            break
        if record_in(data, offset, header.seed, offset, limit) is None:
            break
        offset += FRAME_BYTES + length
    torn = offset - end
    return torn if torn > MARK_BYTES else 0
