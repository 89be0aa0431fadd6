"""Looking at a stopped server's log: nothing is changed, and nothing missing is passed over."""

import pytest

from small_log import DIRECTORY, append_all, numbered, open_log
from tidegate.base.positions import pack_position
from tidegate.log.files.onlooking import Onlooker
from tidegate.log.files.segment import segment_name
from tidegate.log.interface import DamagedLog
from tidegate.testing.files import CrashableFiles


@pytest.fixture
def files() -> CrashableFiles:
    """A log of several segments that was left, not closed."""
    files = CrashableFiles()
    log = open_log(files)
    for record in numbered(300):
        append_all(log, [record])

    def refuse_changes() -> None:
        raise AssertionError("whoever looks on changes nothing")

    killed = files.killed()
    killed.before_change = refuse_changes
    return killed


def lose(files: CrashableFiles, number: int) -> None:
    refuse, files.before_change = files.before_change, lambda: None
    files.unlink(f"{DIRECTORY}/{segment_name(number)}")
    files.before_change = refuse


def replayed(files: CrashableFiles, after: int = 0) -> list[bytes]:
    return [record for _, record in Onlooker(DIRECTORY, files).replay(after)]


def test_whole_log_is_shown(files: CrashableFiles) -> None:
    assert replayed(files) == numbered(300)


def test_missing_segment_is_named(files: CrashableFiles) -> None:
    lose(files, 2)
    with pytest.raises(DamagedLog, match=r"00000002\.log .*missing"):
        replayed(files)


def test_segments_before_what_a_snapshot_covers_may_be_gone(files: CrashableFiles) -> None:
    positions = [position for position, _ in Onlooker(DIRECTORY, files).replay(0)]
    lose(files, 1)
    assert replayed(files, positions[200]) == numbered(99, start=201)


def test_log_that_ends_before_what_a_snapshot_covers_is_refused(files: CrashableFiles) -> None:
    last = Onlooker(DIRECTORY, files).segments()[-1][0]
    with pytest.raises(DamagedLog, match=r"missing"):
        replayed(files, pack_position(last + 1, 1024, 128))
    for number in range(2, last + 1):
        lose(files, number)
    with pytest.raises(DamagedLog, match="ends before"):
        replayed(files, pack_position(1, 8191, 128))
