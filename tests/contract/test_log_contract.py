"""One suite over every log and snapshot store: what the rest of the server relies on."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from small_log import DIRECTORY, SMALL, append_all, flush, numbered, open_log, texts
from tidegate.base.positions import length_of, segment_of
from tidegate.base.refusals import LogStopped
from tidegate.log.files.snapshots import FileSnapshots
from tidegate.log.files.store import FileLog
from tidegate.log.interface import DamagedLog, Log, SnapshotStore
from tidegate.log.memory import MemoryLog, MemorySnapshots
from tidegate.testing.files import CrashableFiles


class World:
    """A log, and how a new process finds it after a kill."""

    def __init__(self, log: Log, reopen: Callable[[Log], Log]) -> None:
        self.log = log
        self._reopen = reopen

    def reopen(self) -> Log:
        self.log = self._reopen(self.log)
        return self.log


def _on_disk(path: Path) -> World:
    threads: list[ThreadPoolExecutor] = []

    def reopen(_: Log) -> Log:
        for thread in threads:  # A process that was killed has no thread that goes on.
            thread.shutdown()
        threads.append(ThreadPoolExecutor(1))
        return FileLog.open(str(path), options=SMALL, executor=threads[-1])

    return World(reopen(MemoryLog()), reopen)


def _in_memory() -> World:
    def reopen(log: Log) -> Log:
        assert isinstance(log, MemoryLog)
        return log.survivor()

    return World(MemoryLog(segment_bytes=8192), reopen)


def _simulated() -> World:
    disks = [CrashableFiles()]

    def reopen(_: Log) -> Log:
        disks.append(disks[-1].killed())
        return open_log(disks[-1])

    return World(open_log(disks[0]), reopen)


@pytest.fixture(params=["memory", "disk", "simulated disk"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "memory":
        world = _in_memory()
    elif request.param == "disk":
        world = _on_disk(tmp_path)
    else:
        world = _simulated()
    yield world
    world.log.close()


def test_flushed_records_are_read_and_replayed_in_order(world: World) -> None:
    records = numbered(50)
    positions = append_all(world.log, records)
    assert [world.log.read(position) for position in positions] == records
    assert list(world.log.replay(0)) == list(zip(positions, records, strict=True))


def test_positions_grow_and_are_never_zero(world: World) -> None:
    positions = append_all(world.log, numbered(300))
    assert positions == sorted(set(positions))
    assert positions[0] > 0


def test_position_says_how_long_the_record_is_at_most(world: World) -> None:
    for size in (1, 119, 120, 121, 1000):
        (position,) = append_all(world.log, [b"x" * size])
        assert size < length_of(position) < size + 8 + 128


def test_log_goes_on_in_the_next_segment(world: World) -> None:
    records = numbered(300)
    positions = append_all(world.log, records)
    assert segment_of(positions[-1]) > 2
    assert texts(world.log) == records
    assert [n for n, _ in world.log.segments()] == list(range(1, segment_of(positions[-1]) + 1))


def test_records_of_any_bytes_and_sizes_come_back(world: World) -> None:
    records = [bytes([n]) * (n + 1) for n in range(256)] + [bytes(4000), b"\xff" * 4000]
    positions = append_all(world.log, records)
    assert world.log.read_many(positions) == records


def test_read_many_keeps_the_order_that_was_asked_for(world: World) -> None:
    records = numbered(200)
    positions = append_all(world.log, records)
    chosen = [150, 3, 4, 5, 199, 3, 77]
    assert world.log.read_many([positions[i] for i in chosen]) == [records[i] for i in chosen]
    assert world.log.read_many([]) == []


def test_replay_begins_behind_the_position(world: World) -> None:
    records = numbered(200)
    positions = append_all(world.log, records)
    for index in (0, 1, 60, 150, 198):
        assert texts(world.log, positions[index]) == records[index + 1 :]
    assert texts(world.log, positions[-1]) == []


def test_what_is_not_flushed_is_not_replayed(world: World) -> None:
    append_all(world.log, [b"first"])
    world.log.append(b"second")
    assert texts(world.log) == [b"first"]
    assert world.log.begin_flush()
    assert texts(world.log) == [b"first"]
    world.log.finish_flush()
    assert texts(world.log) == [b"first", b"second"]


def test_appends_during_a_flush_belong_to_the_next_one(world: World) -> None:
    world.log.append(b"first")
    assert world.log.begin_flush()
    second = world.log.append(b"second")
    world.log.finish_flush()
    assert texts(world.log) == [b"first"]
    assert world.log.begin_flush()
    world.log.finish_flush()
    assert world.log.read(second) == b"second"
    assert not world.log.begin_flush()


def test_new_process_finds_what_was_flushed_and_goes_on(world: World) -> None:
    records = numbered(150)
    positions = append_all(world.log, records)
    world.log.append(b"never flushed")
    log = world.reopen()
    assert texts(log) == records
    more = append_all(log, numbered(150, start=150))
    assert more[0] > positions[-1]
    assert texts(world.reopen()) == numbered(300)


def test_closed_log_is_whole_and_takes_nothing(world: World) -> None:
    position = world.log.append(b"gathered")
    world.log.close()
    for call in (
        lambda: world.log.append(b"x"),
        lambda: world.log.begin_flush(),
        lambda: world.log.read(position),
        lambda: list(world.log.replay(0)),
    ):
        with pytest.raises(LogStopped):
            call()
    assert texts(world.reopen()) == [b"gathered"]


def test_dropped_segment_is_gone_and_the_rest_is_served(world: World) -> None:
    records = numbered(300)
    positions = append_all(world.log, records)
    world.log.drop(1)
    assert world.log.segments()[0][0] == 2
    later = [i for i, position in enumerate(positions) if segment_of(position) > 1]
    assert world.log.read(positions[later[0]]) == records[later[0]]
    covers = positions[later[10]]
    assert texts(world.log, covers) == records[later[11] :]
    assert texts(world.reopen(), covers) == records[later[11] :]


def test_replay_over_a_dropped_segment_is_damage(world: World) -> None:
    append_all(world.log, numbered(300))
    world.log.drop(1)
    with pytest.raises(DamagedLog):
        list(world.log.replay(0))


def test_replay_behind_the_end_is_damage(world: World) -> None:
    (position,) = append_all(world.log, [b"only"])
    with pytest.raises(DamagedLog):
        list(world.log.replay(position + (1 << 30)))


def test_drops_while_a_flush_is_under_way(world: World) -> None:
    append_all(world.log, numbered(300))
    world.log.append(b"later")
    assert world.log.begin_flush()
    world.log.drop(2)
    world.log.drop(1)
    world.log.finish_flush()
    newest = world.log.segments()[-1][0]
    assert texts(world.log, newest << 40)[-1] == b"later"


# --- Snapshots ------------------------------------------------------------------------------


@pytest.fixture(params=["memory", "disk", "simulated disk"])
def snapshots(request: pytest.FixtureRequest, tmp_path: Path) -> SnapshotStore:
    if request.param == "memory":
        return MemorySnapshots()
    if request.param == "disk":
        return FileSnapshots(str(tmp_path))
    return FileSnapshots(DIRECTORY, CrashableFiles())


def _loaded(snapshots: SnapshotStore) -> tuple[int, list[bytes]] | None:
    loaded = snapshots.load()
    return None if loaded is None else (loaded[0], list(loaded[1]))


def test_no_snapshot_at_first(snapshots: SnapshotStore) -> None:
    assert snapshots.load() is None


def test_newest_snapshot_is_loaded(snapshots: SnapshotStore) -> None:
    snapshots.save(7, [b"old"])
    snapshots.save(1 << 50, iter([b"", b"new", bytes(3 << 20)]))
    assert _loaded(snapshots) == (1 << 50, [b"", b"new", bytes(3 << 20)])


def test_snapshot_of_the_same_position_is_replaced(snapshots: SnapshotStore) -> None:
    snapshots.save(7, [b"old"])
    snapshots.save(7, [])
    assert _loaded(snapshots) == (7, [])


def test_snapshot_that_failed_half_way_leaves_the_old_one(snapshots: SnapshotStore) -> None:
    def parts() -> Iterator[bytes]:
        yield b"half"
        raise RuntimeError("no more")

    snapshots.save(7, [b"old"])
    with pytest.raises(RuntimeError):
        snapshots.save(8, parts())
    assert _loaded(snapshots) == (7, [b"old"])


def test_stopped_log_takes_nothing_and_writes_nothing_more(world: World) -> None:
    append_all(world.log, [b"flushed"])
    world.log.append(b"gathered")
    world.log.stop("a bug")
    for call in (lambda: world.log.append(b"x"), world.log.begin_flush, lambda: world.log.read(1)):
        with pytest.raises(LogStopped, match="a bug"):
            call()
    world.log.close()
    assert texts(world.reopen()) == [b"flushed"]


def test_flush_of_nothing_is_no_flush(world: World) -> None:
    assert not world.log.begin_flush()
    flush(world.log)
    assert texts(world.log) == []
