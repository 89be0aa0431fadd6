"""The node: who is answered when, who waits, and what a failure costs."""

import logging
from typing import Any

import msgspec
import pytest

from engine_harness import arn
from simulated_node import START, Call, SimulatedNode, as_it_is
from small_log import DIRECTORY
from tidegate.base.positions import offset_of, segment_of
from tidegate.base.refusals import (
    Fault,
    InvalidParameterValueException,
    LogStopped,
    QueueDoesNotExist,
)
from tidegate.engine import commands
from tidegate.log.files.segment import segment_name
from tidegate.runtime.node import Node
from tidegate.testing.files import CrashableFiles

LATER = 0.05
"""Seconds that a flush takes where a test wants to do something meanwhile."""


@pytest.fixture
def node() -> SimulatedNode:
    node = SimulatedNode()
    node.create("q")
    return node


@pytest.fixture
def slow() -> SimulatedNode:
    """A node whose flushes run in a thread and take their time."""
    node = SimulatedNode(mode="thread", flush_s=lambda: LATER)
    call = node.call(commands.CreateQueue(arn("q"), {}, {}))
    node.loop.run_for(1)
    assert call.answered
    return node


# --- Answers --------------------------------------------------------------------------------------


def test_nobody_is_answered_before_the_flush(slow: SimulatedNode) -> None:
    sending = slow.send_later("q", "x")
    receiving = slow.receive_later("q", wait=0)
    slow.loop.run_for(LATER * 0.9)
    assert not sending.answered
    assert not receiving.answered
    slow.loop.run_for(1)
    assert receiving.bodies == ["x"]


def test_refusal_reaches_the_call(node: SimulatedNode) -> None:
    call = node.send_later("missing", "x")
    assert isinstance(call.error, QueueDoesNotExist)
    assert not isinstance(call.error, Fault)


def test_answer_is_what_finish_makes_of_the_result(node: SimulatedNode) -> None:
    call = node.call(commands.DescribeQueue(arn("q")), lambda call, result: (call, result.uid))
    assert call.result == (call, 1)


def test_bug_in_a_finish_ends_one_call_only(node: SimulatedNode) -> None:
    def bug(call: Any, result: Any) -> Any:
        raise ZeroDivisionError

    before = node.send_later("q", "before")
    command = commands.Send(arn("q"), node.entry("it"))
    failing = node.call(command, bug)
    after = node.send_later("q", "after")
    node.loop.run_for(0.01)
    assert before.result
    assert after.result
    assert isinstance(failing.error, ZeroDivisionError)
    assert node.bodies("q") == ["before", "it", "after"]


def test_refusal_that_finish_raises_reaches_the_call(node: SimulatedNode) -> None:
    def refuse(call: Any, result: Any) -> Any:
        raise InvalidParameterValueException("no")

    assert node.call(commands.DescribeQueue(arn("q")), refuse).error == (
        InvalidParameterValueException("no")
    )


# --- Waiting --------------------------------------------------------------------------------------


def test_receive_that_finds_something_does_not_wait(node: SimulatedNode) -> None:
    node.send("q", "x")
    call = node.receive_later("q")
    node.loop.settle()
    assert call.bodies == ["x"]


def test_waiting_receive_is_woken_by_a_message(node: SimulatedNode) -> None:
    call = node.receive_later("q")
    node.loop.run_for(7)
    assert not call.answered
    node.send_later("q", "x")
    node.loop.settle()
    assert call.bodies == ["x"]


def test_wait_of_the_queue_holds_where_the_call_names_none(node: SimulatedNode) -> None:
    node.create("patient", ReceiveMessageWaitTimeSeconds="3")
    call = node.call(commands.Receive(arn("patient")))
    started = node.clock.now_ms()
    node.loop.run_for(20)
    assert call.deliveries == []
    assert call.answered_at == started + 3000


def test_time_is_up_and_the_answer_is_empty(node: SimulatedNode) -> None:
    started = node.clock.now_ms()
    call = node.receive_later("q", wait=20)
    node.loop.run_for(30)
    assert call.deliveries == []
    assert call.answered_at == started + 20_000
    assert node.node.waiting == 0


