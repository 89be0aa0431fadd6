"""A full disk refuses what may be refused, goes on with the rest, and recovers by itself."""

from dataclasses import replace

import pytest

from small_log import DIRECTORY, SMALL, append_all, flush, numbered, open_log, texts
from tidegate.base.refusals import LogStopped, StorageFull
from tidegate.log.files import format
from tidegate.log.files.partition import open_partition
from tidegate.log.files.room import LogOptions
from tidegate.log.files.store import FileLog
from tidegate.log.files.verify import verify_log
from tidegate.log.fs import Files
from tidegate.testing.executors import HeldExecutor, InlineExecutor
from tidegate.testing.files import CrashableFiles

KIB = 1024


def _fill(log: FileLog, *, spends_reserve: float = 0) -> int:
    """Append until the log refuses; how many went in."""
    for count, record in enumerate(numbered(10_000, size=50)):
        try:
            log.append(record, spends_reserve=spends_reserve)
        except StorageFull:
            flush(log)
            return count
        if count % 10 == 9:
            flush(log)
    raise AssertionError("the disk never was full")


def test_full_disk_refuses_sends_and_takes_deletes() -> None:
    log = open_log(CrashableFiles(capacity_bytes=40 * KIB))
    sends = _fill(log)
    deletes = _fill(log, spends_reserve=True)
    assert sends > 100
    assert deletes * 58 >= SMALL.reserve_bytes - 200
    assert texts(log) == numbered(sends, size=50) + numbered(deletes, size=50)


def test_what_may_spend_a_share_leaves_the_rest_to_deletes() -> None:
    """However much there is of it, and also where refused sends have the reserve filled again."""
    files = CrashableFiles(capacity_bytes=100 * KIB)
    log = open_log(files, replace(SMALL, floor_bytes=40 * KIB))
    _fill(log)
    shared = 0
    for _ in range(5):
        shared += _fill(log, spends_reserve=0.5)
        _fill(log)
    frame_bytes = format.FRAME_BYTES + 50
    assert 0 <= SMALL.reserve_bytes // 2 - shared * frame_bytes < frame_bytes
    assert _fill(log, spends_reserve=1) * 58 > 36 * KIB
    with pytest.raises(StorageFull):
        log.append(bytes(50), spends_reserve=0.5)


def test_a_share_may_be_spent_again_once_room_was_made() -> None:
    files = CrashableFiles(capacity_bytes=40 * KIB)
    log = open_log(files)
    _fill(log)
    shared = _fill(log, spends_reserve=0.5)
    assert _fill(log, spends_reserve=0.5) == 0
    log.drop(1)
    _fill(log)
    assert _fill(log, spends_reserve=0.5) == shared
    files.capacity_bytes += 8 * KIB
    with pytest.raises(StorageFull):
        log.append(b"this one makes the log look again")
    _fill(log)
    assert _fill(log, spends_reserve=0.5) == shared


def test_refused_append_changes_nothing() -> None:
    log = open_log(CrashableFiles(capacity_bytes=20 * KIB))
    _fill(log)
    before = texts(log)
    with pytest.raises(StorageFull, match="too full for new messages"):
        log.append(b"x")
    assert not log.begin_flush()
    assert texts(log) == before


def test_sends_work_again_when_there_is_room() -> None:
    files = CrashableFiles(capacity_bytes=20 * KIB)
    log = open_log(files)
    sends = _fill(log)
    files.capacity_bytes += 8 * KIB
    with pytest.raises(StorageFull):
        log.append(b"this one makes the log look again")
    more = append_all(log, [b"and now it is taken"])
    assert log.read(more[0]) == b"and now it is taken"
    assert len(texts(log)) == sends + 1


def test_dropping_a_segment_makes_room_at_once() -> None:
    files = CrashableFiles(capacity_bytes=20 * KIB)
    log = open_log(files, replace(SMALL, retry_s=1e9))
    _fill(log)
    log.drop(1)
    log.append(b"there is room")


def test_full_disk_is_not_looked_at_more_often_than_it_may() -> None:
    now = [1000.0]
    files = CrashableFiles(capacity_bytes=20 * KIB)
    log = open_log(files, replace(SMALL, retry_s=1.0, clock=lambda: now[0]))
    _fill(log)
    files.capacity_bytes *= 2
    for _ in range(5):
        with pytest.raises(StorageFull):
            log.append(b"too soon")
    now[0] += 1.0
    with pytest.raises(StorageFull):
        log.append(b"looks again")
    log.append(b"is taken")


def test_floor_is_left_for_deletes_and_snapshots() -> None:
    files = CrashableFiles(capacity_bytes=100 * KIB)
    log = open_log(files, replace(SMALL, floor_bytes=40 * KIB))
    _fill(log)
    assert files.free(DIRECTORY)[0] >= 40 * KIB
    assert _fill(log, spends_reserve=True) * 58 > 36 * KIB


