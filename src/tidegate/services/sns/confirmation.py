"""ConfirmSubscription: an endpoint says that it wants the messages."""

import msgspec

from tidegate.api import sns
from tidegate.base.call import Call
from tidegate.base.refusals import (
    InvalidParameterException,
    MissingAuthenticationToken,
    invalid_parameter,
)
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.entity import EntityName, name_of
from tidegate.catalog.topics import CancelledSubscription, IssuedToken, Subscription, Topic
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.sns.arns import Named, read_topic_arn
from tidegate.services.sns.lookup import Lookup
from tidegate.services.sns.subscription_limits import check_room
from tidegate.services.sns.tokens import Tokens, find_issued, subscription_of


class Confirmation:
    """The token alone decides; a signature is needed for AuthenticateOnUnsubscribe only."""

    def __init__(self, definitions: Definitions, lookup: Lookup, tokens: Tokens) -> None:
        self._definitions = definitions
        self._lookup = lookup
        self._tokens = tokens

    def confirm(self, call: Call, request: sns.ConfirmSubscriptionInput) -> None:
        """Once more for a subscription that is confirmed is no fault, and changes nothing."""
        named = read_topic_arn(call, request.TopicArn)
        signed = call.principal.kind != "Anonymous"
        authenticate = (request.AuthenticateOnUnsubscribe or "").lower() == "true"
        if authenticate and not signed:
            raise MissingAuthenticationToken
        id = subscription_of(request.Token)
        if id is None:
            raise InvalidParameterException("Invalid token")

        def decide(entities: Entities, now: int) -> Decision:
            subscription, issued, removed = self._found(named, request, id, now)
            if subscription.pending:
                subscription = msgspec.structs.replace(
                    subscription,
                    pending=False,
                    tokens=(issued,),
                    confirmation_was_authenticated=signed,
                    authenticate_on_unsubscribe=authenticate,
                )
            known = entities.find(Subscription, subscription.topic_arn, subscription.id)
            puts = () if known == subscription else (subscription,)
            answer = sns.ConfirmSubscriptionResponse(SubscriptionArn=subscription.arn)
            return Decision(Changes(puts, removed), answer)

        self._definitions.change(call, decide)

    def _found(
        self, named: Named, request: sns.ConfirmSubscriptionInput, id: str, now: int
    ) -> tuple[Subscription, IssuedToken, tuple[EntityName, ...]]:
        """The subscription that the token is for, which of its tokens it is, and what goes."""
        entities, arn = self._lookup.entities, request.TopicArn
        topic = entities.find(Topic, named.scope, named.rest)
        subscription = entities.find(Subscription, arn, id)
        if subscription is not None:
            issued = find_issued(subscription.tokens, request.Token, now)
            if topic is not None and issued is not None:
                return subscription, issued, ()
        cancelled = entities.find(CancelledSubscription, arn, id)
        if cancelled is not None and topic is not None:
            issued = find_issued((cancelled.token,), request.Token, now)
            if issued is not None:
                again = self._again(topic, cancelled, now)
                return again, issued, (name_of(cancelled),)
        raise invalid_parameter("Token")

    def _again(self, topic: Topic, cancelled: CancelledSubscription, now: int) -> Subscription:
        """A new subscription like the one that was cancelled; its id is never given twice."""
        again = msgspec.structs.replace(
            cancelled.subscription, id=self._tokens.new_id(), created_at=now, pending=True
        )
        check_room(self._lookup.entities, topic, again, now)
        return again
