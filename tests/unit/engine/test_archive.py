"""Reading what a FIFO topic keeps, and publishing it again to one queue."""

from __future__ import annotations

from uuid import UUID

import msgspec

from engine_harness import ACCOUNT, REGION, START, Engine, arn, bodies
from tidegate.base.arn import hidden_queue_arn
from tidegate.base.positions import pack_position
from tidegate.engine.commands import (
    Archived,
    Fan,
    FannedOut,
    FanOut,
    FanTarget,
    FanTargets,
    FifoTopic,
    Message,
    ReadArchive,
)
from tidegate.engine.slots import CHUNK_SLOTS, SlotTable, Usage

TOPIC = "arn:aws:sns:eu-central-1:111122223333:t.fifo"
ARCHIVE = hidden_queue_arn(REGION, ACCOUNT, "sns-topic-t.fifo")
ID = "a0a0a0a0-b1b1-4c2c-8d3d-e4e4e4e4e4e4"
SUBSCRIPTION = UUID(int=7)
DAY_S = 86_400


def message(text: str, group: str = "g") -> Message:
    return Message(ID, text, "md5", "AIDA", group_id=group, deduplication_id=text)


def publish(
    engine: Engine,
    text: str,
    *targets: str,
    archive_s: int = DAY_S,
    group: str = "g",
    body: str | None = None,
) -> FannedOut:
    sent = msgspec.structs.replace(message(text, group), body=body or text)
    fan = Fan(sent, FanTargets.of([FanTarget(arn(each), bytes(16), True) for each in targets]))
    fifo = FifoTopic(ARCHIVE, "queue", archive_s)
    result: FannedOut = engine.run(FanOut(TOPIC, [fan], fifo))
    return result


def read(
    engine: Engine,
    after: int = -1,
    from_ms: int = 0,
    until_ms: int | None = None,
    limit: int = 10,
) -> Archived:
    result: Archived = engine.run(ReadArchive(ARCHIVE, after, from_ms, until_ms, limit))
    return result


class TestReading:
    def test_messages_come_in_the_order_in_which_they_were_published(self, engine: Engine) -> None:
        for text, group in (("a", "g"), ("b", "h"), ("c", "g")):
            publish(engine, text, group=group)
        archived = read(engine)
        assert bodies(archived.deliveries) == ["a", "b", "c"]
        assert [each.receipt.slot for each in archived.deliveries] == [0, 1, 2]
        assert (archived.next_slot, archived.more) == (3, False)

    def test_each_has_the_sequence_number_that_its_publisher_was_told(self, engine: Engine) -> None:
        told = [publish(engine, text).sequence_number for text in "ab"]
        assert [each.sequence_number for each in read(engine).deliveries] == told

    def test_a_part_says_whether_others_follow(self, engine: Engine) -> None:
        for text in "abc":
            publish(engine, text)
        first = read(engine, limit=2)
        assert (bodies(first.deliveries), first.more) == (["a", "b"], True)
        rest = read(engine, after=1, limit=2)
        assert (bodies(rest.deliveries), rest.more) == (["c"], False)
        assert read(engine, after=2) == Archived([], 3, False)

    def test_long_messages_come_in_smaller_parts(self, engine: Engine) -> None:
        for letter in "abcdef":
            publish(engine, letter, body=letter * (1 << 20))
        found = read(engine)
        assert [each[:1] for each in bodies(found.deliveries)] == ["a", "b", "c"]
        assert found.more
        assert len(read(engine, after=2).deliveries) == 3

    def test_both_ends_of_the_time_are_in_it(self, engine: Engine) -> None:
        for text in "abcd":
            publish(engine, text)
            engine.sleep(1)
        found = read(engine, from_ms=START + 1_000, until_ms=START + 2_000)
        assert bodies(found.deliveries) == ["b", "c"]
        assert not found.more

    def test_what_is_past_its_retention_is_passed_over(self, engine: Engine) -> None:
        publish(engine, "old")
        engine.sleep(DAY_S - 10)
        publish(engine, "new")
        engine.sleep(11)
        assert bodies(read(engine).deliveries) == ["new"]

    def test_nothing_changes(self, engine: Engine) -> None:
        publish(engine, "a")
        before = len(engine.records)
        assert read(engine) == read(engine)
        assert len(engine.records) == before

    def test_a_topic_that_nothing_was_published_to_has_nothing(self, engine: Engine) -> None:
        assert read(engine) == Archived([], 0, False)


