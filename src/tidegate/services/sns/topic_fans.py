"""Whom a topic's message goes to: its confirmed subscriptions by their filter policies, and the
queue of each."""

from collections.abc import Mapping
from typing import Final, Protocol
from uuid import UUID

import msgspec

from tidegate.catalog.filter_policy.documents import compile_filter
from tidegate.catalog.filter_policy.index import SubscriptionIndex
from tidegate.catalog.filter_policy.matching import CompiledFilter
from tidegate.catalog.topics import Subscription
from tidegate.engine.commands import AttributeValue
from tidegate.runtime.definitions import Definitions
from tidegate.services.sns.delivery_queues import subscription_queue

SQS: Final = "sqs"
APPLICATION: Final = "application"
_MOST_TOPICS: Final = 1_024


class MayWrite(Protocol):
    def __call__(self, topic_arn: str, queue_arn: str) -> bool:
        """Whether the queue's policy lets the topic send to it."""


class Subscriber(msgspec.Struct, frozen=True):
    """A subscription as publishing needs it."""

    subscription: Subscription
    queue: str
    """Where its messages go: the client's own queue, or a hidden one that workers drain."""
    id_bytes: bytes
    text_name: str
    """What a message's JSON calls the text for it: the protocol, of a device its platform."""


class TopicFan:
    """The subscribers of one topic; it follows the entities."""

    def __init__(self) -> None:
        self.version = -1
        """Of the subscriptions that it knows."""
        self._standing: dict[str, Subscriber] = {}
        self._index: SubscriptionIndex[str] = SubscriptionIndex()
        self._unfiltered: list[Subscriber] | None = None

    def follow(self, version: int, subscriptions: Mapping[str, Subscription]) -> None:
        """Take notice of what has changed; those that get nothing now are none."""
        self.version = version
        for key in self._standing.keys() - subscriptions.keys():
            self._leave(key)
        for key, subscription in subscriptions.items():
            known = self._standing.get(key)
            if known is not None and known.subscription is subscription:
                continue
            if known is not None:
                self._leave(key)
            if subscription.is_live:
                self._join(key, subscription)
        has_filters = any(each.subscription.filter_policy for each in self._standing.values())
        self._unfiltered = None if has_filters else list(self._standing.values())

    def _join(self, key: str, subscription: Subscription) -> None:
        self._index.add(key, filter_of(subscription))
        self._standing[key] = subscriber_of(subscription)

    def _leave(self, key: str) -> None:
        del self._standing[key]
        self._index.remove(key)

    def match(
        self, attributes: Mapping[str, tuple[str, str | bytes]], body: str
    ) -> list[Subscriber]:
        """The subscribers whose filter policies let the message through."""
        if self._unfiltered is not None:
            return self._unfiltered
        return [self._standing[key] for key in self._index.match(attributes, body)]


def seen(attributes: Mapping[str, AttributeValue]) -> dict[str, tuple[str, str | bytes]]:
    """Attributes as filter policies see them."""
    return {
        name: (value.data_type, value.string_value or value.binary_value or b"")
        for name, value in attributes.items()
    }


def filter_of(subscription: Subscription) -> CompiledFilter | None:
    """None where every message comes through."""
    text = subscription.filter_policy
    return None if text is None else compile_filter(text, subscription.filter_scope)


def subscriber_of(subscription: Subscription) -> Subscriber:
    name = subscription.protocol
    if name == APPLICATION:
        name = subscription.endpoint.split("/")[1]
    return Subscriber(subscription, queue_of(subscription), UUID(subscription.id).bytes, name)


def queue_of(subscription: Subscription) -> str:
    """The ARN of the queue that a subscription's messages go to."""
    if subscription.protocol == SQS:
        return subscription.endpoint
    return subscription_queue(subscription.topic_arn, subscription.id)


class TopicFans:
    """Those of all topics that are published to, within a bound."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._fans: dict[str, TopicFan] = {}

    def of(self, topic_arn: str) -> TopicFan:
        fan = self._fans.get(topic_arn)
        if fan is None:
            if len(self._fans) >= _MOST_TOPICS:
                del self._fans[next(iter(self._fans))]
            fan = self._fans[topic_arn] = TopicFan()
        entities = self._definitions.entities
        version = entities.version_of(Subscription, topic_arn)
        if version != fan.version:
            fan.follow(version, entities.all_of(Subscription, topic_arn))
        return fan