def test_waiting_receive_is_woken_by_the_end_of_a_delay(node: SimulatedNode) -> None:
    node.send_later("q", "x", delay=5)
    started = node.clock.now_ms()
    call = node.receive_later("q")
    node.loop.run_for(20)
    assert call.bodies == ["x"]
    assert call.answered_at == started + 5000


def test_waiting_receive_is_woken_by_the_end_of_a_visibility_timeout(node: SimulatedNode) -> None:
    node.send("q", "x")
    node.receive_later("q", visibility=7)
    started = node.clock.now_ms()
    call = node.receive_later("q")
    node.loop.run_for(20)
    assert call.bodies == ["x"]
    assert call.answered_at == started + 7000
    assert call.deliveries[0].receipt.receive_count == 2


def test_waiting_receive_is_woken_when_a_timeout_is_set_to_nothing(node: SimulatedNode) -> None:
    node.send("q", "x")
    (delivery,) = node.receive("q")
    call = node.receive_later("q")
    node.hide("q", delivery, 0)
    assert call.bodies == ["x"]


def test_waiting_receive_is_woken_when_a_group_is_free_again(node: SimulatedNode) -> None:
    node.create("q.fifo")
    node.send("q.fifo", "first", group="g")
    node.send("q.fifo", "second", group="g")
    (first,) = node.receive("q.fifo")
    call = node.receive_later("q.fifo")
    node.loop.run_for(1)
    assert not call.answered
    node.delete("q.fifo", first)
    assert call.bodies == ["second"]


def test_waiting_receive_is_woken_by_a_dead_letter(node: SimulatedNode) -> None:
    node.create_with_dead_letters("failing", "dead", most=1)
    node.send("failing", "x")
    node.receive("failing", visibility=0)
    call = node.receive_later("dead")
    assert node.receive("failing") == []
    assert call.bodies == ["x"]


def test_waiting_receive_is_woken_by_a_move_task(node: SimulatedNode) -> None:
    node.create_with_dead_letters("failing", "dead", most=1)
    node.send("failing", "x")
    node.receive("failing", visibility=0)
    node.receive("failing")
    call = node.receive_later("failing")
    node.run(commands.StartMessageMoveTask(arn("dead"), None, "task", None))
    node.loop.run_for(1)
    assert call.bodies == ["x"]


def test_those_who_wait_are_served_in_the_order_of_waiting(node: SimulatedNode) -> None:
    calls = [node.receive_later("q") for _ in range(3)]
    node.send_later("q", "a")
    node.loop.settle()
    assert [call.answered for call in calls] == [True, False, False]
    node.send_later("q", "b")
    node.send_later("q", "c")
    node.loop.settle()
    assert [call.bodies for call in calls] == [["a"], ["b"], ["c"]]


def test_what_falls_due_as_a_new_receive_comes_is_for_those_who_wait(node: SimulatedNode) -> None:
    node.run(commands.Send(arn("q"), node.entry("x", delay=1)))
    waiting = node.receive_later("q")
    # The delay is over, and no tick has come yet.
    node.clock.starts_at += 1000
    newcomer = node.receive_later("q", wait=0)
    node.loop.settle()
    assert waiting.bodies == ["x"]
    assert newcomer.deliveries == []


def test_queues_wake_only_their_own(node: SimulatedNode) -> None:
    node.create("other")
    call, other = node.receive_later("q"), node.receive_later("other")
    node.send("q", "x")
    assert call.bodies == ["x"]
    assert not other.answered


def test_waiting_receives_take_no_more_than_there_is(node: SimulatedNode) -> None:
    calls = [node.receive_later("q", most=10) for _ in range(3)]
    entries = [node.entry(text) for text in "abc"]
    node.run(commands.SendBatch(arn("q"), entries))
    node.loop.settle()
    assert calls[0].bodies == ["a", "b", "c"]
    assert node.node.waiting == 2