def test_slots_are_found_by_time_across_chunks() -> None:
    table = SlotTable(Usage())
    for slot in range(3 * CHUNK_SLOTS):
        table.append(pack_position(1, 64 * slot, 64), slot)
    table.kill(CHUNK_SLOTS + 1)
    last = 3 * CHUNK_SLOTS - 1
    edge = [CHUNK_SLOTS - 2, CHUNK_SLOTS - 1, CHUNK_SLOTS, CHUNK_SLOTS + 2]
    assert table.sent_between(CHUNK_SLOTS - 3, 0, None, 4) == edge
    assert table.sent_between(-1, CHUNK_SLOTS - 2, CHUNK_SLOTS + 2, 100) == edge
    assert table.sent_between(-1, last, None, 4) == [last]
    assert table.sent_between(last, 0, None, 4) == []


class TestKeeping:
    def test_the_archive_has_the_first_form_though_it_goes_nowhere(self, engine: Engine) -> None:
        engine.create("q.fifo")
        fans = [
            Fan(message("kept"), FanTargets.of([])),
            Fan(message("sent"), FanTargets.of([FanTarget(arn("q.fifo"), bytes(16), False)])),
        ]
        engine.run(FanOut(TOPIC, fans, FifoTopic(ARCHIVE, "queue", DAY_S)))
        assert bodies(read(engine).deliveries) == ["kept"]
        assert bodies(engine.receive("q.fifo")) == ["sent"]
        engine.check_recovery()

    def test_what_is_in_the_archive_goes_soon_after_that_has_ended(self, engine: Engine) -> None:
        publish(engine, "a")
        publish(engine, "b", archive_s=0)
        engine.sleep(61)
        assert read(engine).deliveries == []


class TestPublishingAgain:
    def replay(self, engine: Engine, text: str, number: str = "7") -> None:
        target = FanTarget(arn("q.fifo"), SUBSCRIPTION.bytes, True, True)
        engine.run(
            FanOut(TOPIC, [Fan(message(text), FanTargets.of([target]))], sequence_number=number)
        )

    def test_the_mark_and_the_number_come_with_it(self, engine: Engine) -> None:
        engine.create("q.fifo")
        self.replay(engine, "a")
        (delivery,) = engine.receive("q.fifo")
        assert delivery.message is not None
        through = delivery.message.through
        assert through is not None
        assert (through.is_notification, through.is_replayed) == (True, True)
        assert through.sequence_number == "7"
        assert through.subscription == f"{TOPIC}:{SUBSCRIPTION}"
        engine.check_recovery()

    def test_what_is_published_now_has_no_mark(self, engine: Engine) -> None:
        engine.create("q.fifo")
        publish(engine, "a", "q.fifo")
        (delivery,) = engine.receive("q.fifo")
        assert delivery.message is not None
        assert delivery.message.through is not None
        assert not delivery.message.through.is_replayed

    def test_a_queue_takes_nothing_that_it_had_within_five_minutes(self, engine: Engine) -> None:
        engine.create("q.fifo")
        self.replay(engine, "a")
        self.replay(engine, "a")
        received = engine.receive_all("q.fifo")
        assert bodies(received) == ["a"]
        engine.delete("q.fifo", *received)
        engine.sleep(301)
        self.replay(engine, "a")
        assert bodies(engine.receive_all("q.fifo")) == ["a"]
