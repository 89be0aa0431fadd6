"""One topic and its subscribers, so that a test reads as what it does."""

from __future__ import annotations

import json
from typing import Any

from sdk.access.principals import Account, Principal, allow, policy, unique
from sdk.queue_under_test import Queue

SERVICE = {"Service": "sns.amazonaws.com"}


class Topic:
    """A topic of an account, spoken to as its owner unless a test says by whom."""

    def __init__(self, owner: Principal, arn: str) -> None:
        self.owner = owner
        self.arn = arn

    @property
    def name(self) -> str:
        return self.arn.rsplit(":", 1)[1]

    @property
    def fifo(self) -> bool:
        return self.arn.endswith(".fifo")

    def publish(
        self, message: str = "x", *, by: Principal | None = None, **parameters: Any
    ) -> dict[str, Any]:
        sns = (by or self.owner).sns
        return sns.publish(TopicArn=self.arn, Message=message, **parameters)

    def publish_batch(
        self, entries: list[dict[str, Any]], *, by: Principal | None = None
    ) -> dict[str, Any]:
        """The entries' ids are their places, where they have none."""
        named = [{"Id": str(place), **entry} for place, entry in enumerate(entries)]
        sns = (by or self.owner).sns
        return sns.publish_batch(TopicArn=self.arn, PublishBatchRequestEntries=named)

    def subscribe(
        self,
        endpoint: str,
        protocol: str = "sqs",
        *,
        by: Principal | None = None,
        **attributes: Any,
    ) -> str:
        """The subscription's ARN; attributes that are no text are written as JSON."""
        written = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in attributes.items()
        }
        answer = (by or self.owner).sns.subscribe(
            TopicArn=self.arn,
            Protocol=protocol,
            Endpoint=endpoint,
            Attributes=written,
            ReturnSubscriptionArn=True,
        )
        return str(answer["SubscriptionArn"])

    def attributes(self) -> dict[str, str]:
        return self.owner.sns.get_topic_attributes(TopicArn=self.arn)["Attributes"]

    def set(self, **attributes: Any) -> None:
        for name, value in attributes.items():
            self.owner.sns.set_topic_attributes(
                TopicArn=self.arn,
                AttributeName=name,
                AttributeValue=value if isinstance(value, str) else json.dumps(value),
            )

    def subscriptions(self) -> list[dict[str, str]]:
        return self.owner.sns.list_subscriptions_by_topic(TopicArn=self.arn)["Subscriptions"]


class Subscriber:
    """A queue that is subscribed to a topic."""

    def __init__(self, topic: Topic, queue: Queue, arn: str) -> None:
        self.topic = topic
        self.queue = queue
        self.arn = arn

    def attributes(self) -> dict[str, str]:
        answer = self.topic.owner.sns.get_subscription_attributes(SubscriptionArn=self.arn)
        return answer["Attributes"]

    def set(self, **attributes: Any) -> None:
        for name, value in attributes.items():
            self.topic.owner.sns.set_subscription_attributes(
                SubscriptionArn=self.arn,
                AttributeName=name,
                AttributeValue=value if isinstance(value, str) else json.dumps(value),
            )

    def messages(self, **parameters: Any) -> list[dict[str, Any]]:
        """All that the queue has, with everything that the messages carry, taken and deleted."""
        found: list[dict[str, Any]] = []
        names = {"AttributeNames": ["All"], "MessageAttributeNames": ["All"]}
        while messages := self.queue.receive(**names, **parameters):
            self.queue.delete_all(messages)
            found += messages
            parameters.pop("WaitTimeSeconds", None)
        return found

    def bodies(self, **parameters: Any) -> list[str]:
        return [message["Body"] for message in self.messages(**parameters)]

    def envelopes(self, **parameters: Any) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.bodies(**parameters)]

    def texts(self, **parameters: Any) -> list[str]:
        """What was published, of all that came in an envelope."""
        return [envelope["Message"] for envelope in self.envelopes(**parameters)]


def create_topic(owner: Principal, *, fifo: bool = False, **attributes: str) -> Topic:
    """A new topic; a FIFO topic deduplicates by content unless the test says otherwise."""
    name = unique("topic")
    if fifo:
        name += ".fifo"
        attributes = {"FifoTopic": "true", "ContentBasedDeduplication": "true", **attributes}
    answer = owner.sns.create_topic(Name=name, Attributes=attributes)
    return Topic(owner, answer["TopicArn"])


def create_queue(
    owner: Account, *, fifo: bool = False, let_in: str | None = "*", **attributes: str
) -> Queue:
    """A new queue with a policy that lets in the topics whose ARN is like that; None: nobody."""
    name = unique("queue")
    if fifo:
        name += ".fifo"
        attributes = {"FifoQueue": "true", **attributes}
    if let_in is not None:
        condition = {"ArnLike": {"aws:SourceArn": let_in}} if let_in != "*" else {}
        attributes["Policy"] = entrance(owner.queue_arn(name), condition)
    answer = owner.sqs.create_queue(QueueName=name, Attributes=attributes)
    return Queue(owner.sqs, answer["QueueUrl"])


def entrance(queue_arn: str, condition: dict[str, Any] | None = None) -> str:
    """The policy of a queue that topics may write into, as AWS's guide has it."""
    more = {"Condition": condition} if condition else {}
    return policy(allow("sqs:SendMessage", queue_arn, Principal=SERVICE, **more))


def create_subscriber(
    topic: Topic,
    owner: Account,
    *,
    fifo: bool = False,
    let_in: str | None = "*",
    queue: dict[str, str] | None = None,
    **attributes: Any,
) -> Subscriber:
    """A new queue, with these attributes of its own, subscribed to the topic with the others."""
    made = create_queue(owner, fifo=fifo, let_in=let_in, **(queue or {}))
    return Subscriber(topic, made, topic.subscribe(owner.queue_arn(made.name), **attributes))


def text(value: str, kind: str = "String") -> dict[str, str]:
    """The value of a message attribute."""
    return {"DataType": kind, "StringValue": value}
