"""Snapshots in files: whole or not at all.

A snapshot is a file `snapshot-<covers, 16 hex digits>` beside the segments.  Little-endian:

    0    8 bytes   "TIDESNAP"
    8    u32       version of this format, 1
    12   u64       covers: the position of the last record that the state includes
    20   u32       CRC-32C of the 20 bytes before
    24             parts, each  u32 length, u32 CRC-32C, bytes
                   end mark     u32 0xFFFFFFFF, u32 CRC-32C, u64 number of parts

Each CRC goes on from the one before it (a part's over its length and bytes, the end mark's over
the count), so no part can be missing, repeated or in another place.

It is written to `snapshot.tmp`, synced, and then renamed; older ones are removed after that.
"""

import errno
import os
import re
import struct
from collections.abc import Iterable, Iterator

from google_crc32c import extend, value

from tidegate.base.positions import segment_of
from tidegate.base.refusals import Fault, StorageFull
from tidegate.log.files.segment import segment_number
from tidegate.log.fs import FULL, Files, OsFiles
from tidegate.log.interface import DamagedLog

VERSION = 1
_MAGIC = b"TIDESNAP"
_TEMPORARY = "snapshot.tmp"
_NAME = re.compile(r"snapshot-([0-9a-f]{16})")
_END = 0xFFFFFFFF
_SYNC_EVERY_BYTES = 8 << 20
"""What is synced bit by bit does not keep the log's own syncs waiting at the end."""

_head = struct.Struct("<8sIQ")
_crc = struct.Struct("<I")
_part = struct.Struct("<II")
_length = struct.Struct("<I")
_count = struct.Struct("<Q")
_HEAD_BYTES = _head.size + _crc.size


def snapshot_name(covers: int) -> str:
    return f"snapshot-{covers:016x}"


def snapshot_covers(name: str) -> int | None:
    """The position in the name of a snapshot's file, or None for any other name."""
    match = _NAME.fullmatch(name)
    return int(match[1], 16) if match else None


def newest_covers(names: Iterable[str]) -> int:
    """What the newest snapshot among the files of a directory covers; 0 if there is none."""
    return max(filter(None, map(snapshot_covers, names)), default=0)


