"""A disk in memory that can lose power, tear writes, be full, and fail.

It knows what a disk promises and nothing more: what `sync` returned for is there, names that
`sync_directory` returned for are there, and of everything else any part may be there or not.
"""

import errno
import os
import random
from collections.abc import Callable
from threading import RLock

SECTOR_BYTES = 512
"""A sector holds the old or the new bytes, never a mixture."""


class _File:
    """Content as programs see it, as it is on the disk for certain, and the writes between."""

    def __init__(self, content: bytes = b"") -> None:
        self.content = bytearray(content)
        self.durable = bytes(content)
        self.pending: list[tuple[int, bytes]] = []
        self.lost: list[tuple[int, bytes]] = []
        """Writes whose sync failed: no later sync makes them durable."""
        self.open_count = 0

    def after_power_loss(self, dice: random.Random) -> "_File":
        content = bytearray(self.durable)
        for offset, data in self.lost + self.pending:
            fate = dice.random()
            if fate < 0.3:
                continue
            start = offset
            while start < offset + len(data):
                end = min((start // SECTOR_BYTES + 1) * SECTOR_BYTES, offset + len(data))
                if fate < 0.6 or dice.random() < 0.5:
                    _put(content, start, data[start - offset : end - offset])
                start = end
        return _File(bytes(content))


def _put(content: bytearray, offset: int, data: bytes) -> None:
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


class CrashableFiles:
    """The port `log.fs.Files`, in memory.

    `capacity_bytes` makes the disk full: a write that would need more fails with ENOSPC.
    `fail` names an operation (`write`, `sync`, `rename`, ...) that fails with EIO from then on,
    for paths that end in `fail_suffix`.
    `before_change` is called before each operation that changes anything, which is where a test
    may ask for `power_loss`.
    """

    def __init__(self, capacity_bytes: int = 1 << 40) -> None:
        self.capacity_bytes = capacity_bytes
        self.fail: str | None = None
        self.fail_suffix = ""
        self.before_change: Callable[[], None] = _ignore
        self._names: dict[str, _File] = {}
        self._durable_names: dict[str, _File] = {}
        self._name_changes: list[dict[str, _File]] = []
        """The names after each change that is not yet durable, in order."""
        self._handles: dict[int, tuple[str, _File]] = {}
        self._next_handle = 3
        self._lock = RLock()

    # --- the port -------------------------------------------------------------------------------

    def open(self, path: str, *, create: bool = False) -> int:
        with self._lock:
            if create:
                self._changes("open", path)
                self._names[path] = _File()
                self._renamed()
            elif path not in self._names:
                raise FileNotFoundError(errno.ENOENT, "No such file", path)
            file = self._names[path]
            file.open_count += 1
            self._next_handle += 1
            self._handles[self._next_handle] = (path, file)
            return self._next_handle

    def close(self, handle: int) -> None:
        with self._lock:
            self._handles.pop(handle)[1].open_count -= 1

    def read(self, handle: int, length: int, offset: int) -> bytes:
        with self._lock:
            path, file = self._handles[handle]
            self._may_fail("read", path)
            return bytes(file.content[offset : offset + length])

    def write(self, handle: int, data: bytes, offset: int) -> None:
        with self._lock:
            path, file = self._handles[handle]
            self._changes("write", path)
            grows = offset + len(data) - len(file.content)
            room = self.free("")[0]
            if grows > room:
                data = data[: max(0, len(data) - (grows - room))]
            _put(file.content, offset, data)
            if data:
                file.pending.append((offset, bytes(data)))
            if grows > room:
                raise OSError(errno.ENOSPC, "No space left on device", path)

    def sync(self, handle: int) -> None:
        with self._lock:
            path, file = self._handles[handle]
            try:
                self._changes("sync", path)
            except OSError:
                file.lost += file.pending
                file.pending = []
                raise
            durable = bytearray(file.durable)
            for offset, data in file.pending:
                _put(durable, offset, data)
            file.durable = bytes(durable)
            file.lost = _not_overwritten(file.lost, file.pending)
            file.pending = []

    def size(self, path: str) -> int:
        with self._lock:
            if path not in self._names:
                raise FileNotFoundError(errno.ENOENT, "No such file", path)
            return len(self._names[path].content)

    def list(self, directory: str) -> list[str]:
        with self._lock:
            return [os.path.basename(p) for p in self._names if os.path.dirname(p) == directory]

    def rename(self, old: str, new: str) -> None:
        with self._lock:
            self._changes("rename", old)
            self._names[new] = self._names.pop(old)
            self._renamed()

    def unlink(self, path: str) -> None:
        with self._lock:
            self._changes("unlink", path)
            if path not in self._names:
                raise FileNotFoundError(errno.ENOENT, "No such file", path)
            del self._names[path]
            self._renamed()

    def sync_directory(self, directory: str) -> None:
        with self._lock:
            self._changes("sync_directory", directory)
            self._durable_names = dict(self._names)
            self._name_changes = []

    def free(self, directory: str) -> tuple[int, int]:
        with self._lock:
            files = {id(file): file for file in self._names.values()}
            files.update((id(file), file) for _, file in self._handles.values())
            used = sum(len(file.content) for file in files.values())
            return max(0, self.capacity_bytes - used), self.capacity_bytes

    # --- what a test does to it -----------------------------------------------------------------

    def power_loss(self, seed: int) -> "CrashableFiles":
        """A new disk as it may be found after a loss of power now; this one goes on."""
        with self._lock:
            dice = random.Random(seed)
            states = [self._durable_names, *self._name_changes]
            names = states[dice.randrange(len(states))]
            disk = CrashableFiles(self.capacity_bytes)
            for path, file in names.items():
                disk._names[path] = file.after_power_loss(dice)
            disk._durable_names = dict(disk._names)
            return disk

    def killed(self) -> "CrashableFiles":
        """The same disk for a new process: nothing is lost, and nothing more is durable."""
        with self._lock:
            disk = CrashableFiles(self.capacity_bytes)
            copies: dict[int, _File] = {}
            for names in (self._names, self._durable_names, *self._name_changes):
                for file in names.values():
                    copies.setdefault(id(file), _copy(file))
            disk._names = {path: copies[id(file)] for path, file in self._names.items()}
            disk._durable_names = {
                path: copies[id(file)] for path, file in self._durable_names.items()
            }
            disk._name_changes = [
                {path: copies[id(file)] for path, file in names.items()}
                for names in self._name_changes
            ]
            return disk

    def content(self, path: str) -> bytearray:
        """The bytes of a file, to look at or to damage."""
        return self._names[path].content

    def put(self, path: str, content: bytes) -> None:
        """Place a file, durable with its name."""
        self._names[path] = self._durable_names[path] = _File(content)

    def _renamed(self) -> None:
        self._name_changes.append(dict(self._names))

    def _changes(self, operation: str, path: str) -> None:
        self.before_change()
        self._may_fail(operation, path)

    def _may_fail(self, operation: str, path: str) -> None:
        if operation == self.fail and path.endswith(self.fail_suffix):
            raise OSError(errno.EIO, "Input/output error", path)


def _not_overwritten(
    lost: list[tuple[int, bytes]], written: list[tuple[int, bytes]]
) -> list[tuple[int, bytes]]:
    """What is left of the `lost` writes once `written` is durable."""
    for start, new in written:
        end = start + len(new)
        left = []
        for offset, data in lost:
            if offset < start:
                left.append((offset, data[: start - offset]))
            if offset + len(data) > end:
                kept = max(end, offset)
                left.append((kept, data[kept - offset :]))
        lost = left
    return lost


def _copy(file: _File) -> _File:
    copy = _File(bytes(file.content))
    copy.durable = file.durable
    copy.pending = list(file.pending)
    copy.lost = list(file.lost)
    return copy


def _ignore() -> None:
    return None
