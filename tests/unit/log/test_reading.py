import random

import pytest

from small_log import DIRECTORY, append_all, numbered, open_log
from tidegate.base.refusals import Fault
from tidegate.log.files import reading
from tidegate.log.interface import DamagedLog
from tidegate.testing.files import CrashableFiles


class CountingFiles(CrashableFiles):
    def __init__(self) -> None:
        super().__init__()
        self.reads = 0
        self.open_files = 0

    def read(self, handle: int, length: int, offset: int) -> bytes:
        self.reads += 1
        return super().read(handle, length, offset)

    def open(self, path: str, *, create: bool = False) -> int:
        self.open_files += 1
        return super().open(path, create=create)

    def close(self, handle: int) -> None:
        self.open_files -= 1
        super().close(handle)


def test_neighbours_are_fetched_with_one_read() -> None:
    files = CountingFiles()
    log = open_log(files)
    positions = append_all(log, numbered(20))
    files.reads = 0
    assert log.read_many(positions[5:15]) == numbered(20)[5:15]
    assert files.reads == 1


def test_one_record_is_one_read() -> None:
    files = CountingFiles()
    log = open_log(files)
    positions = append_all(log, numbered(20))
    files.reads = 0
    log.read(positions[7])
    assert files.reads == 1


def test_records_far_apart_are_fetched_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_GAP_BYTES", 300)
    files = CountingFiles()
    log = open_log(files)
    positions = append_all(log, numbered(40))
    files.reads = 0
    wanted = [0, 1, 2, 30, 31]
    assert log.read_many([positions[i] for i in wanted]) == [numbered(40)[i] for i in wanted]
    assert files.reads == 2


def test_one_read_fetches_no_more_than_its_span(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_SPAN_BYTES", 1000)
    files = CountingFiles()
    log = open_log(files)
    positions = append_all(log, numbered(40))
    files.reads = 0
    assert log.read_many(positions[:30]) == numbered(30)
    assert 3 <= files.reads <= 5


def test_number_of_open_files_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_OPEN_FILES", 3)
    files = CountingFiles()
    log = open_log(files)
    records = numbered(600)
    positions = append_all(log, records)
    assert len(log.segments()) > 6
    before = files.open_files
    dice = random.Random(1)
    for _ in range(300):
        index = dice.randrange(600)
        assert log.read(positions[index]) == records[index]
    assert files.open_files <= before + 3
    log.close()
    assert files.open_files == 0


def test_dropped_segments_file_is_closed() -> None:
    files = CountingFiles()
    log = open_log(files)
    positions = append_all(log, numbered(300))
    before = files.open_files
    log.read(positions[0])
    log.drop(1)
    assert files.open_files == before


def test_position_that_no_record_has_is_damage() -> None:
    log = open_log(CrashableFiles())
    positions = append_all(log, numbered(3))
    for position in (positions[0] + (1 << 14), positions[0] + 1, positions[2] + (5000 << 14)):
        with pytest.raises(DamagedLog, match=rf"{DIRECTORY}/00000001\.log"):
            log.read(position)


def test_disk_that_cannot_be_read_is_a_fault_and_the_log_goes_on() -> None:
    files = CrashableFiles()
    log = open_log(files)
    positions = append_all(log, numbered(3))
    log.read(positions[0])
    files.fail = "read"
    with pytest.raises(Fault, match="could not be read"):
        log.read(positions[0])
    with pytest.raises(Fault, match="could not be read"):
        log.read_many(positions)
    files.fail = None
    assert log.read_many(positions) == numbered(3)
