"""The node: runs commands on the partition it owns, and answers when the log allows.

    submit ──> execute ──> result ──> commits.release ──(durable)──> fill in messages ──> reply
                  │
                  └─ a receive that finds nothing waits, until its queue is awake

Everything runs in the event loop's thread, between two turns of it; there are no locks.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any, Final, Protocol

import msgspec

from tidegate.base.refusals import REFUSALS, Fault, LogStopped
from tidegate.engine.codec import complete
from tidegate.engine.commands import (
    Archived,
    Delivery,
    Receive,
    Received,
    Refused,
    Release,
    Tick,
)
from tidegate.engine.partition import Partition
from tidegate.engine.wheel import NEVER
from tidegate.log.interface import DamagedLog
from tidegate.runtime.clock import Clock
from tidegate.runtime.commits import Commits
from tidegate.runtime.quotas import Quotas
from tidegate.runtime.recovery import no_message
from tidegate.runtime.waiters import Waiter, Waiters

Finish = Callable[[Any, Any], Any]
"""finish(call, result) -> the output shape, or ANSWERS_LATER."""

ANSWERS_LATER: Final = object()
"""Says that whoever finishes the call answers it itself, since something takes its time."""

_TICK_AWAITED_MS = 2
_TICK_UNAWAITED_MS = 200
"""How close ticks may follow each other: while receives wait or a move task runs, whose steps are
ticks, and while nobody watches."""

logger = logging.getLogger(__name__)


class Records(Protocol):
    """The part of a log that messages are read from."""

    def read_many(self, positions: list[int]) -> list[bytes]: ...


class Node:
    """Owns one partition."""

    def __init__(
        self,
        partition: Partition,
        log: Records,
        commits: Commits,
        clock: Clock,
        loop: asyncio.AbstractEventLoop,
        quotas: Quotas | None = None,
    ) -> None:
        self.partition = partition
        """The engine; for whoever looks after its snapshots and segments."""
        self._awake = partition.state.awake
        self._execute = partition.execute
        self._log = log
        self._commits = commits
        self._now_ms = clock.now_ms
        self._loop = loop
        self._quotas = quotas
        self._waiters = Waiters()
        self._draining = False
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = NEVER
        self._last_tick_at = 0
        self.on_hidden_awake: Callable[[str], None] | None = None
        """Called with the ARN of one of the server's own queues where a message has become
        visible; nobody waits there."""
        commits.deliver = self._deliver
        commits.fail = self._fail
        commits.flushed = self._arm
        commits.halted = self._fail_waiting
        self._arm()

    # --- commands ---------------------------------------------------------------------------

    def submit(self, call: Any, command: Any, finish: Finish) -> None:
        """Run a command and answer `call` with finish(call, result) once the result is durable.

        Raises ThrottlingException where quotas are on and this one is spent.
        """
        if self._commits.stopped is not None:
            call.fail(self._commits.stopped)
            return
        if self._quotas is not None:
            queue = self.partition.state.by_arn.get(command.queue)
            self._quotas.check(queue, command, self._now_ms())
        waiting = self._waiters.by_queue
        if waiting and type(command) is Receive and command.queue in waiting:
            # Those who wait come first: what has fallen due since the last tick is theirs.
            self.run_unasked(Tick())
        try:
            result = self._execute(command, self._now_ms())
        except Exception as error:
            self._report(error, call, command)
            return
        if (
            type(result) is Received
            and not result.deliveries
            and result.wait_s
            and not self._draining
        ):
            self._wait(call, command, finish, result.wait_s)
        else:
            self._commits.release((call, result, finish, command))
        if self._awake:
            self._wake()

    def _run(self, call: Any, command: Any) -> Any:
        """The command's result; _FAILED where there is none, which the call then knows."""
        try:
            return self._execute(command, self._now_ms())
        except Exception as error:
            self._report(error, call, command)
            return _FAILED

    def _report(self, error: Exception, call: Any, command: Any) -> None:
        """The engine could not carry out the command: the world's fault, or a bug."""
        if not isinstance(error, Fault):
            logger.error("the engine failed at a %s", type(command).__name__, exc_info=error)
            if self.partition.broken:
                self._commits.abandon()
        call.fail(error)

    def _deliver(self, call: Any, result: Any, finish: Any, command: Any) -> None:
        """The result may be seen."""
        if call is None:
            result()
            return
        if type(result) is Refused:
            call.fail(REFUSALS[result.code](result.message))
            return
        kind = type(result)
        if (kind is Received or kind is Archived) and result.deliveries:
            if call.gone and kind is Received:
                self._give_back(command.queue, result.deliveries)
                return
            try:
                self._fill_in(result.deliveries)
            except DamagedLog as damage:
                logger.critical("%s", damage)
                call.fail(Fault("A message could not be read: the log is damaged."))
                return
            except Fault as fault:
                logger.error("%s", fault.message)
                call.fail(fault)
                return
        try:
            shape = finish(call, result)
            if shape is not ANSWERS_LATER:
                call.reply(shape)
        except Exception as error:  # a bug of ours ends one request, not the others of this batch
            call.fail(error)

    def _fail(self, stopped: LogStopped, call: Any, result: Any, finish: Any, command: Any) -> None:
        if call is not None:
            call.fail(stopped)
        elif finish is not None:
            finish()

    def _fill_in(self, deliveries: list[Delivery]) -> None:
        """Read the messages that were handed out.  Raises DamagedLog."""
        found = self._log.read_many([delivery.position for delivery in deliveries])
        position = 0
        try:
            for delivery, record in zip(deliveries, found, strict=True):
                position = delivery.position
                complete(delivery, record)
        except msgspec.DecodeError as error:
            raise no_message(position, error) from error

    def _give_back(self, arn: str, deliveries: list[Delivery]) -> None:
        """The client has hung up: its messages go back at once."""
        self.run_unasked(Release(arn, [delivery.receipt for delivery in deliveries]))

    def run_unasked(self, command: Any) -> None:
        """Run a command whose result nobody waits for."""
        self._run(_NOBODY, command)
        if self._awake:
            self._wake()

    # --- waiting ----------------------------------------------------------------------------

    def _wait(self, call: Any, command: Any, finish: Finish, wait_s: int) -> None:
        waiter = Waiter(call, command, finish)
        self._waiters.add(waiter)
        waiter.timer = self._loop.call_later(wait_s, self._end_wait, waiter)
        call.on_gone(partial(self._waiters.remove, waiter))
        if self._commits.idle:
            self._arm()

    def _end_wait(self, waiter: Waiter) -> None:
        """Time is up: the answer is empty, unless a message came in this very moment."""
        if not self._waiters.remove(waiter):
            return
        result = self._run(waiter.call, waiter.command)
        if result is not _FAILED:
            self._commits.release((waiter.call, result, waiter.finish, waiter.command))
        if self._awake:
            self._wake()

    def _wake(self) -> None:
        """Serve the waiting receives of the queues where messages have become visible."""
        awake, waiting = self._awake, self._waiters.by_queue
        hidden = self.partition.state.hidden
        if not waiting and not hidden:
            awake.clear()
            return
        while awake:
            awaited = [arn for arn in awake if arn in waiting] if waiting else []
            tell, told = self.on_hidden_awake, [arn for arn in awake if arn in hidden]
            # Whatever is done for one of them may wake others, or it once more.
            awake.clear()
            for arn in awaited:
                self._serve_waiting(arn)
            if tell is not None:
                for arn in told:
                    tell(arn)

    def _serve_waiting(self, arn: str) -> None:
        waiters = self._waiters
        while (waiter := waiters.first(arn)) is not None:
            result = self._run(waiter.call, waiter.command)
            if type(result) is Received and not result.deliveries:
                break
            waiters.remove(waiter)
            if result is not _FAILED:
                self._commits.release((waiter.call, result, waiter.finish, waiter.command))

    def drain(self) -> None:
        """Answer every waiting receive now; from now on none waits."""
        self._draining = True
        for waiter in self._waiters.all():
            self._end_wait(waiter)

    def _fail_waiting(self) -> None:
        """The log has stopped: nobody is to wait for what cannot come."""
        assert self._commits.stopped is not None
        for waiter in self._waiters.all():
            self._waiters.remove(waiter)
            waiter.call.fail(self._commits.stopped)

    @property
    def waiting(self) -> int:
        """How many receives wait."""
        return len(self._waiters)

    # --- time -------------------------------------------------------------------------------

    def _arm(self) -> None:
        """Have a tick run when the engine's next deadline has come."""
        deadline = self.partition.next_deadline()
        if deadline == NEVER:
            return
        awaited = self._waiters or self.partition.state.running
        gap = _TICK_AWAITED_MS if awaited else _TICK_UNAWAITED_MS
        due = max(deadline, self._last_tick_at + gap)
        if due >= self._timer_at:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = due
        delay_s = max(0, due - self._now_ms()) / 1000
        self._timer = self._loop.call_later(delay_s, self._tick)

    def _tick(self) -> None:
        self._timer, self._timer_at = None, NEVER
        self._last_tick_at = self._now_ms()
        if self._commits.stopped is None:
            self.run_unasked(Tick())
            self._arm()

    def stop(self) -> None:
        """No more ticks."""
        if self._timer is not None:
            self._timer.cancel()


class _Nobody:
    """The caller of what the node does by itself."""

    def fail(self, error: Exception) -> None:
        if isinstance(error, Fault):
            logger.error("%s", error.message)


_NOBODY = _Nobody()
_FAILED = object()
"""The command was not carried out, and the call knows."""
