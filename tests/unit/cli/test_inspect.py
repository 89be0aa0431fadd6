"""What `tidegate inspect` prints."""

from tidegate.base.positions import pack_position
from tidegate.cli.inspect import render
from tidegate.server.inspection import Inspection, QueueDepth, SegmentUse, SnapshotFound

MIB = 1024 * 1024


def test_queues_segments_and_snapshot_are_shown() -> None:
    found = Inspection(
        queues=(
            QueueDepth("arn:aws:sqs:us-east-1:000000000000:video", 1_000_000, 120, 7),
            QueueDepth("arn:aws:sqs:us-east-1:000000000000:dead", 3, 0, 0),
        ),
        segments=(SegmentUse(4, 32 * MIB, 8 * MIB), SegmentUse(5, 16 * MIB, 16 * MIB)),
        snapshot=SnapshotFound("data/snapshot", pack_position(5, 4096, 128), 1_795_516_200_000),
    )
    assert render(found).splitlines() == [
        "Queues: 2",
        "     waiting   in flight     delayed  queue",
        "           3           0           0  arn:aws:sqs:us-east-1:000000000000:dead",
        "     1000000         120           7  arn:aws:sqs:us-east-1:000000000000:video",
        "",
        "Segments: 2, 48.0 MiB, 50 % live",
        "     segment         MiB        live",
        "           4        32.0        25 %",
        "           5        16.0       100 %",
        "",
        "Snapshot: data/snapshot, saved 2026-11-24T10:30:00Z, up to offset 4096 of segment 5",
    ]


def test_empty_directory_is_shown_as_such() -> None:
    assert render(Inspection((), (), None)).splitlines() == [
        "Queues: 0",
        "",
        "Segments: 0, 0.0 MiB, 0 % live",
        "",
        "Snapshot: none; a start replays the whole log",
    ]
