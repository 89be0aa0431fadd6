"""Receiving: what is handed out, for how long, and who is woken for it."""

from __future__ import annotations

import pytest

from engine_harness import Engine, arn, bodies, body
from tidegate.base import limits
from tidegate.base.refusals import OverLimit
from tidegate.engine import commands


def test_messages_come_in_the_order_they_were_sent(engine: Engine) -> None:
    engine.create("q")
    engine.send_all("q", "abcdefghijkl")
    assert bodies(engine.receive("q", 10)) == list("abcdefghij")
    assert bodies(engine.receive("q", 10)) == ["k", "l"]


def test_at_most_as_many_as_were_asked_for(engine: Engine) -> None:
    engine.create("q")
    engine.send_all("q", "abc")
    assert bodies(engine.receive("q")) == ["a"]
    assert bodies(engine.receive("q", 10)) == ["b", "c"]


def test_an_empty_queue_gives_nothing_and_writes_nothing(engine: Engine) -> None:
    engine.create("q")
    written = len(engine.records)
    assert engine.receive("q", 10) == []
    assert len(engine.records) == written


@pytest.mark.parametrize(("asked", "told"), [(None, 7), (0, 0), (20, 20)])
def test_an_answer_says_how_long_to_wait(engine: Engine, asked: int | None, told: int) -> None:
    engine.create("q", ReceiveMessageWaitTimeSeconds="7")
    received = engine.run(commands.Receive(arn("q"), 1, None, asked))
    assert received.wait_s == told


# --- Visibility ----------------------------------------------------------------------------------


def test_a_message_in_flight_is_hidden_until_its_timeout_is_over(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "x")
    engine.receive_one("q", visibility=5)
    engine.sleep(4.999)
    assert engine.receive("q") == []
    assert engine.counts("q") == (0, 1, 0)
    engine.sleep(0.001)
    assert engine.counts("q") == (1, 0, 0)
    assert bodies(engine.receive("q")) == ["x"]


def test_the_timeout_of_the_queue_holds_where_the_call_has_none(engine: Engine) -> None:
    engine.create("q", VisibilityTimeout="3")
    engine.send("q", "x")
    engine.receive_one("q")
    engine.sleep(2.999)
    assert engine.receive("q") == []
    engine.sleep(0.001)
    assert bodies(engine.receive("q")) == ["x"]


def test_another_timeout_of_the_queue_is_for_later_receives(engine: Engine) -> None:
    engine.create("q", VisibilityTimeout="10")
    engine.send("q", "x")
    engine.receive_one("q")
    engine.set("q", VisibilityTimeout="1")
    engine.sleep(5)
    assert engine.receive("q") == []
    engine.sleep(5)
    engine.receive_one("q")
    engine.sleep(1)
    assert bodies(engine.receive("q")) == ["x"]


def test_a_timeout_of_zero_leaves_the_messages_visible(engine: Engine) -> None:
    engine.create("q")
    engine.send_all("q", "ab")
    for count in (1, 2, 3):
        deliveries = engine.receive("q", 10, visibility=0)
        assert sorted(bodies(deliveries)) == ["a", "b"]
        assert {each.receipt.receive_count for each in deliveries} == {count}
    assert engine.counts("q") == (2, 0, 0)


def test_receives_are_counted_and_the_first_is_remembered(engine: Engine) -> None:
    engine.create("q", VisibilityTimeout="10")
    engine.send("q", "x")
    sent_at = engine.now
    engine.sleep(3)
    first_at = engine.now
    for count in (1, 2, 3):
        delivery = engine.receive_one("q")
        assert delivery.receipt.receive_count == count
        assert delivery.sent_at == sent_at
        assert delivery.first_received_at == first_at
        engine.sleep(10)


def test_what_came_back_and_what_is_new_take_turns(engine: Engine) -> None:
    engine.create("q")
    engine.send_all("q", "abc")
    engine.receive("q", 3, visibility=1)
    engine.sleep(1)
    engine.send_all("q", "xyz")
    turns = [body(engine.receive_one("q")) for _ in range(6)]
    assert [each for each in turns if each in "abc"] == list("abc")
    assert [each for each in turns if each in "xyz"] == list("xyz")
    assert {turns.index("c"), turns.index("z")} == {4, 5}


# --- Waking --------------------------------------------------------------------------------------


def test_a_message_wakes_those_who_wait(engine: Engine) -> None:
    engine.create("q")
    engine.create("other")
    engine.awoken()
    engine.send("q", "x")
    assert engine.awoken() == {"q"}
    engine.send_batch("q", engine.entry("y"))
    assert engine.awoken() == {"q"}


