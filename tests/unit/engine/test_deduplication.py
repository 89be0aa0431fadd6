"""Exactly once: a message sent twice within five minutes is there once."""

from __future__ import annotations

import hashlib

import pytest

from engine_harness import Engine, bodies
from tidegate.base.refusals import InvalidParameterValueException
from tidegate.engine.commands import Sent
from tidegate.engine.deduplication import (
    INTERVAL_MS,
    Attempt,
    Attempts,
    Deduplication,
    deduplication_key,
)

HIGH_THROUGHPUT = {
    "DeduplicationScope": "messageGroup",
    "FifoThroughputLimit": "perMessageGroupId",
}


def test_a_duplicate_is_accepted_and_not_delivered(engine: Engine) -> None:
    engine.create("q.fifo", ContentBasedDeduplication="false")
    first = engine.send("q.fifo", "one", group="g", dedup="1")
    again = engine.send("q.fifo", "two", group="g", dedup="1")
    assert again == first
    assert bodies(engine.receive("q.fifo", 10)) == ["one"]


def test_a_duplicate_within_a_batch_is_delivered_once(engine: Engine) -> None:
    engine.create("q.fifo")
    first, again = engine.send_batch(
        "q.fifo", engine.entry("a", group="g", dedup="1"), engine.entry("b", group="g", dedup="1")
    )
    assert isinstance(first, Sent)
    assert first == again
    assert bodies(engine.receive("q.fifo", 10)) == ["a"]


_NO_ID = "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId"


def test_without_an_id_and_without_content_a_message_is_refused(engine: Engine) -> None:
    engine.create("q.fifo", ContentBasedDeduplication="false")
    with pytest.raises(InvalidParameterValueException, match=_NO_ID):
        engine.send("q.fifo", "x", group="g")


def test_a_batch_with_one_such_message_is_refused_whole(engine: Engine) -> None:
    engine.create("q.fifo", ContentBasedDeduplication="false")
    entries = [engine.entry("a", group="g", dedup="1"), engine.entry("b", group="g")]
    with pytest.raises(InvalidParameterValueException, match=_NO_ID):
        engine.send_batch("q.fifo", *entries)
    assert engine.receive("q.fifo", 10) == []


def test_the_content_is_an_id_where_there_is_no_other(engine: Engine) -> None:
    engine.create("q.fifo")
    engine.send("q.fifo", "same", group="g")
    engine.send("q.fifo", "same", group="g")
    engine.send("q.fifo", "other", group="g")
    first, second = engine.receive("q.fifo", 10)
    assert bodies([first, second]) == ["same", "other"]
    assert first.message is not None
    assert first.message.deduplication_id == hashlib.sha256(b"same").hexdigest()


def test_an_id_of_its_own_overrides_the_content(engine: Engine) -> None:
    engine.create("q.fifo")
    engine.send("q.fifo", "same", group="g", dedup="1")
    engine.send("q.fifo", "same", group="g", dedup="2")
    engine.send("q.fifo", "same", group="g")
    engine.send("q.fifo", "other", group="g", dedup=hashlib.sha256(b"same").hexdigest())
    assert bodies(engine.receive("q.fifo", 10)) == ["same"] * 3


def test_an_id_is_remembered_for_five_minutes(engine: Engine) -> None:
    engine.create("q.fifo")
    engine.send("q.fifo", "a", group="g", dedup="1")
    engine.sleep(299.999)
    engine.send("q.fifo", "b", group="g", dedup="1")
    engine.sleep(0.001)
    engine.send("q.fifo", "c", group="g", dedup="1")
    assert bodies(engine.receive("q.fifo", 10)) == ["a", "c"]


def test_a_duplicate_does_not_prolong_the_interval(engine: Engine) -> None:
    engine.create("q.fifo")
    engine.send("q.fifo", "a", group="g", dedup="1")
    engine.sleep(200)
    engine.send("q.fifo", "b", group="g", dedup="1")
    engine.sleep(100)
    engine.send("q.fifo", "c", group="g", dedup="1")
    assert bodies(engine.receive("q.fifo", 10)) == ["a", "c"]


@pytest.mark.parametrize("content_based", ["true", "false"])
def test_deduplication_outlives_the_deletion_of_the_message(
    engine: Engine, content_based: str
) -> None:
    engine.create("q.fifo", ContentBasedDeduplication=content_based)
    dedup = None if content_based == "true" else "1"
    first = engine.send("q.fifo", "a", group="g", dedup=dedup)
    engine.delete("q.fifo", engine.receive_one("q.fifo"))
    again = engine.send("q.fifo", "a", group="g", dedup=dedup)
    assert again == first
    assert engine.receive("q.fifo", 10) == []


def test_a_purge_clears_it(engine: Engine) -> None:
    engine.create("q.fifo")
    engine.send("q.fifo", "a", group="g", dedup="1")
    engine.purge("q.fifo")
    engine.send("q.fifo", "b", group="g", dedup="1")
    assert bodies(engine.receive("q.fifo", 10)) == ["b"]


