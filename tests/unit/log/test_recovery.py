"""What opening a log finds, repairs, reports and refuses."""

import pytest

from small_log import DIRECTORY, SMALL, append_all, numbered, open_log, texts
from tidegate.base.positions import pack_position
from tidegate.log.files.snapshots import FileSnapshots
from tidegate.log.files.store import FileLog
from tidegate.log.interface import DamagedLog
from tidegate.testing.executors import InlineExecutor
from tidegate.testing.files import CrashableFiles


def path(number: int) -> str:
    return f"{DIRECTORY}/{number:08d}.log"


def disk_with(*batches: list[bytes]) -> CrashableFiles:
    """A disk whose log was not closed, only left."""
    files = CrashableFiles()
    log = open_log(files)
    for records in batches:
        append_all(log, records)
    return files.killed()


def test_torn_tail_is_cut_and_reported() -> None:
    files = disk_with([b"first"], [b"x" * 600, b"second"])
    content = files.content(path(1))
    content[content.index(b"second")] ^= 1
    log = open_log(files)
    assert texts(log) == [b"first"]
    assert log.cut is not None
    assert log.cut.file == path(1)
    assert log.cut.offset == 512 + 16 + 8 + 5
    assert log.cut.size_bytes == 16 + 8 + 600 + 8 + 6


def test_cut_bytes_never_come_alive() -> None:
    files = disk_with([b"first"], [b"dead one", b"dead two"])
    content = files.content(path(1))
    content[content.index(b"dead two")] ^= 1
    log = open_log(files)
    append_all(log, [b"alive"])
    assert b"dead" not in files.content(path(1))
    files = files.killed()
    assert texts(open_log(files)) == [b"first", b"alive"]


def test_log_without_a_torn_tail_reports_no_cut() -> None:
    log = open_log(disk_with([b"first"]))
    assert log.cut is None


def test_damaged_mark_before_a_whole_batch_refuses_to_open() -> None:
    files = disk_with([b"first"], [b"second"], [b"third"])
    content = files.content(path(1))
    content[content.index(b"second") - 20] ^= 1
    with pytest.raises(DamagedLog, match=r"00000001\.log is damaged at offset 541"):
        open_log(files)


def test_damaged_record_before_a_whole_batch_is_found_by_replay_and_read() -> None:
    files = disk_with([b"first"], [b"second"], [b"third"])
    content = files.content(path(1))
    at = content.index(b"second")
    content[at] ^= 1
    log = open_log(files)
    replay = log.replay(0)
    assert next(replay)[1] == b"first"
    with pytest.raises(DamagedLog) as caught:
        next(replay)
    assert (caught.value.file, caught.value.offset) == (path(1), at - 8)
    with pytest.raises(DamagedLog, match="no whole record"):
        log.read(1 << 40 | (at - 8) << 14 | 1)
    with pytest.raises(DamagedLog, match="no whole record"):
        log.read_many([1 << 40 | 528 << 14 | 1, 1 << 40 | (at - 8) << 14 | 1])


def test_damage_in_the_last_batch_of_a_log_closed_in_order_refuses_to_open() -> None:
    files = CrashableFiles()
    log = open_log(files)
    append_all(log, [b"first"])
    log.close()
    content = files.content(path(1))
    content[content.index(b"first")] ^= 1
    with pytest.raises(DamagedLog):
        list(open_log(files).replay(0))


def test_missing_end_of_an_earlier_segment_is_damage() -> None:
    files = disk_with(*[[record] for record in numbered(300)])
    content = files.content(path(1))
    end = content.rindex(b"TGEN") - 4
    content[end : end + 16] = bytes(16)
    with pytest.raises(DamagedLog) as caught:
        texts(open_log(files))
    assert (caught.value.file, caught.value.offset) == (path(1), end)


def test_missing_segment_is_named() -> None:
    files = disk_with(*[[record] for record in numbered(300)])
    files.unlink(path(2))
    log = open_log(files)
    with pytest.raises(DamagedLog, match=r"00000002\.log .*missing"):
        texts(log)
    with pytest.raises(DamagedLog, match=r"00000002\.log .*missing"):
        log.read(2 << 40 | 528 << 14 | 1)
    assert texts(log, 3 << 40)


