"""What `tidegate inspect` shows of a stopped server's data directory."""

import os

import msgspec

from tidegate.engine.queue import Queue
from tidegate.log.files.directory import partition_path, read_meta
from tidegate.log.files.onlooking import Onlooker
from tidegate.runtime.recovery import recover


class QueueDepth(msgspec.Struct, frozen=True):
    """A queue and its messages: visible now, handed out, and not visible yet."""

    arn: str
    waiting: int
    in_flight: int
    delayed: int


class SegmentUse(msgspec.Struct, frozen=True):
    """A segment of the log, and how much of it the state still refers to."""

    number: int
    size_bytes: int
    live_bytes: int


class SnapshotFound(msgspec.Struct, frozen=True):
    """The newest whole snapshot: its file, the last record that it covers, and when it was saved
    (Unix milliseconds)."""

    path: str
    position: int
    saved_at: int


class Inspection(msgspec.Struct, frozen=True):
    queues: tuple[QueueDepth, ...]
    segments: tuple[SegmentUse, ...]
    snapshot: SnapshotFound | None


def inspect(directory: str) -> Inspection:
    """What is in the data directory of a stopped server; changes nothing.

    Raises UnusableDirectory, DamagedLog and OSError.
    """
    read_meta(directory)
    log = Onlooker(partition_path(directory, 0))
    state, covered, _ = recover(log, log)
    live_bytes = state.usage.live_bytes
    path = log.snapshot_path()
    return Inspection(
        queues=tuple(_depth(queue, state.now) for queue in state.queues.values()),
        segments=tuple(
            SegmentUse(number, size, live_bytes.get(number, 0)) for number, size in log.segments()
        ),
        snapshot=None
        if path is None
        else SnapshotFound(path, covered, int(os.path.getmtime(path) * 1000)),
    )


def _depth(queue: Queue, now: int) -> QueueDepth:
    in_flight = len(queue.in_flight)
    delayed = queue.delayed_count(now)
    return QueueDepth(queue.arn, queue.slots.live - in_flight - delayed, in_flight, delayed)
