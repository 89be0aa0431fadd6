"""The log on a disk that loses power at any moment, for random histories.

The promise: everything flushed is there, in order; of what was not flushed a prefix of whole
batches may be; nothing else ever appears, also after several crashes in a row.
"""

import random

import pytest

from small_log import DIRECTORY, SMALL, flush, open_log
from tidegate.base.positions import segment_of
from tidegate.base.refusals import LogStopped
from tidegate.log.files.snapshots import FileSnapshots
from tidegate.log.files.store import FileLog
from tidegate.log.files.verify import verify_log
from tidegate.log.interface import DamagedLog
from tidegate.testing.files import CrashableFiles

BIG = 1500


class History:
    """Random work on a log, and what must be found after a loss of power at any point of it."""

    def __init__(self, seed: int, files: CrashableFiles, written: list[bytes]) -> None:
        self.dice = random.Random(seed)
        self.files = files
        self.flushed = list(written)
        self.appended = list(written)
        self.batch_ends = {len(written)}
        self.count = 0
        self.crashes: list[tuple[CrashableFiles, int, int]] = []
        self.clone_one_in = 1

    def crash_here(self) -> None:
        """A clone of the disk, with how much was flushed and appended when it was taken."""
        if self.dice.randrange(self.clone_one_in) == 0:
            disk = self.files.power_loss(self.dice.randrange(1 << 30))
            self.crashes.append((disk, len(self.flushed), len(self.appended)))

    def run(self, log: FileLog, steps: int) -> None:
        for _ in range(steps):
            for _ in range(self.dice.choice((0, 1, 1, 3, 12))):
                size = self.dice.choice((1, 30, 200, BIG))
                record = self.dice.randbytes(size - 1) + b"%d" % len(self.appended)
                log.append(record)
                self.appended.append(record)
            if self.dice.random() < 0.8 and log.begin_flush():
                closed = len(self.appended)
                if self.dice.random() < 0.3:
                    self.appended.append(b"meanwhile %d" % closed)
                    log.append(self.appended[-1])
                log.finish_flush()
                self.flushed = self.appended[:closed]

    def check(self, crash: tuple[CrashableFiles, int, int]) -> tuple[FileLog, list[bytes]]:
        disk, flushed, appended = crash
        log = open_log(disk)
        found = [record for _, record in log.replay(0)]
        assert found[:flushed] == self.appended[:flushed], "flushed records are lost"
        assert len(found) <= appended
        assert found == self.appended[: len(found)], "records appear that never were appended"
        for position, record in log.replay(0):
            assert log.read(position) == record
        return log, found


@pytest.mark.parametrize("seed", range(12))
def test_power_loss_at_every_write(seed: int) -> None:
    files = CrashableFiles()
    history = History(seed, files, [])
    log = open_log(files)
    files.before_change = history.crash_here
    history.run(log, 25)
    log.close()
    assert len(history.crashes) > 50
    for crash in history.crashes:
        history.check(crash)


@pytest.mark.parametrize("seed", range(12))
def test_power_loss_again_and_again(seed: int) -> None:
    """Also during recovery: each crash is taken from the disk that the one before left."""
    dice = random.Random(seed)
    disk, written = CrashableFiles(), list[bytes]()
    for round_number in range(12):
        history = History(seed * 100 + round_number, disk, written)
        history.crash_here()
        disk.before_change = history.crash_here
        log = open_log(disk)
        assert [record for _, record in log.replay(0)] == written
        history.run(log, 6)
        if dice.random() < 0.3:
            log.close()
        crash = dice.choice(history.crashes)
        crash[0].before_change = lambda: None
        _, written = history.check(crash)
        disk = crash[0].killed() if dice.random() < 0.5 else crash[0].power_loss(seed)
        again = open_log(disk)
        assert [record for _, record in again.replay(0)] == written, "recovery is not durable"
        disk = disk.killed()


