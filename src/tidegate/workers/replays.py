"""Replays: a subscription of a FIFO topic gets what the topic has archived, then what is published.

    Pending ──> In progress ── step ──┐
                    │   └─────────────┘  reads some messages, publishes them again for this one
                    │                    subscription, notes how far it has come
                    ├──> Completed       up to now, or up to the ending point
                    └──> Failed          the archive has ended, or a message does not open

Until it is Completed the subscription gets nothing of what is published meanwhile but by the
archive, so that all comes in order.  The end is decided in one turn of the event loop: the archive
holds nothing newer, and from here on what is published goes to the subscription as well.  On a
busy topic there would always be something newer, for only what is durable can be read; so whoever
publishes to it waits while the last few messages are fetched (`hold`), for some flushes of the log.

How far a replay has come is noted together with what it has published, in one write of the log.
After a crash it goes on there.  Only a power loss that tears this write may have it publish one
step again, and a FIFO queue takes no message that it had within five minutes.

However many replays there are, one step is under way at a time: they take turns, and whoever has
publishers wait comes first.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from tidegate.base.refusals import Fault, LogStopped
from tidegate.catalog.entities import Changes
from tidegate.catalog.entity import name_of
from tidegate.catalog.topics import (
    Replay,
    ReplayProgress,
    ReplayStatus,
    Subscription,
    Topic,
    topic_scope,
)
from tidegate.engine.commands import Archived, Delivery, FanOut, ReadArchive
from tidegate.runtime.definitions import Definitions
from tidegate.runtime.node import Node

_STEP: Final = 50
"""Messages."""
_NEAR: Final = 200
"""Publishers wait once no more messages than this are left."""
_AGAIN_S: Final = 1.0
"""How long a replay rests when the disk is full."""
_BEGINNING: Final = -1

logger = logging.getLogger(__name__)

Republication = tuple[FanOut | None, Callable[[], None] | None]
"""What publishes a message again, None for one that is passed over; and what notes how that went,
None where nobody asks."""
Again = Callable[[Topic, Subscription, Sequence[Delivery]], Sequence[Republication]]
"""again(topic, subscription, deliveries): what becomes of each.  Raises Fault where a message does
not open."""


class _Run:
    """One replay that is under way."""

    __slots__ = ("after_slot", "id", "read_at", "replay", "timer", "topic_arn")

    def __init__(self, topic_arn: str, id: str) -> None:
        self.topic_arn = topic_arn
        self.id = id
        self.after_slot: int | None = None
        """Up to where it has come; None where that is only noted in the entities."""
        self.replay: Replay | None = None
        """What it is carrying out."""
        self.read_at = 0
        self.timer: asyncio.TimerHandle | None = None
        """Set while it waits."""


class _Read:
    """The call of a step; nobody hangs up."""

    gone = False

    def __init__(self, run: _Run, then: Callable[["_Read", Archived | Exception], None]) -> None:
        self.run = run
        self.is_answered = False
        self.is_awaited = False
        """Whether the answer did not come at once."""
        self._then = then

    def reply(self, archived: Archived) -> None:
        self.is_answered = True
        self._then(self, archived)

    def fail(self, error: Exception) -> None:
        self.is_answered = True
        self._then(self, error)


class _Publish:
    """The call of one message that is published again."""

    gone = False

    def __init__(self, note: Callable[[], None] | None) -> None:
        self.error: Exception | None = None
        self._note = note

    def reply(self, shape: Any) -> None:
        """Nobody waits for it."""
        if self._note is not None:
            self._note()

    def fail(self, error: Exception) -> None:
        self.error = error


class Replays:
    """Runs all replays of the server; it asks for nothing while there are none."""

    def __init__(
        self,
        node: Node,
        definitions: Definitions,
        loop: asyncio.AbstractEventLoop,
        archive_of: Callable[[str], str],
        again: Again,
    ) -> None:
        """`archive_of(topic_arn)` is the ARN of the hidden queue that is a topic's archive."""
        self._node = node
        self._queues = node.partition.state.by_arn
        self._definitions = definitions
        self._loop = loop
        self._archive_of = archive_of
        self._again = again
        self._runs: dict[tuple[str, str], _Run] = {}
        self._row: deque[_Run] = deque()
        """Those whose next step is due."""
        self._is_stepping = False
        self._held: dict[str, list[Callable[[], None]]] = {}
        """By topic, who waits to publish until a replay is done."""
        self._keepers: dict[str, set[str]] = {}
        """By topic, the subscriptions that have publishers wait."""
        self._awaiting: dict[str, set[str]] = {}
        """By topic, the subscriptions that wait for messages, until their ending point."""
        self._stopped = False

    # --- what others tell -------------------------------------------------------------------

    def start(self) -> None:
        """Go on with what was under way, and begin what is to come."""
        entities = self._definitions.entities
        for scope in entities.scopes(ReplayProgress):
            for key, progress in list(entities.all_of(ReplayProgress, scope).items()):
                if self._find(scope, key) is None:
                    self._definitions.note(Changes(removed=(name_of(progress),)))
        for scope in entities.scopes(Subscription):
            for subscription in list(entities.all_of(Subscription, scope).values()):
                self._look_at(subscription)
        self._definitions.watch(self._changed)

    def stop(self) -> None:
        """Nothing more is published again; whoever waits to publish does so now."""
        self._stopped = True
        for run in self._runs.values():
            if run.timer is not None:
                run.timer.cancel()
        for topic_arn in list(self._keepers):
            self._keepers.pop(topic_arn)
            self._let_publish(topic_arn)

    def hold(self, topic_arn: str, publish: Callable[[], None]) -> bool:
        """Whether somebody has to wait who wants to publish to a FIFO topic just now: `publish` is
        called later then, in the order of waiting."""
        if topic_arn in self._keepers:
            self._held.setdefault(topic_arn, []).append(publish)
            return True
        for id in self._awaiting.pop(topic_arn, ()):
            self._wake((topic_arn, id))
        return False

    def _changed(self, changes: Changes) -> None:
        for put in changes.puts:
            if isinstance(put, Subscription):
                self._look_at(put)
            elif isinstance(put, Topic) and put.archive_days is None:
                for key in [key for key in self._runs if key[0] == put.arn]:
                    self._wake(key)
        for name in changes.removed:
            if name.kind == Subscription.__name__ and self._find(name.scope, name.key) is None:
                self._wake((name.scope, name.key))

    def _look_at(self, subscription: Subscription) -> None:
        key = subscription.topic_arn, subscription.id
        if key in self._runs:
            self._wake(key)
        elif _is_to_run(subscription):
            run = self._runs[key] = _Run(*key)
            self._queue(run)

    def _wake(self, key: tuple[str, str]) -> None:
        """Have a replay that waits look at what has changed."""
        run = self._runs.get(key)
        if run is not None and run.timer is not None:
            run.timer.cancel()
            self._queue(run)

    # --- a step -----------------------------------------------------------------------------

    def _queue(self, run: _Run) -> None:
        """It is to make a step when it is its turn."""
        run.timer = None
        if run.id in self._keepers.get(run.topic_arn, ()):
            self._row.appendleft(run)
        else:
            self._row.append(run)
        self._go_on()

    def _go_on(self) -> None:
        if self._row and not self._is_stepping and not self._stopped:
            self._is_stepping = True
            self._loop.call_soon(self._next)

    def _next(self) -> None:
        run, is_awaited = self._row.popleft(), False
        try:
            is_awaited = self._step(run)
        except Exception:
            self._stumbled(run)
        finally:
            self._is_stepping = is_awaited
            self._go_on()

    def _stumbled(self, run: _Run) -> None:
        """A step has met a bug of ours, which is to cost neither the other replays nor those who
        wait to publish."""
        logger.exception("a step of the replay of %s:%s has failed", run.topic_arn, run.id)
        if self._runs.get((run.topic_arn, run.id)) is run:
            self._rest(run, _AGAIN_S)
        else:
            self._release(run)

    def _step(self, run: _Run) -> bool:
        """Ask for the next messages, which `_read` gets once they are durable; False where there is
        nothing to ask for."""
        subscription, topic = self._find(run.topic_arn, run.id), self._topic(run.topic_arn)
        if subscription is None or topic is None or not _is_to_run(subscription):
            self._forget(run)
            return False
        if topic.archive_days is None:
            self._end(run, subscription, "Failed")
            return False
        replay = self._begun(run, subscription)
        if replay is None:
            self._rest(run, _AGAIN_S)
            return False
        run.replay, run.read_at = replay, self._definitions.now_ms()
        from_ms = max(replay.starting_at, topic.archived_since or 0)
        command = ReadArchive(
            self._archive_of(run.topic_arn), _place(run), from_ms, replay.ending_at, _STEP
        )
        call = _Read(run, self._answered)
        self._node.submit(call, command, _as_it_is)
        call.is_awaited = not call.is_answered
        return call.is_awaited

    def _answered(self, call: _Read, answer: Archived | Exception) -> None:
        try:
            self._take_up(call.run, answer)
        except Exception:
            self._stumbled(call.run)
        finally:
            if call.is_awaited:
                self._is_stepping = False
                self._go_on()

    def _take_up(self, run: _Run, answer: Archived | Exception) -> None:
        if isinstance(answer, Archived):
            try:
                self._read(run, answer)
            except Exception as error:  # it is told, and ends the replay
                answer = error
            else:
                return
        self._lost(run, answer)

    def _begun(self, run: _Run, subscription: Subscription) -> Replay | None:
        """What is to be carried out, from where `run` says; None where that cannot be noted."""
        replay = subscription.replay
        assert replay is not None, "it is to run"
        if replay.status == "Pending":
            run.after_slot = _BEGINNING
            begun = msgspec.structs.replace(replay, status="In progress")
            put = msgspec.structs.replace(subscription, replay=begun)
            progress = ReplayProgress(run.topic_arn, run.id, _BEGINNING)
            self._definitions.note(Changes(puts=(put, progress)))
            known = self._find(run.topic_arn, run.id)
            return begun if known is not None and known.replay == begun else None
        if run.after_slot is None:
            entities = self._definitions.entities
            noted = entities.find(ReplayProgress, run.topic_arn, run.id)
            run.after_slot = _BEGINNING if noted is None else noted.after_slot
        return replay

    def _read(self, run: _Run, archived: Archived) -> None:
        """Publish what was read, and decide what comes next; all in one turn of the loop."""
        subscription, topic = self._find(run.topic_arn, run.id), self._topic(run.topic_arn)
        is_as_it_was = (
            subscription is not None
            and topic is not None
            and topic.archive_days is not None
            and subscription.replay == run.replay
        )
        if self._stopped:
            return
        if not is_as_it_was:
            self._queue(run)
            return
        assert subscription is not None
        assert topic is not None
        republications = self._again(topic, subscription, archived.deliveries)
        if not self._publish(run, archived, republications):
            self._rest(run, _AGAIN_S)
        elif archived.more:
            self._queue(run)
        else:
            self._decide(run, subscription)

    def _publish(
        self, run: _Run, archived: Archived, republications: Sequence[Republication]
    ) -> bool:
        """Whether all of it was published.  How far it came is noted in the same write."""
        before = after = _place(run)
        is_done = True
        for delivery, (command, note) in zip(archived.deliveries, republications, strict=True):
            call = _Publish(note)
            if command is not None:
                self._node.submit(call, command, _as_it_is)
            elif note is not None:
                note()
            if call.error is not None:
                is_done = False
                break
            after = delivery.receipt.slot
        if is_done and not archived.more:
            after = archived.next_slot - 1
        if after != before:
            run.after_slot = after
            progress = ReplayProgress(run.topic_arn, run.id, after)
            self._definitions.note(Changes(puts=(progress,)))
        return is_done

    def _decide(self, run: _Run, subscription: Subscription) -> None:
        """The archive has been read to its end, or to the ending point."""
        replay = subscription.replay
        assert replay is not None, "it is under way"
        queue = self._queues.get(self._archive_of(run.topic_arn))
        newer = 0 if queue is None else queue.slots.next_slot - 1 - _place(run)
        if replay.ending_at is None:
            if not newer:
                self._end(run, subscription, "Completed")
                return
            if newer <= _NEAR:
                self._keepers.setdefault(run.topic_arn, set()).add(run.id)
        elif run.read_at > replay.ending_at:
            self._end(run, subscription, "Completed")
            return
        elif not newer:
            self._awaiting.setdefault(run.topic_arn, set()).add(run.id)
            self._rest(run, (replay.ending_at + 1 - self._definitions.now_ms()) / 1000)
            return
        self._queue(run)

    def _lost(self, run: _Run, error: Exception) -> None:
        """A step came to nothing."""
        if isinstance(error, LogStopped):
            self._release(run)
            return
        logger.error(
            "the replay of %s:%s has failed", run.topic_arn, run.id, exc_info=_shown(error)
        )
        subscription = self._find(run.topic_arn, run.id)
        if subscription is None or subscription.replay != run.replay:
            self._queue(run)
        else:
            self._end(run, subscription, "Failed")

    # --- the end ----------------------------------------------------------------------------

    def _end(self, run: _Run, subscription: Subscription, status: ReplayStatus) -> None:
        """From here on what is published goes to the subscription, unless it asked for an end."""
        assert subscription.replay is not None
        replay = msgspec.structs.replace(subscription.replay, status=status)
        put = msgspec.structs.replace(subscription, replay=replay)
        self._definitions.note(Changes(puts=(put,)))
        known = self._find(run.topic_arn, run.id)
        if known is not None and known.replay == replay:
            self._forget(run)
        else:
            self._rest(run, _AGAIN_S)

    def _forget(self, run: _Run) -> None:
        self._runs.pop((run.topic_arn, run.id), None)
        noted = self._definitions.entities.find(ReplayProgress, run.topic_arn, run.id)
        if noted is not None:
            self._definitions.note(Changes(removed=(name_of(noted),)))
        self._release(run)

    def _rest(self, run: _Run, wait_s: float) -> None:
        if run.timer is not None:
            run.timer.cancel()
        run.timer = self._loop.call_later(wait_s, self._queue, run)
        self._release(run)

    def _release(self, run: _Run) -> None:
        """This replay has nobody wait."""
        keepers = self._keepers.get(run.topic_arn)
        if keepers is None:
            return
        keepers.discard(run.id)
        if not keepers:
            del self._keepers[run.topic_arn]
            self._let_publish(run.topic_arn)

    def _let_publish(self, topic_arn: str) -> None:
        for publish in self._held.pop(topic_arn, ()):
            publish()

    # --- what stands ------------------------------------------------------------------------

    def _find(self, topic_arn: str, id: str) -> Subscription | None:
        return self._definitions.entities.find(Subscription, topic_arn, id)

    def _topic(self, arn: str) -> Topic | None:
        _, _, _, region, account, name = arn.split(":", 5)
        return self._definitions.entities.find(Topic, topic_scope(account, region), name)


def _is_to_run(subscription: Subscription) -> bool:
    replay = subscription.replay
    return not subscription.pending and replay is not None and replay.is_under_way


def _place(run: _Run) -> int:
    assert run.after_slot is not None, "it has begun"
    return run.after_slot


def _as_it_is(call: Any, result: Any) -> Any:
    return result


def _shown(error: Exception) -> Exception | None:
    """A fault has told all; where a bug comes from, the trace tells."""
    return None if isinstance(error, Fault) else error
