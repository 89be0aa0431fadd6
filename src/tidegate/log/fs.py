"""The port to the file system: the few operations that a log on files stands on.

Everything above speaks `Files` only, so that a test can put a disk in its place that loses power,
tears writes, is full or fails (`testing.files`).  Handles are small integers, as the system's are.
Every operation raises OSError.
"""

import errno
import fcntl
import os
from typing import Protocol

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""The errors that say that the disk is full, which is no failure of the disk."""


class Files(Protocol):
    def open(self, path: str, *, create: bool = False) -> int:
        """Open to read and write; with `create` a new, empty file, readable by its owner only."""

    def close(self, handle: int) -> None: ...

    def read(self, handle: int, length: int, offset: int) -> bytes:
        """Up to `length` bytes; fewer only where the file ends."""

    def write(self, handle: int, data: bytes, offset: int) -> None:
        """Write all of `data`.  Durable after `sync` only, and until then in any part."""

    def sync(self, handle: int) -> None:
        """Make the content and the size of a file durable, but not its name."""

    def size(self, path: str) -> int: ...

    def list(self, directory: str) -> list[str]:
        """The names in a directory, in no order."""

    def rename(self, old: str, new: str) -> None:
        """Give a file another name, at once and replacing what had it.  Durable after
        `sync_directory`."""

    def unlink(self, path: str) -> None: ...

    def sync_directory(self, directory: str) -> None:
        """Make names that were given, changed or removed durable."""

    def free(self, directory: str) -> tuple[int, int]:
        """(free bytes, all bytes) of the disk that the directory is on."""


class OsFiles:
    """The operating system's files."""

    def open(self, path: str, *, create: bool = False) -> int:
        flags = os.O_RDWR | os.O_CLOEXEC
        if create:
            flags |= os.O_CREAT | os.O_TRUNC
        return os.open(path, flags, 0o600)

    def close(self, handle: int) -> None:
        os.close(handle)

    def read(self, handle: int, length: int, offset: int) -> bytes:
        data = os.pread(handle, length, offset)
        if len(data) == length or not data:
            return data
        return self._read_on(handle, length, offset, data)

    def _read_on(self, handle: int, length: int, offset: int, first: bytes) -> bytes:
        pieces = [first]
        got = len(first)
        while got < length:
            piece = os.pread(handle, length - got, offset + got)
            if not piece:
                break
            pieces.append(piece)
            got += len(piece)
        return b"".join(pieces)

    def write(self, handle: int, data: bytes, offset: int) -> None:
        written = os.pwrite(handle, data, offset)
        while written < len(data):
            written += os.pwrite(handle, memoryview(data)[written:], offset + written)

    def sync(self, handle: int) -> None:
        if hasattr(fcntl, "F_FULLFSYNC"):  # On macOS fsync leaves the data in the drive's cache.
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
        else:
            os.fdatasync(handle)

    def size(self, path: str) -> int:
        return os.stat(path).st_size

    def list(self, directory: str) -> list[str]:
        return os.listdir(directory)

    def rename(self, old: str, new: str) -> None:
        os.rename(old, new)

    def unlink(self, path: str) -> None:
        os.unlink(path)

    def sync_directory(self, directory: str) -> None:
        handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def free(self, directory: str) -> tuple[int, int]:
        state = os.statvfs(directory)
        return state.f_bavail * state.f_frsize, state.f_blocks * state.f_frsize
