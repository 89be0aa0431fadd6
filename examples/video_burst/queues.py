"""A queue, and how many jobs it holds."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from policies import queue_policy


@dataclass(frozen=True)
class Depth:
    """`waiting` for an encoder, or `in_flight`: handed to one, and hidden from the others until it
    is deleted or its visibility timeout ends."""

    waiting: int
    in_flight: int

    @property
    def is_empty(self) -> bool:
        return self.waiting == 0 and self.in_flight == 0


class Queue:
    """A queue made for this run.  Raises botocore's ClientError where the endpoint refuses."""

    def __init__(self, sqs: Any, name: str, attributes: dict[str, str] | None = None) -> None:
        self._sqs = sqs
        self.url: str = sqs.create_queue(QueueName=name, Attributes=attributes or {})["QueueUrl"]
        self.arn = self._attributes("QueueArn")["QueueArn"]

    def depth(self) -> Depth:
        waiting, in_flight = "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"
        found = self._attributes(waiting, in_flight)
        return Depth(int(found[waiting]), int(found[in_flight]))

    def let_in(self, topic_arn: str) -> None:
        """Let a topic send to the queue."""
        policy = queue_policy(self.arn, topic_arn)
        self._sqs.set_queue_attributes(QueueUrl=self.url, Attributes={"Policy": policy})

    def take_all(self) -> Iterator[str]:
        """The bodies of the messages that wait; each is gone once the next is asked for."""
        while messages := self._receive():
            for message in messages:
                yield message["Body"]
                handle = message["ReceiptHandle"]
                self._sqs.delete_message(QueueUrl=self.url, ReceiptHandle=handle)

    def _receive(self) -> list[dict[str, Any]]:
        answer = self._sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        return messages

    def send_back(self) -> None:
        """Redrive: move what is in this dead-letter queue back to where it came from."""
        self._sqs.start_message_move_task(SourceArn=self.arn)

    def delete(self) -> None:
        self._sqs.delete_queue(QueueUrl=self.url)

    def _attributes(self, *names: str) -> dict[str, str]:
        answer = self._sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=list(names))
        attributes: dict[str, str] = answer["Attributes"]
        return attributes


def redrive_policy(dead_letters: Queue, attempts: int) -> str:
    """What a queue's RedrivePolicy says: after so many attempts a job goes to the dead letters."""
    return json.dumps({"deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": attempts})
