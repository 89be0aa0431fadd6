"""Where a topic's subscribers get its messages: all that is known before there is a message.

What a queue would refuse - it is gone, its policy keeps the topic out, KMS does not give a data
key, the message is too long for it - goes to the subscription's dead-letter queue at once, as SNS
does not try again where trying does not help (developer guide, "Message delivery retries",
client-side errors).  Most of that is decided once, and holds until a definition changes.
"""

from typing import Any, Final, Protocol

import msgspec

from tidegate.base.refusals import (
    AccessDeniedException,
    InvalidParameterValueException,
    MissingRequiredParameterException,
    QueueDoesNotExist,
    Refusal,
)
from tidegate.catalog.queues import QueueDefinition
from tidegate.catalog.topics import Topic
from tidegate.engine.commands import FanTarget, FanTargets, Message
from tidegate.runtime.definitions import Definitions
from tidegate.services.sns.publications import DEFAULT, Publishable
from tidegate.services.sns.topic_fans import SQS, MayWrite, Subscriber

_ANY: Final = 1 << 62
_MOST_RAW_ATTRIBUTES: Final = 10
"""As many as a message of a queue can have (developer guide, "Raw message delivery")."""
_ENVELOPE_BYTES: Final = 900
"""About what a notification's document has beside the message: names, ARNs, links, a signature."""
_MOST_TOPICS: Final = 1_024
_MOST_PLACES: Final = 65_536

Groups = dict[tuple[str, str], FanTargets]
"""By the name of the text and the way of sealing: who shares a copy."""
_Gathered = dict[tuple[str, str], list[FanTarget]]


class Sealing(Protocol):
    """How messages are sealed for queues."""

    def way(self, queue_arn: str) -> str:
        """How what goes to a queue is sealed: queues of a topic share a copy where it is the same.
        It holds until a definition changes."""

    def is_certain(self, way: str) -> bool:
        """Whether `key_of` gives what seals in that way, whatever KMS says."""

    def key_of(self, topic_arn: str, way: str) -> Any:
        """What seals a topic's messages in that way now.  Raises refusals of KMS."""

    def key(self, topic_arn: str, queue_arn: str) -> Any:
        """What seals a topic's messages for a queue now.  Raises refusals of KMS."""

    def seal(self, key: Any, message: Message) -> Message:
        """The message as a queue holds it under this key."""


class Place(msgspec.Struct, frozen=True):
    """A queue that a subscriber's messages can go to."""

    target: FanTarget
    way: str
    is_certain: bool
    most_bytes: int
    most_attributes: int


class _Usual(msgspec.Struct, frozen=True):
    """The groups of an unstructured message that nobody refuses."""

    subscribers: list[Subscriber]
    groups: Groups
    is_certain: bool
    most_bytes: int
    most_attributes: int

    def suits(self, content: Publishable) -> bool:
        return (
            self.is_certain
            and not content.is_structured
            and content.size_bytes <= self.most_bytes
            and len(content.attributes or ()) <= self.most_attributes
        )