def test_a_queue_made_anew_remembers_nothing(engine: Engine) -> None:
    engine.create("q.fifo")
    engine.send("q.fifo", "a", group="g", dedup="1")
    engine.remove("q.fifo")
    engine.sleep(60)
    engine.create("q.fifo")
    engine.send("q.fifo", "b", group="g", dedup="1")
    assert bodies(engine.receive("q.fifo", 10)) == ["b"]


def test_an_id_blocks_other_groups_too(engine: Engine) -> None:
    engine.create("q.fifo")
    engine.send("q.fifo", "a", group="g", dedup="1")
    engine.send("q.fifo", "b", group="h", dedup="1")
    assert bodies(engine.receive("q.fifo", 10)) == ["a"]


def test_queues_do_not_share_ids(engine: Engine) -> None:
    for name in ("a.fifo", "b.fifo"):
        engine.create(name)
        engine.send(name, name, group="g", dedup="1")
        assert bodies(engine.receive(name, 10)) == [name]


def test_the_scope_may_be_the_group(engine: Engine) -> None:
    engine.create("q.fifo", **HIGH_THROUGHPUT)
    engine.send("q.fifo", "a", group="g", dedup="1")
    engine.send("q.fifo", "b", group="h", dedup="1")
    engine.send("q.fifo", "c", group="g", dedup="1")
    assert bodies(engine.receive("q.fifo", 10)) == ["a", "b"]


def test_what_was_sent_before_the_scope_narrowed_still_blocks_every_group(engine: Engine) -> None:
    """Recorded: fifo_change_to_high_throughput_after_creation."""
    engine.create("q.fifo", ContentBasedDeduplication="false")
    engine.send("q.fifo", "a", group="g", dedup="1")
    engine.set("q.fifo", **HIGH_THROUGHPUT)
    engine.send("q.fifo", "b", group="g", dedup="1")
    engine.send("q.fifo", "c", group="h", dedup="1")
    engine.send("q.fifo", "d", group="g", dedup="2")
    engine.send("q.fifo", "e", group="h", dedup="2")
    engine.send("q.fifo", "f", group="h", dedup="2")
    assert bodies(engine.receive("q.fifo", 10)) == ["a", "d", "e"]


def test_what_was_sent_before_the_scope_widened_still_blocks_its_group(engine: Engine) -> None:
    engine.create("q.fifo", **HIGH_THROUGHPUT)
    engine.send("q.fifo", "a", group="g", dedup="1")
    engine.set("q.fifo", DeduplicationScope="queue", FifoThroughputLimit="perQueue")
    engine.send("q.fifo", "b", group="g", dedup="1")
    assert bodies(engine.receive("q.fifo", 10)) == ["a"]


# --- The memory ----------------------------------------------------------------------------------


def test_ids_are_forgotten_when_others_come() -> None:
    memory = Deduplication()
    for number in range(1_000):
        memory.remember(str(number), number, "id", number * 1_000)
    assert len(memory._known) == len(memory._order) == INTERVAL_MS // 1_000


def test_an_id_that_was_forgotten_may_come_again() -> None:
    memory = Deduplication()
    memory.remember("a", 1, "first", 0)
    assert memory.find("a", INTERVAL_MS) is None
    memory.remember("a", 2, "second", INTERVAL_MS)
    memory.remember("b", 3, "third", 2 * INTERVAL_MS - 1)
    found = memory.find("a", 2 * INTERVAL_MS - 1)
    assert found is not None
    assert found.message_id == "second"


def test_a_dump_restores_it_in_order() -> None:
    memory = Deduplication()
    memory.remember("a", 1, "first", 0)
    memory.remember("b", 2, "second", 1_000)
    copy = Deduplication()
    copy.restore(zip(*memory.capture(INTERVAL_MS), strict=True))
    assert copy.find("a", INTERVAL_MS) is None
    assert copy.find("b", INTERVAL_MS) == memory.find("b", INTERVAL_MS)
    copy.remember("c", 3, "third", INTERVAL_MS + 1_000)
    assert list(copy._known) == ["c"]


def test_keys_of_the_two_scopes_are_told_apart() -> None:
    assert deduplication_key("queue", "g", "1") == "1"
    assert deduplication_key("messageGroup", "a", "b") != deduplication_key("queue", "a", "ab")


def test_an_attempt_that_is_made_again_is_the_newest() -> None:
    attempts = Attempts()
    attempts.remember("a", Attempt(0, [1], 5))
    attempts.remember("b", Attempt(1_000, [2], 5))
    attempts.remember("a", Attempt(2_000, [3], 5))
    attempts.remember("c", Attempt(INTERVAL_MS + 1_000, [4], 5))
    assert set(attempts.dump()) == {"a", "c"}
    attempts.renew("a", 99)
    assert attempts.find("a", INTERVAL_MS) == Attempt(2_000, [3], 99)
