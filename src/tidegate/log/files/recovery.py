"""Opens the segments of a directory after whatever ended the last run.

What may be found, besides whole segments:

- the last flush in part, or not at all: it is cut (`Cut`).  Nobody was told of it, unless it was
  whole once and damaged since, which looks the same;
- the last flush in the system's cache, but not on the disk (the process was killed before the
  sync, or the sync failed): it is written once more and synced before anybody reads it, so that
  nobody is told of what a loss of power could still take back;
- the following segment, prepared and never used: it is kept for its purpose (and more of them,
  which are removed, if the last flush would have gone over several segments);
- a dropped segment whose removal was not durable: whoever dropped it drops it again.

Behind the end everything is filled with zeros again, so that no old byte can come alive.
"""

import os
from dataclasses import dataclass

from tidegate.base.positions import offset_of, segment_of
from tidegate.log.files import format
from tidegate.log.files.format import HEADER_BYTES, Broken, Header, Tail
from tidegate.log.files.room import SPARE, LogOptions
from tidegate.log.files.segment import (
    Segment,
    create_segment,
    segment_name,
    segment_number,
    sync,
)
from tidegate.log.files.snapshots import newest_covers
from tidegate.log.fs import FULL, Files
from tidegate.log.interface import DamagedLog

_ZEROS = bytes(1 << 20)


@dataclass(frozen=True)
class Cut:
    """What recovery cut from the end of the log: a flush that is not whole."""

    file: str
    offset: int
    size_bytes: int

    def __str__(self) -> str:
        return f"{self.file}, offset {self.offset}, {self.size_bytes} bytes"


@dataclass
class Recovered:
    salt: int
    sizes: dict[int, int]
    """Segment to size in bytes, in order, the current one included, the following one not."""
    current: Segment
    end: int
    """Where the next batch goes."""
    following: Segment | None
    has_spare: bool
    cut: Cut | None


def recover(files: Files, directory: str, options: LogOptions, new_salt: int) -> Recovered:
    """Find the end of the log and make everything before it certain.  Raises DamagedLog, OSError
    and LogStopped.  `new_salt` is for a directory without segments.

    A log that lacks what the newest snapshot ends in is refused and left as it is.
    """
    names = files.list(directory)
    numbers = sorted(filter(None, map(segment_number, names)))
    covers = newest_covers(names)
    if segment_of(covers) not in (0, *numbers):
        path = os.path.join(directory, segment_name(segment_of(covers)))
        raise DamagedLog(path, 0, "the segment that a snapshot ends in is missing")
    if not numbers:
        _remove_unfinished(files, directory, names)
        return _fresh(files, directory, options, new_salt)
    headers = _headers(files, directory, numbers)
    number, data, tail = _find_end(files, directory, headers)
    if (segment_of(covers), offset_of(covers)) >= (number, tail.end):
        path = os.path.join(directory, segment_name(number))
        raise DamagedLog(path, tail.end, "the log ends before the record that a snapshot covers")
    _remove_unfinished(files, directory, names)
    following = number + 1 if number + 1 in headers else None
    for unused in reversed([n for n in numbers if n > number + 1]):
        files.unlink(os.path.join(directory, segment_name(unused)))
        numbers.remove(unused)
    path = os.path.join(directory, segment_name(number))
    cut = Cut(path, tail.end, tail.torn_bytes) if tail.torn_bytes else None
    current = _open(files, directory, headers[number], len(data), options, data, tail)
    ahead: Segment | None = None
    if following is not None:
        current.capacity = current.allocated
        size = files.size(os.path.join(directory, segment_name(following)))
        ahead = _open(files, directory, headers[following], size, options, b"", None)
    sizes = {n: files.size(os.path.join(directory, segment_name(n))) for n in numbers}
    if following is not None:
        del sizes[following]
    has_spare = _check_spare(files, directory, names, options)
    return Recovered(headers[number].salt, sizes, current, tail.end, ahead, has_spare, cut)