def test_client_that_takes_with_no_timeout_leaves_it_for_the_next(node: SimulatedNode) -> None:
    calls = [node.receive_later("q", visibility=0) for _ in range(3)]
    node.send("q", "x")
    assert [call.bodies for call in calls] == [["x"]] * 3
    assert [call.deliveries[0].receipt.receive_count for call in calls] == [1, 2, 3]


def test_queue_that_is_deleted_tells_those_who_wait(node: SimulatedNode) -> None:
    calls = [node.receive_later("q") for _ in range(2)]
    node.remove("q")
    for call in calls:
        assert isinstance(call.error, QueueDoesNotExist)
    assert node.node.waiting == 0
    node.loop.run_for(30)


def test_message_that_comes_as_the_time_is_up_is_not_left_behind(node: SimulatedNode) -> None:
    node.send_later("q", "x", delay=5)
    call = node.receive_later("q", wait=5)
    node.loop.run_for(10)
    assert call.bodies == ["x"]


# --- Clients that hang up -------------------------------------------------------------------------


def test_client_that_hangs_up_while_it_waits_waits_no_more(node: SimulatedNode) -> None:
    gone, there = node.receive_later("q"), node.receive_later("q")
    gone.hang_up()
    assert node.node.waiting == 1
    node.send("q", "x")
    assert there.bodies == ["x"]
    node.loop.run_for(30)
    assert not gone.answered


def test_client_that_was_gone_before_it_waited_does_not_wait(node: SimulatedNode) -> None:
    call = Call(node.clock)
    call.gone = True
    node.node.submit(call, commands.Receive(arn("q"), 1, None, 20), as_it_is)
    assert node.node.waiting == 0


def test_what_was_taken_for_a_client_that_hung_up_goes_back_at_once(slow: SimulatedNode) -> None:
    slow.send_later("q", "x")
    slow.loop.run_for(1)
    gone = slow.receive_later("q")
    gone.hang_up()
    slow.loop.run_for(LATER)
    assert not gone.answered
    there = slow.receive_later("q", wait=0)
    slow.loop.run_for(1)
    assert there.bodies == ["x"]
    (delivery,) = there.deliveries
    assert delivery.receipt.receive_count == 1
    assert delivery.first_received_at > START + 1000


def test_what_goes_back_wakes_who_waits(slow: SimulatedNode) -> None:
    gone, there = slow.receive_later("q"), slow.receive_later("q")
    slow.send_later("q", "x")
    slow.loop.settle()
    assert slow.node.waiting == 1
    gone.hang_up()
    slow.loop.run_for(1)
    assert there.bodies == ["x"]
    assert there.deliveries[0].receipt.receive_count == 1


def test_what_goes_back_of_a_group_keeps_its_order(slow: SimulatedNode) -> None:
    slow.call(commands.CreateQueue(arn("q.fifo"), {"FifoQueue": "true"}, {}))
    for number in range(3):
        entry = slow.entry(str(number), group="g")
        message = msgspec.structs.replace(entry.message, deduplication_id=f"d{number}")
        slow.call(commands.Send(arn("q.fifo"), commands.Entry(message, 1)))
    slow.loop.run_for(1)
    gone = slow.receive_later("q.fifo", most=2)
    gone.hang_up()
    there = slow.receive_later("q.fifo", most=10)
    slow.loop.run_for(1)
    assert there.bodies == ["0", "1", "2"]


def test_message_that_was_given_back_is_still_there_after_a_restart(slow: SimulatedNode) -> None:
    slow.send_later("q", "x")
    slow.loop.run_for(1)
    slow.receive_later("q").hang_up()
    slow.loop.run_for(1)
    again = slow.restarted()
    (delivery,) = again.receive("q")
    assert delivery.receipt.receive_count == 1


# --- Draining -------------------------------------------------------------------------------------


def test_drain_answers_all_who_wait_and_nobody_waits_after_that(node: SimulatedNode) -> None:
    calls = [node.receive_later("q") for _ in range(3)]
    node.node.drain()
    node.loop.settle()
    assert [call.deliveries for call in calls] == [[], [], []]
    late = node.receive_later("q")
    assert late.deliveries == []


