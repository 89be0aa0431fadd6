"""Keys that are rotated under a server that runs."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crash.load import make_client
from server_process import ServerProcess

LIMIT_S = 20.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path / "data", "--log-level", "info").start()
    yield process
    process.close()


def rotate(server: ServerProcess) -> None:
    command = [sys.executable, "-m", "tidegate.cli.main", "keyring", "rotate", "--domain-keys"]
    subprocess.run(
        [*command, "--data", str(server.data)],
        env=server.environment(),
        stdout=subprocess.DEVNULL,
        check=True,
    )


def wait_for_new_keys(server: ServerProcess) -> None:
    deadline = time.monotonic() + LIMIT_S
    while "the keyring has new keys" not in server.errors():
        assert time.monotonic() < deadline, "the server takes no new keys"
        time.sleep(0.05)


def test_what_was_sealed_before_and_after_a_rotation_opens(server: ServerProcess) -> None:
    sqs, iam = (make_client(server.endpoint, name) for name in ("sqs", "iam"))
    iam.create_user(UserName="ann")
    keys, queues = [], {}
    for when in ("before", "after"):
        # A queue that is new, for one that is not has its data key for minutes.
        queues[when] = sqs.create_queue(QueueName=when)["QueueUrl"]
        sqs.send_message(QueueUrl=queues[when], MessageBody=when)
        keys.append(iam.create_access_key(UserName="ann")["AccessKey"])
        if when == "before":
            rotate(server)
            wait_for_new_keys(server)
    server.restart()
    for when, url in queues.items():
        (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
        assert message["Body"] == when
    for key in keys:
        ann = make_client(
            server.endpoint, "sts", key=key["AccessKeyId"], secret=key["SecretAccessKey"]
        )
        assert ann.get_caller_identity()["Arn"].endswith(":user/ann")
