"""Publishing: one record, many queues."""

from __future__ import annotations

from uuid import UUID

import pytest

from engine_harness import ACCOUNT, REGION, Engine, arn, bodies, redrive_policy
from tidegate.base.arn import hidden_queue_arn
from tidegate.base.refusals import StorageFull
from tidegate.engine.commands import (
    Delivery,
    Fan,
    FannedOut,
    FanOut,
    FanTarget,
    FanTargets,
    FifoTopic,
    GiveUp,
    ListQueues,
    Message,
    ReadArchive,
    Through,
)
from tidegate.engine.fanned import FEW

TOPIC = "arn:aws:sns:eu-central-1:111122223333:t"
ID = "a0a0a0a0-b1b1-4c2c-8d3d-e4e4e4e4e4e4"
HIDDEN = hidden_queue_arn(REGION, ACCOUNT, "delivery")


def subscription(number: int) -> bytes:
    return UUID(int=number).bytes


def target(name: str, number: int = 1, *, notification: bool = False) -> FanTarget:
    return FanTarget(name if ":" in name else arn(name), subscription(number), notification)


def message(text: str, group: str | None = None, dedup: str | None = None) -> Message:
    return Message(ID, text, "md5", "AIDA", group_id=group, deduplication_id=dedup)


def publish(engine: Engine, text: str, *targets: FanTarget) -> FannedOut:
    result: FannedOut = engine.run(FanOut(TOPIC, [Fan(message(text), FanTargets.of(targets))]))
    return result


def one(engine: Engine, name: str) -> Delivery:
    (delivery,) = engine.receive(name, 10)
    return delivery


def publish_fifo(
    engine: Engine,
    text: str,
    *targets: FanTarget,
    group: str = "g",
    dedup: str,
    archive_s: int = 0,
    scope: str = "queue",
) -> FannedOut:
    hidden = hidden_queue_arn(REGION, ACCOUNT, "topic.fifo")
    fifo = FifoTopic(hidden, scope, archive_s)  # type: ignore[arg-type]
    fan = Fan(message(text, group, dedup), FanTargets.of(targets))
    result: FannedOut = engine.run(FanOut(f"{TOPIC}.fifo", [fan], fifo))
    return result


