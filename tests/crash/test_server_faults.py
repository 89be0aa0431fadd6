"""What a client of the server sees of a disk that fails, fills up, or holds something damaged."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from crash.load import make_client
from server_in_process import ServerInProcess
from small_log import DIRECTORY, SMALL
from tidegate.base.positions import offset_of, segment_of
from tidegate.engine.codec import decode_record
from tidegate.engine.records import MessageSent
from tidegate.log.files.segment import segment_name
from tidegate.log.files.store import FileLog
from tidegate.testing.executors import InlineExecutor
from tidegate.testing.files import CrashableFiles

KIB = 1 << 10


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., ServerInProcess]]:
    started: list[ServerInProcess] = []

    def start(files: CrashableFiles, **options: Any) -> ServerInProcess:
        started.append(ServerInProcess(tmp_path / "data", files, **options).start())
        return started[-1]

    yield start
    for server in started:
        server.stop()


def refused(call: Callable[[], object]) -> dict[str, Any]:
    """The answer of a call that fails with 503."""
    with pytest.raises(ClientError) as raised:
        call()
    answer: dict[str, Any] = raised.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 503
    assert answer["Error"]["Code"] == "ServiceUnavailable"
    return answer


def send_until_refused(client: Any, url: str) -> tuple[int, dict[str, Any]]:
    """How many were sent, and the answer to the next one."""
    for number in range(200):
        try:
            client.send_message(QueueUrl=url, MessageBody=f"{number} ".ljust(700, "x"))
        except ClientError as error:
            answer: dict[str, Any] = error.response
            assert answer["ResponseMetadata"]["HTTPStatusCode"] == 503
            assert answer["Error"]["Code"] == "ServiceUnavailable"
            return number, answer
    raise AssertionError("nothing was refused")


def status(server: ServerInProcess, path: str) -> int:
    try:
        with urllib.request.urlopen(server.endpoint + path, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def make_queue(server: ServerInProcess) -> tuple[Any, str]:
    client = make_client(server.endpoint)
    return client, client.create_queue(QueueName="q")["QueueUrl"]


# --- A disk that fails ----------------------------------------------------------------------------


@pytest.mark.parametrize("sync", ["inline", "thread"])
@pytest.mark.parametrize("operation", ["sync", "write"])
def test_failed_disk_ends_every_request_with_503_and_a_restart_serves_what_was_acknowledged(
    serve: Callable[..., ServerInProcess],
    caplog: pytest.LogCaptureFixture,
    sync: str,
    operation: str,
) -> None:
    files = CrashableFiles()
    server = serve(files, sync=sync)
    client, url = make_queue(server)
    client.send_message(QueueUrl=url, MessageBody="acknowledged")
    receipt = client.receive_message(QueueUrl=url, VisibilityTimeout=600)["Messages"][0]
    waiting = LongPoll(client, client.create_queue(QueueName="empty")["QueueUrl"])
    assert status(server, "/_tidegate/ready") == 200

    files.fail = operation
    answer = refused(lambda: client.send_message(QueueUrl=url, MessageBody="never"))
    assert "restart the server" in answer["Error"]["Message"]
    assert waiting.result()["ResponseMetadata"]["HTTPStatusCode"] == 503
    files.fail = None
    for call in (
        lambda: client.send_message(QueueUrl=url, MessageBody="never"),
        lambda: client.receive_message(QueueUrl=url, WaitTimeSeconds=5),
        lambda: client.delete_message(QueueUrl=url, ReceiptHandle=receipt["ReceiptHandle"]),
        lambda: client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"]),
        lambda: client.list_queues(),
        lambda: client.create_queue(QueueName="another"),
    ):
        refused(call)
    assert status(server, "/_tidegate/ready") == 503
    assert status(server, "/_tidegate/health") == 200
    (told,) = [each.getMessage() for each in caplog.records if each.levelname == "CRITICAL"]
    assert "Input/output error" in told
    assert "Check the disk and the system's log, then restart the server" in told
    server.stop()
    assert server.failure is not None

    again = serve(files.killed())
    client, url = make_queue(again)
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counts = client.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    # The one that never was acknowledged may be there, for its write may have come through.
    assert counts["ApproximateNumberOfMessages"] in ("0", "1")
    assert counts["ApproximateNumberOfMessagesNotVisible"] == "1"
    client.delete_message(QueueUrl=url, ReceiptHandle=receipt["ReceiptHandle"])
    again.stop()
    assert again.failure is None


class LongPoll:
    """A receive that waits in a thread of its own, and fails."""

    def __init__(self, client: Any, url: str) -> None:
        self._answer: dict[str, Any] = {}
        arguments = {"QueueUrl": url, "WaitTimeSeconds": 20}
        self._thread = threading.Thread(
            target=lambda: self._answer.update(refused(lambda: client.receive_message(**arguments)))
        )
        self._thread.start()

    def result(self) -> dict[str, Any]:
        # It must be answered when the disk fails, long before its time is up.
        self._thread.join(10)
        assert not self._thread.is_alive()
        return self._answer


def test_disk_that_fails_while_room_is_made_ends_every_request(
    serve: Callable[..., ServerInProcess],
) -> None:
    """No flush has failed then, and no client would be told but for the next append."""
    files = CrashableFiles()
    server = serve(files)
    client, url = make_queue(server)
    files.fail, files.fail_suffix = "sync", "00000002.log.tmp"
    send_until_refused(client, url)
    refused(lambda: client.list_queues())
    assert status(server, "/_tidegate/ready") == 503


# --- A disk that is full --------------------------------------------------------------------------


def test_full_disk_refuses_sends_with_an_answer_in_the_form_of_the_protocol(
    serve: Callable[..., ServerInProcess],
) -> None:
    files = CrashableFiles(capacity_bytes=64 * KIB)
    server = serve(files, options=replace(SMALL, floor_bytes=16 * KIB, retry_s=0.1))
    client, url = make_queue(server)
    sent, answer = send_until_refused(client, url)
    assert "too full for new messages" in answer["Error"]["Message"]
    assert answer["ResponseMetadata"]["RequestId"]
    assert sent > 20
    # It serves on: nothing is broken.
    assert status(server, "/_tidegate/ready") == 200
    deleted = 0
    while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            deleted += 1
    assert deleted == sent
    server.stop()
    assert server.failure is None


# --- A disk that lies -----------------------------------------------------------------------------


def test_damaged_message_is_not_served_and_the_others_are(
    serve: Callable[..., ServerInProcess], caplog: pytest.LogCaptureFixture
) -> None:
    files = CrashableFiles()
    server = serve(files)
    client, url = make_queue(server)
    # In the clear, for the test to find its place in the file.
    client.set_queue_attributes(QueueUrl=url, Attributes={"SqsManagedSseEnabled": "false"})
    for body in ("damaged", "whole"):
        client.send_message(QueueUrl=url, MessageBody=body)
    position = position_of(files, "damaged")
    path = f"{DIRECTORY}/{segment_name(segment_of(position))}"
    files.content(path)[offset_of(position) + 25] ^= 1
    answer = refused(lambda: client.receive_message(QueueUrl=url))
    assert answer["Error"]["Message"] == "A message could not be read: the log is damaged."
    (message,) = client.receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == "whole"
    assert f"{path} is damaged at offset {offset_of(position)}" in caplog.text
    assert status(server, "/_tidegate/ready") == 200


def position_of(files: CrashableFiles, body: str) -> int:
    """Where the record of a message stands."""
    log = FileLog.open(DIRECTORY, files.killed(), SMALL, InlineExecutor())
    for position, data in log.replay(0):
        record = decode_record(data)
        if isinstance(record, MessageSent) and record.message.body == body:
            return position
    raise AssertionError("there is no such message")
