"""From the archive of a FIFO topic to the commands that give one subscription its messages again.

A replayed message is the one that was published: the same id, group, deduplication id, sequence
number and time (developer guide, "Amazon SNS message replay for FIFO topic subscribers").  Where it
goes, and whether the subscription wants it, is decided as of now.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from tidegate.catalog.topics import Subscription, Topic
from tidegate.engine.commands import AttributeValue, Delivery, FanOut, Publication
from tidegate.services.sns.delivery_queues import topic_queue
from tidegate.services.sns.publications import DEFAULT, Publishable, size_bytes
from tidegate.services.sns.sending import Sending
from tidegate.services.sns.topic_fans import filter_of, seen, subscriber_of


class Contents(Protocol):
    """What an archived message holds."""

    @property
    def body(self) -> str: ...

    @property
    def attributes(self) -> dict[str, AttributeValue] | None: ...

    @property
    def publication(self) -> Publication | None: ...


Open = Callable[[str, Sequence[Delivery]], Sequence[Contents]]
"""open(queue_arn, deliveries): what the messages hold.  Raises Fault where one does not open."""


class Replaying:
    def __init__(self, sending: Sending, open: Open) -> None:
        self._sending = sending
        self._open = open

    def again(
        self, topic: Topic, subscription: Subscription, deliveries: Sequence[Delivery]
    ) -> list[FanOut | None]:
        """For each message the command that publishes it again; None for one that the subscription
        does not want, or that no queue takes.  Raises Fault where a message does not open."""
        subscriber, wanted = subscriber_of(subscription), filter_of(subscription)
        commands: list[FanOut | None] = []
        opened = self._open(topic_queue(topic.arn), deliveries)
        for delivery, held in zip(deliveries, opened, strict=True):
            message, attributes = delivery.message, held.attributes or {}
            assert message is not None, "whoever owns the log fills the message in"
            if wanted is not None and not wanted.matches(seen(attributes), held.body):
                commands.append(None)
                continue
            publication = held.publication or Publication(delivery.sent_at)
            content = Publishable(
                {DEFAULT: held.body},
                publication.is_structured,
                publication.subject,
                held.attributes,
                message.group_id,
                message.deduplication_id,
                size_bytes(held.body, attributes),
            )
            commands.append(
                self._sending.fan_out_again(
                    topic,
                    message,
                    publication,
                    content,
                    subscriber,
                    delivery.sequence_number,
                )
            )
        return commands
