"""Messages that were received too often."""

from __future__ import annotations

import pytest

from engine_harness import Engine, arn, bodies, body, redrive_policy
from tidegate.base.refusals import InvalidParameterValueException
from tidegate.engine.standard import StandardOrder


def poison(engine: Engine, name: str, *, receives: int) -> None:
    """Receive everything in the queue, again and again, and let go of it."""
    for _ in range(receives):
        engine.receive_all(name, visibility=1)
        engine.sleep(1)


@pytest.mark.parametrize(("name", "dead"), [("q", "dead"), ("q.fifo", "dead.fifo")])
class TestEitherKind:
    def test_a_message_received_too_often_goes_to_the_dead_letter_queue(
        self, engine: Engine, name: str, dead: str
    ) -> None:
        engine.create_with_dead_letters(name, dead, 2)
        engine.send(name, "x", group="g")
        poison(engine, name, receives=2)
        assert engine.counts(name) == (1, 0, 0)
        assert engine.receive(name) == []
        assert engine.counts(name) == (0, 0, 0)
        assert bodies(engine.receive(dead)) == ["x"]

    def test_it_keeps_its_id_and_goes_on_counting(
        self, engine: Engine, name: str, dead: str
    ) -> None:
        engine.create_with_dead_letters(name, dead, 2)
        sent = engine.send(name, "x", group="g")
        first = engine.receive_one(name, visibility=0)
        engine.sleep(5)
        engine.receive_one(name, visibility=0)
        engine.receive(name)
        delivery = engine.receive_one(dead)
        assert delivery.message is not None
        assert delivery.message.id == sent.message_id
        assert delivery.message_id is None
        assert delivery.receipt.receive_count == 3
        assert delivery.first_received_at == first.first_received_at
        assert delivery.dead_letter_source == arn(name)

    def test_the_same_receive_goes_on_to_the_next_message(
        self, engine: Engine, name: str, dead: str
    ) -> None:
        engine.create_with_dead_letters(name, dead, 1)
        engine.send_all(name, "ab", group="g")
        poison(engine, name, receives=1)
        engine.send(name, "c", group="g")
        assert bodies(engine.receive(name, 10)) == ["c"]
        assert bodies(engine.receive(dead, 10)) == ["a", "b"]

    def test_a_receipt_of_the_source_no_longer_counts(
        self, engine: Engine, name: str, dead: str
    ) -> None:
        engine.create_with_dead_letters(name, dead, 1)
        engine.send(name, "x", group="g")
        delivery = engine.receive_one(name, visibility=0)
        engine.receive(name)
        engine.delete(name, delivery)
        assert bodies(engine.receive(dead)) == ["x"]

    def test_a_receive_that_was_released_does_not_count(
        self, engine: Engine, name: str, dead: str
    ) -> None:
        engine.create_with_dead_letters(name, dead, 1)
        engine.send(name, "x", group="g")
        for _ in range(3):
            engine.release(name, engine.receive_one(name))
        assert bodies(engine.receive(name, visibility=0)) == ["x"]
        assert engine.receive(name) == []

    def test_without_its_dead_letter_queue_a_queue_keeps_its_messages(
        self, engine: Engine, name: str, dead: str
    ) -> None:
        engine.create_with_dead_letters(name, dead, 1)
        engine.remove(dead)
        engine.send(name, "x", group="g")
        poison(engine, name, receives=3)
        assert bodies(engine.receive(name)) == ["x"]

    def test_a_dead_letter_queue_made_anew_takes_them_again(
        self, engine: Engine, name: str, dead: str
    ) -> None:
        engine.create_with_dead_letters(name, dead, 1)
        engine.remove(dead)
        engine.send(name, "x", group="g")
        poison(engine, name, receives=1)
        engine.sleep(60)
        engine.create(dead)
        assert engine.receive(name) == []
        assert bodies(engine.receive(dead)) == ["x"]

    def test_the_count_in_force_is_the_one_of_now(
        self, engine: Engine, name: str, dead: str
    ) -> None:
        engine.create_with_dead_letters(name, dead, 5)
        engine.send(name, "x", group="g")
        poison(engine, name, receives=2)
        engine.set(name, RedrivePolicy=redrive_policy(dead, 2))
        assert engine.receive(name) == []
        assert bodies(engine.receive(dead)) == ["x"]

    def test_a_dead_letter_queue_may_have_one_itself(
        self, engine: Engine, name: str, dead: str
    ) -> None:
        last = f"last-{dead}"
        engine.create_with_dead_letters(name, dead, 1)
        engine.create(last)
        engine.set(dead, RedrivePolicy=redrive_policy(last, 2))
        engine.send(name, "x", group="g")
        poison(engine, name, receives=2)
        poison(engine, dead, receives=3)
        delivery = engine.receive_one(last)
        assert delivery.dead_letter_source == arn(dead)

    def test_space_stays_with_the_message(self, engine: Engine, name: str, dead: str) -> None:
        engine.create_with_dead_letters(name, dead, 1)
        engine.send(name, "x", group="g")
        before = dict(engine.state.usage.live_bytes)
        poison(engine, name, receives=2)
        assert engine.state.usage.live_bytes == before
        engine.delete(dead, engine.receive_one(dead))
        assert set(engine.state.usage.live_bytes.values()) == {0}

    def test_one_receive_moves_a_bounded_number(
        self, engine: Engine, name: str, dead: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A policy made stricter must not hold up everybody else while its backlog moves."""
        monkeypatch.setattr("tidegate.engine.receiving.DEAD_LETTERS_AT_ONCE", 20)
        engine.create_with_dead_letters(name, dead, 1_000)
        for number in range(45):
            engine.send(name, str(number), group=str(number))
        engine.receive_all(name, visibility=1)
        engine.sleep(1)
        engine.set(name, RedrivePolicy=redrive_policy(dead, 1))
        engine.awoken()
        assert engine.receive(name, 10) == []
        assert 20 <= engine.counts(dead)[0] < 45
        assert name in engine.awoken()
        for _ in range(3):
            engine.receive(name, 10)
        assert engine.counts(dead)[0] == 45
        engine.awoken()
        engine.receive(name, 10)
        assert engine.awoken() == set()


# --- Age -----------------------------------------------------------------------------------------


def test_the_age_of_a_standard_message_goes_on_in_the_dead_letter_queue(engine: Engine) -> None:
    engine.create_with_dead_letters("q", "dead", 1)
    engine.set("dead", MessageRetentionPeriod="100")
    engine.send("q", "x")
    sent_at = engine.now
    engine.sleep(90)
    poison(engine, "q", receives=2)
    assert engine.receive_one("dead", visibility=0).sent_at == sent_at
    engine.sleep(10)
    assert engine.receive("dead") == []


def test_a_message_older_than_the_dead_letter_queue_keeps_any_is_gone(engine: Engine) -> None:
    engine.create_with_dead_letters("q", "dead", 1)
    engine.set("dead", MessageRetentionPeriod="60")
    engine.send("q", "x")
    engine.sleep(90)
    poison(engine, "q", receives=2)
    assert engine.receive("dead") == []
    assert engine.counts("dead") == (0, 0, 0)


def test_the_age_of_a_fifo_message_begins_anew_in_the_dead_letter_queue(engine: Engine) -> None:
    """ "For FIFO queues, the enqueue timestamp resets when the message is moved to a dead-letter
    queue" (dead-letter queues)."""
    engine.create_with_dead_letters("q.fifo", "dead.fifo", 1)
    engine.set("dead.fifo", MessageRetentionPeriod="100")
    engine.send("q.fifo", "x", group="g")
    engine.sleep(90)
    engine.receive_one("q.fifo", visibility=0)
    engine.receive("q.fifo")
    moved_at = engine.now
    engine.sleep(99)
    assert engine.receive_one("dead.fifo", visibility=0).sent_at == moved_at
    engine.sleep(2)
    assert engine.receive("dead.fifo") == []


def test_a_younger_message_is_not_expired_with_an_older_one(engine: Engine) -> None:
    engine.create_with_dead_letters("q", "dead", 1)
    engine.set("dead", MessageRetentionPeriod="100")
    engine.send("q", "old")
    engine.sleep(50)
    engine.send("dead", "young")
    poison(engine, "q", receives=2)
    engine.sleep(50)
    assert bodies(engine.receive("dead", 10)) == ["young"]


# --- Groups --------------------------------------------------------------------------------------


def test_a_dead_letter_frees_its_group(engine: Engine) -> None:
    engine.create_with_dead_letters("q.fifo", "dead.fifo", 1)
    engine.send_all("q.fifo", "ab", group="g")
    engine.receive_one("q.fifo", visibility=1)
    engine.sleep(1)
    assert bodies(engine.receive("q.fifo", 10)) == ["b"]
    assert bodies(engine.receive("dead.fifo", 10)) == ["a"]


def test_groups_keep_their_order_in_the_dead_letter_queue(engine: Engine) -> None:
    engine.create_with_dead_letters("q.fifo", "dead.fifo", 1)
    for text in ("g1", "h1", "g2", "h2"):
        engine.send("q.fifo", text, group=text[0])
    poison(engine, "q.fifo", receives=2)
    engine.receive("q.fifo", 10)
    found = bodies(engine.receive("dead.fifo", 10))
    assert [each for each in found if each[0] == "g"] == ["g1", "g2"]
    assert [each for each in found if each[0] == "h"] == ["h1", "h2"]


def test_a_group_in_the_dead_letter_queue_is_locked_like_any_other(engine: Engine) -> None:
    engine.create_with_dead_letters("q.fifo", "dead.fifo", 1)
    engine.send_all("q.fifo", "ab", group="g")
    poison(engine, "q.fifo", receives=2)
    assert body(engine.receive_one("dead.fifo")) == "a"
    assert engine.receive("dead.fifo", 10) == []


def test_a_dead_letter_gets_a_sequence_number_of_its_queue(engine: Engine) -> None:
    engine.create_with_dead_letters("q.fifo", "dead.fifo", 1)
    engine.send("dead.fifo", "first", group="h")
    engine.send("q.fifo", "x", group="g")
    poison(engine, "q.fifo", receives=2)
    first, moved = engine.receive("dead.fifo", 10)
    assert first.sequence_number is not None
    assert moved.sequence_number is not None
    assert first.sequence_number < moved.sequence_number


# --- Redrive allow policies ----------------------------------------------------------------------


def test_a_queue_that_allows_nobody_is_refused_as_target(engine: Engine) -> None:
    engine.create("dead", RedriveAllowPolicy='{"redrivePermission":"denyAll"}')
    with pytest.raises(InvalidParameterValueException, match="does not allow"):
        engine.create("q", RedrivePolicy=redrive_policy("dead", 1))


def test_a_queue_may_allow_some(engine: Engine) -> None:
    allowed = f'{{"redrivePermission":"byQueue","sourceQueueArns":["{arn("friend")}"]}}'
    engine.create("dead", RedriveAllowPolicy=allowed)
    engine.create("friend", RedrivePolicy=redrive_policy("dead", 1))
    with pytest.raises(InvalidParameterValueException, match="does not allow"):
        engine.create("stranger", RedrivePolicy=redrive_policy("dead", 1))
    engine.send("friend", "x")
    poison(engine, "friend", receives=2)
    assert bodies(engine.receive("dead")) == ["x"]


def test_a_permission_that_was_taken_away_no_longer_lets_messages_in(engine: Engine) -> None:
    engine.create_with_dead_letters("q", "dead", 1)
    engine.send("q", "x")
    engine.set("dead", RedriveAllowPolicy='{"redrivePermission":"denyAll"}')
    poison(engine, "q", receives=3)
    assert bodies(engine.receive("q", visibility=0)) == ["x"]
    engine.set("dead", RedriveAllowPolicy='{"redrivePermission":"allowAll"}')
    assert engine.receive("q") == []
    assert bodies(engine.receive("dead")) == ["x"]


# --- Bounds --------------------------------------------------------------------------------------


def test_a_dead_letter_queue_that_is_never_empty_forgets_where_what_is_gone_came_from(
    engine: Engine,
) -> None:
    engine.create_with_dead_letters("a", "dead", 1)
    engine.create("b", RedrivePolicy=redrive_policy("dead", 1))
    engine.send("dead", "stays")
    kept = engine.receive_one("dead", visibility=43_200)
    for number in range(100):
        name = "ab"[number % 2]
        engine.send(name, f"{name}{number}")
        engine.receive_one(name, visibility=0)
        engine.receive(name)
        delivery = engine.receive_one("dead")
        assert delivery.dead_letter_source == arn(name)
        if number < 90:
            engine.delete("dead", delivery)
    assert len(engine.queue("dead").origins) < 90
    engine.sleep(30)
    engine.send("dead", "sent by hand")
    sources = {body(each): each.dead_letter_source for each in engine.receive_all("dead")}
    assert sources.pop("sent by hand") is None
    assert all(source == arn(text[0]) for text, source in sources.items())
    assert len(sources) == 10
    engine.delete("dead", kept)


def test_old_dead_letters_that_expire_behind_a_young_one_take_no_room(engine: Engine) -> None:
    engine.create_with_dead_letters("q", "dead", 1)
    engine.set("dead", MessageRetentionPeriod="150")
    engine.send_all("q", map(str, range(200)))
    engine.sleep(100)
    engine.send("dead", "young")
    poison(engine, "q", receives=1)
    engine.receive("q")
    assert engine.counts("dead") == (201, 0, 0)
    engine.sleep(60)
    assert bodies(engine.receive("dead", 10, visibility=0)) == ["young"]
    order = engine.queue("dead").order
    assert isinstance(order, StandardOrder)
    assert sum(len(lane.fresh) + len(lane.returned) for lane in order.lanes.values()) < 100
