"""Messages that only the front can open: the engine carries them, and never looks in."""

from __future__ import annotations

import hashlib

import pytest

from engine_harness import Engine, arn
from tidegate.base.refusals import InvalidParameterValueException
from tidegate.engine import codec, commands
from tidegate.engine.commands import Entry, Message, Sent
from tidegate.engine.records import MessageRewritten


def sealed(number: int, *, group: str | None = None, dedup: str | None = None) -> Message:
    return Message(
        f"id-{number}",
        "",
        "",
        "sender",
        group_id=group,
        deduplication_id=dedup,
        data_key=b"\x01reference",
        sealed=bytes([number, 0, 255]) * 30,
    )


def send(
    engine: Engine, name: str, message: Message, content_id: str | None = None, size: int = 5
) -> Sent:
    entry = Entry(message, size, None, content_id)
    result = engine.run(commands.Send(arn(name), entry))
    assert isinstance(result, Sent)
    return result


def content(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


@pytest.mark.parametrize("name", ["q", "q.fifo"])
def test_a_sealed_message_comes_out_as_it_went_in(engine: Engine, name: str) -> None:
    engine.create(name)
    message = sealed(1, group="g", dedup="1" if name == "q.fifo" else None)
    send(engine, name, message)
    assert engine.receive_one(name).message == message


def test_the_size_that_counts_is_the_one_that_is_said(engine: Engine) -> None:
    engine.create("q", MaximumMessageSize="1024")
    message = Message("id", "", "", "s", data_key=b"\x01", sealed=b"\x00" * 1_100)
    send(engine, "q", message, size=1_024)
    with pytest.raises(InvalidParameterValueException, match="shorter than 1024 bytes"):
        send(engine, "q", message, size=1_025)


def test_a_message_keeps_the_id_that_it_opens_for_wherever_it_goes(engine: Engine) -> None:
    engine.create_with_dead_letters("q", "dead", 1)
    message = sealed(1)
    send(engine, "q", message)
    engine.receive_one("q", visibility=0)
    assert engine.receive("q") == []
    dead = engine.receive_one("dead", visibility=0)
    assert (dead.message, dead.message_id) == (message, None)
    engine.start_move("dead")
    engine.sleep(1)
    renewed = engine.receive_one("q")
    assert renewed.message == message
    assert renewed.message_id not in (None, message.id)


def test_a_sealed_message_is_copied_forward_as_it_is(engine: Engine) -> None:
    """What the cleaning of a segment does with what lives in it."""
    engine.create("q")
    message = sealed(1)
    send(engine, "q", message)
    queue = engine.queue("q")
    stored = codec.decode_message(engine.records[-1][1])
    engine.partition.ledger.write(MessageRewritten(queue.uid, 0, engine.state.now, stored))
    assert queue.slots.position(0) == engine.records[-1][0]
    assert engine.receive_one("q").message == message


# --- Deduplication by content --------------------------------------------------------------------


def test_the_front_says_what_the_content_is(engine: Engine) -> None:
    engine.create("q.fifo")
    first = send(engine, "q.fifo", sealed(1, group="g"), content("same"))
    assert send(engine, "q.fifo", sealed(2, group="g"), content("same")) == first
    assert send(engine, "q.fifo", sealed(3, group="g"), content("other")) != first
    message = engine.receive_one("q.fifo").message
    assert message is not None
    assert message.deduplication_id == content("same")


def test_the_same_content_is_the_same_sealed_or_not(engine: Engine) -> None:
    engine.create("q.fifo")
    first = engine.send("q.fifo", "same", group="g")
    assert send(engine, "q.fifo", sealed(2, group="g"), content("same")) == first


def test_an_id_that_was_given_comes_before_the_content(engine: Engine) -> None:
    engine.create("q.fifo")
    first = send(engine, "q.fifo", sealed(1, group="g", dedup="1"), content("same"))
    assert send(engine, "q.fifo", sealed(2, group="g", dedup="2"), content("same")) != first


def test_content_counts_only_where_the_queue_wants_it(engine: Engine) -> None:
    engine.create("q.fifo", ContentBasedDeduplication="false")
    with pytest.raises(InvalidParameterValueException, match="ContentBasedDeduplication enabled"):
        send(engine, "q.fifo", sealed(1, group="g"), content("same"))


def test_content_that_nobody_has_hashed_is_no_content(engine: Engine) -> None:
    """Two different messages must never be taken for one because both bodies are sealed."""
    engine.create("q.fifo")
    with pytest.raises(InvalidParameterValueException, match="ContentBasedDeduplication enabled"):
        send(engine, "q.fifo", sealed(1, group="g"))


def test_a_batch_is_deduplicated_by_what_the_front_says(engine: Engine) -> None:
    engine.create("q.fifo")
    entries = [
        Entry(sealed(number, group="g"), 5, None, content(body))
        for number, body in enumerate(["a", "b", "a"])
    ]
    first, second, third = engine.run(commands.SendBatch(arn("q.fifo"), entries))
    assert first == third != second
