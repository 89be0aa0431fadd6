"""The files of keys in memory, with a crash between any two of their changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tidegate.kms.keyring import PURPOSES, Keyring, open_keyring
from tidegate.kms.root_key import KeyFile

DATA = "/data"
KEY_PATH = "/data/root.key"
KEYRING_PATH = "/data/keyring"


class Crash(Exception):
    """The process is gone; what the disk holds is what the next one finds."""


class KeyDisk:
    """The port `kms.files.KeyFiles`.  A replacement happens whole or not at all."""

    def __init__(self, files: dict[str, bytes] | None = None) -> None:
        self.files = dict(files or {})
        self.changes = 0
        self.crash_at = 0
        """The number of the change (from 1) that does not happen; 0 for none."""
        self.locked = False

    def read(self, path: str) -> bytes:
        if path not in self.files:
            raise FileNotFoundError(path)
        return self.files[path]

    read_private = read

    def replace(self, path: str, content: bytes) -> None:
        assert self.locked, "changed without keeping others out"
        self.changes += 1
        if self.changes == self.crash_at:
            raise Crash
        self.files[path] = content

    @contextmanager
    def alone(self, path: str) -> Iterator[None]:
        assert not self.locked, "a process that waits for itself"
        self.locked = True
        try:
            yield
        finally:
            self.locked = False


def opened(disk: KeyDisk, *, create: bool = False) -> Keyring:
    """The keyring on this disk, with its key file."""
    return open_keyring(DATA, KeyFile(KEY_PATH, disk), create=create, files=disk)


def keys(keyring: Keyring) -> dict[str, dict[int, bytes]]:
    """All domain keys of a keyring, by purpose and generation."""
    return {
        purpose: {
            number: secret.reveal()
            for number, secret in keyring.domain(purpose).generations.items()
        }
        for purpose in PURPOSES
    }