class TestFanOut:
    def test_many_queues_are_reached_as_few_are(self, engine: Engine) -> None:
        many = [f"q{number}" for number in range(FEW + 2)]
        for name in many:
            engine.create(name)
        engine.create("late", DelaySeconds="5")
        engine.awoken()
        publish(engine, "x", *(target(name, number) for number, name in enumerate(many)))
        assert engine.awoken() == set(many)
        everywhere = [*many, "late"]
        publish(engine, "y", *(target(name, number) for number, name in enumerate(everywhere)))
        assert engine.awoken() == set(many)
        for name in many:
            assert bodies(engine.receive(name, 10)) == ["x", "y"]
        assert engine.receive("late") == []
        engine.sleep(5)
        assert bodies(engine.receive("late")) == ["y"]
        engine.check_recovery()

    def test_every_queue_has_the_message_and_the_log_has_it_once(self, engine: Engine) -> None:
        for name in "abc":
            engine.create(name)
        before = len(engine.records)
        publish(engine, "x", *(target(name, number) for number, name in enumerate("abc")))
        assert len(engine.records) == before + 1
        for name in "abc":
            assert bodies(engine.receive(name, 10)) == ["x"]

    def test_each_queue_has_an_id_of_its_own_and_knows_the_subscription(
        self, engine: Engine
    ) -> None:
        engine.create("a")
        engine.create("b")
        publish(engine, "x", target("a", 7, notification=True), target("b", 8))
        a, b = one(engine, "a"), one(engine, "b")
        assert a.message is not None
        assert b.message is not None
        assert a.message.id == b.message.id == ID
        assert len({a.message_id, b.message_id, ID}) == 3
        assert a.message.through == Through(f"{TOPIC}:{UUID(int=7)}", True, str(a.message_id))
        assert b.message.through == Through(f"{TOPIC}:{UUID(int=8)}", False, str(b.message_id))
        assert UUID(str(a.message_id)).version == 4

    def test_two_forms_are_one_record(self, engine: Engine) -> None:
        engine.create("a")
        engine.create("b")
        before = len(engine.records)
        fans = [
            Fan(message("x"), FanTargets.of([target("a")])),
            Fan(message("y"), FanTargets.of([target("b")])),
        ]
        engine.run(FanOut(TOPIC, fans))
        assert len(engine.records) == before + 1
        assert bodies(engine.receive("a")) == ["x"]
        assert bodies(engine.receive("b")) == ["y"]

    def test_forms_that_are_too_large_for_one_record_are_several(self, engine: Engine) -> None:
        for name in "abc":
            engine.create(name)
        before = len(engine.records)
        fans = [Fan(message(name * 1_000_000), FanTargets.of([target(name)])) for name in "abc"]
        engine.run(FanOut(TOPIC, fans))
        assert len(engine.records) == before + 3
        for name in "abc":
            assert bodies(engine.receive(name)) == [name * 1_000_000]
        engine.check_recovery()

    def test_forms_that_fit_into_one_record_are_one(self, engine: Engine) -> None:
        for name in "abc":
            engine.create(name)
        before = len(engine.records)
        engine.run(
            FanOut(
                TOPIC,
                [Fan(message(name * 600_000), FanTargets.of([target(name)])) for name in "abc"],
            )
        )
        assert len(engine.records) == before + 1

    def test_a_queue_that_is_gone_gets_nothing(self, engine: Engine) -> None:
        engine.create("a")
        assert publish(engine, "x", target("a"), target("gone", 9)) == FannedOut()
        assert bodies(engine.receive("a")) == ["x"]

    def test_nothing_is_written_for_nobody(self, engine: Engine) -> None:
        before = len(engine.records)
        assert publish(engine, "x") == FannedOut()
        assert len(engine.records) == before

    def test_a_queues_own_delay_counts(self, engine: Engine) -> None:
        engine.create("a", DelaySeconds="5")
        engine.create("b")
        publish(engine, "x", target("a"), target("b"))
        assert engine.receive("a") == []
        assert bodies(engine.receive("b")) == ["x"]
        engine.sleep(5)
        assert bodies(engine.receive("a")) == ["x"]

    def test_a_queue_may_have_it_for_two_subscriptions(self, engine: Engine) -> None:
        engine.create("dead")
        publish(engine, "x", target("dead", 7), target("dead", 8, notification=True))
        found = engine.receive("dead", 10)
        throughs = [each.message.through for each in found if each.message]
        assert {each.subscription[-1] for each in throughs if each} == {"7", "8"}
        assert len({each.message_id for each in found}) == 2
        engine.check_recovery()

    def test_who_waits_is_woken(self, engine: Engine) -> None:
        engine.create("a")
        engine.awoken()
        publish(engine, "x", target("a"))
        assert engine.awoken() == {"a"}


class TestHiddenQueues:
    def test_one_is_made_for_the_first_message(self, engine: Engine) -> None:
        publish(engine, "x", target(HIDDEN))
        assert HIDDEN in engine.state.by_arn
        publish(engine, "y", target(HIDDEN))
        queue = engine.state.by_arn[HIDDEN]
        assert queue.slots.live == 2

    def test_no_list_shows_it(self, engine: Engine) -> None:
        engine.create("a")
        publish(engine, "x", target(HIDDEN))
        names = engine.run(ListQueues(ACCOUNT, REGION, "", "", 10))
        assert names.arns == [arn("a")]
        engine.remove(HIDDEN.rpartition(":")[2])
        assert HIDDEN not in engine.state.by_arn


