"""From a message and its subscribers to the command that puts it into their queues.

Queues that get the same text, sealed in the same way, share one copy.  What a queue would refuse -
it is gone, its policy keeps the topic out, KMS does not give a data key, the message is too long
for it - goes to the subscription's dead-letter queue at once, as SNS does not try again where
trying does not help (developer guide, "Message delivery retries", client-side errors).

The archive of a FIFO topic has the text for queues, sealed with the topic's own key, whoever is
subscribed: a key of KMS that one of the queues has may be gone when the message is wanted again.
"""

from hashlib import md5, sha256
from typing import Any, Final, Protocol

import msgspec

from tidegate.base.refusals import Refusal
from tidegate.catalog.topics import Topic
from tidegate.engine.commands import Fan, FanOut, FanTarget, FifoTopic, Message, Publication
from tidegate.runtime.definitions import Definitions
from tidegate.services.sns.delivery_queues import topic_queue
from tidegate.services.sns.publications import DEFAULT, Publishable
from tidegate.services.sns.topic_fans import SQS, MayWrite, Subscriber

_DAY_S: Final = 86_400


class Sealing(Protocol):
    """How messages are sealed for queues."""

    def key(self, topic_arn: str, queue_arn: str) -> Any:
        """What seals for a queue: the same object for all queues that share it, None for none.

        Raises refusals of KMS."""

    def seal(self, key: Any, message: Message) -> Message:
        """The message as a queue holds it under this key."""


class Sending:
    def __init__(self, definitions: Definitions, may_write: MayWrite, sealing: Sealing) -> None:
        self._definitions = definitions
        self._may_write = may_write
        self._sealing = sealing

    def fan_out(
        self,
        topic: Topic,
        message_id: str,
        sender_id: str,
        content: Publishable,
        subscribers: list[Subscriber],
        deduplication_id: str | None,
    ) -> FanOut:
        """The command that publishes."""
        groups: dict[tuple[str, bool, Any], list[FanTarget]] = {}
        texts = content.texts
        for each in subscribers:
            target, key = self._place(topic, each, content)
            if target is None:
                continue
            name = each.text_name
            own = name if name in texts else DEFAULT
            groups.setdefault((own, name in texts, key), []).append(target)
        if topic.fifo and (topic.archive_days is not None or not groups):
            own = SQS if SQS in texts else DEFAULT
            kept = own, SQS in texts, self._sealing.key(topic.arn, topic_queue(topic.arn))
            groups = {kept: groups.pop(kept, []), **groups}
        now_ms = self._definitions.now_ms()
        fans = []
        for (protocol, is_own, key), targets in groups.items():
            publication = Publication(
                now_ms,
                content.subject,
                is_own and content.is_structured,
                topic.signature_version or "1",
            )
            text = texts[protocol]
            message = plain_message(
                message_id, sender_id, text, content, deduplication_id, publication
            )
            fans.append(Fan(self._sealing.seal(key, message), targets))
        fifo = None
        if topic.fifo:
            assert deduplication_id is not None
            fifo = _fifo(topic, deduplication_id)
        return FanOut(topic.arn, fans, fifo)

    def fan_out_again(
        self,
        topic: Topic,
        archived: Message,
        publication: Publication,
        content: Publishable,
        subscriber: Subscriber,
        sequence_number: str | None,
    ) -> FanOut | None:
        """The command that gives a message of the archive to one subscriber; None where not even
        its dead-letter queue takes it."""
        target, key = self._place(topic, subscriber, content)
        if target is None:
            return None
        message = plain_message(
            archived.id,
            archived.sender_id,
            content.texts[DEFAULT],
            content,
            archived.deduplication_id,
            publication,
        )
        marked = msgspec.structs.replace(target, is_replayed=True)
        fan = Fan(self._sealing.seal(key, message), [marked])
        return FanOut(topic.arn, [fan], sequence_number=sequence_number)

    def _place(
        self, topic: Topic, subscriber: Subscriber, content: Publishable
    ) -> tuple[FanTarget | None, Any]:
        """Where the message goes for a subscriber, and what seals it there."""
        subscription = subscriber.subscription
        is_notification = not subscription.raw
        if subscription.protocol != SQS:
            key = self._sealing.key(topic.arn, subscriber.queue)
            return FanTarget(subscriber.queue, subscriber.id_bytes, is_notification), key
        for queue in (subscriber.queue, subscription.dead_letter_target):
            if queue is not None and self._takes(topic, queue, content):
                try:
                    key = self._sealing.key(topic.arn, queue)
                except Refusal:
                    continue
                return FanTarget(queue, subscriber.id_bytes, is_notification), key
        return None, None

    def _takes(self, topic: Topic, queue_arn: str, content: Publishable) -> bool:
        queue = self._definitions.queue(queue_arn)
        return (
            queue is not None
            and (topic.fifo or not queue.is_fifo)
            and content.size_bytes <= queue.maximum_message_size
            and self._may_write(topic.arn, queue_arn)
        )


def plain_message(
    message_id: str,
    sender_id: str,
    text: str,
    content: Publishable,
    deduplication_id: str | None,
    publication: Publication | None,
) -> Message:
    """A message that is not sealed yet."""
    return Message(
        message_id,
        text,
        md5(text.encode(), usedforsecurity=False).hexdigest(),
        sender_id,
        content.attributes,
        group_id=content.group_id,
        deduplication_id=deduplication_id,
        publication=publication,
    )


def content_id(text: str) -> str:
    """The deduplication id of a message of a topic with ContentBasedDeduplication."""
    return sha256(text.encode()).hexdigest()


def _fifo(topic: Topic, deduplication_id: str) -> FifoTopic:
    return FifoTopic(
        topic_queue(topic.arn),
        "messageGroup" if topic.fifo_throughput_scope == "MessageGroup" else "queue",
        deduplication_id,
        (topic.archive_days or 0) * _DAY_S,
    )


def direct(
    target_arn: str,
    queue: str,
    message: Message,
) -> FanOut:
    """Publishing straight to a device or a phone: one hidden queue, and no subscription."""
    return FanOut(target_arn, [Fan(message, [FanTarget(queue, bytes(16), False)])])