def test_a_delayed_message_wakes_them_when_its_delay_is_over(engine: Engine) -> None:
    engine.create("q")
    engine.awoken()
    engine.send("q", "x", delay=5)
    assert engine.awoken() == set()
    engine.sleep(4.999)
    assert engine.awoken() == set()
    engine.sleep(0.001)
    assert engine.awoken() == {"q"}


def test_a_message_whose_timeout_is_over_wakes_them(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "x")
    engine.receive_one("q", visibility=5)
    engine.awoken()
    engine.sleep(4.999)
    assert engine.awoken() == set()
    engine.sleep(0.001)
    assert engine.awoken() == {"q"}


def test_a_message_made_visible_wakes_them(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "x")
    delivery = engine.receive_one("q")
    engine.awoken()
    engine.hide("q", delivery, 10)
    assert engine.awoken() == set()
    engine.hide("q", delivery, 0)
    assert engine.awoken() == {"q"}


def test_a_message_received_without_a_timeout_wakes_the_next(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "x")
    engine.awoken()
    engine.receive_one("q", visibility=10)
    assert engine.awoken() == set()
    engine.sleep(10)
    engine.awoken()
    engine.receive_one("q", visibility=0)
    assert engine.awoken() == {"q"}


def test_a_released_message_wakes_them(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "x")
    delivery = engine.receive_one("q")
    engine.awoken()
    engine.release("q", delivery)
    assert engine.awoken() == {"q"}


def test_receiving_deleting_and_purging_wake_nobody(engine: Engine) -> None:
    engine.create("q")
    engine.send_all("q", "ab")
    engine.awoken()
    engine.delete("q", engine.receive_one("q"))
    engine.purge("q")
    engine.sleep(60)
    assert engine.awoken() == set()


def test_a_dead_letter_wakes_those_who_wait_for_dead_letters(engine: Engine) -> None:
    engine.create_with_dead_letters("q", "dead", 1)
    engine.send("q", "x")
    engine.receive_one("q", visibility=0)
    engine.awoken()
    engine.receive("q")
    assert "dead" in engine.awoken()


# --- Release -------------------------------------------------------------------------------------


def test_a_released_receive_did_not_happen(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "x")
    engine.release("q", engine.receive_one("q"))
    assert engine.counts("q") == (1, 0, 0)
    engine.sleep(3)
    delivery = engine.receive_one("q")
    assert delivery.receipt.receive_count == 1
    assert delivery.first_received_at == engine.now


def test_an_earlier_receive_still_stands_after_a_release(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "x")
    first = engine.receive_one("q", visibility=1)
    engine.sleep(1)
    engine.release("q", engine.receive_one("q"))
    again = engine.receive_one("q")
    assert again.receipt.receive_count == 2
    assert again.first_received_at == first.first_received_at


def test_releasing_what_is_out_of_date_does_nothing(engine: Engine) -> None:
    engine.create("q")
    engine.send_all("q", "ab")
    old, deleted = engine.receive("q", 2, visibility=1)
    engine.delete("q", deleted)
    engine.sleep(1)
    engine.release("q", old)
    current = engine.receive_one("q")
    written = len(engine.records)
    engine.release("q", old, deleted)
    assert len(engine.records) == written
    assert engine.counts("q") == (0, 1, 0)
    assert current.receipt.receive_count == 2


def test_a_released_message_of_a_fifo_queue_keeps_its_place(engine: Engine) -> None:
    engine.create("q.fifo")
    engine.send_all("q.fifo", "abc", group="g")
    engine.release("q.fifo", *engine.receive("q.fifo", 2))
    assert bodies(engine.receive("q.fifo", 10)) == ["a", "b", "c"]


# --- In flight -----------------------------------------------------------------------------------


@pytest.fixture
def three_in_flight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "IN_FLIGHT", 3)