class TestFifoTopics:
    def test_order_and_numbers(self, engine: Engine) -> None:
        engine.create("q.fifo")
        found = [
            publish_fifo(engine, text, target("q.fifo"), dedup=text).sequence_number
            for text in ("a", "b", "c")
        ]
        assert found == sorted(found, key=str)
        assert len(set(found)) == 3
        assert bodies(engine.receive_all("q.fifo")) == ["a", "b", "c"]

    def test_the_same_id_within_five_minutes_is_the_same_message(self, engine: Engine) -> None:
        engine.create("q.fifo")
        first = publish_fifo(engine, "a", target("q.fifo"), dedup="1")
        again = publish_fifo(engine, "b", target("q.fifo"), dedup="1")
        assert again == FannedOut(ID, first.sequence_number)
        received = engine.receive_all("q.fifo")
        assert bodies(received) == ["a"]
        engine.delete("q.fifo", *received)
        engine.sleep(301)
        publish_fifo(engine, "c", target("q.fifo"), dedup="1")
        assert bodies(engine.receive_all("q.fifo")) == ["c"]

    def test_ids_may_count_within_groups(self, engine: Engine) -> None:
        engine.create(
            "q.fifo", DeduplicationScope="messageGroup", FifoThroughputLimit="perMessageGroupId"
        )
        for group in ("g", "h"):
            publish_fifo(
                engine, group, target("q.fifo"), group=group, dedup="1", scope="messageGroup"
            )
        assert sorted(bodies(engine.receive_all("q.fifo"))) == ["g", "h"]

    def test_without_an_archive_nothing_stays_in_the_topic(self, engine: Engine) -> None:
        publish_fifo(engine, "a", dedup="1")
        topic = engine.state.by_arn[hidden_queue_arn(REGION, ACCOUNT, "topic.fifo")]
        assert topic.slots.live == 0
        assert not any(engine.state.usage.live_bytes.values())

    def test_an_archive_keeps_messages_for_its_time(self, engine: Engine) -> None:
        publish_fifo(engine, "a", dedup="1", archive_s=86_400 * 20)
        topic = engine.state.by_arn[hidden_queue_arn(REGION, ACCOUNT, "topic.fifo")]
        engine.sleep(86_400 * 19)
        assert topic.slots.live == 1
        engine.sleep(86_400 + 1)
        assert topic.slots.live == 0

    def test_a_dead_letter_queue_of_two_subscriptions_takes_it_once(self, engine: Engine) -> None:
        engine.create("dead.fifo")
        publish_fifo(engine, "a", target("dead.fifo", 7), target("dead.fifo", 8), dedup="1")
        assert bodies(engine.receive_all("dead.fifo")) == ["a"]
        engine.sleep(301)
        publish_fifo(engine, "b", target("dead.fifo", 7), dedup="1")
        assert engine.queue("dead.fifo").slots.live == 2

    def test_a_standard_queue_has_it_as_well(self, engine: Engine) -> None:
        engine.create("q")
        publish_fifo(engine, "a", target("q"), dedup="1")
        assert bodies(engine.receive("q")) == ["a"]


class TestSeveralRecords:
    """Of a FIFO topic's message; the topic knows it when all of them are there."""

    NAMES = ("a.fifo", "b.fifo", "c")

    @pytest.fixture
    def three(self, engine: Engine) -> Engine:
        for name in self.NAMES:
            engine.create(name)
        publish_fifo(engine, "before", dedup="0", archive_s=86_400)
        return engine

    def publish(self, engine: Engine) -> FannedOut:
        hidden = hidden_queue_arn(REGION, ACCOUNT, "topic.fifo")
        fans = [
            Fan(message(name[0] * 1_000_000, "g", "1"), FanTargets.of([target(name)]))
            for name in self.NAMES
        ]
        result: FannedOut = engine.run(
            FanOut(f"{TOPIC}.fifo", fans, FifoTopic(hidden, "queue", 86_400))
        )
        return result

    def check(self, engine: Engine) -> None:
        """Published again it is in all of the queues, and in those that are FIFO once."""
        first = self.publish(engine)
        assert first.message_id is None
        assert self.publish(engine) == FannedOut(ID, first.sequence_number)
        for name in ("a.fifo", "b.fifo"):
            assert bodies(engine.receive_all(name)) == [name[0] * 1_000_000]
        assert set(bodies(engine.receive_all("c"))) == {"c" * 1_000_000}
        archived = engine.run(
            ReadArchive(hidden_queue_arn(REGION, ACCOUNT, "topic.fifo"), -1, 0, None, 10)
        )
        assert bodies(archived.deliveries) == ["before", "a" * 1_000_000]
        engine.check_recovery()

    def test_they_are_one_message(self, three: Engine) -> None:
        self.check(three)

    @pytest.mark.parametrize("room", [0, 1, 2, 3])
    def test_a_disk_that_fills_up_in_between(self, three: Engine, room: int) -> None:
        three.room = room
        with pytest.raises(StorageFull):
            self.publish(three)
        three.room = 100
        self.check(three)

    @pytest.mark.parametrize("lost", [1, 2, 3])
    def test_a_log_that_ends_in_between(self, three: Engine, lost: int) -> None:
        self.publish(three)
        del three.records[-lost:]
        three.captures.clear()
        three.crash(three.replayed())
        self.check(three)


