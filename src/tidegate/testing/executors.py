"""Executors for tests that want one thread and the same order every time."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import ParamSpec, TypeVar

from tidegate.testing.loop import SimLoop

P = ParamSpec("P")
T = TypeVar("T")


class InlineExecutor(Executor):
    """Runs each job at once, in the thread that submits it."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class _HeldFuture(Future[T]):
    run: Callable[[], None]

    def result(self, timeout: float | None = None) -> T:
        if not self.done():
            self.run()
        return super().result(timeout)


class HeldExecutor(Executor):
    """Keeps jobs until somebody waits for one, or `run_all`: a thread that is late."""

    def __init__(self) -> None:
        self._held: list[Callable[[], None]] = []

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future = _HeldFuture[T]()

        def run() -> None:
            self._held.remove(run)
            future.set_result(fn(*args, **kwargs))

        future.run = run
        self._held.append(run)
        return future

    @property
    def holds_any(self) -> bool:
        return bool(self._held)

    def run_all(self) -> None:
        for run in list(self._held):
            run()


class LateExecutor(Executor):
    """Runs one job after the other, each when it has taken `takes_s()` seconds of a loop's time:
    a thread whose every moment is known.  Whoever waits for a job has it run at once, with those
    before it, since time cannot pass meanwhile."""

    def __init__(self, loop: SimLoop, takes_s: Callable[[], float]) -> None:
        self._loop = loop
        self._takes_s = takes_s
        self._free_at = 0.0
        self._jobs: deque[Callable[[], None]] = deque()
        self.jobs = 0
        """How many were given to it, ever."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future = _HeldFuture[T]()

        def run() -> None:
            try:
                result = fn(*args, **kwargs)
            except Exception as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        future.run = lambda: self._run_to(run)
        self._jobs.append(run)
        self.jobs += 1
        self._free_at = max(self._free_at, self._loop.time()) + self._takes_s()
        self._loop.call_at(self._free_at, self._run_to, run)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        while self._jobs:
            self._jobs.popleft()()

    def _run_to(self, job: Callable[[], None]) -> None:
        while job in self._jobs:
            self._jobs.popleft()()
