"""The port to the few files that hold keys, and the system's files behind it.

A key file is replaced whole: a new one is written beside it and made durable, then takes its name,
and the name is made durable.  Whoever is stopped in between leaves the old file or the new one.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final, Protocol

READABLE_BY_OTHERS: Final = 0o077


class SharedFile(Exception):
    """A file that holds a secret and that its owner's group or everybody may read or write."""

    def __init__(self, mode: int) -> None:
        self.mode = mode & 0o777
        super().__init__(f"mode {self.mode:04o}")


class KeyFiles(Protocol):
    def read(self, path: str) -> bytes:
        """All of a file; raises FileNotFoundError, OSError."""

    def read_private(self, path: str) -> bytes:
        """All of a file that nobody else may read; raises SharedFile too."""

    def replace(self, path: str, content: bytes) -> None:
        """Put this content, readable by the owner only, in place of what was there: whole or not
        at all, and durable once this returns."""

    def alone(self, path: str) -> AbstractContextManager[None]:
        """Keep all others out who ask for the same; a file of this name stays behind."""


class OsKeyFiles:
    """The operating system's files."""

    def read(self, path: str) -> bytes:
        with open(path, "rb") as file:
            return file.read()

    def read_private(self, path: str) -> bytes:
        with open(path, "rb") as file:
            # Asked of the open file: between a look at the name and the opening it could change.
            mode = os.fstat(file.fileno()).st_mode
            if mode & READABLE_BY_OTHERS:
                raise SharedFile(mode)
            return file.read()

    def replace(self, path: str, content: bytes) -> None:
        temporary = path + ".tmp"
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with open(handle, "wb") as file:
            os.fchmod(handle, 0o600)  # A file that was left behind keeps its mode otherwise.
            file.write(content)
            file.flush()
            _sync(handle)
        os.rename(temporary, path)
        _sync_directory(os.path.dirname(os.path.abspath(path)))

    @contextmanager
    def alone(self, path: str) -> Iterator[None]:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _sync(handle: int) -> None:
    if hasattr(fcntl, "F_FULLFSYNC"):  # On macOS fsync leaves the data in the drive's cache.
        fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
    else:
        os.fsync(handle)


def _sync_directory(path: str) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
