"""What each attribute of a subscription may be, and how they are shown.

    with_attributes   of a new subscription
    with_attribute    after SetSubscriptionAttributes
    check_same        whether Subscribe asks for the subscription that is there
    describe          what GetSubscriptionAttributes shows

Names and defaults are from the SNS service model (Subscribe, SetSubscriptionAttributes); texts are
as recorded, where there are records.
"""

from collections.abc import Callable, Mapping
from typing import Final, Literal, cast

import msgspec

from tidegate.base.arn import is_role_arn, parse_queue_arn
from tidegate.base.refusals import InvalidParameterException, among_attributes, invalid_parameter
from tidegate.catalog.delivery_policy import (
    effective_policy,
    effective_subscription_text,
    parse_subscription_policy,
    stored_subscription_text,
)
from tidegate.catalog.filter_policy.documents import compile_filter
from tidegate.catalog.filter_policy.refused import InvalidFilterPolicy
from tidegate.catalog.json_object import parse_object
from tidegate.catalog.replay import parse_replay_policy
from tidegate.catalog.subscription_endpoints import RAW_DELIVERY
from tidegate.catalog.topic_attributes import flag
from tidegate.catalog.topics import FIFO_SUFFIX, Subscription, Topic

_SCOPES: Final = ("MessageAttributes", "MessageBody")
_HTTP: Final = ("http", "https")


def _delivery_policy(subscription: Subscription, topic: Topic, value: str) -> Subscription:
    if subscription.protocol not in _HTTP:
        raise invalid_parameter(
            f"Delivery protocol [{subscription.protocol}] does not support delivery policy."
        )
    policy = parse_subscription_policy(value, raw=subscription.raw)
    return msgspec.structs.replace(subscription, delivery_policy=policy)


def _filter_policy(subscription: Subscription, topic: Topic, value: str) -> Subscription:
    """An empty policy takes the filter away."""
    is_empty = value.strip() in ("", "{}")
    return _with_filter(subscription, None if is_empty else value, subscription.filter_scope)


def _filter_scope(subscription: Subscription, topic: Topic, value: str) -> Subscription:
    if value not in _SCOPES:
        raise invalid_parameter(
            f"FilterPolicyScope: Invalid value [{value}]. Please use either MessageBody or "
            "MessageAttributes"
        )
    scope = cast("Literal['MessageAttributes', 'MessageBody']", value)
    return _with_filter(subscription, subscription.filter_policy, scope)


def _with_filter(
    subscription: Subscription,
    policy: str | None,
    scope: Literal["MessageAttributes", "MessageBody"],
) -> Subscription:
    if policy is not None:
        try:
            compile_filter(policy, scope)
        except InvalidFilterPolicy as error:
            raise invalid_parameter(error.text) from None
    return msgspec.structs.replace(subscription, filter_policy=policy, filter_scope=scope)


def _raw(subscription: Subscription, topic: Topic, value: str) -> Subscription:
    raw = flag("RawMessageDelivery", value)
    if raw and subscription.protocol not in RAW_DELIVERY:
        raise invalid_parameter(
            f"Delivery protocol [{subscription.protocol}] does not support raw message delivery."
        )
    return msgspec.structs.replace(subscription, raw=raw)


def _redrive_policy(subscription: Subscription, topic: Topic, value: str) -> Subscription:
    policy = parse_object("RedrivePolicy", value) if value.strip() else {}
    if not policy:
        return msgspec.structs.replace(subscription, redrive_policy=None, dead_letter_target=None)
    target = policy.get("deadLetterTargetArn")
    if not (isinstance(target, str) and target.isascii() and target.isprintable()):
        raise invalid_parameter("RedrivePolicy: deadLetterTargetArn is an invalid arn")
    queue = parse_queue_arn(target)
    if queue is None:
        raise invalid_parameter("RedrivePolicy: deadLetterTargetArn is an invalid arn")
    is_fifo = target.endswith(FIFO_SUFFIX)
    if topic.fifo and subscription.endpoint.endswith(FIFO_SUFFIX) and not is_fifo:
        raise invalid_parameter(
            "RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic."
        )
    if is_fifo and not topic.fifo:
        raise invalid_parameter(
            "RedrivePolicy: must use a standard queue as DLQ for a Subscription to a standard "
            "Topic."
        )
    region, account, _ = queue
    if (region, account) != (topic.region, subscription.owner):
        raise invalid_parameter(
            "RedrivePolicy: the dead-letter queue must be in the account and the region of the "
            "subscription"
        )
    return msgspec.structs.replace(subscription, redrive_policy=value, dead_letter_target=target)