def refuse_changes() -> None:
    raise AssertionError("what is refused is left as it is")


def test_snapshot_without_any_segment_is_refused_and_nothing_is_made() -> None:
    files = disk_with(*[[record] for record in numbered(300)])
    FileSnapshots(DIRECTORY, files).save(pack_position(3, 1024, 128), [b"state"])
    for name in files.list(DIRECTORY):
        if name.endswith(".log"):
            files.unlink(f"{DIRECTORY}/{name}")
    files.before_change = refuse_changes
    with pytest.raises(DamagedLog, match=r"00000003\.log .*missing") as caught:
        open_log(files)
    assert (caught.value.file, caught.value.offset) == (path(3), 0)


def test_missing_segment_that_a_snapshot_ends_in_is_refused_and_nothing_is_changed() -> None:
    files = disk_with(*[[record] for record in numbered(300)])
    last = max(name for name in files.list(DIRECTORY) if name.endswith(".log"))
    beyond = int(last[:8]) + 1
    FileSnapshots(DIRECTORY, files).save(pack_position(beyond, 1024, 128), [b"state"])
    files.before_change = refuse_changes
    with pytest.raises(DamagedLog, match=rf"{beyond:08d}\.log .*missing"):
        open_log(files)


def test_log_that_ends_before_what_a_snapshot_covers_is_refused_and_nothing_is_changed() -> None:
    files = disk_with([b"first"], [b"second"])
    FileSnapshots(DIRECTORY, files).save(pack_position(1, 2048, 128), [b"state"])
    content = files.content(path(1))
    content[content.index(b"second")] ^= 1
    files.before_change = refuse_changes
    with pytest.raises(DamagedLog, match="ends before the record that a snapshot covers") as caught:
        open_log(files)
    assert (caught.value.file, caught.value.offset) == (path(1), 512 + 16 + 8 + 5)


def test_damaged_header_is_named() -> None:
    files = disk_with([b"first"])
    files.content(path(1))[300] ^= 1
    with pytest.raises(DamagedLog, match=r"00000001\.log is damaged at offset 0"):
        open_log(files)


def test_file_under_another_segments_name_is_refused() -> None:
    files = disk_with(*[[record] for record in numbered(300)])
    files.put(path(2), bytes(files.content(path(3))))
    with pytest.raises(DamagedLog, match="this is the file of segment 3"):
        open_log(files)


def test_segment_of_another_log_is_refused() -> None:
    files = disk_with(*[[record] for record in numbered(300)])
    other = disk_with(*[[record] for record in numbered(300)])
    files.put(path(1), bytes(other.content(path(1))))
    with pytest.raises(DamagedLog, match="another log"):
        open_log(files)


def test_leftovers_of_preparation_are_removed() -> None:
    files = disk_with([b"first"])
    files.put(path(3) + ".tmp", b"half a header")
    files.put(f"{DIRECTORY}/spare.log", b"of another size")
    open_log(files)
    assert sorted(files.list(DIRECTORY)) == ["00000001.log", "00000002.log"] or sorted(
        files.list(DIRECTORY)
    ) == ["00000001.log"]


def test_larger_segments_after_a_change_of_settings() -> None:
    from dataclasses import replace

    files = disk_with(numbered(150))
    for size in (16384, 8192, 32768):
        options = replace(SMALL, segment_bytes=size)
        log = FileLog.open(DIRECTORY, files, options, InlineExecutor())
        before = len(texts(log))
        append_all(log, numbered(150, start=before))
        files = files.killed()
    assert texts(open_log(files)) == numbered(600)


def test_many_restarts_do_not_grow_the_log() -> None:
    files = disk_with([b"first"])
    for _ in range(20):
        open_log(files).close()
    assert len(files.list(DIRECTORY)) <= 2
    assert texts(open_log(files)) == [b"first"]
