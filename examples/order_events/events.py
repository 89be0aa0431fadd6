"""What a shop publishes: whatever happens to an order is one event, and it is published once."""

import json
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

KINDS = ("placed", "paid", "cancelled")
COUNTRIES = ("DE", "FR", "NO", "US")
BATCH = 10
"""PublishBatch takes no more."""


@dataclass(frozen=True)
class Event:
    id: int
    """What makes the event one and the same, if it should be delivered twice."""
    order: int
    kind: str
    country: str
    total: float
    is_download: bool

    def entry(self) -> dict[str, Any]:
        """The event as an entry of PublishBatch.

        What consumers choose by can stand in attributes, beside the message, or in the message
        itself; a filter policy looks at one of the two.
        """
        return {
            "Id": str(self.id),
            "Message": json.dumps(asdict(self)),
            "MessageAttributes": {
                "kind": {"DataType": "String", "StringValue": self.kind},
                "country": {"DataType": "String", "StringValue": self.country},
                "total": {"DataType": "Number", "StringValue": str(self.total)},
            },
        }

    @classmethod
    def from_message(cls, message: str) -> "Event":
        return cls(**json.loads(message))


def plan_events(orders: int, seed: int) -> list[Event]:
    """Each order is placed, and then paid or cancelled."""
    chance = random.Random(seed)
    events: list[Event] = []
    for order in range(orders):
        country = chance.choice(COUNTRIES)
        total = round(chance.uniform(5, 2_000), 2)
        is_download = chance.random() < 0.3
        for kind in ("placed", chance.choice(KINDS[1:])):
            events.append(Event(len(events), order, kind, country, total, is_download))
    return events


def publish(sns: Any, topic_arn: str, events: list[Event]) -> None:
    """Publish each event once, however many consumers there are.

    Raises RuntimeError if the topic refuses one.
    """
    for batch in _batches(events):
        answer = sns.publish_batch(
            TopicArn=topic_arn, PublishBatchRequestEntries=[event.entry() for event in batch]
        )
        # A batch succeeds or fails entry by entry, and its call raises nothing.
        if answer.get("Failed"):
            raise RuntimeError(f"events that could not be published: {answer['Failed']}")


def _batches(events: list[Event]) -> Iterator[list[Event]]:
    for start in range(0, len(events), BATCH):
        yield events[start : start + BATCH]
