"""Order events: a shop publishes each once, and three consumers get those that they asked for."""

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import boto3

from order_events.consumers import INTERESTS, Consumer
from order_events.events import Event, plan_events, publish
from server import Endpoint

ORDERS = 100


@dataclass(frozen=True)
class Outcome:
    """What a consumer got, and what it should have got."""

    consumer: str
    filter_policy: str
    got: list[int]
    wanted: list[int]

    def line(self) -> str:
        return f"{self.consumer:<12}{len(self.got):>5}{len(self.wanted):>9}   {self.filter_policy}"


def verdict(published: int, outcomes: list[Outcome]) -> tuple[bool, str]:
    """Whether every consumer got what it wants and nothing else, and a sentence that says so."""
    wrong = [each.consumer for each in outcomes if each.got != each.wanted]
    if wrong:
        return False, f"FAILED: {', '.join(wrong)} did not get the events that they asked for."
    return True, f"{published} events were published once; each consumer got its own, and no other."


def main(endpoint: Endpoint, arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="order_events", description="Run the order events.")
    parser.add_argument("--seed", type=int, default=7, help="decides which orders there are")
    given = parser.parse_args(arguments)
    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    events = plan_events(ORDERS, given.seed)
    print(f"Order events on {endpoint.url}\n")
    with ExitStack() as opened:
        # Names of this run alone, so that it finds nothing of an earlier one.
        name = f"orders-{time.time_ns()}"
        topic_arn = opened.enter_context(_topic(sns, name))
        consumers = []
        for interest in INTERESTS:
            queue = f"{name}-{interest.name}"
            consumers.append(Consumer(sns, sqs, topic_arn, interest, queue))
            opened.callback(consumers[-1].close)
        publish(sns, topic_arn, events)
        outcomes = [_outcome(consumer, events) for consumer in consumers]
    print(f"{'consumer':<12}{'got':>5}{'wanted':>9}   filter policy")
    print("\n".join(outcome.line() for outcome in outcomes))
    is_right, sentence = verdict(len(events), outcomes)
    print(f"\n{sentence}")
    return 0 if is_right else 1


@contextmanager
def _topic(sns: Any, name: str) -> Iterator[str]:
    topic_arn: str = sns.create_topic(Name=name)["TopicArn"]
    try:
        yield topic_arn
    finally:
        sns.delete_topic(TopicArn=topic_arn)


def _outcome(consumer: Consumer, events: list[Event]) -> Outcome:
    interest = consumer.interest
    return Outcome(
        interest.name,
        json.dumps(interest.filter_policy),
        [event.id for event in consumer.read_all()],
        [event.id for event in events if interest.wants(event)],
    )
