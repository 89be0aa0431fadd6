import random

import pytest

from small_log import DIRECTORY, append_all, numbered, open_log
from tidegate.base.positions import pack_position
from tidegate.log.files.snapshots import FileSnapshots, snapshot_name
from tidegate.log.files.verify import verify_log
from tidegate.testing.files import CrashableFiles


def closed_log() -> CrashableFiles:
    files = CrashableFiles()
    log = open_log(files)
    positions = append_all(log, numbered(10))
    for record in numbered(300):
        positions += append_all(log, [record])
    FileSnapshots(DIRECTORY, files).save(positions[200], [b"state"])
    log.close()
    return files


def path(number: int) -> str:
    return f"{DIRECTORY}/{number:08d}.log"


def test_whole_log_has_no_findings_and_is_counted() -> None:
    files = closed_log()
    verified = verify_log(DIRECTORY, files)
    assert verified.findings == []
    assert verified.records == 310
    assert sum(segment.batches for segment in verified.segments) == 302
    assert [size for _, size in verified.snapshots] == [
        files.size(f"{DIRECTORY}/{snapshot_name(verified.snapshots[0][0])}")
    ]


def test_log_that_was_not_closed_is_whole() -> None:
    files = CrashableFiles()
    append_all(open_log(files), numbered(300))
    assert verify_log(DIRECTORY, files).findings == []


def test_all_damages_are_named_and_the_rest_is_counted() -> None:
    files = closed_log()
    content = files.content(path(2))
    marks = [at for at in range(len(content)) if content[at : at + 4] == b"TGBA"]
    content[marks[3] + 5] ^= 1
    content[marks[10] + 40] ^= 1
    verified = verify_log(DIRECTORY, files)
    assert [finding.offset for finding in verified.findings] == [marks[3] - 4, marks[10] + 12]
    assert {finding.file for finding in verified.findings} == {path(2)}
    assert verified.records == 308


def test_torn_tail_is_no_damage() -> None:
    files = CrashableFiles()
    log = open_log(files)
    append_all(log, [b"first"])
    append_all(log, [b"second"])
    content = files.content(path(1))
    content[content.index(b"second")] ^= 1
    verified = verify_log(DIRECTORY, files)
    assert verified.is_whole
    assert [finding.is_damage for finding in verified.findings] == [False]
    assert verified.records == 1


def test_missing_segments_matter_from_the_snapshot_on() -> None:
    files = closed_log()
    covered = verify_log(DIRECTORY, files).snapshots[0][0] >> 40
    assert covered > 2
    files.unlink(path(1))
    assert verify_log(DIRECTORY, files).is_whole
    files.unlink(path(covered))
    verified = verify_log(DIRECTORY, files)
    assert [(finding.file, finding.what) for finding in verified.findings] == [
        (path(covered), "the segment's file is missing")
    ]


def test_log_that_ends_before_what_the_snapshot_covers_is_damaged() -> None:
    files = closed_log()
    covers = verify_log(DIRECTORY, files).snapshots[0][0]
    name = snapshot_name(covers)
    other = CrashableFiles()
    open_log(other).close()
    other.put(f"{DIRECTORY}/{name}", bytes(files.content(f"{DIRECTORY}/{name}")))
    verified = verify_log(DIRECTORY, other)
    assert [(finding.file, finding.what) for finding in verified.findings] == [
        (path(covers >> 40), "the segment that the snapshot ends in is missing")
    ]
    FileSnapshots(DIRECTORY, other).save(pack_position(1, 2048, 128), [b"state"])
    verified = verify_log(DIRECTORY, other)
    assert [(finding.file, finding.offset, finding.what) for finding in verified.findings] == [
        (path(1), 528, "the log ends before the record that the snapshot covers")
    ]
    assert not verified.is_whole


def test_log_that_ends_with_what_the_snapshot_covers_is_whole() -> None:
    files = CrashableFiles()
    log = open_log(files)
    (position,) = append_all(log, [b"only"])
    FileSnapshots(DIRECTORY, files).save(position, [b"state"])
    assert verify_log(DIRECTORY, files).findings == []
    log.close()
    assert verify_log(DIRECTORY, files).findings == []


def test_missing_end_of_a_segment_is_damage() -> None:
    files = closed_log()
    content = files.content(path(1))
    end = content.rindex(b"TGEN") - 4
    content[end : end + 16] = bytes(16)
    verified = verify_log(DIRECTORY, files)
    assert [(f.file, f.offset, f.is_damage) for f in verified.findings] == [(path(1), end, True)]


def test_damaged_snapshot_is_named() -> None:
    files = closed_log()
    name = snapshot_name(verify_log(DIRECTORY, files).snapshots[0][0])
    files.content(f"{DIRECTORY}/{name}")[-1] ^= 1
    verified = verify_log(DIRECTORY, files)
    assert [finding.file for finding in verified.findings] == [f"{DIRECTORY}/{name}"]


def test_unreadable_file_is_a_finding() -> None:
    files = closed_log()
    files.fail, files.fail_suffix = "read", path(2)
    verified = verify_log(DIRECTORY, files)
    assert not verified.is_whole
    assert verified.findings[0].file == path(2)


def test_empty_directory_is_whole() -> None:
    assert verify_log(DIRECTORY, CrashableFiles()).is_whole


@pytest.mark.parametrize("seed", range(20))
def test_garbage_is_got_through_and_nothing_is_changed(seed: int) -> None:
    dice = random.Random(seed)
    files = closed_log()
    files.put(f"{DIRECTORY}/99999999.log", dice.randbytes(3000))
    files.put(f"{DIRECTORY}/{snapshot_name(1 << 63)}", dice.randbytes(300))
    files.put(f"{DIRECTORY}/notes.txt", b"not ours")
    for name in files.list(DIRECTORY):
        content = files.content(f"{DIRECTORY}/{name}")
        for _ in range(dice.randrange(4)):
            at = dice.randrange(len(content))
            content[at : at + 50] = dice.randbytes(dice.randrange(50))
    before = {name: bytes(files.content(f"{DIRECTORY}/{name}")) for name in files.list(DIRECTORY)}

    def no_change() -> None:
        raise AssertionError("verify changes nothing")

    files.before_change = no_change
    assert not verify_log(DIRECTORY, files).is_whole
    assert before == {
        name: bytes(files.content(f"{DIRECTORY}/{name}")) for name in files.list(DIRECTORY)
    }
