"""From a message and its subscribers to the command that puts it into their queues.

Queues that get the same text, sealed in the same way, share one copy.

The archive of a FIFO topic has the text for queues, sealed with the topic's own key, whoever is
subscribed: a key of KMS that one of the queues has may be gone when the message is wanted again.
"""

from hashlib import md5, sha256
from typing import Final

import msgspec

from tidegate.base.refusals import Refusal
from tidegate.catalog.topics import Topic
from tidegate.engine.commands import (
    REPLAYED,
    Fan,
    FanOut,
    FanTarget,
    FanTargets,
    FifoTopic,
    Message,
    Publication,
)
from tidegate.runtime.definitions import Definitions
from tidegate.services.sns.delivery_queues import topic_queue
from tidegate.services.sns.places import Groups, Places, Sealing
from tidegate.services.sns.publications import DEFAULT, Publishable
from tidegate.services.sns.topic_fans import SQS, MayWrite, Subscriber

_DAY_S: Final = 86_400
_NOWHERE: Final = FanTargets.of([])


class Sending:
    def __init__(self, definitions: Definitions, may_write: MayWrite, sealing: Sealing) -> None:
        self._now_ms = definitions.now_ms
        self._sealing = sealing
        self._places = Places(definitions, may_write, sealing)

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
        arn = topic.arn
        groups = self._places.groups(topic, arn, subscribers, content)
        if topic.fifo and (topic.archive_days is not None or not groups):
            own = SQS if SQS in content.texts else DEFAULT
            kept = own, self._sealing.way(topic_queue(arn))
            groups = {kept: groups.get(kept, _NOWHERE), **groups}
        fans = self._fans(topic, arn, message_id, sender_id, content, groups, deduplication_id)
        fifo = None
        if topic.fifo:
            assert deduplication_id is not None
            fifo = _fifo(topic)
        return FanOut(arn, fans, fifo)

    def _fans(
        self,
        topic: Topic,
        arn: str,
        message_id: str,
        sender_id: str,
        content: Publishable,
        groups: Groups,
        deduplication_id: str | None,
    ) -> list[Fan]:
        fans = []
        messages: dict[str, Message] = {}
        now_ms = self._now_ms()
        for (name, way), targets in groups.items():
            message = messages.get(name)
            if message is None:
                publication = Publication(
                    now_ms,
                    content.subject,
                    name != DEFAULT and content.is_structured,
                    topic.signature_version or "1",
                )
                message = messages[name] = plain_message(
                    message_id,
                    sender_id,
                    content.texts[name],
                    content,
                    deduplication_id,
                    publication,
                )
            key = self._sealing.key_of(arn, way)
            fans.append(Fan(self._sealing.seal(key, message), targets))
        return fans

    def refusal(self, topic: Topic, subscriber: Subscriber, content: Publishable) -> Refusal | None:
        """Why the queue that is subscribed does not get what is published now, as SQS says it; None
        where it does."""
        return self._places.refusal(topic, subscriber, content)

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
        groups = self._places.groups(topic, topic.arn, [subscriber], content)
        if not groups:
            return None
        (((_, way), targets),) = groups.items()
        message = plain_message(
            archived.id,
            archived.sender_id,
            content.texts[DEFAULT],
            content,
            archived.deduplication_id,
            publication,
        )
        notifications = bytes(each | REPLAYED for each in targets.notifications)
        marked = msgspec.structs.replace(targets, notifications=notifications)
        key = self._sealing.key_of(topic.arn, way)
        fan = Fan(self._sealing.seal(key, message), marked)
        return FanOut(topic.arn, [fan], sequence_number=sequence_number)


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


def _fifo(topic: Topic) -> FifoTopic:
    return FifoTopic(
        topic_queue(topic.arn),
        "messageGroup" if topic.fifo_throughput_scope == "MessageGroup" else "queue",
        (topic.archive_days or 0) * _DAY_S,
    )


def direct(
    target_arn: str,
    queue: str,
    message: Message,
) -> FanOut:
    """Publishing straight to a device or a phone: one hidden queue, and no subscription."""
    target = FanTarget(queue, bytes(16), False)
    return FanOut(target_arn, [Fan(message, FanTargets.of([target]))])
