"""A partition's directory: its log and its snapshots, which know of each other's size."""

import os
from dataclasses import replace
from typing import NamedTuple

from tidegate.log.files.room import LogOptions
from tidegate.log.files.snapshots import FileSnapshots
from tidegate.log.files.store import FileLog
from tidegate.log.fs import Files, OsFiles


class Partition(NamedTuple):
    log: FileLog
    snapshots: FileSnapshots


def open_partition(
    directory: str, files: Files | None = None, options: LogOptions | None = None
) -> Partition:
    """Open what is in `directory`, or begin there.

    The log leaves room for the next snapshot on the disk, going by the size of the last one.
    Raises as FileLog.open and FileSnapshots do.
    """
    if files is None:
        os.makedirs(directory, mode=0o700, exist_ok=True)
        files = OsFiles()
    snapshots = FileSnapshots(directory, files)
    options = replace(options or LogOptions(), snapshot_bytes=lambda: snapshots.size_bytes)
    return Partition(FileLog.open(directory, files, options), snapshots)