def read_header(files: Files, directory: str, number: int) -> Header:
    """The header of a segment's file.  Raises DamagedLog."""
    path = os.path.join(directory, segment_name(number))
    handle = files.open(path)
    try:
        header = format.unpack_header(files.read(handle, HEADER_BYTES, 0))
    except Broken as broken:
        raise DamagedLog(path, broken.offset, broken.what) from None
    finally:
        files.close(handle)
    if header.number != number:
        raise DamagedLog(path, 0, f"this is the file of segment {header.number}")
    return header


def read_whole(files: Files, directory: str, number: int) -> bytes:
    path = os.path.join(directory, segment_name(number))
    handle = files.open(path)
    try:
        return files.read(handle, files.size(path), 0)
    finally:
        files.close(handle)


def _remove_unfinished(files: Files, directory: str, names: list[str]) -> None:
    for name in names:
        if name.endswith(".log.tmp"):
            files.unlink(os.path.join(directory, name))
    files.sync_directory(directory)


def _fresh(files: Files, directory: str, options: LogOptions, salt: int) -> Recovered:
    first = create_segment(
        files,
        directory,
        1,
        salt,
        allocate=options.step_bytes,
        capacity=options.segment_bytes,
    )
    return Recovered(salt, {1: first.allocated}, first, HEADER_BYTES, None, False, None)


def _headers(files: Files, directory: str, numbers: list[int]) -> dict[int, Header]:
    headers = {number: read_header(files, directory, number) for number in numbers}
    salt = headers[numbers[-1]].salt
    for number, header in headers.items():
        if header.salt != salt:
            path = os.path.join(directory, segment_name(number))
            raise DamagedLog(path, 0, "this segment belongs to another log")
    return headers


def _examine(files: Files, directory: str, header: Header) -> tuple[bytes, Tail]:
    data = read_whole(files, directory, header.number)
    tail = format.examine(data, header)
    if tail.later is not None:
        path = os.path.join(directory, segment_name(header.number))
        what = f"a batch is broken, but the one at offset {tail.later} is whole"
        raise DamagedLog(path, tail.end, what)
    return data, tail


def _find_end(files: Files, directory: str, headers: dict[int, Header]) -> tuple[int, bytes, Tail]:
    """The segment that the log ends in, its content and tail.

    Behind it there may be segments that never were written to: the following one, and more if a
    flush that never began went over several.
    """
    number = max(headers)
    data, tail = _examine(files, directory, headers[number])
    while tail.empty and number - 1 in headers:
        earlier_data, earlier = _examine(files, directory, headers[number - 1])
        if earlier.sealed:
            _rewrite(files, directory, number - 1, earlier_data, earlier)
            break
        number, data, tail = number - 1, earlier_data, earlier
    return number, data, tail


def _open(
    files: Files,
    directory: str,
    header: Header,
    size: int,
    options: LogOptions,
    data: bytes,
    tail: Tail | None,
) -> Segment:
    """Open a segment to go on in it: what the last flush wrote is written again, zeros behind."""
    path = os.path.join(directory, segment_name(header.number))
    handle = files.open(path)
    start, end = (tail.last, tail.end) if tail is not None else (HEADER_BYTES, HEADER_BYTES)
    if end > start:
        files.write(handle, data[start:end], start)
    reached = end
    try:
        while reached < size:
            length = min(len(_ZEROS), size - reached)
            files.write(handle, _ZEROS[:length], reached)
            reached += length
    except OSError as error:
        # A file can be longer than what was had of it, if growing it was not finished.
        if error.errno not in FULL:
            raise
    sync(files, handle, path)
    capacity = max(options.segment_bytes, reached)
    return Segment(path, handle, header.number, header.seed, allocated=reached, capacity=capacity)


def _rewrite(files: Files, directory: str, number: int, data: bytes, tail: Tail) -> None:
    path = os.path.join(directory, segment_name(number))
    handle = files.open(path)
    try:
        files.write(handle, data[tail.last : tail.end], tail.last)
        sync(files, handle, path)
    finally:
        files.close(handle)


def _check_spare(files: Files, directory: str, names: list[str], options: LogOptions) -> bool:
    if SPARE not in names:
        return False
    path = os.path.join(directory, SPARE)
    if files.size(path) == options.segment_bytes:
        return True
    files.unlink(path)
    return False
