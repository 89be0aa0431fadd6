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


def send(client: Any, url: str, size: int = 250_000) -> dict[str, Any] | None:
    """Send a message, a large one.  None if it was taken, else the answer."""
    try:
        client.send_message(QueueUrl=url, MessageBody="x" * size)
    except ClientError as error:
        answer: dict[str, Any] = error.response
        return answer
    return None


def fill(client: Any, url: str, size: int = 250_000) -> tuple[int, dict[str, Any]]:
    """Send until the server refuses; how many messages it took, and its answer."""
    for number in range(1000):
        answer = send(client, url, size)
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


def test_access_can_be_taken_away_on_a_full_disk(small_disk: OnSmallDisk) -> None:
    """Until half of the reserve is spent; then removals and deletes still go on."""
    sqs, iam, kms = (make_client(small_disk.endpoint, name) for name in ("sqs", "iam", "kms"))
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    policy = '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}'
    iam.create_user(UserName="ann")
    arn = iam.create_policy(PolicyName="p", PolicyDocument=policy)["Policy"]["Arn"]
    iam.attach_user_policy(UserName="ann", PolicyArn=arn)
    access = [iam.create_access_key(UserName="ann")["AccessKey"]["AccessKeyId"] for _ in range(2)]
    disabled, changed = (kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(2))
    key_policy = kms.get_key_policy(KeyId=changed)["Policy"]
    sent = sum(fill(sqs, url, size)[0] for size in (250_000, 10_000, 1))

    with pytest.raises(ClientError, match="too full"):
        iam.create_user(UserName="bob")
    iam.update_access_key(UserName="ann", AccessKeyId=access[0], Status="Inactive")
    iam.delete_access_key(UserName="ann", AccessKeyId=access[1])
    iam.detach_user_policy(UserName="ann", PolicyArn=arn)
    iam.delete_policy(PolicyArn=arn)
    iam.put_user_policy(UserName="ann", PolicyName="revoked", PolicyDocument=policy)
    kms.disable_key(KeyId=disabled)
    kms.schedule_key_deletion(KeyId=disabled)
    (left,) = iam.list_access_keys(UserName="ann")["AccessKeyMetadata"]
    assert left["Status"] == "Inactive"

    def spend_the_share() -> None:
        for number in range(200):
            kms.put_key_policy(KeyId=changed, Policy=key_policy.ljust(30_000 + number))

    with pytest.raises(ClientError, match="too full"):
        spend_the_share()
    iam.delete_access_key(UserName="ann", AccessKeyId=access[0])
    take(sqs, url, sent)
    assert small_disk.stop() == 0
