"""A real file system that messages fill, under a real server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from crash.load import make_client
from small_disk import OnSmallDisk, start_on_small_disk

MIB = 1 << 20
LIMIT_S = 30.0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[OnSmallDisk]:
    server = start_on_small_disk(tmp_path / "data", 64 * MIB, "--segment-size-bytes", str(16 * MIB))
    yield server
    server.close()


def send(client: Any, url: str) -> dict[str, Any] | None:
    """Send a large message.  None if it was taken, else the answer."""
    try:
        client.send_message(QueueUrl=url, MessageBody="x" * 250_000)
    except ClientError as error:
        answer: dict[str, Any] = error.response
        return answer
    return None


def fill(client: Any, url: str) -> tuple[int, dict[str, Any]]:
    """Send until the server refuses; how many messages it took, and its answer."""
    for number in range(1000):
        answer = send(client, url)
        if answer is not None:
            return number, answer
    raise AssertionError("a full disk took everything")


def take(client: Any, url: str, count: int) -> None:
    """Receive and delete so many; nothing of it may be refused."""
    while count > 0:
        answer = client.receive_message(QueueUrl=url, MaxNumberOfMessages=min(4, count))
        for message in answer["Messages"]:
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            count -= 1


def send_as_room_is_made(client: Any, url: str, count: int) -> None:
    deadline = time.monotonic() + LIMIT_S
    while count:
        answer = send(client, url)
        if answer is None:
            count -= 1
            continue
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 503
        assert time.monotonic() < deadline, "no room was made"
        time.sleep(0.1)


def test_disk_that_messages_fill_takes_more_once_some_are_deleted(small_disk: OnSmallDisk) -> None:
    """Without a restart, and with nothing lost at the end."""
    client = make_client(small_disk.endpoint)
    url = client.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "600"})["QueueUrl"]
    sent, answer = fill(client, url)
    assert sent > 150
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 503
    assert answer["Error"]["Code"] == "ServiceUnavailable"
    assert "too full for new messages" in answer["Error"]["Message"]
    take(client, url, sent // 2)
    more = sent // 5
    send_as_room_is_made(client, url, more)
    assert small_disk.get("/_tidegate/ready") == 200
    take(client, url, sent - sent // 2 + more)
    assert "Messages" not in client.receive_message(QueueUrl=url)
    assert small_disk.stop() == 0
