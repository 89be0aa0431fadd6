"""An event loop whose time passes only when a test says so.

Callbacks run in the order in which they were asked for, timers by their time and then by the order
of their making, and nothing ever sleeps: a whole day of long polls and timeouts costs what its
callbacks cost, and the same test gives the same run.  An exception in a callback ends the test.

It runs in the thread of the test; executors that belong to it are those of `testing.executors`.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from heapq import heappop, heappush
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")

_MOST_TURNS = 100_000
"""After so many turns in which no time passes, a loop that should rest is taken for a busy one."""


class SimLoop(asyncio.AbstractEventLoop):
    """What the runtime and the protocols need of a loop: callbacks, timers, futures, tasks."""

    def __init__(self) -> None:
        self._now_ms = 0.0
        self._ready: deque[asyncio.Handle] = deque()
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._made = 0

    # --- what the code under test calls ------------------------------------------------------

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._now_ms / 1000

    def call_soon(
        self,
        callback: Callable[[*Arguments], object],
        *args: *Arguments,
        context: Context | None = None,
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def call_soon_threadsafe(
        self,
        callback: Callable[[*Arguments], object],
        *args: *Arguments,
        context: Context | None = None,
    ) -> asyncio.Handle:
        return self.call_soon(callback, *args, context=context)

    def call_later(
        self,
        delay: float,
        callback: Callable[[*Arguments], object],
        *args: *Arguments,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        return self._add_timer(self._now_ms + max(0.0, delay) * 1000, callback, args, context)

    def call_at(
        self,
        when: float,
        callback: Callable[[*Arguments], object],
        *args: *Arguments,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        return self._add_timer(max(self._now_ms, when * 1000), callback, args, context)

    def create_future(self) -> "asyncio.Future[Any]":
        return asyncio.Future(loop=self)

    def create_task(self, coro: Any, **options: Any) -> "asyncio.Task[Any]":
        return asyncio.Task(coro, loop=self, **options)

    def get_debug(self) -> bool:
        return False

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        raise context.get("exception") or AssertionError(context["message"])

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """A cancelled timer is passed over when its time comes."""

    def _add_timer(
        self, due_ms: float, callback: Callable[..., Any], args: Any, context: Context | None
    ) -> asyncio.TimerHandle:
        # Whole microseconds: sums of fractions do not keep a timer from being due at its instant.
        due_ms = round(due_ms, 3)
        handle = asyncio.TimerHandle(due_ms / 1000, callback, args, self, context)
        self._made += 1
        heappush(self._timers, (due_ms, self._made, handle))
        return handle

    # --- what the test calls ------------------------------------------------------------------

    @property
    def now_ms(self) -> float:
        return self._now_ms

    @property
    def busy(self) -> bool:
        """Something would run in the next turn."""
        return bool(self._ready)

    def turn(self) -> None:
        """Run what is ready now, but nothing that it makes ready."""
        before = asyncio._get_running_loop()
        asyncio._set_running_loop(self)
        try:
            for _ in range(len(self._ready)):
                handle = self._ready.popleft()
                if not handle.cancelled():
                    handle._run()
        finally:
            asyncio._set_running_loop(before)

    def settle(self) -> None:
        """Run until nothing is ready.  No time passes."""
        for _ in range(_MOST_TURNS):
            if not self._ready:
                return
            self.turn()
        raise AssertionError("the loop never comes to rest")

    def run_for(self, seconds: float) -> None:
        """Let time pass, and everything happen that falls due meanwhile."""
        self.run_until(self._now_ms + seconds * 1000)

    def run_until(self, until_ms: float) -> None:
        """Let time pass until `until_ms` milliseconds after the loop was made."""
        until_ms = round(until_ms, 3)
        self.settle()
        while self._timers and self._timers[0][0] <= until_ms:
            due_ms, _, handle = heappop(self._timers)
            if handle.cancelled():
                continue
            self._now_ms = max(self._now_ms, due_ms)
            self._ready.append(handle)
            self.settle()
        self._now_ms = max(self._now_ms, until_ms)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """The coroutine's result; time passes as long as it waits for time."""
        task = self.create_task(coroutine)
        self.settle()
        while not task.done():
            if not self._timers:
                task.cancel()
                self.settle()
                raise AssertionError("the coroutine waits for what never comes")
            self.run_until(self._timers[0][0])
        result: T = task.result()
        return result


class SimClock:
    """A wall clock that goes with a loop's time, and can be set."""

    def __init__(self, loop: SimLoop, starts_at: int) -> None:
        """`starts_at`: milliseconds since the epoch when the loop was made."""
        self._loop = loop
        self.starts_at = starts_at
        """Changing it sets the clock forward or back."""

    def now_ms(self) -> int:
        return self.starts_at + int(self._loop.now_ms)
