"""A log that is only looked at: nothing is opened for writing, cut, prepared or removed."""

import os
from collections.abc import Iterator

from tidegate.base.positions import offset_of, segment_of
from tidegate.log.files import format
from tidegate.log.files.format import HEADER_BYTES, Broken
from tidegate.log.files.recovery import read_header, read_whole
from tidegate.log.files.segment import segment_name, segment_number
from tidegate.log.files.snapshots import read_snapshot, snapshot_covers, snapshot_name
from tidegate.log.fs import Files, OsFiles
from tidegate.log.interface import DamagedLog


class Onlooker:
    """Reads the log and the snapshots of a stopped server's partition."""

    def __init__(self, directory: str, files: Files | None = None) -> None:
        self._directory = directory
        self._files = files or OsFiles()

    def segments(self) -> list[tuple[int, int]]:
        """(number, size in bytes) of the segments, in order."""
        names = self._files.list(self._directory)
        numbers = sorted(filter(None, map(segment_number, names)))
        return [(number, self._files.size(self._path(number))) for number in numbers]

    def snapshot_path(self) -> str | None:
        """The newest snapshot's file."""
        names = self._files.list(self._directory)
        found = [covers for covers in map(snapshot_covers, names) if covers is not None]
        return os.path.join(self._directory, snapshot_name(max(found))) if found else None

    def load(self) -> tuple[int, Iterator[bytes]] | None:
        """See SnapshotStore.load; a damaged snapshot raises DamagedLog while it is read."""
        path = self.snapshot_path()
        if path is None:
            return None
        covers = snapshot_covers(os.path.basename(path))
        assert covers is not None
        return covers, read_snapshot(self._files, path, covers)

    def replay(self, after: int) -> Iterator[tuple[int, bytes]]:
        """See Log.replay; an incomplete write at the end is passed over."""
        numbers = {number for number, _ in self.segments()}
        first, skip = segment_of(after), offset_of(after)
        for number in range(first or 1, max(first, *numbers, 0) + 1):
            if number not in numbers:
                raise DamagedLog(self._path(number), 0, "the segment's file is missing")
            yield from self._replay_segment(number, skip)
            skip = 0

    def _replay_segment(self, number: int, skip: int) -> Iterator[tuple[int, bytes]]:
        header = read_header(self._files, self._directory, number)
        data = read_whole(self._files, self._directory, number)
        tail = format.examine(data, header)
        if skip >= tail.end:
            what = "the log ends before the record that a snapshot covers"
            raise DamagedLog(self._path(number), tail.end, what)
        try:
            end = None if tail.sealed else tail.end
            yield from format.records(
                data, header.seed, number, start=HEADER_BYTES, end=end, after=skip
            )
        except Broken as broken:
            raise DamagedLog(self._path(number), broken.offset, broken.what) from None
        if tail.later is not None:
            raise DamagedLog(self._path(number), tail.end, "the mark of a batch is broken")

    def _path(self, number: int) -> str:
        return os.path.join(self._directory, segment_name(number))
