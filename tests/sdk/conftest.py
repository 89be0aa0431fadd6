"""Clients of all kinds against one running server, and queues that no other test knows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sdk.clients import Clients, create_queue
from sdk.query_model import write_query_model
from sdk.queue_under_test import Queue
from server_process import ServerProcess


@pytest.fixture(scope="session")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    folder = tmp_path_factory.mktemp("models")
    write_query_model(folder)
    made = Clients(folder)
    yield made
    made.close()


@pytest.fixture(params=["sqs", "sqs_query"])
def sqs(request: pytest.FixtureRequest, server: ServerProcess, clients: Clients) -> Any:
    """A boto3 client; each test that asks for it runs once in each protocol."""
    return clients.make(server.endpoint, "query" if request.param == "sqs_query" else "json")


@pytest.fixture
def sqs_json(server: ServerProcess, clients: Clients) -> Any:
    return clients.make(server.endpoint)


@pytest.fixture
def sqs_query(server: ServerProcess, clients: Clients) -> Any:
    return clients.make(server.endpoint, "query")


@pytest.fixture
def new_queue(sqs: Any) -> Callable[..., Queue]:
    """Makes queues, spoken to in the protocol of the test."""

    def make(*, fifo: bool = False, **attributes: str) -> Queue:
        return create_queue(sqs, fifo=fifo, **attributes)

    return make


@pytest.fixture
def new_json_queue(sqs_json: Any) -> Callable[..., Queue]:
    """Makes queues for tests of what a queue does, whatever protocol it is spoken to in."""

    def make(*, fifo: bool = False, **attributes: str) -> Queue:
        return create_queue(sqs_json, fifo=fifo, **attributes)

    return make


@pytest.fixture
def queue(new_queue: Callable[..., Queue]) -> Queue:
    return new_queue()


@pytest.fixture
def fifo(new_queue: Callable[..., Queue]) -> Queue:
    return new_queue(fifo=True)


@pytest.fixture
def json_queue(new_json_queue: Callable[..., Queue]) -> Queue:
    return new_json_queue()


@pytest.fixture
def json_fifo(new_json_queue: Callable[..., Queue]) -> Queue:
    return new_json_queue(fifo=True)


class MinuteAgo:
    """Queues as they were left when the session began."""

    def __init__(self, client: Any) -> None:
        short = {"MessageRetentionPeriod": "60"}
        self.kept = create_queue(client)
        self.aged = create_queue(client)
        self.expiring = create_queue(client, **short)
        self.in_flight = create_queue(client, **short)
        self.fifo = create_queue(client, fifo=True, **short)
        self.purged = create_queue(client)
        self.dead_letters = create_queue(client, **short)
        arn = self.dead_letters.arn
        redrive = f'{{"deadLetterTargetArn": "{arn}", "maxReceiveCount": 1}}'
        self.failing = create_queue(client, RedrivePolicy=redrive, **short)
        for queue in (self.kept, self.aged, self.expiring, self.in_flight, self.failing):
            queue.send("kept")
        self.fifo.send("old", MessageGroupId="g")
        self.fifo.receive_one(VisibilityTimeout=600)
        self.in_flight.receive_one(VisibilityTimeout=600)
        self.failing.receive_one(VisibilityTimeout=0)
        assert self.failing.receive() == []
        self.purged.purge()
        deleted = create_queue(client)
        client.delete_queue(QueueUrl=deleted.url)
        self.deleted_name = deleted.name
        self._made = time.monotonic()

    def wait(self) -> None:
        """Returns once a minute and a little have passed."""
        time.sleep(max(0.0, self._made + 62 - time.monotonic()))


@pytest.fixture(scope="session", autouse=True)
def minute_ago(server: ServerProcess, clients: Clients) -> MinuteAgo:
    """Prepared before the first test, so that the minute runs while the others do."""
    return MinuteAgo(clients.make(server.endpoint))
