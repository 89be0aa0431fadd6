"""The state: facts of the log that no command makes, and what a segment still holds."""

from __future__ import annotations

from engine_harness import Engine, bodies
from tidegate.base.positions import pack_position, segment_of
from tidegate.engine import codec
from tidegate.engine.records import MessageRewritten


def rewrite(engine: Engine, segment: int) -> int:
    """Copy what is live in a segment forward, as its cleaner does; how many messages it had."""
    found = [each for each in engine.state.messages_in_segment(segment) if each is not None]
    for queue, slot in found:
        message = codec.decode_message(engine._by_position[queue.slots.position(slot)])
        engine.partition.ledger.write(MessageRewritten(queue.uid, slot, engine.state.now, message))
    return len(found)


def test_a_segment_names_its_live_messages_of_all_queues(engine: Engine) -> None:
    engine.create("a")
    engine.create("b")
    engine.send_all("a", "xy")
    engine.send("b", "z")
    engine.delete("a", engine.receive_one("a"))
    found = [
        (queue.definition.name, slot)
        for each in engine.state.messages_in_segment(1)
        if each is not None
        for queue, slot in [each]
    ]
    assert found == [("a", 1), ("b", 0)]


def test_a_rewritten_message_stands_where_it_was_copied_to(engine: Engine) -> None:
    engine.create("q")
    engine.create("q.fifo")
    engine.send_all("q", "abc")
    engine.send_all("q.fifo", "abc", group="g")
    held = engine.receive_one("q")
    for number in range(20):
        engine.send("q", str(number))
    assert rewrite(engine, 1) > 0
    assert not engine.state.usage.live_bytes[1]
    assert rewrite(engine, 1) == 0
    assert bodies(engine.receive_all("q")) == ["b", "c", *map(str, range(20))]
    assert bodies(engine.receive("q.fifo", 10)) == ["a", "b", "c"]
    engine.delete("q", held)


def test_a_copy_of_what_went_meanwhile_brings_nothing_back(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "x")
    queue = engine.queue("q")
    message = codec.decode_message(engine._by_position[queue.slots.position(0)])
    engine.delete("q", engine.receive_one("q"))
    engine.partition.ledger.write(MessageRewritten(queue.uid, 0, engine.state.now, message))
    engine.remove("q")
    engine.partition.ledger.write(MessageRewritten(queue.uid, 0, engine.state.now, message))
    assert not any(engine.state.usage.live_bytes.values())


def test_a_dead_letter_stays_in_its_segment(engine: Engine) -> None:
    engine.create_with_dead_letters("q", "dead", 1)
    engine.send("q", "x")
    engine.receive_one("q", visibility=0)
    engine.receive("q")
    delivery = engine.receive_one("dead")
    segment = segment_of(delivery.position)
    found = [each for each in engine.state.messages_in_segment(segment) if each is not None]
    assert [(queue.definition.name, slot) for queue, slot in found] == [("dead", 0)]


def test_an_older_record_does_not_turn_time_back(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "x")
    state = engine.replayed()
    state.pass_time(engine.now + 10_000)
    message = codec.decode_message(engine.records[-1][1])
    state.apply(MessageRewritten(99, 0, engine.now, message), pack_position(9, 0, 100))
    assert state.now == engine.now + 10_000