class TestMoves:
    @pytest.fixture
    def dead(self, engine: Engine) -> Engine:
        engine.create_with_dead_letters("q", "dead", 1)
        engine.create("other")
        publish(engine, "x", target("q", 7, notification=True), target("other", 8))
        engine.receive("q", visibility=1)
        engine.sleep(1)
        assert engine.receive("q") == []
        return engine

    def check(self, delivery: Delivery) -> None:
        assert delivery.message is not None
        assert delivery.message.through is not None
        assert delivery.message.through.subscription == f"{TOPIC}:{UUID(int=7)}"
        assert delivery.message.through.is_notification

    def test_a_dead_letter_is_still_what_its_first_queue_had(self, dead: Engine) -> None:
        delivery = one(dead, "dead")
        self.check(delivery)
        assert delivery.dead_letter_source == arn("q")

    def test_and_so_it_is_after_a_move_and_a_restart(self, dead: Engine) -> None:
        dead.start_move("dead", "other")
        dead.sleep(1)
        dead.crash(dead.replayed())
        found = {str(each.born): each for each in dead.receive("other", 10)}
        assert len(found) == 2
        self.check(found[str(dead.queue("q").uid)])

    def test_new_messages_of_the_other_queue_are_its_own(self, dead: Engine) -> None:
        dead.send("dead", "y")
        deliveries = dead.receive("dead", 10)
        assert [bool(each.born) for each in deliveries] == [True, False]
        assert [each.dead_letter_source for each in deliveries] == [arn("q"), None]


class TestTwiceInOneQueue:
    """A dead-letter queue may serve several subscriptions."""

    @pytest.fixture
    def two(self, engine: Engine) -> Engine:
        engine.create_with_dead_letters("dead", "deep", 1)
        publish(engine, "x", target("dead", 7), target("dead", 8, notification=True))
        return engine

    def seen(self, engine: Engine, name: str, **what: int) -> dict[str, str]:
        """Ids in the queue, by the last character of the subscription."""
        found = engine.receive(name, 10, **what)
        throughs = [each.message.through for each in found if each.message]
        assert all(
            each and each.is_notification == each.subscription.endswith("8") for each in throughs
        )
        return {
            through.subscription[-1]: str(each.message_id)
            for through, each in zip(throughs, found, strict=True)
            if through
        }

    def test_both_move_on(self, two: Engine) -> None:
        before = self.seen(two, "dead", visibility=0)
        assert two.receive("dead") == []
        assert self.seen(two, "deep") == before
        assert len(set(before.values())) == 2

    @pytest.mark.parametrize("gone", [0, 1])
    def test_one_keeps_its_id_when_the_other_is_gone_and_their_segment_is_cleaned(
        self, two: Engine, gone: int
    ) -> None:
        found = two.receive("dead", 10, visibility=0)
        two.delete("dead", found[gone])
        left = found[1 - gone]
        segment = two.segment
        two.send_all("deep", ["y" * 1_000] * 3)
        two.clean(segment)
        two.set("dead", RedrivePolicy="")
        assert list(self.seen(two, "dead", visibility=0).values()) == [left.message_id]
        two.set("dead", RedrivePolicy=redrive_policy("deep", 1))
        assert two.receive("dead") == []
        two.clean(two.segment - 1)
        assert left.message_id in {each.message_id for each in two.receive_all("deep")}


