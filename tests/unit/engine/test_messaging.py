"""Sending, deleting and hiding messages."""

from __future__ import annotations

import pytest

from engine_harness import Engine, arn, bodies, body, change, receipt_of
from tidegate.base.refusals import InvalidParameterValueException, ReceiptHandleIsInvalid
from tidegate.engine import commands
from tidegate.engine.commands import Refused, Sent

# --- Send ----------------------------------------------------------------------------------------


def test_a_message_comes_out_as_it_went_in(engine: Engine) -> None:
    engine.create("q")
    message = commands.Message(
        "id",
        "text \u2603",
        "md5",
        "AIDA",
        {"a": commands.AttributeValue("Binary", None, b"\x00\xff")},
        "attributes md5",
        "Root=1",
        "tenant",
    )
    sent = engine.run(commands.Send(arn("q"), commands.Entry(message, 9)))
    assert sent == Sent("id", None)
    delivery = engine.receive_one("q")
    assert delivery.message == message
    assert delivery.sent_at == engine.now
    assert (delivery.sequence_number, delivery.dead_letter_source) == (None, None)
    assert delivery.message_id is None


def test_messages_of_a_batch_are_sent_in_their_order(engine: Engine) -> None:
    engine.create("q")
    results = engine.send_batch("q", *[engine.entry(text) for text in "abc"])
    assert all(isinstance(each, Sent) for each in results)
    assert bodies(engine.receive("q", 10)) == ["a", "b", "c"]


def test_an_entry_that_is_too_long_fails_alone(engine: Engine) -> None:
    engine.create("q", MaximumMessageSize="1024")
    results = engine.send_batch(
        "q", engine.entry("a"), engine.entry("b", size=1025), engine.entry("c", size=1024)
    )
    assert [type(each) for each in results] == [Sent, Refused, Sent]
    assert results[1] == Refused(
        "InvalidParameterValueException",
        "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.",
    )
    assert bodies(engine.receive("q", 10)) == ["a", "c"]


@pytest.mark.parametrize("name", ["q", "q.fifo"])
def test_a_message_that_is_too_long_is_refused(engine: Engine, name: str) -> None:
    engine.create(name, MaximumMessageSize="1024")
    with pytest.raises(InvalidParameterValueException, match="shorter than 1024 bytes"):
        engine.send(name, "x", size=1025, group="g")


def test_a_deduplication_id_is_for_fifo_queues(engine: Engine) -> None:
    engine.create("q")
    with pytest.raises(InvalidParameterValueException, match="MessageDeduplicationId is invalid"):
        engine.send("q", "x", dedup="1")


# --- Delay ---------------------------------------------------------------------------------------


def test_a_delayed_message_is_received_when_its_delay_is_over(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "x", delay=10)
    sent_at = engine.now
    engine.sleep(9.999)
    assert engine.receive("q") == []
    assert engine.counts("q") == (0, 0, 1)
    engine.sleep(0.001)
    delivery = engine.receive_one("q")
    assert delivery.sent_at == sent_at


def test_the_delay_of_the_queue_holds_where_the_message_has_none(engine: Engine) -> None:
    engine.create("q", DelaySeconds="10")
    engine.send("q", "default")
    engine.send("q", "own", delay=5)
    engine.send("q", "none", delay=0)
    assert bodies(engine.receive("q", 10)) == ["none"]
    engine.sleep(5)
    assert bodies(engine.receive("q", 10)) == ["own"]
    engine.sleep(5)
    assert bodies(engine.receive("q", 10)) == ["default"]


def test_another_delay_of_a_standard_queue_is_for_later_messages(engine: Engine) -> None:
    """DelaySeconds is "not retroactive" on a standard queue (developer guide, delay queues)."""
    engine.create("q", DelaySeconds="10")
    engine.send("q", "early")
    engine.set("q", DelaySeconds="0")
    engine.send("q", "late")
    assert bodies(engine.receive("q", 10)) == ["late"]
    engine.set("q", DelaySeconds="900")
    engine.sleep(10)
    assert bodies(engine.receive("q", 10)) == ["early"]


# --- Delete --------------------------------------------------------------------------------------