def test_drain_serves_who_waits_with_what_comes_in_this_moment(slow: SimulatedNode) -> None:
    call = slow.receive_later("q")
    slow.send_later("q", "x")
    slow.node.drain()
    slow.loop.run_for(1)
    assert call.bodies == ["x"]


def test_stopped_node_ticks_no_more(node: SimulatedNode) -> None:
    node.send_later("q", "x", delay=5)
    node.loop.settle()
    node.node.stop()
    node.loop.run_for(10)
    assert node.partition.state.now < START + 5000


# --- Time -----------------------------------------------------------------------------------------


class CountedTicks:
    """Counts the ticks that a node runs."""

    def __init__(self, node: SimulatedNode) -> None:
        self.ticks = 0
        self._execute = node.partition.execute
        node.partition.execute = self.execute  # type: ignore[method-assign]
        node.node = Node(node.partition, node.log, node.commits, node.clock, node.loop)

    def execute(self, command: Any, now: int) -> Any:
        self.ticks += isinstance(command, commands.Tick)
        return self._execute(command, now)


def test_time_passes_though_nobody_asks(node: SimulatedNode) -> None:
    node.create_with_dead_letters("failing", "dead", most=1)
    for number in range(120):
        node.send_later("failing", str(number))
    node.loop.settle()
    node.receive_all("failing", visibility=0)
    assert node.receive("failing") == []
    node.run(commands.StartMessageMoveTask(arn("dead"), None, "task", 10))
    node.loop.run_for(13)
    assert node.counts("dead")[0] == 0
    assert node.counts("failing")[0] == 120


def test_ticks_keep_their_distance(node: SimulatedNode) -> None:
    """A thousand messages fall due, each at a moment of its own, in five seconds."""
    counted = CountedTicks(node)
    for number in range(1000):
        node.send_later("q", str(number), delay=5)
        node.loop.run_for(0.005)
    node.loop.run_for(6)
    assert node.counts("q")[0] == 1000
    unwatched = counted.ticks
    assert 20 <= unwatched <= 60

    node.create("other", DelaySeconds="5")
    for number in range(1000):
        node.send_later("other", str(number))
        node.loop.run_for(0.0005)
    for _ in range(30):
        node.receive_later("other", most=1)
    node.loop.run_for(6)
    assert node.node.waiting == 0
    assert counted.ticks - unwatched <= 300


def test_node_without_deadlines_does_nothing(node: SimulatedNode) -> None:
    counted = CountedTicks(node)
    node.loop.run_for(3600)
    assert counted.ticks == 0


def test_clock_that_is_set_back_stops_no_long_poll(node: SimulatedNode) -> None:
    node.clock.starts_at -= 3_600_000
    call = node.receive_later("q", wait=20)
    node.loop.run_for(20)
    assert call.deliveries == []
    node.send("q", "x")
    (delivery,) = node.receive("q")
    assert delivery.sent_at >= START


# --- Failures -------------------------------------------------------------------------------------


def test_log_that_stops_fails_all_who_wait_and_all_who_come(node: SimulatedNode) -> None:
    calls = [node.receive_later("q") for _ in range(2)]
    node.files.fail = "sync"
    sending = node.send_later("q", "x")
    node.loop.settle()
    for call in [*calls, sending, node.receive_later("q"), node.send_later("q", "y")]:
        assert isinstance(call.error, LogStopped)
    assert node.node.waiting == 0
    node.loop.run_for(60)
    node.node.drain()
    node.loop.settle()


def test_log_that_stops_in_a_thread_fails_what_gathered_meanwhile(slow: SimulatedNode) -> None:
    waiting = slow.receive_later("q")
    slow.files.fail = "sync"
    sending = slow.send_later("q", "x")
    slow.loop.settle()
    meanwhile = slow.send_later("q", "y")
    reading = slow.call(commands.DescribeQueue(arn("q")))
    slow.loop.run_for(1)
    for call in (waiting, sending, meanwhile, reading):
        assert isinstance(call.error, LogStopped)


