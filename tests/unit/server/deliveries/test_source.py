"""Messages in hidden queues become jobs, and what becomes of those is in the log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from engine_harness import arn
from tidegate.base.refusals import LogStopped
from tidegate.catalog.delivery_policy import DeliveryPolicy
from tidegate.catalog.entities import Changes
from tidegate.catalog.entity import name_of
from tidegate.catalog.notifications import SUBSCRIPTION_CONFIRMATION, UNSUBSCRIBE_CONFIRMATION
from tidegate.catalog.retry_schedule import HTTP_TOTAL_S
from tidegate.catalog.topics import CancelledSubscription, IssuedToken
from tidegate.engine.commands import AttributeValue, ChangeVisibility
from tidegate.server.deliveries.making import JobMaker
from tidegate.server.deliveries.source import HIDDEN_S, RENEWED_S, UNOPENED_S
from tidegate.server.deliveries.waiting import Waiting
from tidegate.services.sns.delivery_queues import cancelled_queue, topic_queue
from tidegate.services.sns.publications import DEFAULT, Publishable
from tidegate.workers.http_delivery import HttpTarget
from tidegate.workers.jobs import Job
from tidegate.workers.notification import Attribute
from tidegate.workers.outcome import permanent
from unit.server.deliveries.house import FAR, ID, ORIGIN, QUEUE, TOPIC, House, pending, subscription

TOKEN = "7" * 160


@pytest.fixture
def house() -> House:
    made = House()
    made.put(TOPIC, subscription())
    return made


class TestTaking:
    def test_a_message_becomes_a_job(self, house: House) -> None:
        attributes = {
            "colour": AttributeValue("String", "red"),
            "picture": AttributeValue("Binary", None, b"\x00\x01"),
        }
        house.publish("hello", subject="s", attributes=attributes)
        assert house.ready == [QUEUE]
        job = house.take_one()
        told = job.notification
        assert (job.queue, job.attempt, job.protocol) == (QUEUE, 1, "http")
        assert (told.message, told.subject, told.topic_arn) == ("hello", "s", TOPIC.arn)
        assert told.published_at == job.published_at
        assert told.attributes == {
            "colour": Attribute("String", "red"),
            "picture": Attribute("Binary", "AAE="),
        }
        assert told.subscription_arn == f"{TOPIC.arn}:{ID}"
        assert told.unsubscribe_url == (
            f"{ORIGIN}/?Action=Unsubscribe&SubscriptionArn={TOPIC.arn}:{ID}"
        )
        assert job.target == HttpTarget("http://ann:secret@hooks.test/orders")
        assert (job.policy.num_retries, job.most_retry_s) == (3, HTTP_TOTAL_S)
        assert job.receipt.destination == "http://hooks.test/orders"

    def test_nothing_is_taken_twice(self, house: House) -> None:
        house.publish()
        house.take_one()
        assert house.take() == []

    def test_no_more_than_is_wanted(self, house: House) -> None:
        for text in "abc":
            house.publish(text)
        taken = house.take(limit=2)
        assert [job.notification.message for job in taken] == ["a", "b"]

    def test_the_definitions_of_the_moment_count(self, house: House) -> None:
        house.publish()
        policy = DeliveryPolicy(max_receives_per_second=7, content_type="application/json")
        house.put(subscription(raw=True, endpoint="http://new.test/", delivery_policy=policy))
        assert house.source.max_receives_per_second(QUEUE) is None
        target = house.take_one().target
        assert target == HttpTarget("http://new.test/", True, "application/json")
        assert house.source.max_receives_per_second(QUEUE) == 7
        house.put(subscription())
        house.publish()
        house.take()
        assert house.source.max_receives_per_second(QUEUE) is None

    def test_a_take_that_is_given_up_gives_back(self, house: House) -> None:
        house.publish()
        task = house.sim.loop.create_task(house.source.take(QUEUE, 1))
        house.sim.loop.turn()
        task.cancel()
        house.settle()
        assert house.take_one().attempt == 1

    def test_a_log_that_has_stopped_is_said(self, house: House) -> None:
        house.publish()
        house.sim.commits.abandon()
        with pytest.raises(LogStopped):
            house.take()

    def test_a_queue_that_is_gone_has_nothing(self, house: House) -> None:
        assert house.take() == []

    def test_what_does_not_open_waits_for_its_key(
        self, house: House, caplog: pytest.LogCaptureFixture
    ) -> None:
        house.publish("unreadable")
        other = House(house.sim.restarted())
        with caplog.at_level(logging.ERROR):
            assert other.take() == []
        assert QUEUE in caplog.text
        assert other.messages() == 1
        again = other.sim.partition.state.by_arn[QUEUE]
        other.pass_time(UNOPENED_S - 1)
        assert other.ready == []
        other.pass_time(2)
        assert other.ready == [QUEUE]
        assert again.slots.live == 1

    def test_a_bug_with_one_message_costs_no_other(
        self, house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _make_jobs(monkeypatch, b=_bug)
        for text in "abc":
            house.publish(text)
        assert _texts(house.take()) == ["a", "c"]
        assert "ZeroDivisionError" in caplog.text
        monkeypatch.undo()
        house.pass_time(UNOPENED_S - 1)
        assert house.ready == []
        house.pass_time(2)
        assert house.ready == [QUEUE]
        assert _texts(house.take()) == ["b"]

    def test_what_nobody_needs_takes_the_place_of_nothing(self, house: House) -> None:
        house.put(pending())
        for _ in range(3):
            house.outward.send_confirmation(pending(), TOKEN)
        house.put(subscription())
        for text in "ab":
            house.publish(text)
        assert _texts(house.take(limit=1)) == ["a"]
        assert _texts(house.take(limit=2)) == ["b"]
        assert house.messages() == 2

    def test_what_was_taken_before_the_log_stopped_is_had(
        self, house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _make_jobs(monkeypatch, b=house.sim.commits.abandon)
        for text in "ab":
            house.publish(text)
        assert _texts(house.take(limit=2)) == ["a"]
        assert QUEUE in caplog.text

    def test_a_take_that_is_given_up_halfway_gives_back(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made: list[str] = []
        _make_jobs(monkeypatch, b=lambda: made.append("b"))
        for text in "ab":
            house.publish(text)
        task = house.sim.loop.create_task(house.source.take(QUEUE, 2))
        while not made:
            house.sim.loop.turn()
        assert not task.done()
        task.cancel()
        house.settle()
        assert house.take_one().attempt == 1


class TestWhatBecomesOfIt:
    def test_what_is_done_is_gone(self, house: House) -> None:
        house.publish()
        house.source.done(house.take_one())
        assert house.messages() == 0

    def test_what_is_retried_comes_back_after_its_delay(self, house: House) -> None:
        house.publish()
        house.source.retry(house.take_one(), 30)
        house.pass_time(29)
        assert house.ready == []
        house.pass_time(2)
        assert house.ready == [QUEUE]
        assert house.take_one().attempt == 2

    def test_what_is_retried_at_once_is_there_at_once(self, house: House) -> None:
        house.publish()
        job = house.take_one()
        house.ready.clear()
        house.source.retry(job, 0)
        house.settle()
        assert house.ready == [QUEUE]

    def test_a_crash_forgets_no_delay_and_no_try(self, house: House) -> None:
        house.publish()
        house.source.retry(house.take_one(), 30)
        house.settle()
        again = house.restarted()
        # It may be there; nobody can take it yet.
        assert again.take() == []
        again.pass_time(31)
        assert again.ready == [QUEUE]
        assert again.take_one().attempt == 2

    def test_what_a_crash_interrupts_is_taken_again_soon(self, house: House) -> None:
        house.publish()
        house.take_one()
        again = house.restarted()
        assert again.take() == []
        again.pass_time(HIDDEN_S + 1)
        assert again.take_one().attempt == 2

    def test_what_is_under_way_for_long_is_nobody_elses(self, house: House) -> None:
        house.publish()
        job = house.take_one()
        house.pass_time(10 * HIDDEN_S)
        assert house.ready == []
        house.source.done(job)
        house.settle()
        assert house.messages() == 0

    def test_many_are_hidden_again_with_one_command(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for text in "abc":
            house.publish(text)
        jobs = house.take()
        run, seen = house.sim.node.run_unasked, []

        def watched(command: Any) -> None:
            seen.append(command)
            run(command)

        monkeypatch.setattr(house.sim.node, "run_unasked", watched)
        house.pass_time(RENEWED_S + 0.1)
        [renewal] = [each for each in seen if isinstance(each, ChangeVisibility)]
        assert [each.receipt for each in renewal.changes] == [job.receipt.receipt for job in jobs]


class TestGivingUp:
    OUTCOME = permanent("no")

    @pytest.fixture
    def house(self) -> House:
        made = House()
        made.sim.create("dead")
        made.put(TOPIC, subscription(dead_letter_target=arn("dead")))
        made.publish("lost")
        return made

    def test_it_goes_to_the_dead_letter_queue(self, house: House) -> None:
        house.source.give_up(house.take_one(), self.OUTCOME)
        house.settle()
        assert (house.messages(), house.messages(arn("dead"))) == (0, 1)

    def test_or_away_where_that_lets_no_topic_in(self, house: House) -> None:
        house.shut.add(arn("dead"))
        house.source.give_up(house.take_one(), self.OUTCOME)
        house.settle()
        assert (house.messages(), house.messages(arn("dead"))) == (0, 0)

    def test_or_is_not_there(self, house: House) -> None:
        house.sim.remove("dead")
        house.source.give_up(house.take_one(), self.OUTCOME)
        house.settle()
        assert house.messages() == 0

    def test_a_subscription_that_has_gone_meanwhile_leaves_nothing(self, house: House) -> None:
        job = house.take_one()
        house.remove(subscription())
        for end in (house.source.done, lambda job: house.source.retry(job, 1)):
            end(job)
        house.source.give_up(job, self.OUTCOME)
        house.settle()
        assert not house.has_queue()


class TestConfirmations:
    @pytest.fixture
    def house(self) -> House:
        made = House()
        made.put(TOPIC)
        return made

    def test_a_pending_subscription_gets_its_confirmation(self, house: House) -> None:
        house.put(pending())
        house.outward.send_confirmation(pending(), TOKEN)
        house.settle()
        job = house.take_one()
        told = job.notification
        assert (told.type, told.token) == (SUBSCRIPTION_CONFIRMATION, TOKEN)
        assert told.subscribe_url == (
            f"{ORIGIN}/?Action=ConfirmSubscription&TopicArn={TOPIC.arn}&Token={TOKEN}"
        )
        assert told.unsubscribe_url is None
        assert TOPIC.arn in told.message
        house.source.retry(job, 1)
        house.settle()
        again = house.restarted()
        again.pass_time(2)
        assert again.take_one().notification.token == TOKEN

    @pytest.mark.parametrize(
        "now", [subscription(), pending(), None], ids=["confirmed", "lapsed", "gone"]
    )
    def test_one_that_nobody_needs_any_more_goes(self, house: House, now: Any) -> None:
        house.put(pending())
        house.outward.send_confirmation(pending(), TOKEN)
        house.settle()
        if now is None:
            house.remove(pending())
            assert not house.has_queue()
            return
        tokens = (IssuedToken(bytes(32), 1),) if now.pending else ()
        house.put(msgspec.structs.replace(now, tokens=tokens))
        assert house.take() == []
        house.settle()
        assert house.messages() == 0

    def test_a_dead_letter_queue_gets_none(self, house: House) -> None:
        house.sim.create("dead")
        asked = pending(dead_letter_target=arn("dead"))
        house.put(asked)
        house.outward.send_confirmation(asked, TOKEN)
        house.settle()
        house.source.give_up(house.take_one(), permanent("no"))
        house.settle()
        assert (house.messages(), house.messages(arn("dead"))) == (0, 0)

    def test_a_farewell_comes_after_its_subscription(self, house: House) -> None:
        ended = subscription()
        house.put(CancelledSubscription(ended, IssuedToken(bytes(32), FAR)))
        house.outward.send_cancellation(ended, TOKEN)
        house.settle()
        queue = cancelled_queue(TOPIC.arn, ID)
        assert queue in house.ready
        job = house.take_one(queue)
        assert job.notification.type == UNSUBSCRIBE_CONFIRMATION
        assert job.notification.subscription_arn == ended.arn
        house.source.done(job)
        house.settle()
        assert not house.has_queue(queue)


class TestQueuesGo:
    def test_with_their_subscription(self, house: House) -> None:
        house.publish()
        house.remove(subscription())
        assert not house.has_queue()
        assert house.forgotten == [QUEUE]

    def test_not_with_a_change_that_was_refused(self, house: House) -> None:
        house.publish()
        house.hidden._on_change(_removal())
        assert house.has_queue()

    def test_at_the_start_where_a_crash_came_between(self, house: House) -> None:
        house.publish()
        house.definitions._watchers.clear()
        house.remove(subscription())
        assert house.has_queue()
        again = house.restarted()
        again.settle()
        assert not again.has_queue()
        assert again.ready == []

    def test_and_stay_otherwise(self, house: House) -> None:
        house.publish()
        again = house.restarted()
        assert again.ready == [QUEUE]

    def test_the_memory_of_a_fifo_topic_goes_with_it(self, house: House) -> None:
        fifo = msgspec.structs.replace(TOPIC, name="orders.fifo", fifo=True)
        house.put(fifo)
        house.ready.clear()
        # `fan_out` wants what publishing has checked.
        command = house.sending.fan_out(
            fifo, house.new_id(), "AIDA", _in_group("g"), [], "deduplicated"
        )
        house.sim.node.run_unasked(command)
        house.settle()
        queue = topic_queue(fifo.arn)
        assert house.has_queue(queue)
        assert house.ready == []
        again = house.restarted()
        assert again.has_queue(queue)
        again.remove(fifo)
        assert not again.has_queue(queue)


def _make_jobs(monkeypatch: pytest.MonkeyPatch, **instead: Callable[[], object]) -> None:
    """What happens, by a message's text, in place of its job being made."""
    make = JobMaker.job

    def job(self: JobMaker, waiting: Waiting) -> Job | None:
        do = instead.get(waiting.held.body)
        if do is None:
            return make(self, waiting)
        do()
        return None

    monkeypatch.setattr(JobMaker, "job", job)


def _bug() -> None:
    raise ZeroDivisionError


def _texts(jobs: list[Job]) -> list[str]:
    return [job.notification.message for job in jobs]


def _removal() -> Changes:
    return Changes(removed=(name_of(subscription()),))


def _in_group(group: str) -> Publishable:
    return Publishable({DEFAULT: "x"}, False, None, None, group, "d", 1)