@pytest.mark.usefixtures("three_in_flight")
class TestTooManyInFlight:
    def test_a_standard_queue_hands_out_what_room_there_is(self, engine: Engine) -> None:
        engine.create("q")
        engine.send_all("q", "abcde")
        assert bodies(engine.receive("q", 2)) == ["a", "b"]
        assert bodies(engine.receive("q", 10)) == ["c"]

    def test_a_short_poll_of_a_standard_queue_is_refused(self, engine: Engine) -> None:
        engine.create("q", VisibilityTimeout="10")
        engine.send_all("q", "abcde")
        engine.receive("q", 3)
        with pytest.raises(OverLimit):
            engine.receive("q")
        engine.sleep(10)
        assert len(engine.receive("q")) == 1

    def test_a_long_poll_of_a_standard_queue_waits(self, engine: Engine) -> None:
        """ "If you use long polling, Amazon SQS returns no error messages" (quotas)."""
        engine.create("q", ReceiveMessageWaitTimeSeconds="20")
        engine.send_all("q", "abcde")
        first, *_ = engine.receive("q", 3)
        assert engine.receive("q") == []
        with pytest.raises(OverLimit):
            engine.receive("q", wait=0)
        engine.awoken()
        engine.delete("q", first)
        assert engine.awoken() == {"q"}
        assert bodies(engine.receive("q", 10)) == ["d"]

    def test_a_fifo_queue_gives_nothing_new_and_no_error(self, engine: Engine) -> None:
        engine.create("q.fifo")
        for group in "abcde":
            engine.send("q.fifo", group, group=group)
        first, *_ = engine.receive("q.fifo", 10)
        assert engine.counts("q.fifo") == (2, 3, 0)
        assert engine.receive("q.fifo", 10) == []
        engine.awoken()
        engine.delete("q.fifo", first)
        assert engine.awoken() == {"q.fifo"}
        assert bodies(engine.receive("q.fifo", 10)) == ["d"]

    def test_a_receive_without_a_timeout_takes_no_room(self, engine: Engine) -> None:
        engine.create("q")
        engine.send_all("q", "abcde")
        assert len(engine.receive("q", 3, visibility=0)) == 3
        assert len(engine.receive("q", 3)) == 3


def test_120_000_may_be_in_flight() -> None:
    assert limits.IN_FLIGHT == 120_000


# --- Retention -----------------------------------------------------------------------------------


def test_a_message_is_gone_when_its_retention_is_over(engine: Engine) -> None:
    engine.create("q", MessageRetentionPeriod="60")
    engine.send("q", "x")
    engine.sleep(59.9)
    assert engine.counts("q") == (1, 0, 0)
    engine.sleep(1.1)
    assert engine.receive("q") == []
    assert engine.counts("q") == (0, 0, 0)
    assert set(engine.state.usage.live_bytes.values()) == {0}


def test_each_message_has_its_own_age(engine: Engine) -> None:
    engine.create("q", MessageRetentionPeriod="60")
    for text in "abc":
        engine.send("q", text)
        engine.sleep(10)
    engine.sleep(35)
    assert bodies(engine.receive("q", 10, visibility=0)) == ["b", "c"]
    engine.sleep(10)
    assert bodies(engine.receive("q", 10)) == ["c"]


def test_retention_also_ends_what_is_in_flight(engine: Engine) -> None:
    engine.create("q", MessageRetentionPeriod="60")
    engine.send("q", "x")
    delivery = engine.receive_one("q", visibility=1_000)
    engine.sleep(61)
    assert engine.counts("q") == (0, 0, 0)
    engine.delete("q", delivery)
    engine.sleep(1_000)
    assert engine.receive("q") == []


def test_retention_also_ends_what_is_delayed(engine: Engine) -> None:
    engine.create("q", MessageRetentionPeriod="60")
    engine.send("q", "x", delay=900)
    engine.sleep(61)
    assert engine.counts("q") == (0, 0, 0)
    engine.sleep(900)
    assert engine.receive("q") == []


def test_another_retention_holds_for_what_is_there(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "old")
    engine.sleep(100)
    engine.send("q", "new")
    engine.set("q", MessageRetentionPeriod="60")
    engine.sleep(1)
    assert bodies(engine.receive("q", 10, visibility=0)) == ["new"]
    engine.set("q", MessageRetentionPeriod="120")
    engine.sleep(100)
    assert bodies(engine.receive("q", 10)) == ["new"]


def test_an_expired_message_does_not_hold_up_its_group(engine: Engine) -> None:
    engine.create("q.fifo", MessageRetentionPeriod="60")
    engine.send("q.fifo", "a", group="g")
    engine.sleep(30)
    engine.send("q.fifo", "b", group="g")
    engine.receive_one("q.fifo", visibility=1_000)
    engine.awoken()
    engine.sleep(31)
    assert engine.awoken() == {"q.fifo"}
    assert bodies(engine.receive("q.fifo", 10)) == ["b"]


@pytest.mark.parametrize("name", ["q", "q.fifo"])
def test_a_queue_that_nobody_reads_takes_no_room_for_what_expired(
    engine: Engine, name: str
) -> None:
    engine.create(name, MessageRetentionPeriod="60")
    for number in range(40):
        for tenant in range(10):
            engine.send(name, f"{number} {tenant}", group=f"{number % 3} {tenant}")
        engine.sleep(30)
    order = engine.queue(name).order
    places = list(order.groups.values()) if name == "q.fifo" else list(order.lanes.values())
    waiting = sum(len(each.waiting if name == "q.fifo" else each.fresh) for each in places)
    assert engine.counts(name)[0] <= 30
    assert waiting < 150
    assert len(places) < 150


