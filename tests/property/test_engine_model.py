"""The engine against a simple model: any history, any crash, for either kind of queue.

TIDEGATE_PROPERTY_EXAMPLES asks for more histories than the few hundred that a suite has time for.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

pytest.register_assert_rewrite("engine_harness", "engine_model")

from engine_harness import (  # noqa: E402
    START,
    Engine,
    arn,
    body,
    check_soundness,
    observe,
    redrive_policy,
)
from engine_model import LONGEST_MS, SECOND, Attempt, Held, Queue  # noqa: E402
from tidegate.base.refusals import PurgeQueueInProgress, Refusal  # noqa: E402
from tidegate.engine import codec, commands, records  # noqa: E402
from tidegate.engine.commands import Delivery, Refused, Sent  # noqa: E402

EXAMPLES = int(os.environ.get("TIDEGATE_PROPERTY_EXAMPLES", "250"))

TIMEOUTS = st.sampled_from([None, 0, 1, 5, 40])
DELAYS = st.sampled_from([None, None, 0, 3, 70])
PAUSES = st.sampled_from([1, 999, 1_000, 2_750, 5_000, 7_250, 30_000, 60_500, 299_999, 301_000])
GROUPS = st.sampled_from(["a", "b", "c"])
CHANGES = [
    ("MessageRetentionPeriod", "retention_s", 60),
    ("MessageRetentionPeriod", "retention_s", 345_600),
    ("DelaySeconds", "delay_s", 0),
    ("DelaySeconds", "delay_s", 5),
    ("DelaySeconds", "delay_s", 70),
    ("VisibilityTimeout", "visibility_s", 0),
    ("VisibilityTimeout", "visibility_s", 30),
]
OUTCOMES = ["keep", "keep", "delete", "shorten", "extend", "hang up"]
MOSTLY_NOT = st.sampled_from([False, False, False, True])

ReceivedBy = tuple[Queue, Held, Delivery]


class Machine(RuleBasedStateMachine):
    """Rules that both kinds of queue share; every command is checked against the model."""

    suffix = ""

    def __init__(self) -> None:
        super().__init__()
        self.q, self.dead = f"q{self.suffix}", f"dead{self.suffix}"
        self.now = START
        self.texts = 0
        self.receipts: list[ReceivedBy] = []
        self.places: dict[tuple[int, int], Held] = {}
        """Where the log says a message is: (uid of its queue, its number there)."""
        self.new_places: list[tuple[int, int]] = []
        self.read = 0
        """How many records of the log the model knows."""
        fifo = bool(self.suffix)
        self.queues = {name: Queue(name, fifo) for name in (self.q, self.dead)}

    @initialize(encoded=st.booleans(), most=st.sampled_from([0, 1, 2]))
    def begin(self, encoded: bool, most: int) -> None:
        self.engine = Engine(encoded=encoded)
        self.engine.create(self.dead)
        self.engine.create(self.q)
        self.by_uid = {self.engine.queue(name).uid: queue for name, queue in self.queues.items()}
        self.catch_up()
        self.set_redrive(most)
        self.before = self.available()

    def queue(self, dead: bool) -> Queue:
        return self.queues[self.dead if dead else self.q]

    # --- following the engine -----------------------------------------------------------------

    def pass_time(self, now: int) -> None:
        if now > self.now:
            self.now = now
            for queue in self.queues.values():
                queue.pass_time(now)

    def catch_up(self) -> None:
        """Take over what the engine decided for itself: which dead letters it moved, and when."""
        for _, data in self.engine.records[self.read :]:
            record = codec.decode_record(data)
            self.pass_time(record.at)
            if isinstance(record, records.MessageMoved):
                self.moved(record)
            elif isinstance(record, records.MessageSent):
                self.new_places.append((record.uid, record.slot))
        self.read = len(self.engine.records)
        self.pass_time(self.engine.now)

    def moved(self, record: records.MessageMoved) -> None:
        source, target = self.by_uid[record.uid], self.by_uid[record.target_uid]
        held = self.places.pop((record.uid, record.slot))
        assert held in source.available(self.now), "what is hidden does not move"
        by_task = record.task_id is not None
        if not by_task:
            assert source.is_dead(held)
            assert source.target == target.name
        source.messages.remove(held)
        moved = Held(
            held.text,
            record.message_id or held.message_id,
            held.group,
            self.now if by_task or source.fifo else held.sent_at,
            count=0 if by_task else held.count,
            first_at=0 if by_task else held.first_at,
            source=None if by_task else arn(source.name),
        )
        target.messages.append(moved)
        self.places[record.target_uid, record.target_slot] = moved

    def held(self, queue: Queue, delivery: Delivery) -> Held:
        found = [each for each in queue.messages if each.text == body(delivery)]
        assert len(found) == 1, "only what is in the queue is given"
        return found[0]

    def available(self) -> dict[str, set[Held]]:
        return {name: set(queue.available(self.now)) for name, queue in self.queues.items()}

    # --- sending --------------------------------------------------------------------------------

    def sending(self, queue: Queue, count: int, **what: Any) -> None:
        entries = []
        for _ in range(count):
            self.texts += 1
            entries.append(self.engine.entry(str(self.texts), **what))
        results = self.engine.send_batch(queue.name, *entries)
        self.catch_up()
        for entry, result in zip(entries, results, strict=True):
            assert isinstance(result, Sent)
            self.sent(queue, entry, result)

    def sent(self, queue: Queue, entry: commands.Entry, result: Sent) -> None:
        message = entry.message
        dedup = message.deduplication_id or f"content {message.body}"
        if queue.fifo:
            assert message.group_id is not None
            known = queue.duplicate_of(message.group_id, dedup, self.now)
            if known is not None:
                assert result.message_id == known.message_id
                return
        delay_s = queue.delay_s if entry.delay_s is None else entry.delay_s
        hidden_until = 0 if queue.fifo else self.now + delay_s * SECOND
        held = Held(message.body, message.id, message.group_id, self.now, hidden_until)
        assert result.message_id == message.id
        queue.messages.append(held)
        if queue.fifo:
            queue.remember(held, dedup, self.now)
        self.places[self.new_places.pop(0)] = held

    # --- receiving ------------------------------------------------------------------------------

    def receiving(
        self, queue: Queue, limit: int, timeout_s: int | None, **what: Any
    ) -> list[ReceivedBy]:
        deliveries = self.engine.receive(queue.name, limit, visibility=timeout_s, **what)
        self.catch_up()
        chosen = [self.held(queue, each) for each in deliveries]
        queue.check_choice(chosen, limit, self.now)
        timeout_s = queue.visibility_s if timeout_s is None else timeout_s
        queue.receive(chosen, timeout_s, self.now)
        if chosen and what.get("attempt"):
            until = self.now + timeout_s * SECOND
            queue.attempts[what["attempt"]] = Attempt(self.now, until, chosen)
        return self.check_deliveries(queue, chosen, deliveries)

    def check_deliveries(
        self, queue: Queue, chosen: list[Held], deliveries: list[Delivery]
    ) -> list[ReceivedBy]:
        for held, delivery in zip(chosen, deliveries, strict=True):
            self.check_delivery(held, delivery)
        received = [(queue, *each) for each in zip(chosen, deliveries, strict=True)]
        self.receipts += received
        return received

    def check_delivery(self, held: Held, delivery: Delivery) -> None:
        assert delivery.message is not None
        assert (delivery.message_id or delivery.message.id) == held.message_id
        assert delivery.message.group_id == held.group
        assert delivery.receipt.receive_count == held.count
        assert delivery.sent_at == held.sent_at
        assert delivery.first_received_at == held.first_at
        assert delivery.dead_letter_source == held.source

    @rule(
        dead=MOSTLY_NOT,
        limit=st.integers(1, 10),
        timeout_s=TIMEOUTS,
        outcomes=st.lists(st.sampled_from(OUTCOMES), max_size=6),
    )
    def serve(self, dead: bool, limit: int, timeout_s: int | None, outcomes: list[str]) -> None:
        """Receive some messages, and be done with the first of them one way or another."""
        received = self.receiving(self.queue(dead), limit, timeout_s)
        for receipt, outcome in zip(received, outcomes, strict=False):
            self.finish(receipt, outcome)

    @rule(limit=st.integers(1, 10), timeout_s=TIMEOUTS)
    def receive(self, limit: int, timeout_s: int | None) -> None:
        self.receiving(self.queues[self.q], limit, timeout_s)

    # --- receipts -------------------------------------------------------------------------------

    @precondition(lambda self: self.receipts)
    @rule(data=st.data(), outcome=st.sampled_from(OUTCOMES))
    def finish_later(self, data: st.DataObject, outcome: str) -> None:
        self.finish(data.draw(st.sampled_from(self.receipts[-12:])), outcome)

    def finish(self, receipt: ReceivedBy, outcome: str) -> None:
        if outcome == "delete":
            self.delete(*receipt)
        elif outcome == "shorten":
            self.change_visibility(*receipt, 0)
        elif outcome == "extend":
            self.change_visibility(*receipt, 30)
            self.change_visibility(*receipt, 43_200)
        elif outcome == "hang up" and receipt in self.receipts:
            self.receipts.remove(receipt)
            self.hang_up(*receipt)

    def delete(self, queue: Queue, held: Held, delivery: Delivery) -> None:
        (result,) = self.engine.run(commands.Delete(arn(queue.name), [delivery.receipt]))
        self.catch_up()
        latest = held in queue.messages and held.count == delivery.receipt.receive_count
        if not queue.fifo:
            assert result is None
        elif held in queue.messages and not (latest and held.flying):
            assert isinstance(result, Refused)
            return
        if latest:
            queue.messages.remove(held)

    def change_visibility(
        self, queue: Queue, held: Held, delivery: Delivery, timeout_s: int
    ) -> None:
        change = commands.VisibilityChange(delivery.receipt, timeout_s)
        (result,) = self.engine.run(commands.ChangeVisibility(arn(queue.name), [change]))
        self.catch_up()
        until = self.now + timeout_s * SECOND
        if (
            held not in queue.messages
            or held.count != delivery.receipt.receive_count
            or (queue.fifo and not held.flying)
            or (held.flying and until > held.received_at + LONGEST_MS)
        ):
            assert isinstance(result, Refused)
            return
        assert result is None
        if not held.flying:
            held.received_at = self.now
        queue.hide(held, until, self.now)

    def hang_up(self, queue: Queue, held: Held, delivery: Delivery) -> None:
        self.engine.release(queue.name, delivery)
        self.catch_up()
        if held in queue.messages and held.flying and held.count == delivery.receipt.receive_count:
            queue.release(held)

    # --- the queue ------------------------------------------------------------------------------

    @rule(dead=MOSTLY_NOT, change=st.sampled_from(CHANGES))
    def configure(self, dead: bool, change: tuple[str, str, int]) -> None:
        queue, (attribute, field, value) = self.queue(dead), change
        self.engine.set(queue.name, **{attribute: str(value)})
        self.catch_up()
        setattr(queue, field, value)

    @rule(what=st.sampled_from(["purge", "move", "move slowly", "move back", 0, 1, 2]))
    def manage(self, what: str | int) -> None:
        if isinstance(what, int):
            self.set_redrive(what)
        elif what == "purge":
            self.purge(self.queues[self.q])
        else:
            rate = 1 if what == "move slowly" else None
            self.move(None if what == "move back" else self.q, rate)

    def set_redrive(self, most: int) -> None:
        policy = redrive_policy(self.dead, most) if most else ""
        self.engine.set(self.q, RedrivePolicy=policy)
        self.catch_up()
        queue = self.queues[self.q]
        queue.target, queue.most = (self.dead, most) if most else (None, 0)

    def purge(self, queue: Queue) -> None:
        try:
            self.engine.purge(queue.name)
        except PurgeQueueInProgress:
            assert queue.purged_at is not None
            assert self.engine.now < queue.purged_at + 60 * SECOND
            return
        self.catch_up()
        assert queue.purged_at is None or self.now >= queue.purged_at + 60 * SECOND
        queue.purge(self.now)

    def move(self, destination: str | None, rate: int | None) -> None:
        try:
            self.engine.start_move(self.dead, destination, rate=rate)
        except Refusal:
            running = any(task.status == "RUNNING" for task in self.engine.moves(self.dead))
            assert running or self.queues[self.q].target is None
        self.catch_up()

    # --- time and crashes -----------------------------------------------------------------------

    @rule(ms=PAUSES, ticks=st.booleans())
    def pause(self, ms: int, ticks: bool) -> None:
        if ticks:
            self.engine.sleep(ms / 1_000)
        else:
            self.engine.now += ms
        self.engine.run(commands.Tick())
        self.catch_up()

    @rule(data=st.data())
    def crash(self, data: st.DataObject) -> None:
        """Everything in memory is lost; the log, and some snapshot, are not."""
        engine = self.engine
        which = data.draw(st.integers(-1, len(engine.captures) - 1))
        state = engine.replayed() if which < 0 else engine.restored(which)
        assert observe(state, engine.now) == observe(engine.state, engine.now)
        engine.crash(state)
        self.catch_up()
        self.before = self.available()

    # --- what always holds ----------------------------------------------------------------------

    @invariant()
    def counts_are_right(self) -> None:
        for queue in self.queues.values():
            assert self.engine.counts(queue.name) == queue.counts(self.now)

    @invariant()
    def who_waits_was_woken(self) -> None:
        """Where nothing could be received and now something can, the queue is awake.

        Nobody waits on a queue that has something to be received.
        """
        awoken, available = self.engine.awoken(), self.available()
        for name, found in available.items():
            assert name in awoken or self.before[name] or not found
            if self.before[name] and not found:
                # Whoever begins to wait has tried first.
                assert self.engine.receive(name) == []
        self.before = available

    def teardown(self) -> None:
        if not hasattr(self, "engine"):
            return
        check_soundness(self.engine.state)
        self.nothing_is_lost()
        self.engine.check_recovery()

    def nothing_is_lost(self) -> None:
        """When all timeouts are over, everything that was not deleted can be received."""
        for queue in self.queues.values():
            self.engine.set(queue.name, MessageRetentionPeriod="1209600", RedrivePolicy="")
            queue.retention_s, queue.target = 1_209_600, None
        self.pause(LONGEST_MS, True)
        for queue in self.queues.values():
            while deliveries := self.engine.receive(queue.name, 10, visibility=30):
                self.catch_up()
                chosen = [self.held(queue, each) for each in deliveries]
                queue.check_choice(chosen, 10, self.now)
                self.engine.delete(queue.name, *deliveries)
                queue.messages = [held for held in queue.messages if held not in chosen]
            assert queue.messages == []
            assert self.engine.counts(queue.name) == (0, 0, 0)
        assert not any(self.engine.state.usage.live_bytes.values())


class StandardQueues(Machine):
    @rule(
        dead=MOSTLY_NOT,
        count=st.integers(1, 8),
        group=st.none() | GROUPS,
        delay=DELAYS,
    )
    def send(self, dead: bool, count: int, group: str | None, delay: int | None) -> None:
        self.sending(self.queue(dead), count, group=group, delay=delay)


class FifoQueues(Machine):
    suffix = ".fifo"

    @rule(
        dead=MOSTLY_NOT,
        count=st.integers(1, 8),
        group=GROUPS,
        dedup=st.sampled_from([None, None, "1", "2"]),
    )
    def send(self, dead: bool, count: int, group: str, dedup: str | None) -> None:
        self.sending(self.queue(dead), count, group=group, dedup=dedup)

    @rule(limit=st.integers(1, 10), timeout_s=TIMEOUTS, attempt=st.sampled_from(["1", "2"]))
    def receive_again(self, limit: int, timeout_s: int | None, attempt: str) -> None:
        queue = self.queues[self.q]
        self.pass_time(self.engine.now)
        expected = queue.repeated(attempt, self.now)
        if not expected:
            self.receiving(queue, limit, timeout_s, attempt=attempt)
            return
        deliveries = self.engine.receive(self.q, limit, visibility=timeout_s, attempt=attempt)
        self.catch_up()
        assert [body(each) for each in deliveries] == [held.text for held in expected]
        timeout_s = queue.visibility_s if timeout_s is None else timeout_s
        until = self.now + timeout_s * SECOND
        queue.attempts[attempt].hidden_until = until
        for held in expected:
            queue.hide(held, until, self.now)
        self.check_deliveries(queue, expected, deliveries)

    @rule(scope=st.sampled_from(["queue", "messageGroup"]))
    def set_scope(self, scope: str) -> None:
        self.engine.set(self.q, DeduplicationScope=scope)
        self.catch_up()
        self.queues[self.q].scope = scope


@pytest.mark.parametrize("machine", [StandardQueues, FifoQueues])
def test_the_engine_does_what_the_model_says(
    machine: type[Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Few messages are in flight here; that they can make noise must not need thirty.
    monkeypatch.setattr("tidegate.engine.standard.NOISY_MINIMUM", 3)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=60,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