def test_twice_the_last_snapshot_is_left_free() -> None:
    files = CrashableFiles(capacity_bytes=100 * KIB)
    partition = open_partition(DIRECTORY, files, SMALL)
    covers = append_all(partition.log, [b"x"])[0]
    partition.snapshots.save(covers, [bytes(15 * KIB)])
    _fill(partition.log)
    assert files.free(DIRECTORY)[0] >= 30 * KIB
    partition.snapshots.save(covers + (1 << 14), [bytes(25 * KIB)])
    partition.log.close()


def test_log_opens_on_a_disk_without_any_room() -> None:
    files = CrashableFiles(capacity_bytes=20 * KIB)
    log = open_log(files)
    sends = _fill(log)
    log.close()
    files.capacity_bytes = 0
    log = open_log(files)
    assert len(texts(log)) == sends
    with pytest.raises(StorageFull):
        log.append(b"send")
    assert _fill(log, spends_reserve=True) > 20
    log.close()
    assert verify_log(DIRECTORY, files).is_whole


def test_no_room_to_begin_a_log() -> None:
    files = CrashableFiles(capacity_bytes=KIB)
    with pytest.raises(StorageFull):
        open_log(files)
    assert files.list(DIRECTORY) == []


def test_failure_while_making_room_stops_the_log() -> None:
    files = CrashableFiles()
    log = open_log(files)
    files.fail = "sync"
    with pytest.raises(LogStopped, match="restart the server"):
        append_all(log, numbered(1000))
    with pytest.raises(LogStopped):
        log.begin_flush()


def test_append_waits_for_room_that_is_late() -> None:
    held = HeldExecutor()
    log = FileLog.open(DIRECTORY, CrashableFiles(), SMALL, held)
    records = numbered(1000, size=50)
    waits = 0
    for record in records:
        under_way = held.holds_any
        log.append(record)
        waits += under_way and not held.holds_any
    flush(log)
    assert waits > 5
    assert texts(log) == records


def test_reserve_is_whole_when_the_step_that_was_late_finds_no_room() -> None:
    files = CrashableFiles()
    held = HeldExecutor()
    log = FileLog.open(DIRECTORY, files, replace(SMALL, retry_s=1e9), held)
    held.run_all()
    files.capacity_bytes -= files.free(DIRECTORY)[0]
    _fill(log)
    assert not held.holds_any
    assert _fill(log, spends_reserve=True) * 58 >= SMALL.reserve_bytes - 200


def test_dropped_segment_becomes_the_next_one() -> None:
    files = CrashableFiles()
    log = open_log(files)
    append_all(log, numbered(200))
    log.drop(1)
    assert "spare.log" in files.list(DIRECTORY)
    append_all(log, numbered(120, start=200))
    assert "spare.log" not in files.list(DIRECTORY)
    newest, _ = log.segments()[-1]
    headers = [
        format.unpack_header(bytes(files.content(f"{DIRECTORY}/{number:08d}.log")))
        for number in range(2, newest + 1)
    ]
    assert sum(header.recycled for header in headers) == 1
    log.close()
    log = open_log(files.killed())
    assert log.cut is None
    assert texts(log, 2 << 40)[-1] == numbered(320)[-1]


def test_only_one_dropped_segment_is_kept() -> None:
    files = CrashableFiles()
    log = open_log(files)
    append_all(log, numbered(300))
    log.drop(1)
    log.drop(2)
    log.drop(3)
    names = files.list(DIRECTORY)
    assert "spare.log" in names
    assert not {"00000001.log", "00000002.log", "00000003.log"} & set(names)


def test_idle_log_is_small() -> None:
    files = CrashableFiles()
    log = FileLog.open(DIRECTORY, files, LogOptions(floor_bytes=0), InlineExecutor())
    used = files.capacity_bytes - files.free(DIRECTORY)[0]
    assert used <= 8 << 20
    log.close()


def test_options_refuse_a_segment_that_cannot_hold_the_reserve() -> None:
    with pytest.raises(ValueError, match="reserve"):
        LogOptions(segment_bytes=8 << 20)
    with pytest.raises(ValueError, match="at most"):
        LogOptions(segment_bytes=1 << 27)


def test_simulated_disk_is_a_port() -> None:
    files: Files = CrashableFiles()
    assert files.list(DIRECTORY) == []


@pytest.mark.parametrize("size", [300, 900, 1700])
def test_refusal_anywhere_leaves_what_is_written_after_it_alone(size: int) -> None:
    """Others may fill the disk at any moment, also when the log has just gone on in its next
    segment, of which it has little room so far."""
    records = numbered(32 * KIB // size, size=size)
    for filled_at in range(8 * KIB // size, len(records)):
        files = CrashableFiles()
        log = open_log(files)
        taken: list[bytes] = []
        for number, record in enumerate(records):
            if number == filled_at:
                files.capacity_bytes = (1 << 40) - files.free(DIRECTORY)[0]
            try:
                log.append(record, spends_reserve=filled_at < number < filled_at + 5)
            except StorageFull:
                continue
            taken.append(record)
            flush(log)
        files.capacity_bytes = 1 << 40
        for _ in range(2):
            try:
                append_all(log, numbered(1, size=size, start=1000))
            except StorageFull:
                continue
            taken += numbered(1, size=size, start=1000)
        assert texts(log) == taken
        assert len(taken) > filled_at + 1
