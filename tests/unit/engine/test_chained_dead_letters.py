"""A dead-letter queue that has a dead-letter queue of its own."""

from __future__ import annotations

from engine_harness import Engine, bodies, redrive_policy


def chain(engine: Engine) -> None:
    engine.create("c")
    engine.create("b", RedrivePolicy=redrive_policy("c", 2))
    engine.create("a", RedrivePolicy=redrive_policy("b", 1))


def test_a_dead_letter_can_be_received_before_it_goes_on(engine: Engine) -> None:
    chain(engine)
    engine.send("a", "x")
    engine.receive_one("a", visibility=0)
    assert engine.receive("a") == []
    # Only what was received from b counts for b's own dead-letter queue.
    assert engine.receive_one("b", visibility=0).receipt.receive_count == 2
    assert engine.receive_one("b", visibility=0).receipt.receive_count == 3
    assert engine.receive("b") == []
    assert bodies(engine.receive("c")) == ["x"]


def test_two_queues_that_are_each_others_dead_letter_queue_hand_a_message_out(
    engine: Engine,
) -> None:
    engine.create("a")
    engine.create("b", RedrivePolicy=redrive_policy("a", 1))
    engine.set("a", RedrivePolicy=redrive_policy("b", 1))
    engine.send("a", "x")
    for name, other in (("a", "b"), ("b", "a"), ("a", "b")):
        engine.receive_one(name, visibility=0)
        assert engine.receive(name) == []
        assert engine.counts(other) == (1, 0, 0)
