"""Drains the delivery queues: takes a job, has it sent, and says what is to become of it.

    taken ── delivered ──> done
        ├─ retryable ──> retry after the policy's delay, or, after the last try, give up
        └─ permanent ──> give up

Which queue is next, and how many of its jobs are under way, is for `outlets` to say.  Nothing is
kept here that matters after a crash: the attempt's number and the delay live in the queue.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

from tidegate.catalog.retry_schedule import delay_s
from tidegate.workers.jobs import Feedback, Job, Sender, Source
from tidegate.workers.outcome import Outcome, Verdict, retryable
from tidegate.workers.outlets import Outlet, Outlets

logger = logging.getLogger(__name__)

SLOW_S: Final = 1.0
"""What takes longer is slow, and makes its outlet suspect."""
MOST_RETRY_AFTER_S: Final = 3600
"""How long a provider may ask to be left alone."""


class DeliveryWorkers:
    """Sends what is in the delivery queues of one source, for one event loop."""

    def __init__(
        self,
        source: Source,
        senders: Mapping[str, Sender],
        feedback: Feedback,
        clock: Callable[[], int],
        outlets: Outlets | None = None,
    ) -> None:
        """`senders` are by the names of protocols; `clock` gives milliseconds since 1970."""
        self._source = source
        self._senders = senders
        self._feedback = feedback
        self._clock = clock
        self._outlets = Outlets() if outlets is None else outlets
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_stopping = False
        self._pump_is_due = False

    def start(self) -> None:
        """From here on, in the running loop."""
        self._source.on_ready(self._on_ready)

    @property
    def under_way(self) -> int:
        """Jobs that are being sent or taken."""
        return self._outlets.under_way

    def forget(self, queue: str) -> None:
        """The queue is gone; what is known of it may go."""
        self._outlets.forget(queue)

    async def stop(self, grace_s: float) -> None:
        """Take no more, and give what is under way a time to end; the rest goes back, to be sent
        after the next start."""
        self._is_stopping = True
        loop = asyncio.get_running_loop()
        until = loop.time() + grace_s
        while self._tasks and (left_s := until - loop.time()) > 0:
            await asyncio.wait(self._tasks, timeout=left_s)
        left = list(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    # --- Taking ---

    def _on_ready(self, queue: str) -> None:
        self._outlets.set_ready(queue)
        self._pump_soon()

    def _pump_soon(self) -> None:
        """Once for all that becomes ready in this turn of the loop."""
        if not self._pump_is_due:
            self._pump_is_due = True
            asyncio.get_running_loop().call_soon(self._pump)

    def _pump(self) -> None:
        self._pump_is_due = False
        loop = asyncio.get_running_loop()
        while not self._is_stopping and (outlet := self._outlets.next()) is not None:
            rate = self._source.max_receives_per_second(outlet.queue)
            held = self._outlets.hold(outlet, rate, loop.time())
            if held:
                self._run(self._take(outlet, held))
            else:
                loop.call_later(outlet.seconds_to_token(), self._after_rate, outlet)

    def _after_rate(self, outlet: Outlet) -> None:
        self._outlets.resume(outlet)
        self._pump()

    async def _take(self, outlet: Outlet, held: int) -> None:
        jobs: list[Job] = []
        try:
            jobs = await self._source.take(outlet.queue, held)
        except Exception:
            # The log is gone, or a bug of ours: the queue is asked again when it says something.
            logger.exception("deliveries of %s could not be taken", outlet.queue)
        finally:
            self._outlets.taken(outlet, held, len(jobs))
        for job in jobs:
            self._run(self._deliver(outlet, job))
        self._pump_soon()

    # --- Sending ---

    async def _deliver(self, outlet: Outlet, job: Job) -> None:
        loop = asyncio.get_running_loop()
        started_at, is_failed = loop.time(), True
        slow = loop.call_later(SLOW_S, self._is_slow, outlet)
        try:
            dwell_ms = max(0, self._clock() - job.published_at)
            outcome = await self._send(job)
            is_failed = outcome.verdict is Verdict.RETRYABLE
            self._conclude(job, outcome, dwell_ms)
        except asyncio.CancelledError:
            self._source.retry(job, 0)
            raise
        finally:
            slow.cancel()
            is_slow = loop.time() - started_at >= SLOW_S
            self._outlets.finished(outlet, is_failed=is_failed, is_slow=is_slow)
            self._pump_soon()

    def _is_slow(self, outlet: Outlet) -> None:
        """A job takes long: its place is another's now."""
        self._outlets.slow(outlet)
        self._pump_soon()

    async def _send(self, job: Job) -> Outcome:
        try:
            return await self._senders[job.protocol].send(job.notification, job.target)
        except Exception:
            # A bug of ours: it must not cost the message.
            logger.exception("a delivery by %s failed in a way that it should not", job.protocol)
            return retryable("the delivery failed in the server")

    def _conclude(self, job: Job, outcome: Outcome, dwell_ms: int) -> None:
        delay: int | None = None
        if outcome.verdict is Verdict.RETRYABLE:
            delay = delay_s(job.policy, job.attempt, job.most_retry_s)
        if outcome.verdict is Verdict.DELIVERED:
            self._source.done(job)
        elif delay is None:
            self._source.give_up(job, outcome)
        else:
            asked = min(outcome.retry_after_s or 0, MOST_RETRY_AFTER_S)
            self._source.retry(job, max(delay, asked))
        # Only now: whatever becomes of the note, the job has ended.
        self._feedback.record(job, outcome, dwell_ms, is_final=delay is None)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("a delivery's end could not be noted", exc_info=error)
