"""A webhook: a topic posts to it, tries again what it fails at, and puts the hopeless aside."""

import argparse
import json
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import boto3

from policies import queue_policy
from server import Endpoint
from webhook.service import HOPELESS, Service
from webhook.subscriber import Webhook

MESSAGES = 20
LIMIT_S = 30.0

DELIVERY_POLICY = {
    "healthyRetryPolicy": {
        "numRetries": 3,
        "numNoDelayRetries": 1,
        "minDelayTarget": 1,
        "maxDelayTarget": 1,
    }
}
"""A first retry at once and two more, a second apart.  By default there are three, 20 seconds
apart."""


@dataclass(frozen=True)
class Totals:
    """How the run ended."""

    handled: set[int]
    failed_attempts: int
    dead: list[int]
    forgeries_turned_away: int

    def problems(self) -> list[str]:
        """What is not as it should be."""
        expected = set(range(MESSAGES)) - {HOPELESS}
        checks = {
            f"{len(self.handled)} messages were handled": self.handled == expected,
            f"the dead-letter queue has {self.dead}": self.dead == [HOPELESS],
            "a forged notification was taken": self.forgeries_turned_away == 1,
        }
        return [problem for problem, is_right in checks.items() if not is_right]

    def table(self) -> str:
        rows = (
            ("messages published", MESSAGES),
            ("messages handled", len(self.handled)),
            ("attempts that failed", self.failed_attempts),
            ("messages put aside after their last try", len(self.dead)),
            ("forged notifications turned away", self.forgeries_turned_away),
        )
        return "\n".join(f"{name:<44}{count:>6}" for name, count in rows)

    def verdict(self) -> str:
        problems = self.problems()
        if problems:
            return f"FAILED: {'; '.join(problems)}."
        return "Every message was handled or put aside, and none was lost."


class Run:
    """A topic, its webhook and the dead-letter queue between them, all made for this run."""

    def __init__(self, endpoint: str, host: str) -> None:
        self._sns, self._sqs = boto3.client("sns"), boto3.client("sqs")
        self._opened = ExitStack()
        name = f"webhook-{time.time_ns()}"
        # Signatures by SHA-256; those of version 1, the default, are by SHA-1.
        topic = self._sns.create_topic(Name=name, Attributes={"SignatureVersion": "2"})
        self._topic_arn: str = topic["TopicArn"]
        self._opened.callback(self._sns.delete_topic, TopicArn=self._topic_arn)
        self._dead_url: str = self._sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
        self._opened.callback(self._sqs.delete_queue, QueueUrl=self._dead_url)
        self._service = Service()
        self._webhook = Webhook(host, endpoint, self._topic_arn, self._service.handle)
        self._opened.callback(self._webhook.close)

    def run(self) -> Totals:
        self._subscribe()
        for number in range(MESSAGES):
            text = json.dumps({"number": number})
            self._sns.publish(TopicArn=self._topic_arn, Message=text)
        self._forge()
        dead = self._dead_letters()
        return Totals(
            self._service.handled, self._service.failed_attempts, dead, self._webhook.turned_away
        )

    def close(self) -> None:
        self._opened.close()

    def _subscribe(self) -> None:
        """Subscribe the webhook, and wait until it has confirmed that it wants the messages."""
        self._sns.subscribe(
            TopicArn=self._topic_arn,
            Protocol="http",
            Endpoint=self._webhook.url,
            Attributes={
                "DeliveryPolicy": json.dumps(DELIVERY_POLICY),
                "RedrivePolicy": json.dumps({"deadLetterTargetArn": self._let_topic_in()}),
            },
        )
        if not self._webhook.confirmed.wait(LIMIT_S):
            raise RuntimeError("the webhook was not asked to confirm its subscription")

    def _let_topic_in(self) -> str:
        """Let the topic send to the dead-letter queue; the queue's ARN."""
        found = self._sqs.get_queue_attributes(QueueUrl=self._dead_url, AttributeNames=["QueueArn"])
        queue_arn: str = found["Attributes"]["QueueArn"]
        policy = queue_policy(queue_arn, self._topic_arn)
        self._sqs.set_queue_attributes(QueueUrl=self._dead_url, Attributes={"Policy": policy})
        return queue_arn

    def _forge(self) -> None:
        """Post a notification that the topic never sent."""
        document = {
            "Type": "Notification",
            "MessageId": "00000000-0000-0000-0000-000000000000",
            "TopicArn": self._topic_arn,
            "Message": json.dumps({"number": 4711}),
            "Timestamp": "2026-01-01T00:00:00.000Z",
        }
        try:
            with urlopen(Request(self._webhook.url, json.dumps(document).encode())):
                pass
        except HTTPError as refused:
            refused.close()

    def _dead_letters(self) -> list[int]:
        """The numbers of the messages that were put aside, once all others are handled."""
        found: list[int] = []
        gives_up = time.monotonic() + LIMIT_S
        while time.monotonic() < gives_up:
            answer: dict[str, Any] = self._sqs.receive_message(
                QueueUrl=self._dead_url, WaitTimeSeconds=1
            )
            for message in answer.get("Messages", []):
                found.append(json.loads(json.loads(message["Body"])["Message"])["number"])
            if len(found) + len(self._service.handled) >= MESSAGES:
                break
        return found


def main(endpoint: Endpoint, arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="webhook", description="Run the webhook.")
    parser.add_argument(
        "--host", default="127.0.0.1", help="this machine's address, as the endpoint reaches it"
    )
    given = parser.parse_args(arguments)
    print(f"A webhook for {endpoint.url}\n")
    run = Run(endpoint.url, given.host)
    try:
        totals = run.run()
    finally:
        run.close()
    print(f"{totals.table()}\n\n{totals.verdict()}")
    return 1 if totals.problems() else 0