def test_a_deleted_message_does_not_come_back(engine: Engine) -> None:
    engine.create("q", VisibilityTimeout="5")
    engine.send("q", "x")
    engine.delete("q", engine.receive_one("q"))
    engine.sleep(10)
    assert engine.receive("q") == []
    assert engine.counts("q") == (0, 0, 0)


@pytest.mark.parametrize("name", ["q", "q.fifo"])
def test_a_repeated_delete_succeeds(engine: Engine, name: str) -> None:
    engine.create(name)
    engine.send(name, "x", group="g")
    delivery = engine.receive_one(name)
    assert engine.delete(name, delivery) == [None]
    written = len(engine.records)
    assert engine.delete(name, delivery) == [None]
    assert engine.delete(name, delivery, delivery) == [None, None]
    assert len(engine.records) == written


def test_an_expired_receipt_still_deletes_from_a_standard_queue(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "x")
    delivery = engine.receive_one("q", visibility=1)
    engine.sleep(5)
    engine.delete("q", delivery)
    assert engine.receive("q") == []


def test_an_older_receipt_succeeds_and_deletes_nothing(engine: Engine) -> None:
    """ "If you use an old ReceiptHandle, the request will succeed, but the message might not be
    deleted" (DeleteMessage)."""
    engine.create("q", VisibilityTimeout="1")
    engine.send("q", "x")
    old = engine.receive_one("q")
    engine.sleep(1)
    new = engine.receive_one("q")
    assert engine.delete("q", old) == [None]
    assert engine.counts("q") == (0, 1, 0)
    engine.sleep(1)
    engine.delete("q", new)
    assert engine.receive("q") == []


def test_an_expired_receipt_is_refused_by_a_fifo_queue(engine: Engine) -> None:
    engine.create("q.fifo")
    engine.send("q.fifo", "x", group="g")
    delivery = engine.receive_one("q.fifo", visibility=1)
    engine.sleep(1)
    with pytest.raises(InvalidParameterValueException, match=r"The receipt handle has expired\."):
        engine.delete("q.fifo", delivery)
    assert bodies(engine.receive("q.fifo")) == ["x"]
    with pytest.raises(InvalidParameterValueException, match=r"The receipt handle has expired\."):
        engine.delete("q.fifo", delivery)


def test_a_receipt_of_another_queue_is_not_valid(engine: Engine) -> None:
    engine.create("a")
    engine.create("b")
    engine.send("a", "x")
    engine.send("b", "y")
    engine.receive_one("b")
    delivery = engine.receive_one("a")
    with pytest.raises(ReceiptHandleIsInvalid, match="is not a valid receipt handle"):
        engine.delete("b", delivery)
    with pytest.raises(ReceiptHandleIsInvalid, match="is not a valid receipt handle"):
        engine.hide("b", delivery, 5)
    assert engine.counts("b") == (0, 1, 0)


def test_a_batch_of_deletes_answers_each(engine: Engine) -> None:
    engine.create("q.fifo")
    engine.create("other.fifo")
    for group in "abc":
        engine.send("q.fifo", group, group=group)
    engine.send("other.fifo", "x", group="g")
    stranger = engine.receive_one("other.fifo")
    expired = engine.receive_one("q.fifo", visibility=1)
    good = engine.receive_one("q.fifo")
    engine.sleep(1)
    results = engine.delete("q.fifo", stranger, good, expired, good)
    assert [each and each.code for each in results] == [
        "ReceiptHandleIsInvalid",
        None,
        "InvalidParameterValueException",
        None,
    ]
    assert engine.counts("q.fifo") == (2, 0, 0)


def test_deleting_frees_the_space_of_the_message(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "x")
    engine.delete("q", engine.receive_one("q"))
    assert set(engine.state.usage.live_bytes.values()) == {0}


# --- Change visibility ---------------------------------------------------------------------------


def test_a_message_may_be_made_visible_at_once(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "x")
    engine.hide("q", engine.receive_one("q"), 0)
    assert engine.receive_one("q").receipt.receive_count == 2


def test_a_timeout_may_be_extended(engine: Engine) -> None:
    engine.create("q", VisibilityTimeout="10")
    engine.send("q", "x")
    delivery = engine.receive_one("q")
    engine.sleep(8)
    engine.hide("q", delivery, 10)
    engine.sleep(9.999)
    assert engine.receive("q") == []
    engine.sleep(0.001)
    assert bodies(engine.receive("q")) == ["x"]


