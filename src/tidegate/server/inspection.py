"""What `tidegate inspect` shows of a stopped server's data directory."""

import msgspec


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
