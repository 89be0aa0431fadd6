"""A log on files that is small enough for its edges to be near."""

from collections.abc import Iterable

from tidegate.log.files.room import LogOptions
from tidegate.log.files.store import FileLog
from tidegate.log.interface import Log
from tidegate.testing.executors import InlineExecutor
from tidegate.testing.files import CrashableFiles

DIRECTORY = "/data"
SMALL = LogOptions(
    segment_bytes=8192, step_bytes=2048, reserve_bytes=2048, floor_bytes=0, retry_s=0.0
)


def open_log(files: CrashableFiles, options: LogOptions = SMALL) -> FileLog:
    return FileLog.open(DIRECTORY, files, options, InlineExecutor())


def flush(log: Log) -> None:
    if log.begin_flush():
        log.finish_flush()


def append_all(log: Log, records: Iterable[bytes]) -> list[int]:
    """Append and flush; the positions."""
    positions = [log.append(record) for record in records]
    flush(log)
    return positions


def texts(log: Log, after: int = 0) -> list[bytes]:
    return [record for _, record in log.replay(after)]


def numbered(count: int, size: int = 100, start: int = 0) -> list[bytes]:
    """Records that differ, each of `size` bytes."""
    return [(b"%08d" % n).ljust(size, b".") for n in range(start, start + count)]
