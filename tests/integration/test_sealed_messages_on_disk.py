"""Sealed messages on a disk that loses power: what was acknowledged opens again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crash.load import make_client
from server_in_process import ServerInProcess
from small_log import DIRECTORY
from tidegate.testing.files import CrashableFiles

MODES = {
    "none": {"SqsManagedSseEnabled": "false"},
    "sse-sqs": {},
    "sse-kms": {"KmsMasterKeyId": "alias/aws/sqs"},
}
SECRET = "a body that nobody else reads"


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[CrashableFiles], ServerInProcess]]:
    started: list[ServerInProcess] = []

    def start(files: CrashableFiles) -> ServerInProcess:
        for server in started:
            server.stop()
        started.append(ServerInProcess(tmp_path / "data", files).start())
        return started[-1]

    yield start
    for server in started:
        server.stop()


def readable(files: CrashableFiles) -> bool:
    names = files.list(DIRECTORY)
    return any(SECRET.encode() in files.content(f"{DIRECTORY}/{name}") for name in names)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("seed", range(3))
def test_acknowledged_messages_open_after_a_loss_of_power(
    serve: Callable[[CrashableFiles], ServerInProcess], mode: str, seed: int
) -> None:
    files = CrashableFiles()
    client = make_client(serve(files).endpoint)
    url = client.create_queue(QueueName="q", Attributes=MODES[mode])["QueueUrl"]
    for number in range(20):
        client.send_message(QueueUrl=url, MessageBody=f"{SECRET} {number}")
    after = files.power_loss(seed)
    assert readable(after) == (mode == "none")
    again = make_client(serve(after).endpoint)
    found: set[str] = set()
    while len(found) < 20:
        messages = again.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        assert messages
        found.update(message["Body"] for message in messages)
    assert found == {f"{SECRET} {number}" for number in range(20)}
