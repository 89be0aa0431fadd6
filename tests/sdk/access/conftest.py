"""One server for the whole folder, with two accounts, and whoever a test makes in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sdk.access.principals import (
    ABROAD,
    HOME,
    Account,
    Confidences,
    Principal,
    User,
    unique,
)
from sdk.queue_under_test import Queue
from server_process import ServerProcess


@pytest.fixture(scope="session")
def confidences() -> Confidences:
    return Confidences()


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server that writes down and logs all it can: what must not be written would show."""
    folder = tmp_path_factory.mktemp("guarded")
    options = ("--audit", "all", "--log-level", "debug")
    process = ServerProcess(folder / "data", *options).start()
    yield process
    process.close()


@pytest.fixture(scope="session")
def home(guarded: ServerProcess, confidences: Confidences) -> Account:
    """The account of the development key `test`."""
    return Account(guarded.endpoint, confidences, HOME)


@pytest.fixture(scope="session")
def abroad(guarded: ServerProcess, confidences: Confidences) -> Account:
    """Another account, through its root."""
    return Account(guarded.endpoint, confidences, ABROAD)


@pytest.fixture(scope="session")
def nobody(home: Account) -> User:
    """A user of the home account whom no policy allows anything."""
    return home.new_user()


@pytest.fixture(scope="session")
def anonymous(guarded: ServerProcess, confidences: Confidences) -> Principal:
    """Whoever signs nothing."""
    return Principal(guarded.endpoint, confidences)


@pytest.fixture
def new_queue_of() -> Callable[..., Queue]:
    """Makes queues of an account, spoken to through its root."""

    def make(owner: Principal, tags: dict[str, str] | None = None, **attributes: str) -> Queue:
        fifo = {"FifoQueue": "true"} if attributes.get("FifoQueue") else {}
        name = unique("queue") + (".fifo" if fifo else "")
        extra: dict[str, Any] = {"tags": tags} if tags else {}
        answer = owner.sqs.create_queue(QueueName=name, Attributes=attributes, **extra)
        return Queue(owner.sqs, answer["QueueUrl"])

    return make


@pytest.fixture
def queue(home: Account, new_queue_of: Callable[..., Queue]) -> Queue:
    """A new queue of the home account."""
    return new_queue_of(home)
