"""One server a data directory: a lock that the system lets go when the process ends."""

import fcntl
import os

LOCK_NAME = "lock"


class DirectoryInUse(Exception):
    """Another process works on the data directory."""

    def __init__(self, directory: str, holder: int | None) -> None:
        self.directory = directory
        self.holder = holder
        who = f"process {holder}" if holder else "another process"
        super().__init__(
            f"The data directory {directory} is in use by {who}. Stop that server first, or give "
            "this one a data directory of its own."
        )


class DirectoryLock:
    """Holds the lock of a data directory until `release`."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    @classmethod
    def acquire(cls, directory: str) -> "DirectoryLock":
        """Lock the directory, which must be there.  Raises DirectoryInUse, at once."""
        handle = os.open(os.path.join(directory, LOCK_NAME), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = _pid_in(handle)
            os.close(handle)
            raise DirectoryInUse(directory, holder) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        return cls(handle)

    def release(self) -> None:
        """Let go.  The file stays: removing it would let two servers lock two files."""
        os.ftruncate(self._handle, 0)
        os.close(self._handle)


def refuse_if_in_use(directory: str) -> None:
    """Raises DirectoryInUse if a server runs on the directory; changes nothing."""
    try:
        handle = os.open(os.path.join(directory, LOCK_NAME), os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        raise DirectoryInUse(directory, _pid_in(handle)) from None
    finally:
        os.close(handle)


def _pid_in(handle: int) -> int | None:
    text = os.pread(handle, 32, 0).strip()
    return int(text) if text.isdigit() else None