# --- Receive attempts ----------------------------------------------------------------------------


def test_a_repeated_attempt_gives_the_same_messages_and_receipts(engine: Engine) -> None:
    engine.create("q.fifo")
    engine.send_all("q.fifo", "abc", group="g")
    first = engine.receive("q.fifo", 2, attempt="1")
    again = engine.receive("q.fifo", 2, attempt="1")
    assert bodies(again) == ["a", "b"]
    assert [each.receipt for each in again] == [each.receipt for each in first]
    engine.delete("q.fifo", *first)


def test_a_repeated_attempt_begins_the_timeout_anew(engine: Engine) -> None:
    engine.create("q.fifo", VisibilityTimeout="10")
    engine.send("q.fifo", "a", group="g")
    engine.receive_one("q.fifo", attempt="1")
    for _ in range(2):
        engine.sleep(8)
        assert bodies(engine.receive("q.fifo", attempt="1")) == ["a"]
    engine.sleep(9)
    assert engine.receive("q.fifo") == []
    engine.sleep(1)
    assert engine.receive_one("q.fifo").receipt.receive_count == 2


def test_another_attempt_gets_other_messages(engine: Engine) -> None:
    engine.create("q.fifo")
    engine.send("q.fifo", "a", group="g")
    engine.send("q.fifo", "b", group="h")
    assert bodies(engine.receive("q.fifo", attempt="1")) == ["a"]
    assert bodies(engine.receive("q.fifo", attempt="2")) == ["b"]


def test_an_attempt_is_known_for_five_minutes(engine: Engine) -> None:
    engine.create("q.fifo", VisibilityTimeout="1000")
    engine.send("q.fifo", "a", group="g")
    engine.receive_one("q.fifo", attempt="1")
    engine.sleep(299.999)
    assert bodies(engine.receive("q.fifo", attempt="1")) == ["a"]
    engine.sleep(0.001)
    assert engine.receive("q.fifo", attempt="1") == []


def test_an_attempt_is_void_once_a_message_of_it_was_deleted(engine: Engine) -> None:
    engine.create("q.fifo")
    engine.send_all("q.fifo", "ab", group="g")
    engine.send("q.fifo", "c", group="h")
    first, _ = engine.receive("q.fifo", 2, attempt="1")
    engine.delete("q.fifo", first)
    assert bodies(engine.receive("q.fifo", 2, attempt="1")) == ["c"]


@pytest.mark.parametrize("timeout_s", [0, 5, 500])
def test_an_attempt_is_void_once_the_visibility_of_a_message_was_changed(
    engine: Engine, timeout_s: int
) -> None:
    """ "... if none of the messages have been modified (deleted or had their visibility
    changes)" (ReceiveRequestAttemptId)."""
    engine.create("q.fifo")
    engine.send_all("q.fifo", "ab", group="g")
    engine.send("q.fifo", "c", group="h")
    _, second = engine.receive("q.fifo", 2, attempt="1")
    engine.hide("q.fifo", second, timeout_s)
    assert bodies(engine.receive("q.fifo", 2, attempt="1")) == ["c"]


def test_an_attempt_is_void_once_its_messages_are_visible_again(engine: Engine) -> None:
    engine.create("q.fifo")
    engine.send("q.fifo", "a", group="g")
    engine.receive_one("q.fifo", visibility=1, attempt="1")
    engine.sleep(1)
    other = engine.receive_one("q.fifo")
    assert engine.receive("q.fifo", attempt="1") == []
    engine.delete("q.fifo", other)


def test_an_attempt_that_found_nothing_may_find_something(engine: Engine) -> None:
    engine.create("q.fifo")
    assert engine.receive("q.fifo", attempt="1") == []
    engine.send("q.fifo", "a", group="g")
    assert bodies(engine.receive("q.fifo", attempt="1")) == ["a"]


def test_a_standard_queue_knows_no_attempts(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "a")
    assert bodies(engine.receive("q", attempt="1")) == ["a"]
    assert engine.receive("q", attempt="1") == []


def test_attempts_do_not_pile_up(engine: Engine) -> None:
    engine.create("q.fifo")
    for number in range(20):
        engine.send("q.fifo", str(number), group="g")
        delivery = engine.receive_one("q.fifo", attempt=str(number))
        engine.delete("q.fifo", delivery)
        engine.sleep(100)
    assert len(engine.queue("q.fifo").attempts.dump()) <= 3
