"""Messages that wait in delivery queues to be sent, and the ports of those who send them."""

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from tidegate.catalog.delivery_policy import RetryPolicy
from tidegate.workers.notification import Notification
from tidegate.workers.outcome import Outcome


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A message that has been taken from a delivery queue, to be sent once."""

    queue: str
    """The delivery queue: one for each subscription."""
    receipt: Any
    """The source's own: what it knows the taken message by."""
    attempt: int
    """From 1."""
    published_at: int
    """Milliseconds since 1970."""
    protocol: str
    """Chooses the sender."""
    notification: Notification
    target: Any
    """Where it goes, as the protocol's sender takes it."""
    policy: RetryPolicy
    most_retry_s: int | None = None
    """What the delays between all tries may come to; None for no bound."""


class Sender(Protocol):
    """Sends by one protocol."""

    async def send(self, notification: Notification, target: Any) -> Outcome:
        """One try to deliver.  Whatever the other side does is an Outcome, within a time that the
        sender bounds."""


class Source(Protocol):
    """The delivery queues.

    A job that was taken stays hidden until it is done, retried or given up; if none of these ever
    comes, since the process has ended, it is to be had again, with the next attempt's number.
    """

    def on_ready(self, callback: Callable[[str], None]) -> None:
        """Have `callback(queue)` called, in the event loop, whenever a queue has come to have
        something to be taken: a message that is new, or whose delay is over.  Those that have
        something already are told soon."""

    async def take(self, queue: str, limit: int) -> list[Job]:
        """At most `limit` jobs of one queue; fewer where it has no more now."""

    def max_receives_per_second(self, queue: str) -> int | None:
        """How many a second the subscription lets be sent; None for any number."""

    def done(self, job: Job) -> None:
        """It has been delivered."""

    def retry(self, job: Job, delay_s: int) -> None:
        """It is to be taken again after a delay."""

    def give_up(self, job: Job, outcome: Outcome) -> None:
        """It goes to the subscription's dead-letter queue, or away where there is none."""


class Feedback(Protocol):
    """Who notes how deliveries go."""

    def record(self, job: Job, outcome: Outcome, dwell_ms: int, *, is_final: bool) -> None:
        """How one try has gone.  `dwell_ms` is the time from the publish until just before it;
        after the final one the message is delivered or given up."""
