"""A data directory, opened: the lock, the log, the snapshots, and the state they hold."""

import logging
import os
from pathlib import Path
from typing import NamedTuple

from tidegate.log.files.directory import DataDirectory, open_directory
from tidegate.log.files.partition import open_partition
from tidegate.log.files.room import LogOptions
from tidegate.log.files.snapshots import FileSnapshots
from tidegate.log.files.store import FileLog
from tidegate.runtime.recovery import Recovered, recover

logger = logging.getLogger(__name__)


class Storage(NamedTuple):
    """What a server finds in its data directory, which it has for itself."""

    directory: DataDirectory
    log: FileLog
    snapshots: FileSnapshots
    recovered: Recovered

    def close(self) -> None:
        """Close the log in order and let the directory go.  Raises LogStopped."""
        try:
            self.log.close()
        finally:
            self.directory.lock.release()


def open_storage(path: Path, segment_bytes: int) -> Storage:
    """Raises DirectoryInUse, UnusableDirectory, DamagedLog, StorageFull, LogStopped, OSError."""
    directory = open_directory(os.fspath(path))
    try:
        log, snapshots = open_partition(
            directory.partition_path(0), options=LogOptions(segment_bytes=segment_bytes)
        )
        if log.cut is not None:
            logger.warning("the log ended in an incomplete write at %s; it was cut", log.cut)
        recovered = recover(log, snapshots)
        if snapshots.passed_over is not None:
            logger.warning("%s; the state was read without it", snapshots.passed_over)
    except BaseException:
        directory.lock.release()
        raise
    return Storage(directory, log, snapshots, recovered)
