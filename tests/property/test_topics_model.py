"""Publishing against a simple model: whatever happens to queues and messages, every queue has what
was published to it and not deleted since, once for each subscription, under an id that stays.

A *copy* is one message for one subscription.  The model follows a copy from queue to queue by the
records of moves; what a copy is, and that it can be read, is seen when it is received.
"""

from __future__ import annotations

import itertools
import os
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

pytest.register_assert_rewrite("engine_harness")

from engine_harness import (  # noqa: E402
    ACCOUNT,
    REGION,
    START,
    Engine,
    arn,
    body,
    check_soundness,
    observe,
    redrive_policy,
)
from tidegate.base.arn import hidden_queue_arn, is_hidden  # noqa: E402
from tidegate.base.refusals import PurgeQueueInProgress, Refusal  # noqa: E402
from tidegate.engine import codec, commands, fanned, records, state, topics  # noqa: E402
from tidegate.engine.commands import (  # noqa: E402
    Delivery,
    Fan,
    FannedOut,
    FanOut,
    FanTarget,
    FanTargets,
    FifoTopic,
    GiveUp,
    Message,
    Through,
)

EXAMPLES = int(os.environ.get("TIDEGATE_PROPERTY_EXAMPLES", "150"))
TOPIC = "arn:aws:sns:eu-central-1:111122223333:t"
TOPIC_QUEUE = hidden_queue_arn(REGION, ACCOUNT, "topic.fifo").rpartition(":")[2]
STANDARD = ["a", "b", "late", "dead", "deep", "~web", "~mail"]
FIFO = ["f.fifo", "g.fifo", "dead.fifo"]
ATTRIBUTES = {
    "late": {"DelaySeconds": "5"},
    "g.fifo": {"DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"},
}
DEAD_LETTERS = {"a": "dead", "dead": "deep", "f.fifo": "dead.fifo"}
REMEMBERED_MS = 300_000
PAUSES = st.sampled_from([1, 1_000, 5_000, 30_000, 61_000, 299_999, 301_000])


@dataclass(eq=False)
class Copy:
    text: str
    subscription: int
    """0: it was sent to its queue, and came through no topic."""
    notification: bool = False
    group: str | None = None
    shown_id: str = ""
    """What its queue calls it, once it has been received."""


@dataclass
class Sent:
    """What a FIFO queue or topic remembers."""

    scope: str
    group: str
    dedup: str
    until: int
    message_id: str = ""
    number: str | None = None

    def is_same(self, group: str, dedup: str, now: int) -> bool:
        in_scope = self.scope == "queue" or self.group == group
        return self.dedup == dedup and in_scope and self.until > now


@dataclass
class Held:
    """A queue of the model."""

    name: str
    copies: list[Copy] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)

    @property
    def fifo(self) -> bool:
        return self.name.endswith(".fifo")

    def knows(self, group: str, dedup: str, now: int) -> bool:
        return any(each.is_same(group, dedup, now) for each in self.sent)