class FileSnapshots:
    """The snapshots in a directory, which must be there.

    `save` may run in another thread than the rest.
    """

    def __init__(self, directory: str, files: Files | None = None) -> None:
        self._files = files or OsFiles()
        self._directory = directory
        self.size_bytes = 0
        """The size of the newest snapshot; 0 if there is none."""
        self.passed_over: DamagedLog | None = None
        """What was wrong with a newer snapshot than the one that `load` gave, if anything."""
        newest = max(self._found(), default=None)
        if newest is not None:
            self.size_bytes = self._files.size(self._path(newest))

    def save(self, covers: int, parts: Iterable[bytes]) -> None:
        """See SnapshotStore.save.  What `covers` points to must be flushed.

        Raises StorageFull, or Fault when the disk fails; the snapshot before stays.
        """
        files = self._files
        temporary = os.path.join(self._directory, _TEMPORARY)
        try:
            handle = files.open(temporary, create=True)
            try:
                size = self._write(handle, covers, parts)
                files.sync(handle)
            finally:
                files.close(handle)
            files.rename(temporary, self._path(covers))
            files.sync_directory(self._directory)
            for older in self._found():
                if older != covers:
                    files.unlink(self._path(older))
            files.sync_directory(self._directory)
        except OSError as error:
            self._remove(temporary)
            if error.errno in FULL:
                raise StorageFull(
                    f"The disk of {self._directory} has no room for a snapshot."
                ) from error
            raise Fault(f"A snapshot could not be written in {self._directory}: {error}") from error
        self.size_bytes = size

    def load(self) -> tuple[int, Iterator[bytes]] | None:
        """(covers, parts) of the newest snapshot, or None if there is none.

        It is read twice, to know that it is whole before a part of it is used.  A damaged one is
        passed over (`passed_over` says so) only if the log still has every segment that an older
        one, or the empty state, needs; otherwise DamagedLog is raised.
        """
        self._remove(os.path.join(self._directory, _TEMPORARY))
        self.passed_over = None
        for covers in sorted(self._found(), reverse=True):
            if self.passed_over is not None and not self._can_replay(segment_of(covers)):
                continue
            try:
                for _ in read_snapshot(self._files, self._path(covers), covers):
                    pass
            except DamagedLog as damage:
                self.passed_over = self.passed_over or damage
            else:
                return covers, read_snapshot(self._files, self._path(covers), covers)
        if self.passed_over is not None and not self._can_replay(1):
            raise self.passed_over
        return None

    def _write(self, handle: int, covers: int, parts: Iterable[bytes]) -> int:
        head = _head.pack(_MAGIC, VERSION, covers)
        crc = value(head)
        self._files.write(handle, head + _crc.pack(crc), 0)
        offset = synced = _HEAD_BYTES
        count = 0
        for part in parts:
            length = _length.pack(len(part))
            crc = extend(extend(crc, length), part)
            self._files.write(handle, length + _crc.pack(crc) + part, offset)
            offset += _part.size + len(part)
            count += 1
            if offset - synced >= _SYNC_EVERY_BYTES:
                self._files.sync(handle)
                synced = offset
        tail = _count.pack(count)
        end = _part.pack(_END, extend(crc, tail)) + tail
        self._files.write(handle, end, offset)
        return offset + len(end)

    def _can_replay(self, first: int) -> bool:
        """All segments from `first` to the newest are there."""
        names = self._files.list(self._directory)
        numbers = {number for number in map(segment_number, names) if number is not None}
        return bool(numbers) and all(n in numbers for n in range(max(1, first), max(numbers)))

    def _found(self) -> list[int]:
        names = self._files.list(self._directory)
        return [covers for covers in map(snapshot_covers, names) if covers is not None]

    def _remove(self, path: str) -> None:
        try:
            self._files.unlink(path)
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise

    def _path(self, covers: int) -> str:
        return os.path.join(self._directory, snapshot_name(covers))


def read_snapshot(files: Files, path: str, covers: int) -> Iterator[bytes]:
    """The parts of a snapshot, each checked before it is given.  Raises DamagedLog."""
    size = files.size(path)
    handle = files.open(path)
    try:
        crc = _check_head(path, files.read(handle, _HEAD_BYTES, 0), covers)
        offset = _HEAD_BYTES
        count = 0
        while True:
            head = files.read(handle, _part.size, offset)
            if len(head) < _part.size:
                raise DamagedLog(path, offset, "the snapshot has no end")
            length, expected = _part.unpack(head)
            is_end = length == _END
            start = offset + _part.size
            # A length that the file cannot hold must not make us ask for so much memory.
            fetched = _count.size if is_end else min(length, size - start)
            body = files.read(handle, fetched, start)
            crc = extend(crc, body) if is_end else extend(extend(crc, head[:4]), body)
            if crc != expected:
                raise DamagedLog(path, offset, "a part does not match its checksum")
            offset = start + len(body)
            if is_end:
                break
            count += 1
            yield body
        if body != _count.pack(count) or offset != size:
            raise DamagedLog(path, offset, "the snapshot does not end where it says")
    finally:
        files.close(handle)


def _check_head(path: str, data: bytes, covers: int) -> int:
    """The CRC that the parts go on from.  Raises DamagedLog."""
    if len(data) < _HEAD_BYTES or data[: len(_MAGIC)] != _MAGIC:
        raise DamagedLog(path, 0, "this is no snapshot")
    crc: int = value(data[: _head.size])
    if crc != _crc.unpack_from(data, _head.size)[0]:
        raise DamagedLog(path, 0, "the snapshot's header does not match its checksum")
    version: int
    position: int
    _, version, position = _head.unpack_from(data)
    if version != VERSION:
        raise DamagedLog(path, 0, f"format version {version}, this server reads {VERSION}")
    if position != covers:
        raise DamagedLog(path, 0, "the snapshot has another file's name")
    return crc
