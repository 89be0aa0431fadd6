"""The consumers: each has a queue of its own, which the topic fills while the consumer is away."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from order_events.events import Event
from policies import queue_policy

WAIT_S = 1
"""How long a consumer waits for another event before it believes that there is none."""


@dataclass(frozen=True)
class Interest:
    """What a consumer wants to know of."""

    name: str
    filter_policy: dict[str, Any]
    wants: Callable[[Event], bool]
    """The same said in Python, to check what came by."""
    scope: str = "MessageAttributes"
    """Where the filter policy looks: there, or in the MessageBody."""
    is_raw: bool = False
    """Whether the queue gets the bare message; otherwise it is wrapped into a notification, which
    says where it comes from."""


INTERESTS = (
    Interest(
        "billing",
        {"kind": ["paid", "cancelled"]},
        lambda event: event.kind in ("paid", "cancelled"),
    ),
    Interest(
        "warehouse",
        {"kind": ["paid"], "is_download": [False]},
        lambda event: event.kind == "paid" and not event.is_download,
        scope="MessageBody",
        is_raw=True,
    ),
    Interest(
        "risk",
        {"total": [{"numeric": [">=", 1000]}], "country": [{"anything-but": ["DE", "FR"]}]},
        lambda event: event.total >= 1000 and event.country not in ("DE", "FR"),
    ),
)


class Consumer:
    """A consumer's queue and its subscription, both made for this run."""

    def __init__(self, sns: Any, sqs: Any, topic_arn: str, interest: Interest, name: str) -> None:
        self._sns = sns
        self._sqs = sqs
        self.interest = interest
        self._queue_url: str = sqs.create_queue(QueueName=name)["QueueUrl"]
        attributes = sqs.get_queue_attributes(
            QueueUrl=self._queue_url, AttributeNames=["QueueArn"]
        )["Attributes"]
        queue_arn = attributes["QueueArn"]
        # Nothing reaches a queue whose policy does not let the topic in.
        policy = queue_policy(queue_arn, topic_arn)
        sqs.set_queue_attributes(QueueUrl=self._queue_url, Attributes={"Policy": policy})
        self._subscription_arn: str = sns.subscribe(
            TopicArn=topic_arn,
            Protocol="sqs",
            Endpoint=queue_arn,
            Attributes={
                "FilterPolicy": json.dumps(interest.filter_policy),
                "FilterPolicyScope": interest.scope,
                "RawMessageDelivery": str(interest.is_raw).lower(),
            },
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]

    def read_all(self) -> list[Event]:
        """The events in the queue, each once, in the order of their ids."""
        events: dict[int, Event] = {}
        while messages := self._receive():
            for message in messages:
                body = message["Body"]
                text = body if self.interest.is_raw else json.loads(body)["Message"]
                event = Event.from_message(text)
                events[event.id] = event
                self._sqs.delete_message(
                    QueueUrl=self._queue_url, ReceiptHandle=message["ReceiptHandle"]
                )
        return [events[id] for id in sorted(events)]

    def _receive(self) -> list[dict[str, Any]]:
        answer = self._sqs.receive_message(
            QueueUrl=self._queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=WAIT_S
        )
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        return messages

    def close(self) -> None:
        self._sns.unsubscribe(SubscriptionArn=self._subscription_arn)
        self._sqs.delete_queue(QueueUrl=self._queue_url)
