"""Unsubscribe: by the owner of the subscription or of the topic, or by whoever has the link."""

from collections.abc import Iterator
from typing import Final

import msgspec

from tidegate.api import sns
from tidegate.base.call import Call
from tidegate.base.refusals import AuthorizationErrorException
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.entity import Entity, EntityName, name_of
from tidegate.catalog.topics import CancelledSubscription, Subscription, Topic
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.sns.arns import read_subscription_arn
from tidegate.services.sns.lookup import Lookup
from tidegate.services.sns.ports import MayAlso, Outward
from tidegate.services.sns.tokens import NewToken, Tokens

_MOST_CANCELLED: Final = 1_000
"""Of one topic; more than that cannot be taken back by their tokens."""


class Unsubscribing:
    """Decides itself who may: an unsubscribe link needs no signature, unless the subscription was
    confirmed with AuthenticateOnUnsubscribe."""

    def __init__(
        self,
        definitions: Definitions,
        lookup: Lookup,
        tokens: Tokens,
        may_also: MayAlso,
        outward: Outward,
    ) -> None:
        self._definitions = definitions
        self._lookup = lookup
        self._tokens = tokens
        self._may_also = may_also
        self._outward = outward

    def unsubscribe(self, call: Call, request: sns.UnsubscribeInput) -> None:
        """A subscription that is not there is ended as well, for whom it could belong to."""
        subscription = self._lookup.find_subscription(call, request.SubscriptionArn)
        topic_arn = read_subscription_arn(call, request.SubscriptionArn).topic_arn
        owners = {topic_arn.split(":")[4]}
        if subscription is not None:
            owners.add(subscription.owner)
        account = call.principal.account
        if account and account in owners:
            owns_topic = account == topic_arn.split(":")[4]
            self._may_also(call, "sns:Unsubscribe", topic_arn if owns_topic else "*")
        elif account if subscription is None else not _is_open(subscription):
            who = call.principal.arn or "anonymous"
            raise AuthorizationErrorException(
                f"User: {who} is not authorized to perform: SNS:Unsubscribe on resource: "
                f"{topic_arn}"
            )
        if subscription is None:
            self._definitions.tell(call, None)
        else:
            self._end(call, subscription, cancels=account != subscription.owner)

    def _end(self, call: Call, subscription: Subscription, *, cancels: bool) -> None:
        """Where somebody else than its owner ends a subscription that anybody may end, its endpoint
        gets a token with which it may have that back."""
        topic = self._lookup.topic_of(subscription)
        token: NewToken | None = None
        if cancels and _is_open(subscription):
            token = self._tokens.issue(subscription.id, self._definitions.now_ms())

        def decide(entities: Entities, now: int) -> Decision:
            counted = topic.deleted_subscriptions + 1
            puts: list[Entity] = [msgspec.structs.replace(topic, deleted_subscriptions=counted)]
            if token is not None:
                puts.append(CancelledSubscription(subscription, token.issued))
            removed = (name_of(subscription), *_forgotten(entities, topic, now))
            return Decision(Changes(tuple(puts), removed))

        self._definitions.change(call, decide)
        if token is not None:
            self._outward.send_cancellation(subscription, token.text)


def _is_open(subscription: Subscription) -> bool:
    """Whether its unsubscribe link works for everybody."""
    return not (subscription.pending or subscription.authenticate_on_unsubscribe)


def _forgotten(entities: Entities, topic: Topic, now: int) -> Iterator[EntityName]:
    """Cancelled subscriptions whose tokens are of no use any more, and the oldest of too many."""
    cancelled = sorted(
        entities.all_of(CancelledSubscription, topic.arn).values(),
        key=lambda each: each.token.expires_at,
    )
    too_many = len(cancelled) - _MOST_CANCELLED + 1
    for place, each in enumerate(cancelled):
        if place < too_many or each.token.expires_at <= now:
            yield name_of(each)