class Places:
    def __init__(self, definitions: Definitions, may_write: MayWrite, sealing: Sealing) -> None:
        self._queue = definitions.queue
        self._standing = definitions.standing
        self._may_write = may_write
        self._sealing = sealing
        self._version = -1
        self._places: dict[tuple[str, bytes], tuple[Place, ...]] = {}
        """By the ARN of the topic and the id of the subscription."""
        self._usual: dict[str, _Usual] = {}
        """By the ARN of the topic."""

    def groups(
        self, topic: Topic, arn: str, subscribers: list[Subscriber], content: Publishable
    ) -> Groups:
        """Which queues get the message, by what they share; `arn` is the topic's.  A list of
        subscribers that was given before must not have changed since.  The groups are not the
        caller's to change."""
        if self._standing.definitions_version != self._version:
            self._version = self._standing.definitions_version
            self._places.clear()
            self._usual.clear()
        usual = self._usual.get(arn)
        if usual is None or usual.subscribers is not subscribers:
            usual = self._usually(topic, arn, subscribers)
        if usual.suits(content):
            return usual.groups
        return self._for_this(topic, arn, subscribers, content)

    def _usually(self, topic: Topic, arn: str, subscribers: list[Subscriber]) -> _Usual:
        groups: _Gathered = {}
        is_certain, most_bytes, most_attributes = True, _ANY, _ANY
        for subscriber in subscribers:
            places = self._of(topic, arn, subscriber)
            if not places:
                continue
            place = places[0]
            groups.setdefault((DEFAULT, place.way), []).append(place.target)
            is_certain = is_certain and place.is_certain
            most_bytes = min(most_bytes, place.most_bytes)
            most_attributes = min(most_attributes, place.most_attributes)
        if len(self._usual) >= _MOST_TOPICS:
            self._usual.clear()
        usual = _Usual(subscribers, _in_columns(groups), is_certain, most_bytes, most_attributes)
        self._usual[arn] = usual
        return usual

    def _for_this(
        self, topic: Topic, arn: str, subscribers: list[Subscriber], content: Publishable
    ) -> Groups:
        groups: _Gathered = {}
        attributes = len(content.attributes or ())
        usable: dict[str, bool] = {}
        """Ways of sealing for which KMS was asked."""
        for subscriber in subscribers:
            name = subscriber.text_name if subscriber.text_name in content.texts else DEFAULT
            size_bytes = content.size_of(name)
            for place in self._of(topic, arn, subscriber):
                if size_bytes > place.most_bytes or attributes > place.most_attributes:
                    continue
                if not place.is_certain and not self._is_usable(arn, place.way, usable):
                    continue
                groups.setdefault((name, place.way), []).append(place.target)
                break
        return _in_columns(groups)

    def _is_usable(self, topic_arn: str, way: str, known: dict[str, bool]) -> bool:
        if way not in known:
            try:
                self._sealing.key_of(topic_arn, way)
                known[way] = True
            except Refusal:
                known[way] = False
        return known[way]

    # --- Why not ---------------------------------------------------------------------------------

    def refusal(self, topic: Topic, subscriber: Subscriber, content: Publishable) -> Refusal | None:
        """Why the queue that is subscribed does not get the message, as SQS says it; None where it
        does.  It decides as `groups` does, but for one subscriber."""
        arn = subscriber.queue
        queue = self._queue(arn)
        if queue is None:
            return QueueDoesNotExist()
        if not self._may_write(topic.arn, arn):
            return AccessDeniedException(f"Access to the resource {arn} is denied.")
        if queue.is_fifo and not topic.fifo:
            return MissingRequiredParameterException(
                "The request must contain the parameter MessageGroupId."
            )
        is_notification = not subscriber.subscription.raw
        place = self._place(subscriber, arn, is_notification, queue.maximum_message_size)
        too_much = _too_much(place, queue, subscriber, content)
        return self._key_refusal(topic.arn, place) if too_much is None else too_much

    def _key_refusal(self, topic_arn: str, place: Place) -> Refusal | None:
        if not place.is_certain:
            try:
                self._sealing.key_of(topic_arn, place.way)
            except Refusal as refusal:
                return refusal
        return None

    # --- What holds until a definition changes ---------------------------------------------------

    def _of(self, topic: Topic, arn: str, subscriber: Subscriber) -> tuple[Place, ...]:
        """The places of a subscriber in the order in which they are tried."""
        key = arn, subscriber.id_bytes
        places = self._places.get(key)
        if places is None:
            if len(self._places) >= _MOST_PLACES:
                self._places.clear()
            places = self._places[key] = self._decide(topic, subscriber)
        return places

    def _decide(self, topic: Topic, subscriber: Subscriber) -> tuple[Place, ...]:
        subscription = subscriber.subscription
        is_notification = not subscription.raw
        if subscription.protocol != SQS:
            return (self._place(subscriber, subscriber.queue, is_notification, _ANY),)
        found = []
        for queue in (subscriber.queue, subscription.dead_letter_target):
            if queue is not None and (most := self._most_bytes(topic, queue)) is not None:
                found.append(self._place(subscriber, queue, is_notification, most))
                if queue is not subscriber.queue and subscription.raw:
                    # What no queue can hold raw is kept all the same.
                    found.append(self._place(subscriber, queue, True, most))
        return tuple(found)

    def _place(
        self, subscriber: Subscriber, queue: str, is_notification: bool, most_bytes: int
    ) -> Place:
        way = self._sealing.way(queue)
        is_raw_in_queue = most_bytes != _ANY and not is_notification
        if most_bytes != _ANY and is_notification:
            most_bytes -= _ENVELOPE_BYTES
        return Place(
            FanTarget(queue, subscriber.id_bytes, is_notification),
            way,
            self._sealing.is_certain(way),
            most_bytes,
            _MOST_RAW_ATTRIBUTES if is_raw_in_queue else _ANY,
        )

    def _most_bytes(self, topic: Topic, queue_arn: str) -> int | None:
        """How long a message may be for a queue; None where it takes none of the topic."""
        queue = self._queue(queue_arn)
        if queue is None or (queue.is_fifo and not topic.fifo):
            return None
        if not self._may_write(topic.arn, queue_arn):
            return None
        return queue.maximum_message_size


def _in_columns(gathered: _Gathered) -> Groups:
    return {shared: FanTargets.of(targets) for shared, targets in gathered.items()}


def _too_much(
    place: Place, queue: QueueDefinition, subscriber: Subscriber, content: Publishable
) -> Refusal | None:
    """What the queue says to a message that does not fit."""
    name = subscriber.text_name if subscriber.text_name in content.texts else DEFAULT
    attributes = len(content.attributes or ())
    if attributes > place.most_attributes:
        return InvalidParameterValueException(
            f"Number of message attributes [{attributes}] exceeds the maximum allowed "
            f"[{place.most_attributes}]."
        )
    if content.size_of(name) > place.most_bytes:
        return InvalidParameterValueException(
            "One or more parameters are invalid. Reason: Message must be shorter than "
            f"{queue.maximum_message_size} bytes."
        )
    return None
