"""Clients that do random things, and tell the ledger what they know."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from functools import partial
from typing import Any

from engine_harness import arn
from simulated_node import Call, SimulatedNode
from simulation.ledger import (
    BRIEF,
    DEAD,
    DEDUPLICATION_MS,
    FAILING,
    FLUSH_MS,
    ORDERED,
    Entry,
    Ledger,
)
from tidegate.base.refusals import LogStopped, Refusal, StorageFull
from tidegate.engine import commands
from tidegate.engine.commands import Delivery, Message, Received, Refused, Sent

PLAIN, TENANTS, PURGED = "plain", "tenants", "purged"
QUEUES: dict[str, dict[str, str]] = {
    PLAIN: {},
    TENANTS: {},
    PURGED: {},
    BRIEF: {"MessageRetentionPeriod": "60"},
    DEAD: {},
    FAILING: {
        "RedrivePolicy": f'{{"deadLetterTargetArn":"{arn(DEAD)}","maxReceiveCount":2}}',
        "DelaySeconds": "2",
    },
    ORDERED: {"FifoQueue": "true"},
}
GROUPS = ("a", "b", "c")
GIVEN_BACK_S = 5 * FLUSH_MS / 1000


class Client:
    """One at a time: tries something, waits for the answer or its end, thinks, goes on.

    An operation that has no answer when the node dies is told to the ledger as unknown.
    """

    def __init__(self, name: str, seed: int, ledger: Ledger) -> None:
        self.name = name
        self._dice = random.Random(seed)
        self._ledger = ledger
        self._held: list[tuple[str, Delivery]] = []
        self._unknown: Callable[[], None] | None = None
        self._count = 0
        self._again: list[Entry] = []
        """Sends to the FIFO queue that may be repeated."""
        self._node: SimulatedNode | None = None
        self._resting = False

    # --- living -----------------------------------------------------------------------------

    def start(self, node: SimulatedNode) -> None:
        self._node = node
        self._resting = False
        self._think()

    def rest(self) -> None:
        """Begin nothing new."""
        self._resting = True

    def die_with_node(self) -> None:
        """No answer will come any more; what the client remembers stays."""
        self._node = None
        if self._unknown is not None:
            self._unknown()
            self._unknown = None

    def _think(self) -> None:
        if self._node is not None:
            mean_s = self._dice.choice((0.05, 0.3, 0.3, 2.0))
            self._node.loop.call_later(self._dice.expovariate(1 / mean_s), self._step, self._node)

    def _step(self, node: SimulatedNode) -> None:
        if node is not self._node or self._resting:
            return
        choices = [self._send, self._send_batch, self._receive, self._receive]
        if self._held:
            choices += [self._delete, self._delete, self._delete, self._change_visibility]
        if self._again:
            choices.append(self._send_again)
        self._dice.choice(choices)()

    @property
    def _now(self) -> int:
        assert self._node is not None
        return self._node.clock.now_ms()

    def _try(
        self,
        command: Any,
        answered: Callable[[Any], None],
        refused: Callable[[], None],
        unknown: Callable[[], None],
        call: Call | None = None,
    ) -> None:
        node = self._node
        assert node is not None
        made = call or Call(node.clock)

        def on_answer() -> None:
            if self._node is not node:
                return
            self._unknown = None
            if made.error is None:
                answered(made.shape)
            elif isinstance(made.error, LogStopped):
                unknown()
            else:
                assert isinstance(made.error, StorageFull | Refusal), made.error
                refused()
            self._think()

        self._unknown = unknown
        # Not from within the node, which keeps the failures of one call from the others.
        made.on_answer = partial(node.loop.call_soon, on_answer)
        node.submit(made, command)

    # --- sending ----------------------------------------------------------------------------

    def _new_entry(self, queue: str) -> Entry:
        self._count += 1
        body = f"{self.name}-{self._count} ".ljust(self._dice.choice((20, 200, 900)), "x")
        group = self._dice.choice(GROUPS) if queue in (ORDERED, TENANTS) else None
        message = Message(
            id=f"id-{self.name}-{self._count}",
            body=body,
            md5=hashlib.md5(body.encode()).hexdigest(),
            sender_id="AIDAEXAMPLE",
            group_id=group,
            deduplication_id=f"{self.name}-{self._count}" if queue == ORDERED else None,
        )
        return Entry(message, queue)

    def _send(self) -> None:
        queue = self._dice.choice([each for each in QUEUES if each != DEAD])
        entry = self._new_entry(queue)
        if queue == ORDERED and self._dice.random() < 0.3:
            self._again.append(entry)
        self._try_send(entry)

    def _send_again(self) -> None:
        """The same message once more, as a client does that had no answer."""
        entry = self._again.pop()
        if self._now < entry.tried_at[0] + DEDUPLICATION_MS - 5000:
            self._try_send(entry)
        else:
            self._think()

    def _try_send(self, entry: Entry) -> None:
        self._ledger.sending(entry, self._now)
        delay = self._dice.choice((None, None, 0, 5)) if entry.queue != ORDERED else None

        def unknown() -> None:
            entry.unknown_sends += 1
            if entry.queue == ORDERED:
                self._again.append(entry)

        self._try(
            commands.Send(arn(entry.queue), commands.Entry(entry.message, len(entry.body), delay)),
            lambda sent: self._ledger.sent(entry, sent),
            _nothing,
            unknown,
        )

    def _send_batch(self) -> None:
        queue = self._dice.choice((PLAIN, ORDERED, TENANTS, PURGED))
        entries = [self._new_entry(queue) for _ in range(self._dice.randint(2, 10))]
        for entry in entries:
            self._ledger.sending(entry, self._now)

        def answered(results: list[Sent | Refused]) -> None:
            for entry, result in zip(entries, results, strict=True):
                assert isinstance(result, Sent)
                self._ledger.sent(entry, result)

        def unknown() -> None:
            for entry in entries:
                entry.unknown_sends += 1

        made = [commands.Entry(entry.message, len(entry.body)) for entry in entries]
        # A batch that a full disk refuses may have been written in part.
        self._try(commands.SendBatch(arn(queue), made), answered, unknown, unknown)

    # --- receiving --------------------------------------------------------------------------

    def _receive(self) -> None:
        assert self._node is not None
        dice, ledger = self._dice, self._ledger
        queue = dice.choice([*QUEUES, FAILING])
        timeout_s = dice.choice((0, 0, 1) if queue == FAILING else (0, 1, 5, 20, 60))
        command = commands.Receive(
            arn(queue), dice.choice((1, 3, 10)), timeout_s, dice.choice((0, 0, 3, 20))
        )

        def unknown() -> None:
            ledger.unknown_receives[queue] = ledger.unknown_receives.get(queue, 0) + 1

        def answered(received: Received) -> None:
            ledger.received(queue, received.deliveries, timeout_s, self._now)
            self._held += [(queue, each) for each in received.deliveries]

        call = Call(self._node.clock)
        self._try(command, answered, _nothing, unknown, call)
        if not call.answered and dice.random() < 0.3:
            self._node.loop.call_later(
                dice.choice((0.0, 0.002, 1.0)), self._hang_up, call, queue, timeout_s, unknown
            )

    def _hang_up(self, call: Call, queue: str, timeout_s: int, unknown: Callable[[], None]) -> None:
        if call.answered or self._node is None or self._unknown is not unknown:
            return
        unknown()
        self._unknown = None
        call.on_answer = _nothing
        call.hang_up()
        if timeout_s:
            self._node.loop.call_later(GIVEN_BACK_S, self._given_back, self._node, queue)
        self._think()

    def _given_back(self, node: SimulatedNode, queue: str) -> None:
        """What had been taken for a client that hung up is as if it never had been; what was
        visible again at once has been received all the same."""
        if node is self._node and node.commits.stopped is None:
            self._ledger.unknown_receives[queue] -= 1

    # --- what is done with messages ---------------------------------------------------------

    def _delete(self) -> None:
        dice, ledger, now = self._dice, self._ledger, self._now
        queue, first = self._held.pop(dice.randrange(len(self._held)))
        more = [each for name, each in self._held if name == queue]
        chosen = [first, *dice.sample(more, min(len(more), dice.choice((0, 0, 4))))]
        self._held = [each for each in self._held if each[1] not in chosen]
        entries = [self._entry(each) for each in chosen]
        sure = [
            ledger.is_latest(entry, each.receipt, now)
            for entry, each in zip(entries, chosen, strict=True)
        ]
        for entry in entries:
            entry.deletes_tried += 1

        def answered(results: list[Refused | None]) -> None:
            for entry, result, is_sure in zip(entries, results, sure, strict=True):
                if result is not None:
                    assert not is_sure, result
                    entry.deletes_tried -= 1
                elif is_sure:
                    entry.gone = True

        def refused() -> None:
            for entry in entries:
                entry.deletes_tried -= 1

        receipts = [each.receipt for each in chosen]
        self._try(commands.Delete(arn(queue), receipts), answered, refused, _nothing)

    def _change_visibility(self) -> None:
        now = self._now
        queue, delivery = self._dice.choice(self._held)
        entry = self._entry(delivery)
        timeout_s = self._dice.choice((0, 1, 10, 30))
        sure = self._ledger.is_latest(entry, delivery.receipt, now)
        # Until it is answered nobody knows; then it holds since it was tried.
        entry.hidden_until = min(entry.hidden_until, now + timeout_s * 1000)

        def answered(results: list[Refused | None]) -> None:
            if sure and entry.receipt == delivery.receipt and entry.must_exist(self._now):
                assert results == [None]
                entry.hidden_until = now + timeout_s * 1000

        change = commands.VisibilityChange(delivery.receipt, timeout_s)
        self._try(commands.ChangeVisibility(arn(queue), [change]), answered, _nothing, _nothing)

    def _entry(self, delivery: Delivery) -> Entry:
        assert delivery.message is not None
        return self._ledger.entries[delivery.message.body]


class Administrator(Client):
    """Does to queues what an operator does now and then."""

    def _step(self, node: SimulatedNode) -> None:
        if node is not self._node or self._resting:
            return
        self._dice.choice((self._purge, self._move, self._set_delay, self._pause, self._pause))()

    def _pause(self) -> None:
        self._think()

    def _purge(self) -> None:
        before = self._ledger.in_queue(PURGED)
        for entry in before:
            entry.deletes_tried += 1

        def answered(_: None) -> None:
            for entry in before:
                entry.gone = True

        def refused() -> None:
            for entry in before:
                entry.deletes_tried -= 1

        self._try(commands.PurgeQueue(arn(PURGED)), answered, refused, _nothing)

    def _move(self) -> None:
        self._count += 1
        self._ledger.moves = True
        rate = self._dice.choice((None, 5))
        command = commands.StartMessageMoveTask(arn(DEAD), None, f"task-{self._count}", rate)
        self._try(command, _ignore, _nothing, _nothing)

    def _set_delay(self) -> None:
        """A change of the definition, which the log has to keep as well."""
        delay = str(self._dice.choice((0, 1, 2)))
        command = commands.SetQueueAttributes(arn(FAILING), {"DelaySeconds": delay})
        self._try(command, _ignore, _nothing, _nothing)


def _nothing() -> None:
    return None


def _ignore(_: object) -> None:
    return None
