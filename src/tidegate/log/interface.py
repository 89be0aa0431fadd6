"""What the rest of Tidegate may ask of a log.

A *position* is one unsigned 64-bit integer that says where a record stands and how long it is at
most, so that one read fetches it:

    bits 40..63   segment   (24 bits, from 1; a position is therefore never 0)
    bits 14..39   offset of the record's frame in its segment, in bytes (26 bits, 64 MiB)
    bits  0..13   length of the frame, rounded up to units of 128 bytes (14 bits, 2 MiB)

Positions grow with the log as long as nothing but their order is asked.
"""

from collections.abc import Iterable, Iterator
from typing import Protocol

SEGMENT_SHIFT = 40
OFFSET_SHIFT = 14
OFFSET_MASK = (1 << 26) - 1
LENGTH_UNIT = 128
LENGTH_MASK = (1 << 14) - 1
MAX_FRAME_BYTES = LENGTH_UNIT * LENGTH_MASK


def pack_position(segment: int, offset: int, frame_bytes: int) -> int:
    """The position of a frame of `frame_bytes` at `offset` of `segment`."""
    units = (frame_bytes + LENGTH_UNIT - 1) // LENGTH_UNIT
    return segment << SEGMENT_SHIFT | offset << OFFSET_SHIFT | units


def segment_of(position: int) -> int:
    return position >> SEGMENT_SHIFT


def offset_of(position: int) -> int:
    return position >> OFFSET_SHIFT & OFFSET_MASK


def length_of(position: int) -> int:
    """The frame's length in bytes, rounded up to the unit: how much a read must fetch, and what
    the record counts for in the live share of its segment."""
    return (position & LENGTH_MASK) * LENGTH_UNIT


class DamagedLog(Exception):
    """A record that is on disk is not what was written.  Names the file and the offset."""

    def __init__(self, file: str, offset: int, what: str) -> None:
        self.file = file
        self.offset = offset
        super().__init__(f"{file} is damaged at offset {offset}: {what}")


class Log(Protocol):
    """An append-only log cut into segments.  Appends gather in memory until `flush`.

    Raises base.refusals.StorageFull and LogStopped, and DamagedLog.
    """

    def append(self, record: bytes, *, spends_reserve: bool = False) -> int:
        """Take a record into the batch and say where it will stand.

        With `spends_reserve` the record may use the room that is kept free for what makes room
        (receives, deletes); without it a full disk raises StorageFull and nothing has changed.
        """

    def begin_flush(self) -> bool:
        """Close the batch; what is appended from now on belongs to the next one.

        False when there was nothing to flush.  One flush at a time.
        """

    def finish_flush(self) -> None:
        """Write the closed batch and make it durable.  Blocks; may run in another thread.

        After a failure the log is stopped for good: this and every later call raise LogStopped.
        """

    def read(self, position: int) -> bytes:
        """The record at `position`, checked.  Only what is flushed can be read."""

    def replay(self, after: int) -> Iterator[tuple[int, bytes]]:
        """(position, record) of all records that stand after the position `after` (0: all)."""

    def drop(self, segment: int) -> None:
        """Give back the room of a segment that nothing refers to any more."""

    def close(self) -> None: ...


class SnapshotStore(Protocol):
    """Keeps the newest snapshot of the state, whole or not at all."""

    def save(self, covers: int, parts: Iterable[bytes]) -> None:
        """Durably replace the snapshot.  `covers` is the position of the last record that the
        state includes.  Blocks; may run in another thread."""

    def load(self) -> tuple[int, Iterator[bytes]] | None:
        """(covers, parts) of the newest whole snapshot, or None."""
