"""From a message in a hidden queue to the job of sending it, by the definitions of this moment."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from tidegate.catalog.delivery_policy import EffectivePolicy, RetryPolicy, effective_policy
from tidegate.catalog.notifications import (
    SUBSCRIPTION_CONFIRMATION,
    UNSUBSCRIBE_CONFIRMATION,
    subscribe_url,
    unsubscribe_url,
)
from tidegate.catalog.retry_schedule import AWS_MANAGED, CUSTOMER_MANAGED, HTTP_TOTAL_S
from tidegate.catalog.topics import CancelledSubscription, Subscription, Topic, topic_scope
from tidegate.runtime.definitions import Definitions
from tidegate.server.deliveries.taken import Taken
from tidegate.server.deliveries.targets import Targets
from tidegate.server.deliveries.waiting import Waiting
from tidegate.workers.jobs import Job
from tidegate.workers.notification import Notification

_HTTP: Final = ("http", "https")
_FIXED: Final[dict[str, RetryPolicy]] = {
    "application": CUSTOMER_MANAGED,
    "email": CUSTOMER_MANAGED,
    "email-json": CUSTOMER_MANAGED,
    "firehose": AWS_MANAGED,
    "lambda": AWS_MANAGED,
    "sms": CUSTOMER_MANAGED,
}
"""How often is tried what no delivery policy is for.  Source: SNS developer guide, "Amazon SNS
message delivery retries"."""


class JobMaker:
    def __init__(
        self, definitions: Definitions, targets: Targets, origin: Callable[[], str]
    ) -> None:
        """`origin()` is scheme, host and port of the links in messages."""
        self._definitions = definitions
        self._targets = targets
        self._origin = origin

    def job(self, waiting: Waiting) -> Job | None:
        """None for what nobody is to get any more.  Raises Unopened."""
        if waiting.queue.kind == "device":
            return self._to_device(waiting)
        if waiting.queue.kind == "phones":
            return self._to_phone(waiting)
        subscription = self._subscription(waiting)
        topic = None if subscription is None else self._topic_of(subscription)
        if subscription is None or topic is None:
            return None
        return self._to_subscription(topic, subscription, waiting)

    # --- Subscriptions ---------------------------------------------------------------------------

    def _subscription(self, waiting: Waiting) -> Subscription | None:
        """The one that the message is still for: one that waits for its confirmation gets nothing
        else, and one that is confirmed needs none."""
        topic_arn, id = waiting.topic_and_id
        entities = self._definitions.entities
        if waiting.queue.kind == "cancelled":
            cancelled = entities.find(CancelledSubscription, topic_arn, id)
            return None if cancelled is None else cancelled.subscription
        found = entities.find(Subscription, topic_arn, id)
        if found is None or found.is_lapsed(self._definitions.now_ms()):
            return None
        is_confirmation = waiting.publication.token is not None
        return found if found.pending is is_confirmation else None

    def _topic_of(self, subscription: Subscription) -> Topic | None:
        _, _, _, region, account, name = subscription.topic_arn.split(":", 5)
        return self._definitions.entities.find(Topic, topic_scope(account, region), name)

    def _to_subscription(self, topic: Topic, subscription: Subscription, waiting: Waiting) -> Job:
        protocol, endpoint = subscription.protocol, subscription.endpoint
        effective = EffectivePolicy(_FIXED.get(protocol, CUSTOMER_MANAGED))
        if protocol in _HTTP:
            effective = effective_policy(
                topic.delivery_policy, subscription.delivery_policy, raw=subscription.raw
            )
        taken = Taken(
            receipt=waiting.delivery.receipt,
            delivery_id=waiting.delivery_id,
            account_region=topic.scope,
            destination=_without_credentials(endpoint),
            topic=topic,
            subscription=subscription,
            device=self._targets.device(endpoint) if protocol == "application" else None,
            most_per_second=effective.max_receives_per_second,
            is_confirmation=waiting.publication.token is not None,
        )
        return _job(
            waiting,
            taken,
            protocol,
            self._for_subscription(subscription, waiting),
            self._targets.of(topic, subscription, effective.content_type),
            effective.retry,
            HTTP_TOTAL_S if protocol in _HTTP else None,
        )

    def _for_subscription(self, subscription: Subscription, waiting: Waiting) -> Notification:
        token, topic_arn, origin = (
            waiting.publication.token,
            subscription.topic_arn,
            self._origin(),
        )
        if token is None:
            link = unsubscribe_url(origin, subscription.arn)
            return waiting.notification(
                topic_arn=topic_arn, subscription_arn=subscription.arn, unsubscribe_url=link
            )
        ends = waiting.queue.kind == "cancelled"
        return waiting.notification(
            type=UNSUBSCRIBE_CONFIRMATION if ends else SUBSCRIPTION_CONFIRMATION,
            topic_arn=topic_arn,
            subscription_arn=subscription.arn,
            token=token,
            subscribe_url=subscribe_url(origin, topic_arn, token),
        )

    # --- Straight to devices and phones ----------------------------------------------------------

    def _to_device(self, waiting: Waiting) -> Job | None:
        endpoint_arn, _ = waiting.topic_and_id
        device = self._targets.device(endpoint_arn)
        if device is None:
            return None
        taken = Taken(
            receipt=waiting.delivery.receipt,
            delivery_id=waiting.delivery_id,
            account_region=device.application.scope,
            destination=endpoint_arn,
            device=device,
        )
        target = self._targets.push(device)
        notification = waiting.notification()
        return _job(waiting, taken, "application", notification, target, CUSTOMER_MANAGED)

    def _to_phone(self, waiting: Waiting) -> Job:
        number = waiting.publication.destination
        assert number is not None, "it says to which phone"
        account_region = topic_scope(waiting.queue.account, waiting.queue.region)
        taken = Taken(
            receipt=waiting.delivery.receipt,
            delivery_id=waiting.delivery_id,
            account_region=account_region,
            destination=number,
        )
        target = self._targets.phone(account_region, number, is_password=waiting.is_of_sns)
        return _job(waiting, taken, "sms", waiting.notification(), target, CUSTOMER_MANAGED)


def _job(
    waiting: Waiting,
    taken: Taken,
    protocol: str,
    notification: Notification,
    target: Any,
    policy: RetryPolicy,
    most_retry_s: int | None = None,
) -> Job:
    return Job(
        queue=waiting.queue_arn,
        receipt=taken,
        attempt=taken.receipt.receive_count,
        published_at=notification.published_at,
        protocol=protocol,
        notification=notification,
        target=target,
        policy=policy,
        most_retry_s=most_retry_s,
    )


def _without_credentials(endpoint: str) -> str:
    if "://" not in endpoint or "@" not in endpoint:
        return endpoint
    parts = urlsplit(endpoint)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
