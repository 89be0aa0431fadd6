"""Subscriptions: their attributes, and lists of them."""

import re
from collections.abc import Iterator
from typing import Final

from tidegate.api import sns
from tidegate.base.call import Call
from tidegate.base.refusals import AuthorizationErrorException
from tidegate.base.sns_limits import PAGE_RESULTS
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.subscription_attributes import describe, with_attribute
from tidegate.catalog.topics import Subscription
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.sns.arns import read_subscription_arn
from tidegate.services.sns.lookup import Lookup
from tidegate.services.sns.pages import Page, page_of, shown_before
from tidegate.services.sns.subscription_limits import check_filter_policies, check_replays

_UUID: Final = "00000000-0000-0000-0000-000000000000"
_PENDING: Final = "PendingConfirmation"
"""What a list has for the ARN of a subscription that is not confirmed yet."""
_PASSWORD: Final = re.compile(r"^(https?://[^/?#@:]*:)[^/?#@]*@")


class Subscriptions:
    def __init__(self, definitions: Definitions, lookup: Lookup) -> None:
        self._definitions = definitions
        self._lookup = lookup

    def named_subscription(self, call: Call, request: sns.GetSubscriptionAttributesInput) -> str:
        """What an operation on a subscription is about: its topic; of a subscription to somebody
        else's topic nothing but the caller's own policies decides."""
        named = read_subscription_arn(call, request.SubscriptionArn)
        found = self._lookup.find_subscription(call, request.SubscriptionArn)
        mine = found is not None and found.owner == call.principal.account
        if mine and named.topic_arn.split(":")[4] != call.principal.account:
            return "*"
        return named.topic_arn

    def get_attributes(self, call: Call, request: sns.GetSubscriptionAttributesInput) -> None:
        subscription = self._lookup.subscription(call, request.SubscriptionArn)
        shown = describe(subscription, self._lookup.topic_of(subscription))
        answer = sns.GetSubscriptionAttributesResponse(Attributes=shown)
        self._definitions.tell(call, answer)

    def set_attributes(self, call: Call, request: sns.SetSubscriptionAttributesInput) -> None:
        """For the owner of the subscription, who need not be that of the topic."""
        subscription = self._lookup.subscription(call, request.SubscriptionArn)
        if subscription.owner != call.principal.account:
            raise AuthorizationErrorException(
                f"User: {call.principal.arn} is not authorized to perform: "
                f"SNS:SetSubscriptionAttributes on resource: {subscription.topic_arn}"
            )
        topic = self._lookup.topic_of(subscription)
        name, value = request.AttributeName, request.AttributeValue or ""

        def decide(entities: Entities, now: int) -> Decision:
            changed = with_attribute(subscription, topic, name, value)
            if changed.filter_policy is not None and subscription.filter_policy is None:
                check_filter_policies(entities, topic)
            if _begins_replay(subscription, changed):
                check_replays(entities, topic)
            return Decision(Changes(puts=() if changed == subscription else (changed,)))

        self._definitions.change(call, decide)

    def list(self, call: Call, request: sns.ListSubscriptionsInput) -> None:
        """Those that the caller's account has made in the region, whosever topics they are of."""
        own = self._own(call, shown_before(request.NextToken))
        page = page_of(own, _arn, request.NextToken)
        answer = sns.ListSubscriptionsResponse(
            Subscriptions=_shown(page), NextToken=page.next_token
        )
        self._definitions.tell(call, answer)

    def _own(self, call: Call, after: str) -> Iterator[Subscription]:
        """From the topic on that the last page ended with, and no further than the page needs."""
        left = PAGE_RESULTS + 1
        for start in sorted(f"{arn}:" for arn in self._lookup.entities.scopes(Subscription)):
            if left <= 0:
                return
            if start < after[: -len(_UUID)] or start.split(":")[3] != call.region:
                continue
            for each in self._lookup.subscriptions(start[:-1]):
                if each.owner == call.principal.account and each.arn > after:
                    left -= 1
                    yield each

    def list_by_topic(self, call: Call, request: sns.ListSubscriptionsByTopicInput) -> None:
        topic = self._lookup.topic(call, request.TopicArn)
        page = page_of(self._lookup.subscriptions(topic.arn), _arn, request.NextToken)
        answer = sns.ListSubscriptionsByTopicResponse(
            Subscriptions=_shown(page), NextToken=page.next_token
        )
        self._definitions.tell(call, answer)


def _begins_replay(before: Subscription, after: Subscription) -> bool:
    if after.replay is None or not after.replay.is_under_way:
        return False
    return before.replay is None or not before.replay.is_under_way


def _arn(subscription: Subscription) -> str:
    return subscription.arn


def _listed(endpoint: str) -> str:
    """Without the password of a URL, which only GetSubscriptionAttributes shows."""
    return _PASSWORD.sub(r"\1****@", endpoint)


def _shown(page: Page[Subscription]) -> list[sns.Subscription]:
    return [
        sns.Subscription(
            SubscriptionArn=_PENDING if each.pending else each.arn,
            Owner=each.owner,
            Protocol=each.protocol,
            Endpoint=_listed(each.endpoint),
            TopicArn=each.topic_arn,
        )
        for each in page.results
    ]
