"""From the archive of a FIFO topic to the commands that give one subscription its messages again.

A replayed message is the one that was published: the same id, group, deduplication id, sequence
number and time (developer guide, "Amazon SNS message replay for FIFO topic subscribers").  Where it
goes, and whether the subscription wants it, is decided as of now.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from tidegate.catalog.topics import Subscription, Topic
from tidegate.engine.commands import AttributeValue, Delivery, FanOut, Publication
from tidegate.services.sns.delivery_queues import topic_queue
from tidegate.services.sns.publications import DEFAULT, Publishable, size_bytes
from tidegate.services.sns.queue_feedback import Note, QueueFeedback
from tidegate.services.sns.sending import Sending
from tidegate.services.sns.topic_fans import Subscriber, filter_of, seen, subscriber_of


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


class Republication(NamedTuple):
    """What becomes of one message of the archive."""

    command: FanOut | None = None
    """None where the subscription does not want it, or no queue takes it."""
    note: Note | None = None
    """To be called once the command is durable, or now if there is none."""


class Replaying:
    def __init__(self, sending: Sending, feedback: QueueFeedback, open: Open) -> None:
        self._sending = sending
        self._feedback = feedback
        self._open = open

    def again(
        self, topic: Topic, subscription: Subscription, deliveries: Sequence[Delivery]
    ) -> list[Republication]:
        """What publishes each of them again.  Raises Fault where a message does not open."""
        subscriber, wanted = subscriber_of(subscription), filter_of(subscription)
        found: list[Republication] = []
        opened = self._open(topic_queue(topic.arn), deliveries)
        for delivery, held in zip(deliveries, opened, strict=True):
            if wanted is not None and not wanted.matches(seen(held.attributes or {}), held.body):
                found.append(Republication())
            else:
                found.append(self._republication(topic, subscriber, delivery, held))
        return found

    def _republication(
        self, topic: Topic, subscriber: Subscriber, delivery: Delivery, held: Contents
    ) -> Republication:
        message = delivery.message
        assert message is not None, "whoever owns the log fills the message in"
        publication = held.publication or Publication(delivery.sent_at)
        content = Publishable(
            {DEFAULT: held.body},
            publication.is_structured,
            publication.subject,
            held.attributes,
            message.group_id,
            message.deduplication_id,
            size_bytes(held.body, held.attributes or {}),
        )
        command = self._sending.fan_out_again(
            topic, message, publication, content, subscriber, delivery.sequence_number
        )
        note = None
        if topic.feedback:
            at = publication.published_at
            note = self._feedback.of(topic, message.id, content, [subscriber], at)
        return Republication(command, note)
