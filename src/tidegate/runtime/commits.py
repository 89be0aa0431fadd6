"""Group commit: what one turn of the event loop gathers is written once and synced once.

    open       records appended, and results waiting, since the last flush began
    closing    results whose records the flush under way makes durable

A result is handed out when the log is durable up to everything that the state held when the result
was made.  So a result goes with the open batch if anything is in it, else with the flush under way
if there is one, else at once; and results leave in the order in which they were made.

A flush runs in the loop's own thread, or in another.  Inline costs nothing but the wait, which is
right where a sync takes a tenth of a millisecond; a thread costs switches, and is right where it
takes long.  `auto` follows what it measures.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, Literal

from tidegate.base.refusals import LogStopped
from tidegate.engine.codec import encode_record
from tidegate.log.interface import Log

SyncMode = Literal["auto", "inline", "thread"]
Result = tuple[Any, ...]

_SLOW_SYNC_S = 0.001
"""`auto` moves flushes to the thread above this mean, and back below half of it."""
_MEMORY = 0.05
"""The weight of one more measurement in the mean."""

logger = logging.getLogger(__name__)


class Commits:
    """The one writer of a log.

    `deliver(*result)` is called for each result once it may be seen, `fail(error, *result)` where
    the log has stopped.
    """

    def __init__(
        self,
        log: Log,
        loop: asyncio.AbstractEventLoop,
        executor: Executor,
        mode: SyncMode,
        stopwatch: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._log = log
        self._append = log.append
        self._loop = loop
        self._executor = executor
        self._mode = mode
        self._threaded = mode == "thread"
        self._stopwatch = stopwatch
        self._mean_sync_s = 0.0
        self._open: list[Result] = []
        self._closing: list[Result] = []
        self._dirty = False
        self._flushing = False
        self.deliver: Callable[..., None] = _unset
        self.fail: Callable[..., None] = _unset
        self.flushed: Callable[[], None] = _unset
        """Called after each flush, when its results have left."""
        self.halted: Callable[[], None] = _unset
        """Called once the log has stopped, when everything that waited for it has failed."""
        self.stopped: LogStopped | None = None
        self.last_position = 0
        """Where the newest record stands."""
        self.records = 0
        """How many records were appended, ever."""
        self.bytes = 0

    def journal(self, record: Any, spends_reserve: float) -> int:
        """The engine's journal: append a record.  Raises StorageFull, LogStopped."""
        if self.stopped is not None:
            raise self.stopped
        data = encode_record(record)
        try:
            position = self._append(data, spends_reserve=spends_reserve)
        except LogStopped as stopped:
            # It failed where no flush tells us, while it made room.
            self._stop(stopped)
            raise
        self.last_position = position
        self.records += 1
        self.bytes += len(data)
        if not self._dirty:
            self._dirty = True
            if not self._flushing:
                self._loop.call_soon(self.flush)
        return position

    def release(self, result: Result) -> None:
        """Deliver a result as soon as everything that it may depend on is durable."""
        if self._dirty:
            self._open.append(result)
        elif self._flushing:
            self._closing.append(result)
        elif self.stopped is None:
            self.deliver(*result)
        else:
            self.fail(self.stopped, *result)

    @property
    def idle(self) -> bool:
        """Nothing waits for the disk."""
        return not self._dirty and not self._flushing

    def when_durable(
        self, then: Callable[[], None], failed: Callable[[], None] | None = None
    ) -> None:
        """Call `then` once all that has been appended by now is durable, `failed` if it will not
        be."""
        self.release((None, then, failed, None))

    async def settle(self) -> None:
        """Returns once nothing waits for the disk, or the log has stopped."""
        while not self.idle and self.stopped is None:
            settled = asyncio.Event()
            self.when_durable(settled.set, settled.set)
            await settled.wait()

    # --- flushing ---------------------------------------------------------------------------

    def flush(self) -> None:
        """Write what is open now, unless a flush is under way; it happens by itself at the latest
        in the next turn of the loop."""
        if self._flushing or not self._dirty or self.stopped is not None:
            return
        self._dirty = False
        self._closing, self._open = self._open, []
        try:
            self._log.begin_flush()
            if self._threaded:
                self._flushing = True
                future = self._executor.submit(self._timed_flush)
                future.add_done_callback(self._flushed_elsewhere)
                return
            self._note(self._timed_flush())
        except Exception as error:
            self._flush_failed(error)
            return
        self._deliver_closing()

    def _timed_flush(self) -> float:
        started = self._stopwatch()
        self._log.finish_flush()
        return self._stopwatch() - started

    def _flushed_elsewhere(self, future: "Future[float]") -> None:
        self._loop.call_soon_threadsafe(self._flushed, future)

    def _flushed(self, future: "Future[float]") -> None:
        if self.stopped is not None:
            return
        self._flushing = False
        error = future.exception()
        if error is not None:
            self._flush_failed(error)
            return
        self._note(future.result())
        self._deliver_closing()
        if self._dirty:
            self.flush()

    def _note(self, spent_s: float) -> None:
        if self._mode != "auto":
            return
        self._mean_sync_s += _MEMORY * (spent_s - self._mean_sync_s)
        if self._threaded:
            self._threaded = self._mean_sync_s > _SLOW_SYNC_S / 2
        else:
            self._threaded = self._mean_sync_s > _SLOW_SYNC_S

    def _deliver_closing(self) -> None:
        closing, self._closing = self._closing, []
        for result in closing:
            try:
                self.deliver(*result)
            except Exception:
                # A bug of whoever takes it must cost the others of the batch nothing.
                logger.exception("a result could not be delivered")
        self.flushed()

    # --- the end ----------------------------------------------------------------------------

    def abandon(self) -> None:
        """Memory may differ from the log: nothing more may be built on it, and nothing written,
        for the record that memory could not follow would stop the next start as well."""
        stopped = LogStopped(
            "A bug has stopped the server: see the log above. Restart it; everything that was "
            "acknowledged is on disk."
        )
        self._log.stop(stopped.message)
        self._stop(stopped)

    def _flush_failed(self, error: BaseException) -> None:
        if isinstance(error, LogStopped):
            self._stop(error)
        else:
            logger.error("a flush failed", exc_info=error)
            self.abandon()

    def _stop(self, stopped: LogStopped) -> None:
        """Nothing is acknowledged on hope: whatever waits for the disk fails."""
        if self.stopped is not None:
            return
        self.stopped = stopped
        logger.critical("%s", stopped.message)
        waiting = self._closing + self._open
        self._closing, self._open = [], []
        # What is released from now on waits for nothing.
        self._dirty = self._flushing = False
        for result in waiting:
            self.fail(stopped, *result)
        # Not from here: a command may be running, and what waits may be about to be answered.
        self._loop.call_soon(self.halted)


def _unset(*_: Any) -> None:
    raise AssertionError("the node says where results go")
