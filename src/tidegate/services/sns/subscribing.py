"""Subscribe: a new subscription, or the one that is there already."""

from typing import Final

import msgspec

from tidegate.api import sns
from tidegate.base.call import Call
from tidegate.base.refusals import invalid_parameter
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.entity import EntityName, name_of
from tidegate.catalog.push import PlatformEndpoint
from tidegate.catalog.subscription_attributes import check_same, with_attributes
from tidegate.catalog.subscription_endpoints import (
    CONFIRMED_BY_ENDPOINT,
    check_endpoint,
    owner_of,
)
from tidegate.catalog.topics import Subscription, Topic
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.sns.lookup import Lookup
from tidegate.services.sns.ports import Outward
from tidegate.services.sns.subscription_limits import check_room
from tidegate.services.sns.tokens import NewToken, Tokens

PENDING: Final = "pending confirmation"
"""What stands for the ARN of a subscription that is not confirmed yet."""
_MOST_LAPSED: Final = 100
"""Lapsed subscriptions that a change takes with it."""
_MOST_TOKENS: Final = 5
"""Of one subscription; each time that it is asked for again its endpoint gets another one."""


def subscribe_context(call: Call, request: sns.SubscribeInput) -> dict[str, str | list[str]]:
    """The condition keys of Subscribe."""
    return {"sns:Endpoint": request.Endpoint or "", "sns:Protocol": request.Protocol}


class Subscribing:
    def __init__(
        self, definitions: Definitions, lookup: Lookup, tokens: Tokens, outward: Outward
    ) -> None:
        self._definitions = definitions
        self._lookup = lookup
        self._tokens = tokens
        self._outward = outward

    def subscribe(self, call: Call, request: sns.SubscribeInput) -> None:
        topic = self._lookup.topic(call, request.TopicArn)
        endpoint = request.Endpoint or ""
        check_endpoint(topic, request.Protocol, endpoint)
        if request.Protocol == "application":
            self._check_device(call, endpoint)
        attributes = request.Attributes or {}
        asked = with_attributes(self._asked(call, topic, request), topic, attributes)
        standing, lapsed = self._standing(asked)
        if standing is not None:
            check_same(standing, asked, attributes)
        else:
            check_room(self._lookup.entities, topic, asked, asked.created_at)
        self._put(call, standing or asked, lapsed, explicit=bool(request.ReturnSubscriptionArn))

    def _asked(self, call: Call, topic: Topic, request: sns.SubscribeInput) -> Subscription:
        """The subscription that a request is for, without its attributes."""
        account, endpoint = call.principal.account, request.Endpoint or ""
        owner = owner_of(request.Protocol, endpoint)
        pending = request.Protocol in CONFIRMED_BY_ENDPOINT or owner not in (None, account)
        return Subscription(
            topic_arn=topic.arn,
            id=self._tokens.new_id(),
            owner=account,
            protocol=request.Protocol,
            endpoint=endpoint,
            principal=call.principal.arn,
            created_at=self._definitions.now_ms(),
            pending=pending,
            confirmation_was_authenticated=not pending,
        )

    def _check_device(self, call: Call, endpoint: str) -> None:
        application, _, id = endpoint.replace(":endpoint/", ":app/", 1).rpartition("/")
        mine = owner_of("application", endpoint) == call.principal.account
        if not mine or self._lookup.entities.find(PlatformEndpoint, application, id) is None:
            raise invalid_parameter(
                f"Endpoint Reason: Endpoint does not exist for endpoint {endpoint}"
            )

    def _standing(self, asked: Subscription) -> tuple[Subscription | None, list[EntityName]]:
        """The subscription of this endpoint that is there, and some of the topic's that can go,
        since nobody confirmed them in time."""
        found: Subscription | None = None
        lapsed: list[EntityName] = []
        for each in self._lookup.entities.all_of(Subscription, asked.topic_arn).values():
            if each.pending and each.is_lapsed(asked.created_at):
                lapsed.append(name_of(each))
            elif each.endpoint == asked.endpoint and each.protocol == asked.protocol:
                found = each
        return found, lapsed[:_MOST_LAPSED]

    def _put(
        self, call: Call, subscription: Subscription, lapsed: list[EntityName], *, explicit: bool
    ) -> None:
        token: NewToken | None = None
        if subscription.pending:
            token = self._tokens.issue(subscription.id, self._definitions.now_ms())
            tokens = (*subscription.tokens, token.issued)[-_MOST_TOKENS:]
            subscription = msgspec.structs.replace(subscription, tokens=tokens)
        shown = PENDING if subscription.pending and not explicit else subscription.arn

        def decide(entities: Entities, now: int) -> Decision:
            known = entities.find(Subscription, subscription.topic_arn, subscription.id)
            puts = () if known == subscription else (subscription,)
            return Decision(
                Changes(puts, tuple(lapsed)), sns.SubscribeResponse(SubscriptionArn=shown)
            )

        self._definitions.change(call, decide)
        if token is not None:
            self._outward.send_confirmation(subscription, token.text)
