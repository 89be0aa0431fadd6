"""One queue, spoken to through one client, so that a test reads as what it does."""

from __future__ import annotations

from typing import Any


class Queue:
    def __init__(self, client: Any, url: str) -> None:
        self.client = client
        self.url = url

    @property
    def name(self) -> str:
        return self.url.rsplit("/", 1)[1]

    @property
    def arn(self) -> str:
        return self.attributes("QueueArn")["QueueArn"]

    def through(self, client: Any) -> Queue:
        """The same queue, spoken to through another client."""
        return Queue(client, self.url)

    def send(self, body: str, **parameters: Any) -> dict[str, Any]:
        return self.client.send_message(QueueUrl=self.url, MessageBody=body, **parameters)

    def send_batch(self, entries: list[dict[str, Any]]) -> dict[str, Any]:
        return self.client.send_message_batch(QueueUrl=self.url, Entries=entries)

    def send_all(self, bodies: list[str], **parameters: Any) -> None:
        """Sends the bodies in their order, ten a call; fails if one of them is refused."""
        for start in range(0, len(bodies), 10):
            entries = [
                {"Id": str(place), "MessageBody": body, **parameters}
                for place, body in enumerate(bodies[start : start + 10])
            ]
            assert not self.send_batch(entries).get("Failed")

    def receive(self, count: int = 10, **parameters: Any) -> list[dict[str, Any]]:
        answer = self.client.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=count, **parameters
        )
        return answer.get("Messages", [])

    def bodies(self, count: int = 10, **parameters: Any) -> list[str]:
        return [message["Body"] for message in self.receive(count, **parameters)]

    def receive_one(self, **parameters: Any) -> dict[str, Any]:
        messages = self.receive(1, **parameters)
        assert len(messages) == 1, "one message was expected"
        return messages[0]

    def delete(self, message: dict[str, Any]) -> dict[str, Any]:
        return self.client.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def delete_all(self, messages: list[dict[str, Any]]) -> None:
        """Deletes up to ten messages in one call; fails if one of them is refused."""
        entries = [
            {"Id": str(place), "ReceiptHandle": message["ReceiptHandle"]}
            for place, message in enumerate(messages)
        ]
        answer = self.client.delete_message_batch(QueueUrl=self.url, Entries=entries)
        assert not answer.get("Failed")

    def change_visibility(self, message: dict[str, Any], seconds: int) -> dict[str, Any]:
        return self.client.change_message_visibility(
            QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds
        )

    def purge(self) -> dict[str, Any]:
        return self.client.purge_queue(QueueUrl=self.url)

    def set(self, **attributes: str) -> dict[str, Any]:
        return self.client.set_queue_attributes(QueueUrl=self.url, Attributes=attributes)

    def attributes(self, *names: str) -> dict[str, str]:
        answer = self.client.get_queue_attributes(
            QueueUrl=self.url, AttributeNames=list(names) or ["All"]
        )
        return answer.get("Attributes", {})

    def depth(self) -> tuple[int, int, int]:
        """How many messages can be received, are in flight, and are delayed."""
        counts = self.attributes(
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesDelayed",
        )
        return (
            int(counts["ApproximateNumberOfMessages"]),
            int(counts["ApproximateNumberOfMessagesNotVisible"]),
            int(counts["ApproximateNumberOfMessagesDelayed"]),
        )
