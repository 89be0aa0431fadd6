"""A node with its log, commits and housekeeper on a simulated disk, in virtual time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from engine_harness import arn, redrive_policy
from small_log import DIRECTORY, SMALL
from tidegate.base.refusals import Refusal
from tidegate.engine import commands
from tidegate.engine.commands import Delivery, Entry, Message, QueueDescription, Received, Sent
from tidegate.engine.partition import Partition
from tidegate.engine.queue import Queue
from tidegate.log.files.room import LogOptions
from tidegate.log.files.snapshots import FileSnapshots
from tidegate.log.files.store import FileLog
from tidegate.runtime.commits import Commits, SyncMode
from tidegate.runtime.housekeeping import Housekeeper, HousekeepingOptions
from tidegate.runtime.node import Node
from tidegate.runtime.quotas import Quotas
from tidegate.runtime.recovery import recover
from tidegate.testing.executors import InlineExecutor, LateExecutor
from tidegate.testing.files import CrashableFiles
from tidegate.testing.loop import SimClock, SimLoop

START = 1_700_000_000_250
"""Not a full second, so that rounding shows."""


class Call:
    """One request: how it was answered, and the client that may hang up."""

    def __init__(self, clock: SimClock) -> None:
        self._clock = clock
        self._then: Callable[[], None] | None = None
        self.on_answer: Callable[[], object] = _nothing
        self.gone = False
        self.shape: Any = None
        self.error: Exception | None = None
        self.answered_at: int | None = None

    @property
    def answered(self) -> bool:
        return self.answered_at is not None

    def reply(self, shape: Any) -> None:
        self._answer(shape, None)

    def fail(self, error: Exception) -> None:
        self._answer(None, error)

    def on_gone(self, then: Callable[[], None]) -> None:
        self._then = then
        if self.gone:
            then()

    def hang_up(self) -> None:
        self.gone = True
        if self._then is not None and not self.answered:
            self._then()

    def _answer(self, shape: Any, error: Exception | None) -> None:
        assert not self.answered, "answered twice"
        self.answered_at = self._clock.now_ms()
        self.shape, self.error = shape, error
        self.on_answer()

    @property
    def result(self) -> Any:
        """What the command gave; raises what it failed with."""
        assert self.answered, "not answered"
        if self.error is not None:
            raise self.error
        return self.shape

    @property
    def deliveries(self) -> list[Delivery]:
        received = self.result
        assert isinstance(received, Received)
        return received.deliveries

    @property
    def bodies(self) -> list[str]:
        return [_body(each) for each in self.deliveries]


def _nothing() -> None:
    return None


def _body(delivery: Delivery) -> str:
    assert delivery.message is not None
    return delivery.message.body


def as_it_is(call: Any, result: Any) -> Any:
    return result


class SimulatedNode:
    """Verbs come in two kinds: `call` and those that end in `_later` give the call at once, the
    others let the loop settle and give the result."""

    def __init__(
        self,
        files: CrashableFiles | None = None,
        *,
        loop: SimLoop | None = None,
        clock: SimClock | None = None,
        mode: SyncMode = "inline",
        flush_s: Callable[[], float] = lambda: 0.001,
        save_s: Callable[[], float] = lambda: 0.05,
        room_s: Callable[[], float] | None = None,
        log_options: LogOptions = SMALL,
        housekeeping: HousekeepingOptions | None = None,
        quotas: Quotas | None = None,
    ) -> None:
        self.files = files or CrashableFiles()
        self.loop = loop or SimLoop()
        self.clock = clock or SimClock(self.loop, START)
        self.snapshots = FileSnapshots(DIRECTORY, self.files)
        options = replace(
            log_options, snapshot_bytes=lambda: self.snapshots.size_bytes, clock=self.loop.time
        )
        room_maker = InlineExecutor() if room_s is None else LateExecutor(self.loop, room_s)
        self.log = FileLog.open(DIRECTORY, self.files, options, room_maker)
        self.recovered = recover(self.log, self.snapshots)
        flusher = LateExecutor(self.loop, flush_s)
        self.commits = Commits(self.log, self.loop, flusher, mode, stopwatch=self.loop.time)
        self.partition = Partition(self.commits.journal, self.recovered.state)
        self.node = Node(self.partition, self.log, self.commits, self.clock, self.loop, quotas)
        self.saver = LateExecutor(self.loop, save_s)
        self.housekeeper = Housekeeper(
            self.partition,
            self.log,
            self.snapshots,
            self.commits,
            self.loop,
            self.saver,
            self.recovered.covers,
            self.recovered.tail,
            housekeeping,
        )
        self._messages = 0

    def stop(self) -> None:
        """As the server stops."""
        self.node.drain()
        self.loop.settle()
        self.node.stop()
        self.housekeeper.stop()
        self.loop.run(self.commits.settle())
        while self.housekeeper.saving:
            self.loop.run_for(1)
        if self.commits.stopped is None:
            self.housekeeper.save_last()
        self.log.close()

    def restarted(self, files: CrashableFiles | None = None, **options: Any) -> SimulatedNode:
        """A new process on what a killed one left, or on another state of the disk; it begins when
        this one has come to now."""
        loop = SimLoop()
        clock = SimClock(loop, self.clock.now_ms())
        return SimulatedNode(files or self.files.killed(), loop=loop, clock=clock, **options)

    # --- running ----------------------------------------------------------------------------

    def call(self, command: Any, finish: Callable[[Any, Any], Any] = as_it_is) -> Call:
        call = Call(self.clock)
        self.submit(call, command, finish)
        return call

    def submit(
        self, call: Call, command: Any, finish: Callable[[Any, Any], Any] = as_it_is
    ) -> None:
        try:
            self.node.submit(call, command, finish)
        except Refusal as refusal:
            call.fail(refusal)

    def run(self, command: Any) -> Any:
        call = self.call(command)
        for _ in range(100):
            self.loop.run_for(0.01)
            if call.answered:
                break
        return call.result

    def queue(self, name: str) -> Queue:
        return self.partition.state.by_arn[arn(name)]

    # --- verbs ------------------------------------------------------------------------------

    def create(self, name: str, **attributes: str) -> None:
        """A FIFO queue deduplicates by content where nothing else is said."""
        if name.endswith(".fifo"):
            attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} | attributes
        self.run(commands.CreateQueue(arn(name), attributes, {}))

    def set(self, name: str, **attributes: str) -> None:
        self.run(commands.SetQueueAttributes(arn(name), attributes))

    def tag(self, name: str, **tags: str) -> None:
        self.run(commands.TagQueue(arn(name), tags))

    def create_with_dead_letters(self, name: str, target: str, most: int) -> None:
        self.create(target)
        self.create(name, RedrivePolicy=redrive_policy(target, most))

    def entry(self, text: str, *, group: str | None = None, delay: int | None = None) -> Entry:
        self._messages += 1
        message = Message(
            id=f"id-{self._messages}",
            body=text,
            md5=hashlib.md5(text.encode()).hexdigest(),
            sender_id="AIDAEXAMPLE",
            group_id=group,
        )
        return Entry(message, len(text), delay)

    def send_later(self, name: str, text: str, **what: Any) -> Call:
        return self.call(commands.Send(arn(name), self.entry(text, **what)))

    def send(self, name: str, text: str, **what: Any) -> Sent:
        sent = self.run(commands.Send(arn(name), self.entry(text, **what)))
        assert isinstance(sent, Sent)
        return sent

    def receive_later(
        self, name: str, most: int = 1, *, wait: int = 20, visibility: int | None = None
    ) -> Call:
        return self.call(commands.Receive(arn(name), most, visibility, wait))

    def receive(self, name: str, most: int = 1, *, visibility: int | None = None) -> list[Delivery]:
        received = self.run(commands.Receive(arn(name), most, visibility, 0))
        assert isinstance(received, Received)
        return received.deliveries

    def receive_all(self, name: str, **what: Any) -> list[Delivery]:
        found: list[Delivery] = []
        while deliveries := self.receive(name, 10, **what):
            found += deliveries
        return found

    def bodies(self, name: str, most: int = 10) -> list[str]:
        return [_body(each) for each in self.receive(name, most)]

    def delete(self, name: str, *deliveries: Delivery) -> None:
        results = self.run(commands.Delete(arn(name), [each.receipt for each in deliveries]))
        assert results == [None] * len(deliveries)

    def hide(self, name: str, delivery: Delivery, timeout_s: int) -> None:
        """ChangeMessageVisibility."""
        change = commands.VisibilityChange(delivery.receipt, timeout_s)
        assert self.run(commands.ChangeVisibility(arn(name), [change])) == [None]

    def remove(self, name: str) -> None:
        self.run(commands.DeleteQueue(arn(name)))

    def counts(self, name: str) -> tuple[int, int, int]:
        """How many messages are visible, in flight and delayed."""
        described = self.run(commands.DescribeQueue(arn(name)))
        assert isinstance(described, QueueDescription)
        shown = described.attributes
        return (
            int(shown["ApproximateNumberOfMessages"]),
            int(shown["ApproximateNumberOfMessagesNotVisible"]),
            int(shown["ApproximateNumberOfMessagesDelayed"]),
        )