def test_bug_that_changes_nothing_costs_one_call(
    node: SimulatedNode, caplog: pytest.LogCaptureFixture
) -> None:
    class Unheard(commands.Command, frozen=True):
        queue: str = "q"

    call = node.call(Unheard())
    assert isinstance(call.error, KeyError)
    assert "Unheard" in caplog.text
    node.send("q", "x")
    assert node.bodies("q") == ["x"]


def test_bug_that_breaks_the_state_stops_the_node(
    node: SimulatedNode, caplog: pytest.LogCaptureFixture
) -> None:
    """And the record that could not be applied is not there at the next start."""

    def bug(record: Any, position: int) -> None:
        raise ZeroDivisionError

    node.create("empty")
    node.send("q", "acknowledged")
    waiting, in_the_batch = node.receive_later("empty"), node.send_later("q", "in the batch")
    node.partition.state.message_sent = bug  # type: ignore[method-assign]
    failing = node.send_later("q", "x")
    node.loop.settle()
    assert isinstance(waiting.error, LogStopped)
    assert isinstance(failing.error, ZeroDivisionError)
    assert isinstance(in_the_batch.error, LogStopped)
    assert isinstance(node.receive_later("q").error, LogStopped)
    assert "ZeroDivisionError" in caplog.text
    assert "Restart it" in caplog.text
    node.stop()
    again = node.restarted()
    assert again.bodies("q") == ["acknowledged"]


def test_damaged_record_fails_the_call_and_names_file_and_offset(
    node: SimulatedNode, caplog: pytest.LogCaptureFixture
) -> None:
    node.send("q", "damaged")
    node.send("q", "whole")
    position = node.queue("q").slots.position(0)
    path = f"{DIRECTORY}/{segment_name(segment_of(position))}"
    node.files.content(path)[offset_of(position) + 20] ^= 1
    call, other = node.receive_later("q"), node.receive_later("q")
    node.loop.settle()
    assert isinstance(call.error, Fault)
    assert "damaged" in call.error.message
    assert other.bodies == ["whole"]
    (record,) = [each for each in caplog.records if each.levelno == logging.CRITICAL]
    assert f"{path} is damaged at offset {offset_of(position)}" in record.getMessage()


def test_record_that_is_no_message_fails_the_call(
    node: SimulatedNode, caplog: pytest.LogCaptureFixture
) -> None:
    """A position that is wrong must show nobody what stands there."""
    node.send("q", "x")
    elsewhere = node.commits.last_position
    node.delete("q", *node.receive("q"))
    node.send("q", "y")
    received = next(position for position, _ in node.log.replay(elsewhere))
    node.queue("q").slots.relocate(1, received)
    call = node.receive_later("q")
    node.loop.settle()
    assert isinstance(call.error, Fault)
    assert f"segment 1 is damaged at offset {offset_of(received)}" in caplog.text


def test_disk_that_cannot_be_read_fails_the_call_and_nothing_else(node: SimulatedNode) -> None:
    node.send("q", "x")
    node.files.fail = "read"
    call = node.receive_later("q", visibility=1)
    sending = node.send_later("q", "y")
    node.loop.settle()
    assert isinstance(call.error, Fault)
    assert sending.result
    node.files.fail = None
    node.loop.run_for(2)
    assert sorted(node.bodies("q")) == ["x", "y"]


def test_receive_that_nothing_can_record_any_more_is_told_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A disk on which even the reserve is spent."""
    node = SimulatedNode(CrashableFiles(capacity_bytes=12 << 10))
    node.create("q")
    node.send("q", "x")
    calls = []
    for _ in range(1000):
        calls.append(node.receive_later("q", visibility=0, wait=0))
        node.loop.settle()
        if calls[-1].error is not None:
            break
    assert isinstance(calls[-1].error, Fault)
    assert node.commits.stopped is None
    assert node.counts("q") == (1, 0, 0)
