"""Recovery: the newest snapshot and the log behind it make the state, or say what is wrong."""

import pytest

from engine_harness import Engine, observe
from tidegate.base.positions import offset_of
from tidegate.engine import codec, snapshot
from tidegate.log.interface import DamagedLog
from tidegate.log.memory import MemoryLog, MemorySnapshots
from tidegate.runtime.recovery import Tail, recover


class Written:
    """The log of an engine, as recovery reads it."""

    def __init__(self, engine: Engine) -> None:
        self.records = list(engine.records)

    def replay(self, after: int) -> list[tuple[int, bytes]]:
        return [each for each in self.records if each[0] > after]


@pytest.fixture
def engine() -> Engine:
    engine = Engine()
    engine.create("q")
    engine.send_all("q", "abcdef")
    engine.delete("q", *engine.receive("q", 2))
    engine.receive("q", 1, visibility=600)
    return engine


def test_nothing_gives_an_empty_state() -> None:
    state, covers, tail = recover(MemoryLog(), MemorySnapshots())
    assert state.queues == {}
    assert covers == 0
    assert tail == Tail()


def test_log_alone_gives_the_state(engine: Engine) -> None:
    state, covers, tail = recover(Written(engine), MemorySnapshots())
    assert observe(state, engine.now) == observe(engine.state, engine.now)
    assert covers == 0
    assert tail == Tail(
        last_position=engine.records[-1][0],
        records=len(engine.records),
        bytes=sum(len(data) for _, data in engine.records),
    )


def test_snapshot_and_the_log_behind_it_give_the_state(engine: Engine) -> None:
    snapshots = MemorySnapshots()
    covers = engine.records[-1][0]
    snapshots.save(covers, snapshot.capture(engine.state).encode())
    engine.send_all("q", "gh")
    log = Written(engine)
    # What the snapshot covers need not be there.
    log.records = log.replay(covers)
    state, found, tail = recover(log, snapshots)
    assert observe(state, engine.now) == observe(engine.state, engine.now)
    assert found == covers
    assert tail.records == 2


def test_snapshot_alone_gives_the_state_and_an_empty_tail(engine: Engine) -> None:
    snapshots = MemorySnapshots()
    covers = engine.records[-1][0]
    snapshots.save(covers, snapshot.capture(engine.state).encode())
    assert recover(Written(engine), snapshots).tail == Tail(covers, 0, 0)


def test_nobody_is_woken_by_the_past(engine: Engine) -> None:
    assert recover(Written(engine), MemorySnapshots()).state.awake == {}


def test_record_that_cannot_be_read_is_named_with_its_place(engine: Engine) -> None:
    log = Written(engine)
    position, _ = log.records[3]
    log.records[3] = (position, b"\x93\x63no record")
    with pytest.raises(DamagedLog) as raised:
        recover(log, MemorySnapshots())
    assert raised.value.file == "segment 1"
    assert raised.value.offset == offset_of(position)


def test_snapshot_that_is_not_whole_is_refused(engine: Engine) -> None:
    snapshots = MemorySnapshots()
    parts = list(snapshot.capture(engine.state).encode())
    for wrong in (parts[:-1], parts[:1], [b"\x93\x63", *parts[1:]], [codec.encode_command(None)]):
        snapshots.save(engine.records[-1][0], wrong)
        with pytest.raises(DamagedLog, match="snapshot"):
            recover(Written(engine), snapshots)
