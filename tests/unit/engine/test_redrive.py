"""Message move tasks: taking dead letters back."""

from __future__ import annotations

import pytest

from engine_harness import Engine, arn, bodies, redrive_policy
from tidegate.base.refusals import InvalidParameterValueException, ResourceNotFoundException
from tidegate.engine import commands
from tidegate.engine.commands import MoveTask


def bury(engine: Engine, name: str, *texts: str, group: str | None = None) -> None:
    """Send messages and let them become dead letters."""
    for text in texts:
        engine.send(name, text, group=group)
    engine.receive_all(name, visibility=1)
    engine.sleep(1)
    assert engine.receive(name) == []


@pytest.fixture
def dead(engine: Engine) -> Engine:
    """Queues `q` and `r` with dead letters in `dead`, and a queue `other`."""
    engine.create_with_dead_letters("q", "dead", 1)
    engine.create("r", RedrivePolicy=redrive_policy("dead", 1))
    engine.create("other")
    return engine


# --- What is moved -------------------------------------------------------------------------------


def test_messages_go_to_the_destination(dead: Engine) -> None:
    bury(dead, "q", "a", "b")
    dead.start_move("dead", "other")
    dead.sleep(1)
    assert bodies(dead.receive("other", 10)) == ["a", "b"]
    assert dead.counts("dead") == (0, 0, 0)


def test_without_a_destination_they_go_back_to_where_each_came_from(dead: Engine) -> None:
    bury(dead, "q", "a", "b")
    bury(dead, "r", "c")
    bury(dead, "q", "d")
    dead.start_move("dead")
    dead.sleep(1)
    assert bodies(dead.receive("q", 10)) == ["a", "b", "d"]
    assert bodies(dead.receive("r", 10)) == ["c"]
    (task,) = dead.moves("dead")
    assert (task.status, task.moved, task.to_move) == ("COMPLETED", 4, 4)


def test_a_moved_message_is_a_new_one(dead: Engine) -> None:
    bury(dead, "q", "a", "b")
    old = [each.message.id for each in dead.receive("dead", 2, visibility=0) if each.message]
    dead.sleep(10)
    dead.start_move("dead")
    dead.sleep(1)
    deliveries = dead.receive("q", 10)
    new = [each.message_id for each in deliveries]
    assert None not in new
    assert len({*old, *new}) == 4
    for delivery in deliveries:
        assert delivery.receipt.receive_count == 1
        assert delivery.first_received_at == dead.now
        assert delivery.sent_at > dead.now - 2_000
        assert delivery.dead_letter_source is None


def test_a_moved_message_keeps_its_new_id_when_it_dies_again(dead: Engine) -> None:
    bury(dead, "q", "a")
    dead.start_move("dead")
    dead.sleep(1)
    moved = dead.receive_one("q", visibility=0)
    assert dead.receive("q") == []
    again = dead.receive_one("dead")
    assert again.message_id == moved.message_id
    assert again.dead_letter_source == arn("q")
    dead.delete("dead", again)
    assert dead.queue("dead").renewed_ids == {}


def test_what_is_in_flight_stays(dead: Engine) -> None:
    bury(dead, "q", "a", "b")
    dead.receive_one("dead", visibility=100)
    dead.start_move("dead", "other")
    dead.sleep(1)
    assert bodies(dead.receive("other", 10)) == ["b"]
    assert dead.counts("dead") == (0, 1, 0)
    (task,) = dead.moves("dead")
    assert (task.status, task.moved, task.to_move) == ("COMPLETED", 1, 1)


def test_moved_messages_wake_those_who_wait_for_them(dead: Engine) -> None:
    bury(dead, "q", "a")
    dead.start_move("dead", "other")
    dead.awoken()
    dead.sleep(0.1)
    assert "other" in dead.awoken()


def test_groups_keep_their_order(engine: Engine) -> None:
    engine.create_with_dead_letters("q.fifo", "dead.fifo", 1)
    bury(engine, "q.fifo", *"abcde", group="g")
    engine.receive("q.fifo")
    engine.start_move("dead.fifo")
    engine.sleep(1)
    deliveries = engine.receive("q.fifo", 10)
    assert bodies(deliveries) == list("abcde")
    numbers = [each.sequence_number for each in deliveries]
    assert numbers == sorted(numbers, key=str)


