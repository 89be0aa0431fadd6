"""The data directory: what it holds, and how it comes to be.

    DIR/lock                 held by the server that runs (see `lock`)
    DIR/secret               32 random bytes, readable by the owner only: the key of receipt handles
    DIR/meta.json            format version, number of partitions, id of the instance; written last,
                             so that a directory with it is complete
    DIR/partition-0000/      a log: its segments and snapshots
    DIR/keyring              the keys of what is sealed, wrapped by the root key (`kms.keyring`)
    DIR/root.key             the root key, where the settings name no other place

A directory of format 1 has no keyring yet, and nothing in it is sealed.  Format 2 is the same with
a keyring: a server that would hand out sealed messages as if they were empty refuses it, and so
does one that misses the keyring.

The directory and everything in it belong to the user of the server alone.
"""

import os
import re
import secrets
import uuid
from typing import NamedTuple

import msgspec

from tidegate.log.files.lock import LOCK_NAME, DirectoryLock

FORMAT_VERSION = 2
_UNSEALED_VERSION = 1
SECRET_BYTES = 32
META_NAME = "meta.json"
SECRET_NAME = "secret"
_OURS = re.compile(rf"{LOCK_NAME}|{SECRET_NAME}|root\.key|partition-\d{{4}}|.*\.tmp")


class UnusableDirectory(Exception):
    """The data directory is not one that this server can work on; the text says why."""


class Meta(msgspec.Struct, frozen=True):
    """What meta.json says."""

    format_version: int
    partitions: int
    instance_id: str

    @property
    def is_sealed(self) -> bool:
        """Whether the directory has a keyring, and things that only that opens."""
        return self.format_version > _UNSEALED_VERSION


class DataDirectory(NamedTuple):
    """A data directory that this process has for itself until `lock.release()`."""

    path: str
    meta: Meta
    secret: bytes
    lock: DirectoryLock

    def partition_path(self, number: int) -> str:
        return partition_path(self.path, number)


def partition_path(directory: str, number: int) -> str:
    """Where the log of a partition is."""
    return os.path.join(directory, f"partition-{number:04d}")


def open_directory(path: str) -> DataDirectory:
    """Open the data directory, or make a new one where there is none or an empty one.

    Raises DirectoryInUse, UnusableDirectory and OSError.
    """
    os.makedirs(path, mode=0o700, exist_ok=True)
    if not os.path.exists(os.path.join(path, META_NAME)):
        _refuse_foreign_files(path)
    lock = DirectoryLock.acquire(path)
    try:
        if not os.path.exists(os.path.join(path, META_NAME)):
            _create(path)
        meta = read_meta(path)
        secret = _read_secret(path)
    except BaseException:
        lock.release()
        raise
    return DataDirectory(path, meta, secret, lock)


def read_meta(path: str) -> Meta:
    """What meta.json says; changes nothing.  Raises UnusableDirectory."""
    file = os.path.join(path, META_NAME)
    try:
        with open(file, "rb") as opened:
            meta = msgspec.json.decode(opened.read(), type=Meta)
    except FileNotFoundError:
        raise UnusableDirectory(f"{path} is no data directory: it has no {META_NAME}.") from None
    except msgspec.DecodeError as error:
        raise UnusableDirectory(f"{file} is damaged: {error}.") from None
    if not _UNSEALED_VERSION <= meta.format_version <= FORMAT_VERSION:
        raise UnusableDirectory(
            f"{path} has format version {meta.format_version}, this server reads "
            f"{_UNSEALED_VERSION} to {FORMAT_VERSION}."
        )
    return meta


def note_keyring(path: str) -> None:
    """The directory has a keyring from now on; whoever has opened it says so."""
    meta = read_meta(path)
    if not meta.is_sealed:
        _write_meta(path, msgspec.structs.replace(meta, format_version=FORMAT_VERSION))


def _refuse_foreign_files(path: str) -> None:
    foreign = sorted(name for name in os.listdir(path) if not _OURS.fullmatch(name))
    if foreign:
        raise UnusableDirectory(
            f"{path} is not empty and no data directory (it holds {foreign[0]}). "
            "Name a new or an empty directory."
        )


def _create(path: str) -> None:
    for name in os.listdir(path):
        if name.startswith("partition-"):
            # A log whose meta.json is lost: a new secret would make all handles worthless.
            raise UnusableDirectory(f"{path} holds {name} but no {META_NAME}.")
    os.chmod(path, 0o700)
    meta = Meta(format_version=_UNSEALED_VERSION, partitions=1, instance_id=str(uuid.uuid4()))
    _write_whole(path, SECRET_NAME, secrets.token_bytes(SECRET_BYTES))
    _write_meta(path, meta)
    for number in range(meta.partitions):
        os.makedirs(partition_path(path, number), mode=0o700, exist_ok=True)
    _sync_directory(path)
    _sync_directory(os.path.dirname(os.path.abspath(path)))


def _write_meta(path: str, meta: Meta) -> None:
    _write_whole(path, META_NAME, msgspec.json.format(msgspec.json.encode(meta)) + b"\n")


def _read_secret(path: str) -> bytes:
    file = os.path.join(path, SECRET_NAME)
    try:
        with open(file, "rb") as opened:
            secret = opened.read()
    except FileNotFoundError:
        secret = b""
    if len(secret) != SECRET_BYTES:
        raise UnusableDirectory(
            f"{file} is missing or damaged. With a new one, receipt handles that clients hold "
            f"are no longer valid; to accept that, put {SECRET_BYTES} random bytes there."
        )
    return secret


def _write_whole(directory: str, name: str, content: bytes) -> None:
    """A file that is there whole or not at all, whatever happens meanwhile."""
    path = os.path.join(directory, name)
    temporary = path + ".tmp"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)
    os.rename(temporary, path)
    _sync_directory(directory)


def _sync_directory(path: str) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
