"""Messages are ciphertext on the disk, and readable to whoever may receive them, whatever happens
to the server, its keys and the queue's settings in between."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from sdk.clients import create_queue
from sdk.queue_under_test import Queue

BODY = "a body that nobody else reads"
NAME = "AnAttributeThatNobodyElseReads"
VALUE = "a value that nobody else reads"
BINARY = b"some bytes that nobody else reads"
ATTRIBUTES = {
    NAME: {"DataType": "String", "StringValue": VALUE},
    "Bytes": {"DataType": "Binary", "BinaryValue": BINARY},
}
SECRETS = (BODY.encode(), NAME.encode(), VALUE.encode(), BINARY)
MODES = {
    "none": {"SqsManagedSseEnabled": "false"},
    "sse-sqs": {},
    "sse-kms": {"KmsMasterKeyId": "alias/aws/sqs"},
}
SEALED = ["sse-sqs", "sse-kms"]


@pytest.fixture
def fresh(new_server):
    """A server of the test's own, running."""
    return new_server()


@pytest.fixture
def client(fresh, clients):
    return clients.make(fresh.endpoint)


def send(queue: Queue, body: str = BODY) -> None:
    queue.send(body, MessageAttributes=ATTRIBUTES)


def check(message) -> None:
    assert message["Body"].startswith(BODY)
    assert message["MessageAttributes"][NAME]["StringValue"] == VALUE
    assert message["MessageAttributes"]["Bytes"]["BinaryValue"] == BINARY


def receive(queue: Queue, count: int, **parameters):
    """All of so many messages, each as it was sent."""
    found: list[dict] = []
    while len(found) < count:
        more = queue.receive(MessageAttributeNames=["All"], **parameters)
        assert more, f"{len(found)} of {count} messages"
        found += more
    for message in found:
        check(message)
    return found


def on_disk(data) -> list[bytes]:
    """Which of the secrets stand in a file of the data directory."""
    files = [path.read_bytes() for path in data.rglob("*") if path.is_file()]
    return [secret for secret in SECRETS if any(secret in content for content in files)]


def tidegate(*arguments: str, environment=None) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "tidegate.cli.main", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


# --- What is on the disk -------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_the_data_directory_holds_nothing_to_read(fresh, client, mode):
    """With the log of a server that runs, and with the snapshot of one that was stopped.  Where
    encryption is off everything is found, so the search finds what there is."""
    queue = create_queue(client, **MODES[mode])
    for number in range(3):
        send(queue, f"{BODY} {number}")
    queue.send_batch([{"Id": "1", "MessageBody": BODY, "MessageAttributes": ATTRIBUTES}])
    expected = list(SECRETS) if mode == "none" else []
    assert on_disk(fresh.data) == expected
    assert fresh.stop() == 0
    assert list(fresh.data.glob("partition-*/snapshot-*"))
    assert on_disk(fresh.data) == expected
    fresh.start()
    receive(queue, 4)


def test_nothing_to_read_in_what_the_server_says(fresh, client):
    queue = create_queue(client)
    send(queue)
    receive(queue, 1)
    fresh.stop()
    said = fresh.output() + fresh.errors()
    key = [line for line in (fresh.data / "root.key").read_text().splitlines() if "#" not in line]
    assert not any(secret in said for secret in (BODY, VALUE, *key))


def test_verify_and_inspect_need_no_keys(fresh, client, tmp_path):
    queue = create_queue(client)
    send(queue)
    assert fresh.stop() == 0
    copy = tmp_path / "copy"
    shutil.copytree(fresh.data, copy)
    for name in ("root.key", "keyring"):
        (copy / name).unlink()
    verified = tidegate("verify", str(copy), environment=fresh.environment())
    assert (verified.returncode, verified.stderr) == (0, "")
    inspected = tidegate("inspect", "--json", str(copy), environment=fresh.environment())
    assert json.loads(inspected.stdout)["queues"][0]["waiting"] == 1


# --- What still opens ----------------------------------------------------------------------------


@pytest.mark.parametrize("mode", SEALED)
@pytest.mark.parametrize("end", ["stopped", "killed"])
def test_messages_open_after_a_restart(fresh, client, mode, end):
    queue = create_queue(client, **MODES[mode])
    send(queue)
    if end == "stopped":
        fresh.stop()
    else:
        fresh.kill()
    fresh.start()
    send(queue)
    receive(queue, 2)


