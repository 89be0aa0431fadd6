"""The hidden queues as the workers see them.

    in the queue ── take ──> hidden for ten seconds, and again while it is under way
        ├─ done ──────> deleted
        ├─ retry ─────> hidden for the policy's delay
        └─ give up ───> in the dead-letter queue, or deleted

Which try it is, is how often the message was received; so what a crash interrupts is taken again,
with the next number, once it is no longer hidden.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

from tidegate.base.refusals import Fault, Refusal
from tidegate.engine.commands import (
    ChangeVisibility,
    Delete,
    Delivery,
    GiveUp,
    Receipt,
    Receive,
    Received,
    Release,
    VisibilityChange,
)
from tidegate.runtime.node import Node
from tidegate.server.deliveries.hidden_queues import HiddenQueues
from tidegate.server.deliveries.making import JobMaker
from tidegate.server.deliveries.taken import Taken
from tidegate.server.deliveries.targets import Unopened
from tidegate.server.deliveries.waiting import Waiting
from tidegate.server.topics import SNS
from tidegate.services.sns.delivery_queues import HiddenQueue, is_delivered, read_queue
from tidegate.services.sns.topic_fans import MayWrite
from tidegate.services.sqs.encryption import Encryption
from tidegate.workers.jobs import Job
from tidegate.workers.outcome import Outcome

HIDDEN_S: Final = 10
"""How long a message stays hidden for whoever has taken it, if nobody says more: as long as a crash
delays it."""
RENEWED_S: Final = 3.0
UNOPENED_S: Final = 3_600
"""How long what does not open, or cannot be made a job, is left alone: somebody may bring its key
back."""
MOST_STEP_S: Final = 39_600
"""Of a delay, in one step: less than the 12 hours after its receive that hide a message."""

logger = logging.getLogger(__name__)


class TakeCall:
    """The call of a receive by which no client takes anything."""

    def __init__(self, queue_arn: str, region: str, answer: "asyncio.Future[Received]") -> None:
        self.principal = SNS
        self.region = region
        self.resource = queue_arn
        self.answer = answer

    @property
    def gone(self) -> bool:
        return self.answer.cancelled()

    def reply(self, received: Received) -> None:
        if not self.answer.done():
            self.answer.set_result(received)

    def fail(self, error: Exception) -> None:
        """A refusal says that there is nothing to be had: the queue is gone, or too much of it is
        on its way already."""
        if self.answer.done():
            return
        if isinstance(error, Refusal):
            self.answer.set_result(Received([]))
        else:
            self.answer.set_exception(error)

    def on_gone(self, then: Callable[[], None]) -> None:
        """Nobody waits where nothing is."""


class DeliverySource:
    """The port `workers.jobs.Source`, for one event loop."""

    def __init__(
        self,
        node: Node,
        encryption: Encryption,
        maker: JobMaker,
        may_write: MayWrite,
        hidden: HiddenQueues,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        """`may_write` decides about dead-letter queues."""
        self._node = node
        self._by_arn = node.partition.state.by_arn
        self._encryption = encryption
        self._maker = maker
        self._may_write = may_write
        self._hidden = hidden
        self._loop = loop
        self._rates: dict[str, int] = {}
        self._under_way: dict[Receipt, tuple[str, float]] = {}
        """The queue of each job, and when it was last hidden."""
        self._renewal: asyncio.TimerHandle | None = None

    # --- What is there ---------------------------------------------------------------------------

    def on_ready(self, callback: Callable[[str], None]) -> None:
        def awake(arn: str) -> None:
            if is_delivered(arn) and arn in self._by_arn:
                callback(arn)

        for arn, queue in self._by_arn.items():
            if queue.slots.live:
                awake(arn)
        self._node.on_hidden_awake = awake

    def forget(self, queue: str) -> None:
        self._rates.pop(queue, None)

    def stop(self) -> None:
        self._node.on_hidden_awake = None
        if self._renewal is not None:
            self._renewal.cancel()

    def max_receives_per_second(self, queue: str) -> int | None:
        """As it was when something was last taken."""
        return self._rates.get(queue)

    # --- Taking ----------------------------------------------------------------------------------

    async def take(self, queue: str, limit: int) -> list[Job]:
        """Messages that nobody is to get now are passed over, so that fewer jobs than `limit` say
        that there is nothing more to be had."""
        named = read_queue(queue)
        assert named is not None, queue
        jobs: list[Job] = []
        try:
            while (wanted := limit - len(jobs)) > 0:
                call = TakeCall(queue, named.region, self._loop.create_future())
                deliveries = await self._receive(call, wanted)
                made = (self._job(call, named, each) for each in deliveries)
                jobs += [job for job in made if job is not None]
                if len(deliveries) < wanted:
                    break
        except asyncio.CancelledError:
            self._give_back(queue, jobs)
            raise
        except Exception:
            if not jobs:
                raise
            logger.exception("no more deliveries of %s could be taken", queue)
        return jobs

    async def _receive(self, call: TakeCall, limit: int) -> list[Delivery]:
        queue = call.resource
        self._node.submit(call, Receive(queue, limit, HIDDEN_S, 0), _as_it_is)
        try:
            received = await call.answer
        except asyncio.CancelledError:
            if not call.answer.cancelled() and call.answer.exception() is None:
                receipts = [each.receipt for each in call.answer.result().deliveries]
                self._node.run_unasked(Release(queue, receipts))
            raise
        return received.deliveries

    def _give_back(self, queue: str, jobs: list[Job]) -> None:
        """As if they had not been taken."""
        for job in jobs:
            self._end(job)
        if jobs and queue in self._by_arn:
            self._node.run_unasked(Release(queue, [job.receipt.receipt for job in jobs]))

    def _job(self, call: TakeCall, named: HiddenQueue, delivery: Delivery) -> Job | None:
        arn, receipt = call.resource, delivery.receipt
        caller: Any = call
        try:
            [held] = self._encryption.contents(caller, [delivery])
            job = self._maker.job(Waiting(arn, named, delivery, held))
        except (Fault, Unopened) as error:
            logger.error("a message in %s cannot be sent: %s", arn, error)
            self._hide(arn, [receipt], UNOPENED_S)
            return None
        except Exception:
            # A bug of ours: it must not cost the messages that were taken with this one.
            logger.exception("a message in %s cannot be made a job", arn)
            self._hide(arn, [receipt], UNOPENED_S)
            return None
        if job is None:
            self._delete(arn, receipt)
            return None
        self._keep_rate(arn, job.receipt)
        self._under_way[receipt] = arn, self._loop.time()
        if self._renewal is None:
            self._renewal = self._loop.call_later(RENEWED_S, self._renew)
        return job

    def _keep_rate(self, arn: str, taken: Taken) -> None:
        if taken.most_per_second is not None:
            self._rates[arn] = taken.most_per_second
        elif self._rates:
            self._rates.pop(arn, None)

    def _renew(self) -> None:
        """What is still under way is not to be taken by somebody else."""
        self._renewal = None
        now = self._loop.time()
        due: dict[str, list[Receipt]] = {}
        for receipt, (arn, hidden_at) in self._under_way.items():
            if now - hidden_at >= RENEWED_S:
                self._under_way[receipt] = arn, now
                due.setdefault(arn, []).append(receipt)
        for arn, receipts in due.items():
            self._hide(arn, receipts, HIDDEN_S)
        if self._under_way:
            self._renewal = self._loop.call_later(RENEWED_S, self._renew)

    # --- What becomes of it ----------------------------------------------------------------------

    def done(self, job: Job) -> None:
        self._end(job)
        self._delete(job.queue, job.receipt.receipt)

    def retry(self, job: Job, delay_s: int) -> None:
        self._end(job)
        self._hide(job.queue, [job.receipt.receipt], min(delay_s, MOST_STEP_S))

    def give_up(self, job: Job, outcome: Outcome) -> None:
        self._end(job)
        taken: Taken = job.receipt
        if job.queue in self._by_arn:
            command = GiveUp(job.queue, taken.receipt, self._dead_letter_queue(taken))
            self._node.run_unasked(command)
            self._hidden.drop_if_spent(job.queue)

    def _dead_letter_queue(self, taken: Taken) -> str | None:
        """Confirmations are not for those who read dead letters."""
        subscription = taken.subscription
        if subscription is None or taken.is_confirmation:
            return None
        target = subscription.dead_letter_target
        if target is None or target not in self._by_arn:
            return None
        return target if self._may_write(subscription.topic_arn, target) else None

    def _end(self, job: Job) -> None:
        self._under_way.pop(job.receipt.receipt, None)

    def _hide(self, arn: str, receipts: list[Receipt], delay_s: int) -> None:
        if arn in self._by_arn:
            changes = [VisibilityChange(receipt, delay_s) for receipt in receipts]
            self._node.run_unasked(ChangeVisibility(arn, changes))

    def _delete(self, arn: str, receipt: Receipt) -> None:
        if arn in self._by_arn:
            self._node.run_unasked(Delete(arn, [receipt]))
            self._hidden.drop_if_spent(arn)


def _as_it_is(call: Any, received: Any) -> Any:
    return received