def _role_arn(subscription: Subscription, topic: Topic, value: str) -> Subscription:
    if subscription.protocol != "firehose" or not is_role_arn(value):
        raise invalid_parameter("SubscriptionRoleArn: Invalid value")
    return msgspec.structs.replace(subscription, role_arn=value)


def _replay_policy(subscription: Subscription, topic: Topic, value: str) -> Subscription:
    replay = parse_replay_policy(value)
    if replay is not None and topic.archive_days is None:
        raise invalid_parameter("ReplayPolicy: The topic does not have an active ArchivePolicy")
    return msgspec.structs.replace(subscription, replay=replay)


_SETTERS: Final[Mapping[str, Callable[[Subscription, Topic, str], Subscription]]] = {
    # What another one's check asks for comes before it.
    "RawMessageDelivery": _raw,
    "DeliveryPolicy": _delivery_policy,
    "FilterPolicyScope": _filter_scope,
    "FilterPolicy": _filter_policy,
    "RedrivePolicy": _redrive_policy,
    "SubscriptionRoleArn": _role_arn,
    "ReplayPolicy": _replay_policy,
}


def _has_attribute(topic: Topic, name: str) -> bool:
    return name in _SETTERS and (topic.fifo or name != "ReplayPolicy")


def with_attributes(
    subscription: Subscription, topic: Topic, attributes: Mapping[str, str]
) -> Subscription:
    """A new subscription with what Subscribe says of it; raises InvalidParameterException."""
    try:
        for name in attributes:
            if not _has_attribute(topic, name):
                raise invalid_parameter(f"Unknown attribute {name}")
        for name, setter in _SETTERS.items():
            if name in attributes:
                subscription = setter(subscription, topic, attributes[name])
        if subscription.protocol == "firehose" and subscription.role_arn is None:
            raise invalid_parameter("SubscriptionRoleArn: Invalid value")
    except InvalidParameterException as refusal:
        raise among_attributes(refusal) from None
    return subscription


def with_attribute(subscription: Subscription, topic: Topic, name: str, value: str) -> Subscription:
    """The subscription after SetSubscriptionAttributes; raises InvalidParameterException."""
    if not _has_attribute(topic, name):
        raise invalid_parameter("AttributeName")
    return _SETTERS[name](subscription, topic, value)


def check_same(standing: Subscription, asked: Subscription, attributes: Mapping[str, str]) -> None:
    """Whether nothing that Subscribe says differs from the subscription that is there; raises
    InvalidParameterException.  `asked` is what it would have made."""
    for name in attributes:
        if _compared(standing, name) != _compared(asked, name):
            raise invalid_parameter(
                "Attributes Reason: Subscription already exists with different attributes"
            )


def _compared(subscription: Subscription, name: str) -> object:
    """What an attribute comes to."""
    policy = subscription.filter_policy
    replay = subscription.replay
    return {
        "DeliveryPolicy": subscription.delivery_policy,
        "FilterPolicy": policy and parse_object("FilterPolicy", policy),
        "FilterPolicyScope": subscription.filter_scope,
        "RawMessageDelivery": subscription.raw,
        "RedrivePolicy": subscription.dead_letter_target,
        "ReplayPolicy": replay and (replay.starting_at, replay.ending_at),
        "SubscriptionRoleArn": subscription.role_arn,
    }[name]


def describe(subscription: Subscription, topic: Topic) -> dict[str, str]:
    """What GetSubscriptionAttributes shows."""
    delivery, replay = subscription.delivery_policy, subscription.replay
    optional = {
        "DeliveryPolicy": delivery and stored_subscription_text(delivery),
        "EffectiveDeliveryPolicy": _effective(subscription, topic),
        "FilterPolicy": subscription.filter_policy,
        "FilterPolicyScope": subscription.filter_policy and subscription.filter_scope,
        "RedrivePolicy": subscription.redrive_policy,
        "ReplayPolicy": replay and replay.policy,
        "ReplayStatus": replay and replay.status,
        "SubscriptionRoleArn": subscription.role_arn,
    }
    return {
        "SubscriptionArn": subscription.arn,
        "TopicArn": subscription.topic_arn,
        "Owner": subscription.owner,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "PendingConfirmation": _boolean(subscription.pending),
        "ConfirmationWasAuthenticated": _boolean(subscription.confirmation_was_authenticated),
        "RawMessageDelivery": _boolean(subscription.raw),
        "SubscriptionPrincipal": subscription.principal,
        **{name: value for name, value in optional.items() if value},
    }


def _effective(subscription: Subscription, topic: Topic) -> str | None:
    """What counts, of those that have a delivery policy at all."""
    if subscription.protocol not in _HTTP:
        return None
    return effective_subscription_text(
        effective_policy(topic.delivery_policy, subscription.delivery_policy, raw=subscription.raw)
    )


def _boolean(value: bool) -> str:
    return "true" if value else "false"