def test_a_timeout_may_be_shortened_and_counts_from_the_call(engine: Engine) -> None:
    engine.create("q", VisibilityTimeout="60")
    engine.send("q", "x")
    delivery = engine.receive_one("q")
    engine.sleep(15)
    engine.hide("q", delivery, 10)
    engine.sleep(9.999)
    assert engine.receive("q") == []
    engine.sleep(0.001)
    assert bodies(engine.receive("q")) == ["x"]


def test_a_changed_timeout_is_not_kept_for_the_next_receive(engine: Engine) -> None:
    engine.create("q", VisibilityTimeout="10")
    engine.send("q", "x")
    engine.hide("q", engine.receive_one("q"), 100)
    engine.sleep(100)
    engine.receive_one("q")
    engine.sleep(10)
    assert bodies(engine.receive("q")) == ["x"]


def test_a_message_is_hidden_12_hours_at_most_from_its_receive(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "x")
    delivery = engine.receive_one("q", visibility=43_200)
    engine.sleep(100)
    with pytest.raises(InvalidParameterValueException, match=r"beyond the limit \[43200 seconds\]"):
        engine.hide("q", delivery, 43_101)
    engine.hide("q", delivery, 43_100)
    engine.sleep(43_099)
    assert engine.receive("q") == []
    engine.sleep(1)
    engine.hide("q", engine.receive_one("q"), 43_200)


def test_the_receipt_of_a_deleted_message_changes_nothing(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "x")
    delivery = engine.receive_one("q")
    engine.delete("q", delivery)
    with pytest.raises(
        InvalidParameterValueException,
        match=r"Message does not exist or is not available for visibility timeout change\.",
    ):
        engine.hide("q", delivery, 5)


def test_an_older_receipt_changes_nothing(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "x")
    old = engine.receive_one("q", visibility=0)
    engine.receive_one("q")
    with pytest.raises(InvalidParameterValueException, match="not available for visibility"):
        engine.hide("q", old, 0)
    assert engine.counts("q") == (0, 1, 0)


def test_an_expired_receipt_hides_the_message_of_a_standard_queue_again(engine: Engine) -> None:
    engine.create("q")
    engine.send_all("q", "ab")
    delivery = engine.receive_one("q", visibility=1)
    engine.sleep(1)
    engine.hide("q", delivery, 10)
    assert bodies(engine.receive("q", 10, visibility=0)) == ["b"]
    engine.sleep(10)
    assert sorted(bodies(engine.receive("q", 10))) == ["a", "b"]


def test_an_expired_receipt_may_make_visible_what_is_visible(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "x")
    delivery = engine.receive_one("q", visibility=1)
    engine.sleep(1)
    engine.hide("q", delivery, 0)
    assert bodies(engine.receive("q", 10)) == ["x"]


def test_a_message_that_is_hidden_again_and_again_is_received_once(engine: Engine) -> None:
    engine.create("q")
    engine.send_all("q", ["first", "x", "last"])
    delivery = next(each for each in engine.receive("q", 3, visibility=1) if body(each) == "x")
    for _ in range(3):
        engine.sleep(1)
        engine.hide("q", delivery, 1)
    engine.sleep(1)
    assert sorted(bodies(engine.receive("q", 10))) == ["first", "last", "x"]


def test_a_batch_of_changes_answers_each(engine: Engine) -> None:
    engine.create("q")
    engine.send_all("q", "abc")
    first, second, third = engine.receive("q", 3)
    engine.delete("q", second)
    old = receipt_of(third, receive_count=0)
    changes = [change(first, 0), change(second, 0), change(third, 5), change(first, 43_201)]
    changes.append(commands.VisibilityChange(old, 5))
    results = engine.run(commands.ChangeVisibility(arn("q"), changes))
    assert [each and each.code for each in results] == [
        None,
        "InvalidParameterValueException",
        None,
        "InvalidParameterValueException",
        "InvalidParameterValueException",
    ]
    assert engine.counts("q") == (1, 1, 0)
