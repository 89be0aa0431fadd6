"""`tidegate inspect DIR`: queues, depth, segments, live share and the last snapshot."""

import argparse
import time
from collections.abc import Sequence

import msgspec

from tidegate.base.positions import offset_of, segment_of
from tidegate.cli.problems import PROBLEMS, report
from tidegate.cli.stopped import stopped_server
from tidegate.server.inspection import Inspection, SegmentUse, SnapshotFound, inspect

_MIB = 1024 * 1024


def run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="tidegate inspect",
        description="Show the queues, the segments of the log and the last snapshot in the data "
        "directory of a stopped server. Changes nothing.",
        allow_abbrev=False,
    )
    parser.add_argument("directory", metavar="DIR", help="the server's --data")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args(arguments)
    try:
        with stopped_server(given.directory):
            found = inspect(given.directory)
    except PROBLEMS as problem:
        return report(problem)
    print(msgspec.json.encode(found).decode() if given.json else render(found))
    return 0


def render(found: Inspection) -> str:
    """The inspection as a page for people."""
    return "\n".join([*_queues(found), "", *_segments(found), "", _snapshot(found.snapshot)])


def _queues(found: Inspection) -> list[str]:
    lines = [f"Queues: {len(found.queues)}"]
    if found.queues:
        lines.append(f"{'waiting':>12}{'in flight':>12}{'delayed':>12}  queue")
    lines += [
        f"{queue.waiting:>12}{queue.in_flight:>12}{queue.delayed:>12}  {queue.arn}"
        for queue in sorted(found.queues, key=lambda queue: queue.arn)
    ]
    return lines


def _segments(found: Inspection) -> list[str]:
    size_bytes = sum(segment.size_bytes for segment in found.segments)
    live_bytes = sum(segment.live_bytes for segment in found.segments)
    lines = [
        f"Segments: {len(found.segments)}, {size_bytes / _MIB:.1f} MiB, "
        f"{_share(live_bytes, size_bytes)} live"
    ]
    if found.segments:
        lines.append(f"{'segment':>12}{'MiB':>12}{'live':>12}")
    lines += [_segment(segment) for segment in found.segments]
    return lines


def _segment(segment: SegmentUse) -> str:
    share = _share(segment.live_bytes, segment.size_bytes)
    return f"{segment.number:>12}{segment.size_bytes / _MIB:>12.1f}{share:>12}"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "0 %"


def _snapshot(snapshot: SnapshotFound | None) -> str:
    if snapshot is None:
        return "Snapshot: none; a start replays the whole log"
    saved = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(snapshot.saved_at // 1000))
    position = snapshot.position
    return (
        f"Snapshot: {snapshot.path}, saved {saved}, up to offset {offset_of(position)} of segment "
        f"{segment_of(position)}"
    )
