"""Reads a log's directory offline, every byte that means anything, and says what is wrong.

Changes nothing, and gets through any garbage.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from tidegate.base.positions import offset_of, segment_of
from tidegate.log.files import format
from tidegate.log.files.format import HEADER_BYTES, MAX_SEGMENT_BYTES, Batch, Broken, Header
from tidegate.log.files.recovery import read_whole
from tidegate.log.files.segment import segment_name, segment_number
from tidegate.log.files.snapshots import read_snapshot, snapshot_covers, snapshot_name
from tidegate.log.fs import Files, OsFiles
from tidegate.log.interface import DamagedLog


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was written."""

    file: str
    offset: int
    what: str
    is_damage: bool = True
    """False for an incomplete write at the end of the log, which a start cuts."""


@dataclass(frozen=True)
class SegmentReport:
    number: int
    size_bytes: int
    batches: int
    records: int
    end: int
    """Offset behind the last whole batch."""
    is_sealed: bool
    """It ends in an end mark: the log went on in the next segment."""


@dataclass
class Verification:
    """What `verify_log` found."""

    findings: list[Finding] = field(default_factory=list)
    segments: list[SegmentReport] = field(default_factory=list)
    snapshots: list[tuple[int, int]] = field(default_factory=list)
    """(covers, size in bytes) of the whole snapshots, newest first."""

    @property
    def is_whole(self) -> bool:
        return not any(finding.is_damage for finding in self.findings)

    @property
    def records(self) -> int:
        return sum(segment.records for segment in self.segments)


def verify_log(directory: str, files: Files | None = None) -> Verification:
    """Check every segment and snapshot of a partition's directory.  Raises OSError only where the
    directory itself cannot be listed."""
    files = files or OsFiles()
    names = files.list(directory)
    found = Verification()
    covers = _check_snapshots(files, directory, names, found)
    numbers = sorted(filter(None, map(segment_number, names)))
    _check_gaps(directory, numbers, covers, found)
    last_used = 0
    for number in numbers:
        report = _check_segment(files, directory, number, found)
        if report is not None:
            found.segments.append(report)
            if report.batches:
                last_used = number
    _check_ends(directory, last_used, found)
    _check_covered(directory, covers, found)
    return found


def _check_snapshots(
    files: Files, directory: str, names: list[str], found: Verification
) -> int | None:
    """What the newest whole snapshot covers."""
    positions = [covers for covers in map(snapshot_covers, names) if covers is not None]
    for covers in sorted(positions, reverse=True):
        path = os.path.join(directory, snapshot_name(covers))
        try:
            for _ in read_snapshot(files, path, covers):
                pass
            found.snapshots.append((covers, files.size(path)))
        except DamagedLog as damage:
            found.findings.append(Finding(path, damage.offset, damage.what))
        except OSError as error:
            found.findings.append(Finding(path, 0, f"it cannot be read: {error.strerror}"))
    return found.snapshots[0][0] if found.snapshots else None


def _check_gaps(
    directory: str, numbers: list[int], covers: int | None, found: Verification
) -> None:
    """From the segment that the snapshot ends in, all must be there; earlier ones may be gone."""
    first = max(1, segment_of(covers or 0))
    last = numbers[-1] if numbers else 0
    # Between neighbours there may be a gap of millions: one finding for each is enough.
    known = [number for number in numbers if number >= first]
    for before, number in zip([first - 1, *known], known, strict=False):
        if number != before + 1:
            path = os.path.join(directory, segment_name(before + 1))
            found.findings.append(Finding(path, 0, "the segment's file is missing"))
    if covers and last < first:
        path = os.path.join(directory, segment_name(first))
        found.findings.append(Finding(path, 0, "the segment that the snapshot ends in is missing"))


def _check_segment(
    files: Files, directory: str, number: int, found: Verification
) -> SegmentReport | None:
    path = os.path.join(directory, segment_name(number))
    try:
        size = files.size(path)
        if size > MAX_SEGMENT_BYTES:
            found.findings.append(Finding(path, 0, f"{size} bytes are too many for a segment"))
            return None
        data = read_whole(files, directory, number)
        header = format.unpack_header(data)
    except Broken as broken:
        found.findings.append(Finding(path, broken.offset, broken.what))
        return None
    except OSError as error:
        found.findings.append(Finding(path, 0, f"it cannot be read: {error.strerror}"))
        return None
    if header.number != number:
        found.findings.append(Finding(path, 0, f"this is the file of segment {header.number}"))
        return None
    return _check_batches(path, data, header, found)


def _check_batches(path: str, data: bytes, header: Header, found: Verification) -> SegmentReport:
    batch_count = record_count = 0
    is_sealed = False
    tail = format.examine(data, header)
    for batch in _all_batches(path, data, header.seed, found):
        is_sealed = batch.is_end
        if batch.is_end:
            break
        if batch.offset == tail.end and tail.later is None:
            break
        broken = format.broken_frame(data, header.seed, batch)
        if broken is not None:
            found.findings.append(Finding(path, broken.offset, broken.what))
        else:
            batch_count += 1
            record_count += batch.records
    if tail.torn_bytes and tail.later is None:
        what = f"an incomplete write, {tail.torn_bytes} bytes"
        found.findings.append(Finding(path, tail.end, what, is_damage=False))
    return SegmentReport(header.number, len(data), batch_count, record_count, tail.end, is_sealed)


def _all_batches(path: str, data: bytes, seed: int, found: Verification) -> Iterator[Batch]:
    """The marks of a segment, also those behind a broken one, which is a finding."""
    offset: int | None = HEADER_BYTES
    while offset is not None:
        end = offset
        for batch in format.batches(data, seed, offset):
            yield batch
            end = batch.end
        offset = format.later_batch(data, seed, end + 1)
        if offset is not None:
            found.findings.append(Finding(path, end, "the mark of a batch is broken"))


def _check_ends(directory: str, last_used: int, found: Verification) -> None:
    """A segment that the log went on from must have its end mark."""
    for segment in found.segments:
        if segment.number < last_used and not segment.is_sealed:
            path = os.path.join(directory, segment_name(segment.number))
            found.findings.append(Finding(path, segment.end, "the rest of the segment is missing"))


def _check_covered(directory: str, covers: int | None, found: Verification) -> None:
    """The record that the snapshot ends with must be there: it was flushed before."""
    for segment in found.segments:
        if covers and segment.number == segment_of(covers) and segment.end <= offset_of(covers):
            path = os.path.join(directory, segment_name(segment.number))
            if not any(each.is_damage and each.file == path for each in found.findings):
                what = "the log ends before the record that the snapshot covers"
                found.findings.append(Finding(path, segment.end, what))
