"""What the rest of Tidegate may ask of a log.

Where a record stands is a *position*: see base.positions.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from tidegate.base.positions import (
    LENGTH_UNIT,
    MAX_FRAME_BYTES,
    length_of,
    offset_of,
    pack_position,
    segment_of,
)

__all__ = [
    "LENGTH_UNIT",
    "MAX_FRAME_BYTES",
    "DamagedLog",
    "Log",
    "SnapshotStore",
    "length_of",
    "offset_of",
    "pack_position",
    "segment_of",
]


class DamagedLog(Exception):
    """A record that is on disk is not what was written.  Names the file and the offset."""

    def __init__(self, file: str, offset: int, what: str) -> None:
        self.file = file
        self.offset = offset
        self.what = what
        super().__init__(f"{file} is damaged at offset {offset}: {what}")


class Log(Protocol):
    """An append-only log cut into segments.  Appends gather in memory until `flush`.

    Raises base.refusals.StorageFull and LogStopped, and DamagedLog.
    """

    def append(self, record: bytes, *, spends_reserve: float = 0) -> int:
        """Take a record into the batch and say where it will stand.

        `spends_reserve` is how much the record may use of the room that is kept free for what makes
        room: 1 for all of it (receives, deletes), a share for what must leave the rest to those.
        With 0 a full disk raises StorageFull and nothing has changed, as with what finds no room.
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

    def read_many(self, positions: Sequence[int]) -> list[bytes]:
        """The records at `positions`, in the same order; neighbours are fetched together."""

    def replay(self, after: int) -> Iterator[tuple[int, bytes]]:
        """(position, record) of all flushed records that stand after the position `after` (0: all).

        Raises DamagedLog where a segment is missing that is `after`'s or a later one.
        """

    def segments(self) -> list[tuple[int, int]]:
        """(number, size in bytes) of the segments that are there, the current one last."""

    def drop(self, segment: int) -> None:
        """Give back the room of a segment that nothing refers to any more.

        Only a segment that the newest snapshot covers, and never the current one.  After a crash
        it may be there again, and is then to be dropped again.
        """

    def stop(self, message: str) -> None:
        """Stop for good, as after a failure: what is not flushed is never written."""

    def close(self) -> None: ...


class SnapshotStore(Protocol):
    """Keeps the newest snapshot of the state, whole or not at all."""

    def save(self, covers: int, parts: Iterable[bytes]) -> None:
        """Durably replace the snapshot.  `covers` is the position of the last record that the
        state includes.  Blocks; may run in another thread."""

    def load(self) -> tuple[int, Iterator[bytes]] | None:
        """(covers, parts) of the newest whole snapshot, or None."""