def test_a_tenant_keeps_its_messages(dead: Engine) -> None:
    bury(dead, "q", "a", group="t")
    dead.start_move("dead")
    dead.sleep(1)
    dead.receive_one("q")
    (flight,) = dead.queue("q").in_flight.values()
    assert flight.lane.name == "t"


# --- Rate and progress ---------------------------------------------------------------------------


def test_a_task_moves_at_its_rate(dead: Engine) -> None:
    bury(dead, "q", *map(str, range(10)))
    dead.start_move("dead", "other", rate=2)
    for seconds, moved in ((0, 1), (1, 3), (1, 5)):
        dead.sleep(seconds)
        dead.run(commands.Tick())
        (task,) = dead.moves("dead")
        assert (task.status, task.moved, task.to_move) == ("RUNNING", moved, 10)
    dead.sleep(4)
    (task,) = dead.moves("dead")
    assert (task.status, task.moved) == ("COMPLETED", 10)


def test_a_task_without_a_rate_moves_in_bounded_steps(dead: Engine) -> None:
    bury(dead, "q", *map(str, range(120)))
    dead.start_move("dead", "other")
    before = len(dead.records)
    dead.run(commands.Tick())
    (task,) = dead.moves("dead")
    assert 0 < task.moved < 120
    assert len(dead.records) - before == task.moved
    dead.sleep(1)
    assert dead.counts("other") == (120, 0, 0)


def test_a_task_names_its_next_deadline(dead: Engine) -> None:
    bury(dead, "q", "a", "b")
    dead.start_move("dead", "other", rate=1)
    assert dead.partition.next_deadline() <= dead.now
    dead.run(commands.Tick())
    assert dead.now < dead.partition.next_deadline() <= dead.now + 1_000
    dead.run(commands.Tick())
    assert dead.counts("other") == (1, 0, 0)


def test_a_task_describes_itself(dead: Engine) -> None:
    bury(dead, "q", "a", "b")
    started = dead.now
    first = dead.start_move("dead", "other", rate=500)
    dead.sleep(1)
    second = dead.start_move("dead")
    assert dead.moves("dead") == [
        MoveTask(second, "RUNNING", arn("dead"), None, None, dead.now, 0, 0),
        MoveTask(first, "COMPLETED", arn("dead"), arn("other"), 500, started, 2, 2),
    ]


def test_tasks_of_other_queues_are_not_shown(dead: Engine) -> None:
    dead.start_move("dead", "other")
    assert dead.moves("other") == []


def test_the_ten_latest_tasks_are_kept(dead: Engine) -> None:
    started = []
    for _ in range(12):
        started.append(dead.start_move("dead", "other"))
        dead.sleep(1)
    assert [each.task_id for each in dead.moves("dead")] == started[:1:-1]
    assert [each.task_id for each in dead.moves("dead", 2)] == [started[11], started[10]]


def test_what_comes_while_a_task_runs_is_moved_too(dead: Engine) -> None:
    bury(dead, "q", "a", "b", "c")
    dead.start_move("dead", "other", rate=1)
    dead.sleep(1)
    bury(dead, "q", "late")
    dead.sleep(10)
    assert bodies(dead.receive("other", 10)) == ["a", "b", "c", "late"]


# --- Cancel --------------------------------------------------------------------------------------


def cancel(engine: Engine, source: str, task_id: str) -> int:
    moved = engine.run(commands.CancelMessageMoveTask(arn(source), task_id))
    assert isinstance(moved, int)
    return moved


def test_a_cancelled_task_stops_and_keeps_what_it_moved(dead: Engine) -> None:
    bury(dead, "q", *map(str, range(10)))
    task_id = dead.start_move("dead", "other", rate=1)
    dead.sleep(2)
    assert cancel(dead, "dead", task_id) == 3
    dead.sleep(60)
    (task,) = dead.moves("dead")
    assert (task.status, task.moved, task.to_move) == ("CANCELLED", 3, 10)
    assert dead.counts("other") == (3, 0, 0)
    assert dead.counts("dead") == (7, 0, 0)


