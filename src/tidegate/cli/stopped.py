"""For commands that read the data directory of a stopped server."""

from collections.abc import Iterator
from contextlib import contextmanager

from tidegate.log.files.directory import Meta, read_meta
from tidegate.log.files.lock import refuse_if_in_use


@contextmanager
def stopped_server(directory: str) -> Iterator[Meta]:
    """The directory's meta.json, while no server runs on it.

    Nothing is written, so the lock is only looked at: before, and once more after, since what was
    read while a server started is worth nothing.  Raises DirectoryInUse, UnusableDirectory and
    OSError.
    """
    meta = read_meta(directory)
    refuse_if_in_use(directory)
    yield meta
    refuse_if_in_use(directory)
