import random

import pytest

from small_log import DIRECTORY, append_all, numbered, open_log
from tidegate.base.refusals import Fault, StorageFull
from tidegate.log.files.snapshots import FileSnapshots, snapshot_name
from tidegate.log.interface import DamagedLog
from tidegate.testing.files import CrashableFiles

PARTS = [b"first part", b"", b"x" * 5000, b"last"]


def load(files: CrashableFiles) -> tuple[int, list[bytes]] | None:
    loaded = FileSnapshots(DIRECTORY, files).load()
    return None if loaded is None else (loaded[0], list(loaded[1]))


def path(covers: int) -> str:
    return f"{DIRECTORY}/{snapshot_name(covers)}"


@pytest.mark.parametrize("seed", range(5))
def test_loss_of_power_at_any_moment_leaves_the_old_or_the_new_one(seed: int) -> None:
    files = CrashableFiles()
    snapshots = FileSnapshots(DIRECTORY, files)
    snapshots.save(7, [b"old"])
    disks: list[CrashableFiles] = []
    dice = random.Random(seed)
    files.before_change = lambda: disks.append(files.power_loss(dice.randrange(1 << 30)))
    snapshots.save(9, PARTS)
    assert len(disks) > 8
    for disk in disks:
        assert load(disk) in ((7, [b"old"]), (9, PARTS))
    assert load(files.power_loss(seed)) == (9, PARTS)


def test_older_snapshots_and_halves_are_removed() -> None:
    files = CrashableFiles()
    files.put(f"{DIRECTORY}/snapshot.tmp", b"half")
    snapshots = FileSnapshots(DIRECTORY, files)
    assert snapshots.load() is None
    for covers in (3, 5, 4):
        snapshots.save(covers, PARTS)
    assert files.list(DIRECTORY) == [snapshot_name(4)]


def test_every_damaged_byte_is_noticed() -> None:
    files = CrashableFiles()
    FileSnapshots(DIRECTORY, files).save(7, [b"first", b"second"])
    content = files.content(path(7))
    for at in range(len(content)):
        content[at] ^= 0x10
        with pytest.raises(DamagedLog):
            load(files)
        content[at] ^= 0x10
    assert load(files) == (7, [b"first", b"second"])


def test_shortened_and_lengthened_snapshots_are_noticed() -> None:
    files = CrashableFiles()
    FileSnapshots(DIRECTORY, files).save(7, [b"first", b"second"])
    whole = bytes(files.content(path(7)))
    for length in range(len(whole)):
        files.put(path(7), whole[:length])
        with pytest.raises(DamagedLog):
            load(files)
    files.put(path(7), whole + b"\0")
    with pytest.raises(DamagedLog):
        load(files)


def test_snapshot_under_another_name_is_refused() -> None:
    files = CrashableFiles()
    FileSnapshots(DIRECTORY, files).save(7, PARTS)
    files.put(path(8), bytes(files.content(path(7))))
    files.unlink(path(7))
    with pytest.raises(DamagedLog, match="another file's name"):
        load(files)


def test_damage_while_a_snapshot_is_read_is_raised_before_the_part_is_given() -> None:
    files = CrashableFiles()
    snapshots = FileSnapshots(DIRECTORY, files)
    snapshots.save(7, [b"first", b"second"])
    loaded = snapshots.load()
    assert loaded is not None
    assert next(loaded[1]) == b"first"
    content = files.content(path(7))
    content[content.index(b"second")] ^= 1
    with pytest.raises(DamagedLog):
        next(loaded[1])


def _disk_with_two_snapshots() -> tuple[CrashableFiles, int, int]:
    """The older one's removal was lost; the newer one is damaged."""
    files = CrashableFiles()
    log = open_log(files)
    positions = append_all(log, numbered(300))
    old, new = positions[150], positions[-1]
    snapshots = FileSnapshots(DIRECTORY, files)
    snapshots.save(old, [b"old"])
    kept = bytes(files.content(path(old)))
    snapshots.save(new, [b"new"])
    files.put(path(old), kept)
    files.content(path(new))[-1] ^= 1
    return files, old, new


def test_damaged_newest_falls_back_to_an_older_one_whose_segments_are_there() -> None:
    files, old, _ = _disk_with_two_snapshots()
    snapshots = FileSnapshots(DIRECTORY, files)
    loaded = snapshots.load()
    assert loaded is not None
    assert (loaded[0], list(loaded[1])) == (old, [b"old"])
    assert snapshots.passed_over is not None


def test_damaged_newest_is_an_error_when_segments_behind_the_older_one_are_gone() -> None:
    files, old, new = _disk_with_two_snapshots()
    files.unlink(f"{DIRECTORY}/{old >> 40:08d}.log")
    with pytest.raises(DamagedLog, match=snapshot_name(new)):
        load(files)


def test_only_snapshot_damaged_falls_back_to_the_whole_log() -> None:
    files, old, _ = _disk_with_two_snapshots()
    files.unlink(path(old))
    assert load(files) is None
    files.unlink(f"{DIRECTORY}/00000001.log")
    with pytest.raises(DamagedLog):
        load(files)


def test_full_disk_leaves_the_old_snapshot_and_no_half() -> None:
    files = CrashableFiles(capacity_bytes=6000)
    snapshots = FileSnapshots(DIRECTORY, files)
    snapshots.save(7, [b"old"])
    with pytest.raises(StorageFull):
        snapshots.save(8, [bytes(1000)] * 10)
    assert load(files) == (7, [b"old"])
    assert files.list(DIRECTORY) == [snapshot_name(7)]


def test_failed_sync_leaves_the_old_snapshot() -> None:
    files = CrashableFiles()
    snapshots = FileSnapshots(DIRECTORY, files)
    snapshots.save(7, [b"old"])
    files.fail = "sync"
    with pytest.raises(Fault):
        snapshots.save(8, PARTS)
    files.fail = None
    assert load(files.power_loss(1)) == (7, [b"old"])


def test_size_is_known_after_save_and_after_a_restart() -> None:
    files = CrashableFiles()
    snapshots = FileSnapshots(DIRECTORY, files)
    assert snapshots.size_bytes == 0
    snapshots.save(7, PARTS)
    assert snapshots.size_bytes == files.size(path(7))
    assert FileSnapshots(DIRECTORY, files).size_bytes == files.size(path(7))