def test_another_task_may_follow_a_cancelled_one(dead: Engine) -> None:
    bury(dead, "q", "a", "b", "c")
    cancel(dead, "dead", dead.start_move("dead", "other", rate=1))
    dead.start_move("dead", "other")
    dead.sleep(1)
    assert dead.counts("other") == (3, 0, 0)


def test_cancelling_an_unknown_or_finished_task_is_refused(dead: Engine) -> None:
    finished = dead.start_move("dead", "other")
    dead.sleep(1)
    for task_id in ("unknown", finished):
        with pytest.raises(ResourceNotFoundException, match=r"Task does not exist\."):
            cancel(dead, "dead", task_id)


@pytest.mark.parametrize(
    "command",
    [
        commands.StartMessageMoveTask(arn("missing"), None, "id", None),
        commands.CancelMessageMoveTask(arn("missing"), "id"),
        commands.ListMessageMoveTasks(arn("missing"), 1),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_source_that_is_not_there_is_refused(engine: Engine, command: commands.Command) -> None:
    with pytest.raises(ResourceNotFoundException) as refused:
        engine.run(command)
    assert refused.value.message == (
        "The resource that you specified for the SourceArn parameter doesn't exist."
    )


# --- What is refused, and what fails -------------------------------------------------------------


def test_the_source_must_be_a_dead_letter_queue(dead: Engine) -> None:
    text = r"Source queue must be configured as a Dead Letter Queue\."
    with pytest.raises(InvalidParameterValueException, match=text):
        dead.start_move("other", "q")


def test_one_task_a_source(dead: Engine) -> None:
    bury(dead, "q", "a", "b")
    dead.start_move("dead", "other", rate=1)
    with pytest.raises(InvalidParameterValueException, match="There is already a task running"):
        dead.start_move("dead", "q")


def test_a_destination_must_be_there_and_fit(dead: Engine) -> None:
    dead.create("other.fifo")
    with pytest.raises(ResourceNotFoundException, match="DestinationArn"):
        dead.start_move("dead", "missing")
    with pytest.raises(InvalidParameterValueException, match="same type"):
        dead.start_move("dead", "other.fifo")
    with pytest.raises(InvalidParameterValueException, match="cannot be the same"):
        dead.start_move("dead", "dead")
    assert dead.moves("dead") == []


def test_a_message_that_came_from_nowhere_fails_the_task(dead: Engine) -> None:
    dead.send("dead", "sent by hand")
    dead.start_move("dead")
    dead.sleep(1)
    (task,) = dead.moves("dead")
    assert (task.status, task.failure_reason) == ("FAILED", "CouldNotDetermineMessageSource")
    assert bodies(dead.receive("dead")) == ["sent by hand"]


def test_a_source_queue_that_is_gone_fails_the_task(dead: Engine) -> None:
    bury(dead, "r", "a")
    dead.remove("r")
    dead.start_move("dead")
    dead.sleep(1)
    (task,) = dead.moves("dead")
    assert (task.status, task.failure_reason) == (
        "FAILED",
        "AWS.SimpleQueueService.NonExistentQueue",
    )
    assert dead.counts("dead") == (1, 0, 0)


def test_a_destination_that_is_deleted_fails_the_task(dead: Engine) -> None:
    bury(dead, "q", "a", "b", "c")
    dead.start_move("dead", "other", rate=1)
    dead.run(commands.Tick())
    dead.remove("other")
    dead.sleep(5)
    (task,) = dead.moves("dead")
    assert (task.status, task.moved) == ("FAILED", 1)


def test_a_deleted_source_takes_its_tasks_along(dead: Engine) -> None:
    bury(dead, "q", "a", "b", "c")
    dead.start_move("dead", "other", rate=1)
    dead.run(commands.Tick())
    dead.remove("dead")
    dead.sleep(60)
    assert dead.counts("other") == (1, 0, 0)
    dead.create("dead")
    assert dead.moves("dead") == []


def test_a_purged_source_has_nothing_left_to_move(dead: Engine) -> None:
    bury(dead, "q", "a", "b", "c")
    dead.start_move("dead", "other", rate=1)
    dead.run(commands.Tick())
    dead.purge("dead")
    dead.sleep(5)
    (task,) = dead.moves("dead")
    assert (task.status, task.moved) == ("COMPLETED", 1)
