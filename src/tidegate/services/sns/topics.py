"""The operations on topics: create, delete, list, and their attributes."""

from collections.abc import Iterator

import msgspec

from tidegate.api import sns
from tidegate.base import sns_limits as limits
from tidegate.base.call import Call
from tidegate.base.refusals import (
    InvalidParameterException,
    InvalidStateException,
    TopicLimitExceededException,
    among_attributes,
    invalid_parameter,
)
from tidegate.catalog.data_protection import check_data_protection
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.entity import name_of
from tidegate.catalog.subscription_endpoints import LARGE_MESSAGES
from tidegate.catalog.topic_attributes import (
    check_same,
    define,
    describe,
    is_topic_name,
    with_attribute,
)
from tidegate.catalog.topic_policy import with_policy_ids
from tidegate.catalog.topic_tags import checked_tags
from tidegate.catalog.topics import (
    CancelledSubscription,
    Subscription,
    Topic,
    topic_arn,
    topic_scope,
)
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.sns.arns import read_topic_arn
from tidegate.services.sns.lookup import Lookup
from tidegate.services.sns.pages import page_of
from tidegate.services.sns.policies import check_policy
from tidegate.services.sns.ports import MayAlso
from tidegate.services.sns.removal import remove_all
from tidegate.services.sns.topic_change import change_topic


def new_topic(call: Call, request: sns.CreateTopicInput) -> str:
    """The ARN of the topic that a request gives a name to."""
    if not is_topic_name(request.Name):
        raise invalid_parameter("Topic Name")
    return topic_arn(call.principal.account, call.region, request.Name)


class Topics:
    def __init__(self, definitions: Definitions, lookup: Lookup, may_also: MayAlso) -> None:
        self._definitions = definitions
        self._lookup = lookup
        self._may_also = may_also

    def create(self, call: Call, request: sns.CreateTopicInput) -> None:
        """Succeeds for a topic that is there already and from which nothing in the request
        differs."""
        arn = new_topic(call, request)
        attributes = request.Attributes or {}
        tags = checked_tags((tag.Key, tag.Value) for tag in request.Tags or ())
        if tags:
            self._may_also(call, "sns:TagResource", arn)
        if attributes.get("Policy"):
            self._check_policy_among(attributes["Policy"])
        if request.DataProtectionPolicy:
            check_data_protection(request.DataProtectionPolicy)

        def decide(entities: Entities, now: int) -> Decision:
            answer = sns.CreateTopicResponse(TopicArn=arn)
            account, region = call.principal.account, call.region
            standing = entities.find(Topic, topic_scope(account, region), request.Name)
            if standing is not None:
                check_same(entities, standing, attributes, tags)
                return Decision(Changes(), answer)
            topic = define(account, region, request.Name, attributes, now)
            topic = with_policy_ids(entities, topic)
            _check_room(entities, topic)
            policy = request.DataProtectionPolicy or None
            topic = msgspec.structs.replace(topic, tags=tags, data_protection_policy=policy)
            return Decision(Changes(puts=(topic,)), answer)

        self._definitions.change(call, decide)

    def _check_policy_among(self, text: str) -> None:
        try:
            check_policy(text, self._lookup.entities)
        except InvalidParameterException as refusal:
            raise among_attributes(refusal) from None

    def delete(self, call: Call, request: sns.DeleteTopicInput) -> None:
        """Takes the subscriptions with it.  A topic that is not there is deleted as well."""
        named = read_topic_arn(call, request.TopicArn)
        entities = self._lookup.entities
        topic = entities.find(Topic, named.scope, named.rest)
        if topic is None:
            self._definitions.tell(call, None)
            return
        if topic.archive_days is not None:
            raise InvalidStateException(
                "Invalid state: the topic has an active ArchivePolicy, which must be deactivated "
                "before the topic can be deleted"
            )
        names = [
            name_of(each)
            for kind in (Subscription, CancelledSubscription)
            for each in entities.all_of(kind, topic.arn).values()
        ]
        remove_all(self._definitions, call, [*names, name_of(topic)])

    def list(self, call: Call, request: sns.ListTopicsInput) -> None:
        scope = topic_scope(call.principal.account, call.region)
        topics = self._lookup.entities.all_of(Topic, scope)
        page = page_of(topics, str, request.NextToken)
        answer = sns.ListTopicsResponse(
            Topics=[sns.Topic(TopicArn=topics[name].arn) for name in page.results],
            NextToken=page.next_token,
        )
        self._definitions.tell(call, answer)

    def get_attributes(self, call: Call, request: sns.GetTopicAttributesInput) -> None:
        topic = self._lookup.topic(call, request.TopicArn)
        waiting = [each.pending for each in self._lookup.subscriptions(topic.arn)]
        pending = sum(waiting)
        entities, now = self._lookup.entities, self._definitions.now_ms()
        shown = describe(entities, topic, len(waiting) - pending, pending, now)
        self._definitions.tell(call, sns.GetTopicAttributesResponse(Attributes=shown))

    def set_attributes(self, call: Call, request: sns.SetTopicAttributesInput) -> None:
        topic = self._lookup.topic(call, request.TopicArn)
        name, value = request.AttributeName, request.AttributeValue or ""
        if name == "Policy" and value:
            check_policy(value, self._lookup.entities)

        def change(topic: Topic, now: int) -> Topic:
            changed = with_attribute(topic, name, value, now)
            if name == "Policy":
                changed = with_policy_ids(self._lookup.entities, changed)
            if name == "MaximumMessageSize":
                _check_large(changed, self._lookup.subscriptions(topic.arn))
            return changed

        change_topic(self._definitions, call, topic, change)


def _check_room(entities: Entities, topic: Topic) -> None:
    standing = entities.all_of(Topic, topic.scope)
    most = limits.FIFO_TOPICS if topic.fifo else limits.STANDARD_TOPICS
    if len(standing) < most:
        return
    if sum(each.fifo is topic.fifo for each in standing.values()) >= most:
        raise TopicLimitExceededException("Topic limit exceeded")


def _check_large(topic: Topic, subscriptions: Iterator[Subscription]) -> None:
    """Whether all subscriptions can take messages as large as the topic now allows."""
    if (topic.maximum_message_size or 0) <= limits.USUAL_MESSAGE_SIZE:
        return
    protocols = [each.protocol for each in subscriptions]
    if len(protocols) > limits.LARGE_MESSAGE_SUBSCRIPTIONS:
        raise invalid_parameter(
            f"MaximumMessageSize: a topic with more than {limits.LARGE_MESSAGE_SUBSCRIPTIONS} "
            f"subscriptions cannot have more than {limits.USUAL_MESSAGE_SIZE}"
        )
    if not LARGE_MESSAGES.issuperset(protocols):
        raise invalid_parameter(
            "MaximumMessageSize: only Amazon SQS, Amazon Data Firehose and Lambda subscriptions "
            f"support more than {limits.USUAL_MESSAGE_SIZE}"
        )