class TestCleaning:
    def test_one_that_came_home_leaves_its_segment(self, engine: Engine) -> None:
        engine.create_with_dead_letters("q", "dead", 1)
        engine.create("other")
        publish(engine, "x", target("q", 7), target("other", 8))
        segment = engine.segment
        engine.receive("q", visibility=0)
        assert engine.receive("q") == []
        engine.start_move("dead", None)
        engine.sleep(1)
        engine.send_all("other", ["y" * 1_000] * 3)
        engine.clean(segment)
        assert not engine.state.usage.live_bytes.get(segment)
        assert bodies(engine.receive("q")) == ["x"]
        assert "x" in bodies(engine.receive_all("other"))


def test_what_was_published_comes_back_from_log_and_snapshot(engine: Engine) -> None:
    engine.create("q")
    engine.create("q.fifo")
    publish(engine, "x", target("q"), target(HIDDEN, 2))
    publish_fifo(engine, "a", target("q.fifo"), dedup="1", archive_s=86_400)
    publish_fifo(engine, "b", target("q.fifo"), dedup="2")
    engine.receive("q", visibility=10)
    engine.check_recovery()


class TestGivingUp:
    def test_what_cannot_be_delivered_goes_to_the_dead_letter_queue(self, engine: Engine) -> None:
        engine.create("dead")
        publish(engine, "x", target(HIDDEN, 7, notification=True))
        (taken,) = engine.receive(HIDDEN.rpartition(":")[2])
        engine.run(GiveUp(HIDDEN, taken.receipt, arn("dead")))
        buried = one(engine, "dead")
        assert buried.message is not None
        assert buried.message.through is not None
        assert buried.message.through.is_notification
        assert engine.state.by_arn[HIDDEN].slots.live == 0
        engine.check_recovery()

    def test_there_it_came_from_no_queue_that_a_client_may_see(self, engine: Engine) -> None:
        engine.create_with_dead_letters("q", "dead", 1)
        publish(engine, "x", target(HIDDEN, 7))
        (taken,) = engine.receive(HIDDEN.rpartition(":")[2])
        engine.run(GiveUp(HIDDEN, taken.receipt, arn("dead")))
        assert engine.queue("dead").origins.dump() == []
        engine.start_move("dead")
        engine.sleep(1)
        (task,) = engine.moves("dead")
        assert (task.status, task.failure_reason) == ("FAILED", "CouldNotDetermineMessageSource")
        assert one(engine, "dead").dead_letter_source is None
        engine.check_recovery()

    def test_there_it_has_the_group_and_the_id_that_it_had(self, engine: Engine) -> None:
        engine.create_with_dead_letters("q", "dead", 1)
        name = HIDDEN.rpartition(":")[2]
        engine.run(
            FanOut(
                TOPIC,
                [Fan(message("x", "tenant"), FanTargets.of([target("q"), target(HIDDEN, 7)]))],
            )
        )
        engine.receive("q", visibility=0)
        assert engine.receive("q") == []
        engine.start_move("dead", name)
        engine.sleep(1)
        for taken in engine.receive(name, 10):
            engine.run(GiveUp(HIDDEN, taken.receipt, arn("dead")))
            (buried,) = engine.receive("dead", 10)
            assert buried.message_id == taken.message_id
            ((_, _, _, lane),) = engine.queue("dead").dump_flights()
            assert lane == "tenant"
            engine.delete("dead", buried)
        assert engine.state.by_arn[HIDDEN].slots.live == 0
        engine.check_recovery()

    @pytest.mark.parametrize("dead", [None, arn("gone"), HIDDEN])
    def test_or_away_where_there_is_none(self, engine: Engine, dead: str | None) -> None:
        publish(engine, "x", target(HIDDEN))
        (taken,) = engine.receive(HIDDEN.rpartition(":")[2])
        engine.run(GiveUp(HIDDEN, taken.receipt, dead))
        assert engine.state.by_arn[HIDDEN].slots.live == 0

    def test_whoever_is_late_gives_nothing_up(self, engine: Engine) -> None:
        publish(engine, "x", target(HIDDEN))
        name = HIDDEN.rpartition(":")[2]
        (taken,) = engine.receive(name, visibility=1)
        engine.sleep(1)
        engine.run(GiveUp(HIDDEN, taken.receipt, None))
        engine.receive(name)
        engine.run(GiveUp(HIDDEN, taken.receipt, None))
        assert engine.state.by_arn[HIDDEN].slots.live == 1
