"""Time, refusals, deadlines and a full disk, whatever the command."""

from __future__ import annotations

import pytest

from engine_harness import Engine, arn, bodies, body
from tidegate.base.refusals import QueueDoesNotExist, StorageFull
from tidegate.engine import commands
from tidegate.engine.commands import Refused
from tidegate.engine.state import State
from tidegate.engine.wheel import NEVER


def test_a_refusal_is_a_value_and_changes_nothing(engine: Engine) -> None:
    command = commands.Send(arn("missing"), engine.entry("x"))
    refused = engine.partition.execute(command, engine.now)
    assert refused == Refused("QueueDoesNotExist", "The specified queue does not exist.")
    assert engine.records == []


@pytest.mark.parametrize(
    "command",
    [
        commands.SendBatch(arn("q"), []),
        commands.Receive(arn("q")),
        commands.Delete(arn("q"), []),
        commands.ChangeVisibility(arn("q"), []),
        commands.DeleteQueue(arn("q")),
        commands.SetQueueAttributes(arn("q"), {}),
        commands.DescribeQueue(arn("q")),
        commands.TagQueue(arn("q"), {}),
        commands.UntagQueue(arn("q"), []),
        commands.AddPermission(arn("q"), "l", ["1"], ["*"]),
        commands.RemovePermission(arn("q"), "l"),
        commands.PurgeQueue(arn("q")),
        commands.ListDeadLetterSources(arn("q"), "", 10),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_queue_that_is_not_there_is_refused(engine: Engine, command: commands.Command) -> None:
    with pytest.raises(QueueDoesNotExist):
        engine.run(command)


def test_a_release_for_a_queue_that_is_gone_does_nothing(engine: Engine) -> None:
    engine.run(commands.Release(arn("q"), []))
    assert engine.records == []


def test_log_time_never_runs_back(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "early")
    first = engine.now
    engine.now -= 5_000
    engine.send("q", "later")
    deliveries = engine.receive("q", 10)
    assert [each.sent_at for each in deliveries] == [first, first]
    engine.now = first


def test_an_idle_engine_has_no_deadline(engine: Engine) -> None:
    assert engine.partition.next_deadline() == NEVER
    engine.create("q")
    assert engine.partition.next_deadline() == NEVER


def test_the_next_deadline_is_the_earliest_of_all_queues(engine: Engine) -> None:
    engine.create("a")
    engine.create("b")
    engine.send("a", "x", delay=20)
    engine.send("b", "x", delay=10)
    assert engine.partition.next_deadline() == engine.now + 10_000


def test_a_deadline_that_is_void_is_not_named(engine: Engine) -> None:
    engine.create("a", MessageRetentionPeriod="1209600")
    engine.send("a", "x")
    delivery = engine.receive_one("a", visibility=10)
    engine.delete("a", delivery)
    engine.remove("a")
    assert engine.partition.next_deadline() == NEVER


def test_a_tick_makes_due_what_is_due_and_nothing_more(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "x", delay=10)
    engine.now += 9_999
    engine.run(commands.Tick())
    assert engine.counts("q") == (0, 0, 1)
    engine.now += 1
    engine.run(commands.Tick())
    assert engine.counts("q") == (1, 0, 0)


def test_time_passes_without_ticks_too(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "delayed", delay=10)
    engine.now += 10_000
    assert body(engine.receive_one("q")) == "delayed"


def test_ticks_write_nothing(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "x", delay=10)
    written = len(engine.records)
    engine.sleep(60)
    assert len(engine.records) == written


# --- A full disk ---------------------------------------------------------------------------------


def test_a_full_disk_refuses_messages_and_queues(engine: Engine) -> None:
    engine.create("q")
    engine.full = True
    with pytest.raises(StorageFull):
        engine.send("q", "x")
    with pytest.raises(StorageFull):
        engine.send_batch("q", engine.entry("x"))
    with pytest.raises(StorageFull):
        engine.create("r")
    assert engine.counts("q") == (0, 0, 0)


def test_a_full_disk_refuses_fifo_messages_and_forgets_their_ids(engine: Engine) -> None:
    engine.create("q.fifo")
    engine.full = True
    with pytest.raises(StorageFull):
        engine.send("q.fifo", "x", group="g")
    engine.full = False
    engine.send("q.fifo", "x", group="g")
    assert bodies(engine.receive("q.fifo", 10)) == ["x"]


@pytest.mark.parametrize("group", [None, "tenant"])
def test_a_disk_that_fills_up_within_a_batch_keeps_what_had_room(
    engine: Engine, group: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.create("q")
    entries = [engine.entry(text, group=group) for text in "abcd"]
    written = len(engine.records)
    fills_up = property(lambda self: len(self.records) >= written + 2)
    monkeypatch.setattr(Engine, "full", fills_up, raising=False)
    with pytest.raises(StorageFull):
        engine.send_batch("q", *entries)
    monkeypatch.undo()
    assert bodies(engine.receive("q", 10)) == ["a", "b"]
    engine.send("q", "later")
    assert bodies(engine.receive("q", 10)) == ["later"]


def test_a_full_disk_lets_messages_out(engine: Engine) -> None:
    engine.create("q")
    engine.send_all("q", "ab")
    engine.full = True
    first, second = engine.receive("q", 2)
    engine.delete("q", first)
    engine.hide("q", second, 0)
    engine.release("q", engine.receive_one("q"))
    engine.purge("q")
    assert engine.counts("q") == (0, 0, 0)
    engine.remove("q")


def test_a_full_disk_moves_dead_letters(engine: Engine) -> None:
    engine.create_with_dead_letters("q", "dead", 1)
    engine.send("q", "poison")
    engine.receive_one("q", visibility=0)
    engine.full = True
    assert engine.receive("q") == []
    assert body(engine.receive_one("dead")) == "poison"


# --- Bugs ----------------------------------------------------------------------------------------


def test_a_bug_in_the_middle_of_a_change_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def buggy(state: State, record: object, position: int) -> None:
        raise ZeroDivisionError

    engine = Engine()
    engine.create("q")
    assert not engine.partition.broken
    monkeypatch.setattr(State, "message_sent", buggy)
    with pytest.raises(ZeroDivisionError):
        engine.send("q", "x")
    assert engine.partition.broken
