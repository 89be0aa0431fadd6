"""How many subscriptions, pending ones and filter policies there may be."""

from collections.abc import Iterable, Iterator

from tidegate.base import sns_limits as limits
from tidegate.base.refusals import (
    FilterPolicyLimitExceededException,
    ReplayLimitExceededException,
    SubscriptionLimitExceededException,
    invalid_parameter,
)
from tidegate.catalog.entities import Entities
from tidegate.catalog.subscription_endpoints import LARGE_MESSAGES
from tidegate.catalog.topics import Subscription, Topic


def check_room(entities: Entities, topic: Topic, added: Subscription, now: int) -> None:
    """Whether the topic and its account can have one more subscription.

    Raises SubscriptionLimitExceededException, FilterPolicyLimitExceededException,
    ReplayLimitExceededException, InvalidParameterException.
    """
    standing = entities.all_of(Subscription, topic.arn)
    most = limits.FIFO_SUBSCRIPTIONS if topic.fifo else limits.STANDARD_SUBSCRIPTIONS
    if len(standing) >= most and _count(standing.values(), now) >= most:
        raise SubscriptionLimitExceededException("Subscription limit exceeded for the topic")
    if (topic.maximum_message_size or 0) > limits.USUAL_MESSAGE_SIZE:
        _check_large(topic, added, len(standing))
    if added.pending:
        _check_pending(entities, topic, now)
    if added.filter_policy is not None:
        check_filter_policies(entities, topic)
    if added.replay is not None:
        check_replays(entities, topic)


def _check_large(topic: Topic, added: Subscription, standing: int) -> None:
    size = topic.maximum_message_size
    if standing >= limits.LARGE_MESSAGE_SUBSCRIPTIONS:
        raise invalid_parameter(
            f"Endpoint Reason: a topic with a MaximumMessageSize of {size} supports at most "
            f"{limits.LARGE_MESSAGE_SUBSCRIPTIONS} subscriptions"
        )
    if added.protocol not in LARGE_MESSAGES:
        raise invalid_parameter(
            f"Protocol Reason: a topic with a MaximumMessageSize of {size} supports Amazon SQS, "
            "Amazon Data Firehose and Lambda subscriptions only"
        )


def _check_pending(entities: Entities, topic: Topic, now: int) -> None:
    most = limits.PENDING_SUBSCRIPTIONS
    if _size(entities, topic) < most:
        return
    pending = sum(each.pending and not each.is_lapsed(now) for each in _of_account(entities, topic))
    if pending >= most:
        raise SubscriptionLimitExceededException("Pending subscription limit exceeded")


def check_filter_policies(entities: Entities, topic: Topic) -> None:
    """Raises FilterPolicyLimitExceededException where there can be no more."""
    of_topic = entities.all_of(Subscription, topic.arn)
    most = limits.FILTER_POLICIES_OF_TOPIC
    if len(of_topic) >= most and _filters(of_topic.values()) >= most:
        raise FilterPolicyLimitExceededException(
            f"Invalid parameter: FilterPolicy: the topic has {most} filter policies already"
        )
    most = limits.FILTER_POLICIES_OF_ACCOUNT
    if _size(entities, topic) >= most and _filters(_of_account(entities, topic)) >= most:
        raise FilterPolicyLimitExceededException(
            f"Invalid parameter: FilterPolicy: the account has {most} filter policies already"
        )


def check_replays(entities: Entities, topic: Topic) -> None:
    """Raises ReplayLimitExceededException where no more replays may be under way at a time."""
    most = limits.REPLAYS
    if _size(entities, topic) < most:
        return
    under_way = sum(
        each.replay is not None and each.replay.is_under_way
        for each in _of_account(entities, topic)
    )
    if under_way >= most:
        raise ReplayLimitExceededException(
            "The maximum number of concurrent message replays has been reached"
        )


def _filters(subscriptions: Iterable[Subscription]) -> int:
    return sum(each.filter_policy is not None for each in subscriptions)


def _count(subscriptions: Iterable[Subscription], now: int) -> int:
    return sum(not each.is_lapsed(now) for each in subscriptions)


def _size(entities: Entities, topic: Topic) -> int:
    """How many subscriptions the topics of the account have at most, told without looking at each
    of them."""
    scopes = _scopes(entities, topic)
    return sum(len(entities.all_of(Subscription, scope)) for scope in scopes)


def _of_account(entities: Entities, topic: Topic) -> Iterator[Subscription]:
    for scope in _scopes(entities, topic):
        yield from entities.all_of(Subscription, scope).values()


def _scopes(entities: Entities, topic: Topic) -> Iterator[str]:
    """The topics of the account in the region that have subscriptions."""
    start = topic.arn[: -len(topic.name)]
    return (scope for scope in entities.scopes(Subscription) if scope.startswith(start))
