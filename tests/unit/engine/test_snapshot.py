"""Snapshots: the state in parts, at one moment, whatever happens while they are written."""

from __future__ import annotations

import msgspec
import pytest

from engine_harness import Engine, arn, bodies, check_soundness, observe
from tidegate.engine import snapshot
from tidegate.engine.snapshot import IncompleteSnapshot
from tidegate.engine.state import State


def busy(engine: Engine) -> None:
    """Something of everything."""
    engine.create_with_dead_letters("q", "dead", 2)
    engine.create_with_dead_letters("q.fifo", "dead.fifo", 2)
    engine.create("gone")
    engine.remove("gone")
    for number in range(30):
        engine.send("q", f"{number}", group=f"t{number % 3}" if number % 4 else None)
        engine.send("q.fifo", f"{number}", group=f"g{number % 3}")
    engine.send("q", "delayed", delay=100)
    engine.receive_all("q", visibility=1)
    engine.sleep(1)
    engine.receive("q", 5, visibility=1)
    engine.sleep(1)
    engine.receive("q", 10, visibility=50)
    deliveries = engine.receive("q.fifo", 10, visibility=60, attempt="a")
    engine.delete("q.fifo", *deliveries[3:])
    engine.receive("q.fifo", 5, visibility=2)
    engine.start_move("dead", "q", rate=1)
    engine.sleep(1)


def restored(engine: Engine) -> State:
    return snapshot.restore(snapshot.capture(engine.state).encode())


def test_a_restored_state_is_the_state(engine: Engine) -> None:
    busy(engine)
    assert observe(restored(engine), engine.now) == observe(engine.state, engine.now)


def test_the_empty_state_has_a_snapshot(engine: Engine) -> None:
    assert observe(restored(engine), engine.now) == observe(engine.state, engine.now)


def test_a_restored_state_goes_on(engine: Engine) -> None:
    busy(engine)
    engine.crash(restored(engine))
    engine.send("q", "after")
    engine.sleep(100)
    engine.send("q.fifo", "after", group="g1")
    assert "after" in bodies(engine.receive_all("q"))
    assert engine.moves("dead")[0].status == "COMPLETED"
    found = []
    while deliveries := engine.receive("q.fifo", 10):
        found += bodies(deliveries)
        engine.delete("q.fifo", *deliveries)
    assert len(found) == len(set(found))
    assert found.index("after") > found.index("28")


def test_a_restored_state_asks_for_its_ticks(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "x", delay=10)
    engine.crash(restored(engine))
    engine.sleep(10)
    assert engine.awoken() == {"q"}


def test_a_restored_fifo_queue_remembers_what_was_sent_and_received(engine: Engine) -> None:
    engine.create("q.fifo")
    engine.send("q.fifo", "a", group="g", dedup="1")
    first = engine.receive("q.fifo", attempt="x")
    engine.crash(restored(engine))
    engine.send("q.fifo", "b", group="h", dedup="1")
    again = engine.receive("q.fifo", attempt="x")
    assert [each.receipt for each in again] == [each.receipt for each in first]


def test_groups_that_are_ready_keep_their_turn(engine: Engine) -> None:
    engine.create("q.fifo")
    for group in "abc":
        engine.send("q.fifo", group, group=group)
    engine.receive("q.fifo", visibility=0)
    engine.crash(restored(engine))
    assert bodies(engine.receive("q.fifo", 10)) == ["b", "c", "a"]


def test_a_capture_is_not_changed_by_what_happens_while_it_is_written(engine: Engine) -> None:
    busy(engine)
    before = observe(restored(engine), engine.now)
    captured = snapshot.capture(engine.state)
    parts = captured.encode()
    written = [next(parts), next(parts)]
    moment = engine.now
    engine.sleep(0.9)
    busy_after(engine)
    written += parts
    state = snapshot.restore(written)
    assert observe(state, moment) == before
    check_soundness(state)


def busy_after(engine: Engine) -> None:
    for name in ("q", "q.fifo"):
        for number in range(50):
            engine.send(name, f"late {number}", group="g1")
        engine.delete(name, *engine.receive(name, 10))
        engine.receive_all(name, visibility=1)
        engine.sleep(1)
        engine.receive(name, 10)
    engine.set("q", DelaySeconds="7")
    engine.purge("q.fifo")
    engine.remove("dead.fifo")


def test_a_capture_can_be_written_more_than_once(engine: Engine) -> None:
    busy(engine)
    captured = snapshot.capture(engine.state)
    assert list(captured.encode()) == list(captured.encode())


def test_big_queues_are_cut_into_pieces(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "_PIECE_SLOTS", 8)
    monkeypatch.setattr(snapshot, "_PIECE_ITEMS", 2)
    busy(engine)
    assert observe(restored(engine), engine.now) == observe(engine.state, engine.now)
    check_soundness(restored(engine))


@pytest.mark.parametrize("missing", [0, -1])
def test_a_snapshot_that_lacks_a_part_is_not_taken_for_whole(engine: Engine, missing: int) -> None:
    engine.create("q")
    parts = list(snapshot.capture(engine.state).encode())
    del parts[missing]
    if missing == 0:
        assert snapshot.restore(parts).now == 0
    else:
        with pytest.raises(IncompleteSnapshot):
            snapshot.restore(parts)


def test_a_snapshot_with_a_queue_missing_is_not_taken_for_whole(engine: Engine) -> None:
    engine.create("q")
    engine.create("r")
    parts = list(snapshot.capture(engine.state).encode())
    del parts[2]
    with pytest.raises(IncompleteSnapshot):
        snapshot.restore(parts)


def test_what_is_no_part_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        snapshot.restore([b"\x91\x63"])


def test_the_names_of_deleted_queues_stay_taken(engine: Engine) -> None:
    engine.create("q")
    engine.remove("q")
    assert restored(engine).deleted_at == {arn("q"): engine.now}
