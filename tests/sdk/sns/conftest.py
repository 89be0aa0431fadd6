"""One server for the whole folder, with two accounts, and topics that no other test knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sdk.access.principals import ABROAD, HOME, Account, Confidences
from sdk.queue_under_test import Queue
from sdk.sns.topic_under_test import (
    Subscriber,
    Topic,
    create_queue,
    create_subscriber,
    create_topic,
)
from sdk.sns.webhook import Answer, Arrival, Webhook
from server_process import ServerProcess


@pytest.fixture(scope="session")
def publisher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """The server of all tests here that neither stop it nor need settings."""
    process = ServerProcess(tmp_path_factory.mktemp("publisher") / "data").start()
    yield process
    process.close()


@pytest.fixture(scope="session")
def home(publisher: ServerProcess) -> Account:
    """The account of the development key `test`."""
    return Account(publisher.endpoint, Confidences(), HOME)


@pytest.fixture(scope="session")
def abroad(publisher: ServerProcess) -> Account:
    """Another account, through its root."""
    return Account(publisher.endpoint, Confidences(), ABROAD)


@pytest.fixture
def new_topic(home: Account) -> Callable[..., Topic]:
    def make(*, fifo: bool = False, **attributes: str) -> Topic:
        return create_topic(home, fifo=fifo, **attributes)

    return make


@pytest.fixture
def topic(new_topic: Callable[..., Topic]) -> Topic:
    return new_topic()


@pytest.fixture
def fifo_topic(new_topic: Callable[..., Topic]) -> Topic:
    return new_topic(fifo=True)


@pytest.fixture
def new_queue(home: Account) -> Callable[..., Queue]:
    """Makes queues that topics may write into."""

    def make(**parameters: Any) -> Queue:
        return create_queue(home, **parameters)

    return make


@pytest.fixture
def subscribe(home: Account) -> Callable[..., Subscriber]:
    """Makes queues of the home account and subscribes them."""

    def make(topic: Topic, **parameters: Any) -> Subscriber:
        return create_subscriber(topic, home, **parameters)

    return make


@pytest.fixture
def subscriber(topic: Topic, subscribe: Callable[..., Subscriber]) -> Subscriber:
    return subscribe(topic)


@pytest.fixture
def new_webhook() -> Iterator[Callable[..., Webhook]]:
    """Makes HTTP endpoints, which end with the test."""
    made: list[Webhook] = []

    def make(answer: Callable[[Arrival], Answer] | None = None) -> Webhook:
        made.append(Webhook(answer))
        return made[-1]

    yield make
    for webhook in made:
        webhook.close()