@pytest.mark.parametrize("seed", range(8))
def test_power_loss_with_dropped_and_recycled_segments(seed: int) -> None:
    files = CrashableFiles()
    history = History(seed, files, [])
    history.clone_one_in = 3
    log = open_log(files)
    snapshots = FileSnapshots(DIRECTORY, files)
    files.before_change = history.crash_here
    for _ in range(12):
        history.run(log, 3)
        flush(log)
        history.flushed = list(history.appended)
        covers, count = 0, 0
        for position, _ in log.replay(_covered(snapshots)):
            covers = position
        if covers:
            count = len(history.flushed)
            snapshots.save(covers, [b"%d" % count])
            for number, _ in log.segments():
                if number < segment_of(covers):
                    log.drop(number)
    log.close()
    for disk, flushed, _ in history.crashes:
        loaded = FileSnapshots(DIRECTORY, disk).load()
        position, count = 0, 0
        if loaded is not None:
            position, parts = loaded
            count = int(b"".join(parts))
        found = [record for _, record in open_log(disk).replay(position)]
        assert count + len(found) >= flushed
        assert found == history.appended[count : count + len(found)]


def _covered(snapshots: FileSnapshots) -> int:
    loaded = snapshots.load()
    return 0 if loaded is None else loaded[0]


@pytest.mark.parametrize("seed", range(40))
def test_failed_sync_stops_and_is_not_believed_by_the_next_process(seed: int) -> None:
    """After the failure the system's cache may show what is not on the disk."""
    dice = random.Random(seed)
    files = CrashableFiles()
    log = open_log(files)
    acknowledged = [dice.randbytes(dice.randrange(1, 900)) for _ in range(dice.randrange(40))]
    for record in acknowledged:
        log.append(record)
    flush(log)
    doubtful = [dice.randbytes(700) for _ in range(dice.choice((1, 30)))]
    for record in doubtful:
        log.append(record)
    files.fail = dice.choice(("sync", "write"))
    with pytest.raises(LogStopped, match="restart the server"):
        flush(log)
    files.fail = None
    for call in (lambda: log.append(b"x"), log.begin_flush, log.finish_flush, lambda: log.read(1)):
        with pytest.raises(LogStopped):
            call()

    log.close()
    restarted = files.killed()
    shown = [record for _, record in open_log(restarted).replay(0)]
    assert shown[: len(acknowledged)] == acknowledged
    assert shown == (acknowledged + doubtful)[: len(shown)]
    later = restarted.power_loss(seed)
    assert [record for _, record in open_log(later).replay(0)] == shown


@pytest.mark.parametrize("seed", range(60))
def test_damaged_byte_is_never_served(seed: int) -> None:
    """After a log was closed in order, every byte of it that means something is guarded."""
    dice = random.Random(seed)
    files = CrashableFiles()
    log = open_log(files)
    written: dict[int, bytes] = {}
    for _ in range(30):
        for _ in range(dice.randrange(1, 6)):
            record = dice.randbytes(dice.choice((1, 60, 500)))
            written[log.append(record)] = record
        flush(log)
    ends = _ends(log)
    log.close()
    assert verify_log(DIRECTORY, files).findings == []

    number = dice.choice(list(ends))
    at = dice.randrange(ends[number])
    files.content(f"{DIRECTORY}/{number:08d}.log")[at] ^= 1 << dice.randrange(8)

    verified = verify_log(DIRECTORY, files)
    assert not verified.is_whole
    assert verified.findings[0].file.endswith(f"{number:08d}.log")
    served, failed = _serve_all(files, list(written))
    assert failed, "neither opening, nor replay, nor a read said anything"
    for position, record in served.items():
        assert written[position] == record


def _ends(log: FileLog) -> dict[int, int]:
    """Segment to the end of its last frame or, behind it, the mark that closes it."""
    ends: dict[int, int] = {}
    for position, record in log.replay(0):
        ends[segment_of(position)] = (position >> 14 & (1 << 26) - 1) + 8 + len(record) + 16
    return ends


def _serve_all(files: CrashableFiles, positions: list[int]) -> tuple[dict[int, bytes], bool]:
    """What replay and reads give before they refuse; and whether they refuse."""
    served: dict[int, bytes] = {}
    try:
        log = FileLog.open(DIRECTORY, files, SMALL)
        try:
            for position, record in log.replay(0):
                served[position] = record
            for position in positions:
                served[position] = log.read(position)
        finally:
            log.close()
    except DamagedLog:
        return served, True
    return served, False