class Machine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.numbers = itertools.count(1)
        self.queues: dict[str, Held] = {}
        self.by_uid: dict[int, Held] = {}
        self.places: dict[tuple[int, int], Copy] = {}
        """(uid of its queue, its slot there)."""
        self.published: list[Sent] = []
        """What the FIFO topic remembers."""
        self.receipts: list[tuple[Held, Copy, Delivery]] = []
        self.ids: Counter[tuple[str, str]] = Counter()
        self.read = 0
        self.cleaned = 0
        self.taken: list[tuple[int, int]] = []
        """Places that messages were given since the log was last read."""

    @initialize(encoded=st.booleans(), most=st.sampled_from([1, 2]))
    def begin(self, encoded: bool, most: int) -> None:
        self.engine = Engine(encoded=encoded)
        self.most = most
        for name in ["deep", "dead", "dead.fifo", "a", "b", "late", "f.fifo", "g.fifo"]:
            self.create(name)

    def create(self, name: str) -> None:
        attributes = dict(ATTRIBUTES.get(name, {}))
        target = DEAD_LETTERS.get(name)
        if target in self.queues:
            attributes["RedrivePolicy"] = redrive_policy(target, self.most)
        try:
            self.engine.create(name, **attributes)
        except Refusal:
            return
        self.know(name)

    def know(self, name: str) -> None:
        self.queues[name] = self.by_uid[self.engine.queue(name).uid] = Held(name)

    # --- following the log ------------------------------------------------------------------------

    def catch_up(self) -> None:
        for _, data in self.engine.records[self.read :]:
            record = codec.decode_record(data)
            if isinstance(record, records.MessageMoved):
                self.moved(record)
            elif isinstance(record, records.MessageSent):
                self.taken.append((record.uid, record.slot))
            elif isinstance(record, records.MessagesFannedOut):
                for fan in record.fans:
                    self.taken += zip(fan.uids, fan.slots, strict=True)
            elif isinstance(record, records.QueueCreated):
                name = record.definition.name
                if is_hidden(name) and name != TOPIC_QUEUE:
                    self.know(name)
        self.read = len(self.engine.records)

    def moved(self, record: records.MessageMoved) -> None:
        copy = self.places.pop((record.uid, record.slot))
        self.by_uid[record.uid].copies.remove(copy)
        self.by_uid[record.target_uid].copies.append(copy)
        self.places[record.target_uid, record.target_slot] = copy
        # A move task gives a new id.  Otherwise it stays, and tells the copy in any queue.
        copy.shown_id = record.message_id or copy.shown_id

    def enter(self, copies: list[tuple[Held, Copy]]) -> None:
        """These, and only these, have just come in."""
        assert len(self.taken) == len(copies)
        assert len(set(self.taken)) == len(self.taken)
        left = Counter(self.by_uid[uid].name for uid, _ in self.taken)
        assert left == Counter(queue.name for queue, _ in copies)
        by_queue: dict[str, list[Copy]] = {}
        for queue, copy in copies:
            by_queue.setdefault(queue.name, []).append(copy)
            queue.copies.append(copy)
        for uid, slot in self.taken:
            self.places[uid, slot] = by_queue[self.by_uid[uid].name].pop(0)
        self.taken.clear()

    # --- publishing -------------------------------------------------------------------------------

    def targets(
        self, names: list[str], notifications: list[bool]
    ) -> list[tuple[FanTarget, str, Copy]]:
        made = []
        for name, notification in zip(names, itertools.cycle(notifications)):
            number = next(self.numbers)
            target = FanTarget(arn(name), UUID(int=number).bytes, notification)
            made.append((target, name, Copy("", number, notification)))
        return made

    @rule(
        forms=st.lists(st.lists(st.sampled_from(STANDARD), max_size=6), min_size=1, max_size=3),
        notifications=st.lists(st.booleans(), min_size=1, max_size=4),
        group=st.sampled_from([None, None, None, "x", "y"]),
    )
    def publish(self, forms: list[list[str]], notifications: list[bool], group: str | None) -> None:
        """To some queues in one form, to others in another."""
        message_id = str(UUID(int=next(self.numbers) << 40, version=4))
        fans, expected = [], []
        before = len(self.engine.records)
        made_before = {name for name in STANDARD if is_hidden(name)} - self.queues.keys()
        for names in forms:
            text = str(next(self.numbers))
            targets = self.targets(names, notifications)
            message = Message(message_id, text, "md5", "AIDA", group_id=group)
            fans.append(Fan(message, FanTargets.of([target for target, _, _ in targets])))
            for _, name, copy in targets:
                copy.text, copy.group = text, group
                if name in self.queues or is_hidden(name):
                    expected.append((name, copy))
        result = self.engine.run(FanOut(TOPIC, fans))
        assert result == FannedOut()
        self.catch_up()
        made = made_before & self.queues.keys()
        assert len(self.engine.records) - before == len(made) + bool(expected)
        self.enter([(self.queues[name], copy) for name, copy in expected])

    @rule(
        names=st.lists(st.sampled_from([*FIFO, *FIFO, "a", "b", "late"]), max_size=5),
        notifications=st.lists(st.booleans(), min_size=1, max_size=4),
        group=st.sampled_from(["x", "y"]),
        dedup=st.sampled_from([None, None, "1", "2"]),
        scope=st.sampled_from(["queue", "queue", "messageGroup"]),
        archive=st.booleans(),
    )
    def publish_in_order(
        self,
        names: list[str],
        notifications: list[bool],
        group: str,
        dedup: str | None,
        scope: Any,
        archive: bool,
    ) -> None:
        text = str(next(self.numbers))
        dedup = dedup or f"of {text}"
        message_id = str(UUID(int=next(self.numbers) << 40, version=4))
        targets = self.targets(names, notifications)
        message = Message(message_id, text, "md5", "AIDA", group_id=group, deduplication_id=dedup)
        fifo = FifoTopic(arn(TOPIC_QUEUE), scope, 86_400 if archive else 0)
        fan = Fan(message, FanTargets.of([target for target, _, _ in targets]))
        result = self.engine.run(FanOut(f"{TOPIC}.fifo", [fan], fifo))
        self.catch_up()
        now = self.engine.now
        same = [each for each in self.published if each.is_same(group, dedup, now)]
        # An id that counts in the whole topic comes before one that counts in its group.
        known = max(same, key=lambda each: each.scope == "queue", default=None)
        if known is not None:
            assert result == FannedOut(known.message_id, known.number)
            assert not self.taken
            return
        assert result.message_id is None
        assert all(str(each.number) < str(result.sequence_number) for each in self.published)
        sent = Sent(scope, group, dedup, now + REMEMBERED_MS, message_id, result.sequence_number)
        self.published.append(sent)
        expected = []
        for _, name, copy in targets:
            copy.text, copy.group = text, group
            queue = self.queues.get(name)
            if queue is None:
                continue
            if queue.fifo:
                if queue.knows(group, dedup, now):
                    continue
                self.remember(queue, group, dedup)
            expected.append((queue, copy))
        self.enter(expected)

    def remember(self, queue: Held, group: str, dedup: str) -> None:
        scope = "messageGroup" if queue.name == "g.fifo" else "queue"
        queue.sent.append(Sent(scope, group, dedup, self.engine.now + REMEMBERED_MS))

    @rule(
        name=st.sampled_from(["a", "dead", "deep", "f.fifo", "g.fifo"]),
        dedup=st.sampled_from(["1", "2", None]),
        group=st.sampled_from(["x", "y"]),
    )
    def send(self, name: str, dedup: str | None, group: str) -> None:
        """Straight to a queue."""
        queue = self.queues.get(name)
        if queue is None:
            return
        text = str(next(self.numbers))
        if not queue.fifo:
            self.engine.send(name, text)
            self.catch_up()
            self.enter([(queue, Copy(text, 0))])
            return
        dedup = dedup or f"of {text}"
        self.engine.send(name, text, group=group, dedup=dedup)
        self.catch_up()
        known = queue.knows(group, dedup, self.engine.now)
        if not known:
            self.remember(queue, group, dedup)
        self.enter([] if known else [(queue, Copy(text, 0, group=group))])

    # --- receiving --------------------------------------------------------------------------------

    @rule(
        name=st.sampled_from([*STANDARD, *FIFO, "a", "dead"]),
        limit=st.integers(1, 10),
        timeout_s=st.sampled_from([0, 1, 1, 40]),
        outcomes=st.lists(st.sampled_from(["keep", "keep", "delete", "give up"]), max_size=5),
    )
    def receive(self, name: str, limit: int, timeout_s: int, outcomes: list[str]) -> None:
        if name not in self.queues:
            return
        taken = self.take(name, limit, timeout_s)
        self.receipts += taken
        for receipt, outcome in zip(taken, outcomes, strict=False):
            if outcome == "delete":
                self.delete(*receipt)
            elif outcome == "give up" and is_hidden(name):
                self.give_up(*receipt)

    def take(self, name: str, limit: int, timeout_s: int) -> list[tuple[Held, Copy, Delivery]]:
        deliveries = self.engine.receive(name, limit, visibility=timeout_s)
        self.catch_up()
        queue = self.queues[name]
        return [(queue, self.check(queue, each), each) for each in deliveries]

    def check(self, queue: Held, delivery: Delivery) -> Copy:
        """The copy that was given, which is the one that stands there."""
        receipt, message = delivery.receipt, delivery.message
        copy = self.places[receipt.queue_uid, receipt.slot]
        assert copy in queue.copies
        assert message is not None
        assert body(delivery) == copy.text
        shown_id = delivery.message_id or message.id
        assert copy.shown_id in ("", shown_id), "an id stays"
        copy.shown_id = shown_id
        assert len({each.shown_id for each in queue.copies if each.shown_id}) == sum(
            bool(each.shown_id) for each in queue.copies
        ), "no two have the same id"
        assert message.group_id == copy.group
        if not copy.subscription:
            assert message.through is None
            return copy
        through = message.through
        assert isinstance(through, Through)
        assert through.subscription.endswith(f":{UUID(int=copy.subscription)}")
        assert through.is_notification == copy.notification
        is_fifo = through.subscription.startswith(f"{TOPIC}.fifo:")
        assert (through.sequence_number is not None) == is_fifo
        return copy

    @rule(data=st.data())
    def delete_later(self, data: st.DataObject) -> None:
        if self.receipts:
            self.delete(*data.draw(st.sampled_from(self.receipts[-10:])))

    def delete(self, queue: Held, copy: Copy, delivery: Delivery) -> None:
        if self.queues.get(queue.name) is not queue:
            return
        there = self.engine.queue(queue.name)
        receipt = delivery.receipt
        stands = there.is_alive(receipt.slot)
        latest = stands and there.slots.receive_count(receipt.slot) == receipt.receive_count
        flying = there.is_flying(receipt.slot)
        self.engine.run(commands.Delete(arn(queue.name), [receipt]))
        self.catch_up()
        if latest and (flying or not queue.fifo):
            queue.copies.remove(copy)
            del self.places[receipt.queue_uid, receipt.slot]

    def give_up(self, queue: Held, copy: Copy, delivery: Delivery) -> None:
        flying = self.engine.queue(queue.name).is_flying(delivery.receipt.slot)
        target = "dead" if copy.subscription % 2 else None
        to = None if target is None else arn(target)
        self.engine.run(GiveUp(arn(queue.name), delivery.receipt, to))
        self.catch_up()
        if flying and target not in self.queues:
            queue.copies.remove(copy)
            del self.places[delivery.receipt.queue_uid, delivery.receipt.slot]

    # --- queues -----------------------------------------------------------------------------------

    @rule(name=st.sampled_from(["dead", "dead.fifo"]), to=st.sampled_from([None, "b", "deep"]))
    def move(self, name: str, to: str | None) -> None:
        try:
            self.engine.start_move(name, None if name == "dead.fifo" else to)
        except Refusal:
            return
        self.catch_up()

    @rule(name=st.sampled_from([*STANDARD, *FIFO]), what=st.sampled_from(["purge", "remove"]))
    def empty(self, name: str, what: str) -> None:
        queue = self.queues.get(name)
        if queue is None:
            return
        uid = self.engine.queue(name).uid
        if what == "purge":
            try:
                self.engine.purge(name)
            except PurgeQueueInProgress:
                return
            queue.copies.clear()
            queue.sent.clear()
        else:
            self.engine.remove(name)
            del self.queues[name]
        self.catch_up()
        for place in [place for place in self.places if place[0] == uid]:
            del self.places[place]

    @rule(name=st.sampled_from([each for each in [*STANDARD, *FIFO] if not is_hidden(each)]))
    def make_again(self, name: str) -> None:
        if name not in self.queues:
            self.create(name)
            self.catch_up()

    # --- time, cleaning, crashes ------------------------------------------------------------------

    @rule(ms=PAUSES)
    def pause(self, ms: int) -> None:
        self.engine.sleep(ms / 1_000)
        self.engine.run(commands.Tick())
        self.catch_up()

    @rule(data=st.data())
    def clean(self, data: st.DataObject) -> None:
        """Nothing is read from a segment any more."""
        if self.cleaned + 1 < self.engine.segment:
            self.cleaned = data.draw(st.integers(self.cleaned + 1, self.engine.segment - 1))
            before = self.engine.state.usage.live_bytes.get(self.cleaned, 0)
            written = len(self.engine.records)
            self.engine.clean(self.cleaned)
            assert not self.engine.state.usage.live_bytes.get(self.cleaned)
            assert (len(self.engine.records) > written) == bool(before)
            self.catch_up()

    @rule(data=st.data())
    def crash(self, data: st.DataObject) -> None:
        engine = self.engine
        which = data.draw(st.integers(-1, len(engine.captures) - 1))
        state = engine.replayed() if which < 0 else engine.restored(which)
        assert observe(state, engine.now) == observe(engine.state, engine.now)
        engine.crash(state)

    # --- what always holds ------------------------------------------------------------------------

    @invariant()
    def nothing_is_lost_or_made_up(self) -> None:
        for name, queue in self.queues.items():
            assert self.engine.queue(name).slots.live == len(queue.copies)

    @invariant()
    def shared_records_are_counted(self) -> None:
        check_soundness(self.engine.state)

    def teardown(self) -> None:
        if not hasattr(self, "engine"):
            return
        self.everything_can_be_read()
        self.engine.check_recovery()
        assert self.engine.now - START < 345_600_000, "no message got too old"

    def everything_can_be_read(self) -> None:
        for name in self.queues:
            if not is_hidden(name):
                self.engine.set(name, RedrivePolicy="")
        self.pause(301_000)
        for name, queue in list(self.queues.items()):
            while taken := self.take(name, 10, 30):
                for receipt in taken:
                    self.delete(*receipt)
            assert queue.copies == []
        for queue in self.engine.state.queues.values():
            if queue.arn != arn(TOPIC_QUEUE):
                assert not queue.slots.live


@pytest.mark.parametrize("few", [1, fanned.FEW])
def test_every_queue_has_what_was_published_to_it(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Queues are entered one after the other where there are few, and else column by column."""
    monkeypatch.setattr(topics, "FEW", few)
    monkeypatch.setattr(state, "FEW", few)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