def test_a_queue_may_change_its_encryption_while_messages_wait(fresh, client):
    queue = create_queue(client)
    for mode in [*MODES, *MODES]:
        queue.set(**MODES[mode] or {"SqsManagedSseEnabled": "true"})
        send(queue)
    fresh.kill()
    fresh.start()
    receive(queue, 6)


@pytest.mark.parametrize("mode", SEALED)
def test_dead_letters_open_and_so_do_those_that_are_moved_back(fresh, client, mode):
    dead = create_queue(client, SqsManagedSseEnabled="false")
    redrive = {"deadLetterTargetArn": dead.arn, "maxReceiveCount": 1}
    queue = create_queue(client, RedrivePolicy=json.dumps(redrive), **MODES[mode])
    send(queue)
    (first,) = receive(queue, 1, VisibilityTimeout=0)
    assert queue.receive() == []
    (buried,) = receive(dead, 1, VisibilityTimeout=0)
    assert buried["MessageId"] == first["MessageId"]
    client.start_message_move_task(SourceArn=dead.arn)
    (renewed,) = receive(queue, 1, WaitTimeSeconds=10, VisibilityTimeout=0)
    assert renewed["MessageId"] != first["MessageId"]
    fresh.kill()
    fresh.start()
    assert queue.receive() == []
    receive(dead, 1)
    assert on_disk(fresh.data) == [], "it keeps its encryption in a queue that has none"


@pytest.mark.parametrize("mode", SEALED)
def test_fifo_queues_deduplicate_by_content_that_is_sealed(client, mode):
    queue = create_queue(client, fifo=True, ContentBasedDeduplication="true", **MODES[mode])
    sent = [queue.send(body, MessageGroupId="g") for body in ("a", "b", "a")]
    assert sent[0]["MessageId"] == sent[2]["MessageId"] != sent[1]["MessageId"]
    assert queue.bodies() == ["a", "b"]


def test_large_messages_open(client):
    queue = create_queue(client)
    body = "x" * 1_048_576
    queue.send(body)
    assert queue.receive_one()["Body"] == body


# --- Keys ----------------------------------------------------------------------------------------


def test_the_root_key_is_rotated_while_the_server_runs(fresh, client):
    queue = create_queue(client)
    send(queue)
    old = (fresh.data / "root.key").read_bytes()
    rotated = tidegate(
        "keyring", "rotate", "--data", str(fresh.data), environment=fresh.environment()
    )
    assert rotated.returncode == 0, rotated.stderr
    send(queue)
    receive(queue, 2, VisibilityTimeout=0)
    fresh.kill()
    fresh.start()
    send(queue)
    receive(queue, 3)
    fresh.stop()
    (fresh.data / "root.key").write_bytes(old)
    with pytest.raises(RuntimeError, match="nobody can recover them without it"):
        fresh.start()


def test_new_keys_below_the_root_key_leave_old_messages_readable(fresh, client):
    queue = create_queue(client)
    send(queue)
    rotate = ("keyring", "rotate", "--data", str(fresh.data), "--domain-keys")
    assert tidegate(*rotate, environment=fresh.environment()).returncode == 0
    fresh.kill()
    fresh.start()
    send(queue)
    receive(queue, 2)


@pytest.mark.parametrize("missing", ["root.key", "keyring"])
def test_a_start_without_its_keys_says_what_is_lost(fresh, client, missing):
    send(create_queue(client))
    fresh.stop()
    (fresh.data / missing).unlink()
    with pytest.raises(RuntimeError, match="nobody can recover them without it"):
        fresh.start()
    assert not (fresh.data / missing).exists()


def test_the_first_start_says_that_the_key_must_be_kept(fresh):
    assert "Keep a copy somewhere else" in fresh.errors()


def test_kms_answers_from_the_first_moment_on(fresh, client):
    """Its modules come up after the port: who comes before them waits, and is not refused."""
    queue = create_queue(client, **MODES["sse-kms"])
    send(queue)
    fresh.kill()
    fresh.start()
    receive(queue, 1)
