"""Producers and consumers that go on whatever happens to the server, and tell the ledger."""

from __future__ import annotations

import random
import threading
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from crash.ledger import GroupOrder, Ledger, body_of

UNREACHABLE = (BotoCoreError, OSError)


def make_client(
    endpoint: str, service: str = "sqs", *, key: str = "test", secret: str = "test"
) -> Any:
    """A client that tries once, soon gives up, and asks for nothing a second time."""
    return boto3.Session().client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(
            retries={"max_attempts": 0},
            connect_timeout=5,
            read_timeout=10,
            max_pool_connections=20,
        ),
    )


def unavailable(error: ClientError) -> bool:
    """Whether a server that stops or starts has said so."""
    return bool(error.response["ResponseMetadata"]["HTTPStatusCode"] == 503)


class Load:
    """Threads against one queue, from `start` until `stop`."""

    def __init__(self, client: Any, url: str, ledger: Ledger, order: GroupOrder | None) -> None:
        self.client = client
        self.url = url
        self.ledger = ledger
        self.order = order
        self.errors: list[Exception] = []
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, producers: list[str], consumers: int, first: dict[str, int]) -> None:
        """`first` has each producer's next number, and is kept up to date."""
        self._ended.clear()
        self._threads = [
            threading.Thread(target=self._guarded, args=(self._produce, name, first))
            for name in producers
        ]
        self._threads += [
            threading.Thread(target=self._guarded, args=(self._consume,)) for _ in range(consumers)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(timeout=30)
            assert not thread.is_alive(), "a client hangs"
        assert not self.errors, self.errors

    def _guarded(self, work: Any, *arguments: Any) -> None:
        try:
            work(*arguments)
        except Exception as error:
            self.errors.append(error)
            raise

    def _produce(self, name: str, first: dict[str, int]) -> None:
        """Sends numbers in their order, alone or in batches; a FIFO send is repeated until it
        is acknowledged, as a client must, under the same deduplication id."""
        choose = random.Random(name)
        while not self._ended.is_set():
            count = choose.choice((1, 1, 1, 5))
            bodies = [body_of(name, first[name] + i) for i in range(count)]
            for body in bodies:
                self.ledger.trying(body)
            if self._send(bodies, name):
                for body in bodies:
                    self.ledger.acknowledged(body)
            elif self.order is not None:
                self._ended.wait(0.02)
                continue
            first[name] += count

    def _send(self, bodies: list[str], name: str) -> bool:
        group = {"MessageGroupId": name} if self.order is not None else {}
        try:
            if len(bodies) == 1:
                self.client.send_message(QueueUrl=self.url, MessageBody=bodies[0], **group)
                return True
            entries = [
                {"Id": str(i), "MessageBody": body, **group} for i, body in enumerate(bodies)
            ]
            answer = self.client.send_message_batch(QueueUrl=self.url, Entries=entries)
            assert not answer.get("Failed"), answer
        except UNREACHABLE:
            return False
        except ClientError as error:
            if not unavailable(error):
                raise
            return False
        return True

    def _consume(self) -> None:
        choose = random.Random()
        while not self._ended.is_set():
            known_deleted = self.ledger.deleted_so_far()
            for message in self._receive():
                self.ledger.received_after_delete(message["Body"], known_deleted)
                # A FIFO group goes in order only if its deletes do; a failed one ends the turn.
                if self.order is None and choose.random() < 0.3:
                    continue
                if not self._delete(message) and self.order is not None:
                    break

    def _receive(self) -> list[dict[str, Any]]:
        # A short timeout, so that messages whose consumer lost its answer come back soon.
        try:
            answer = self.client.receive_message(
                QueueUrl=self.url, MaxNumberOfMessages=10, WaitTimeSeconds=1, VisibilityTimeout=2
            )
        except UNREACHABLE:
            self._ended.wait(0.02)
            return []
        except ClientError as error:
            if not unavailable(error):
                raise
            return []
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        if self.order is not None:
            self.order.received([message["Body"] for message in messages])
        return messages

    def _delete(self, message: dict[str, Any]) -> bool:
        body = message["Body"]
        self.ledger.deleting(body)
        if self.order is not None:
            self.order.deleting(body)
        try:
            self.client.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        except UNREACHABLE:
            return False
        except ClientError as error:
            # On a FIFO queue a handle expires with its visibility timeout.
            expired = "expired" in error.response["Error"]["Message"]
            if not unavailable(error) and not (expired and self.order is not None):
                raise
            return False
        self.ledger.delete_acknowledged(body)
        return True
