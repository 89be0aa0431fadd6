"""The disk: it follows what lives, and when it is full only sends are refused."""

import time

import pytest
from botocore.exceptions import ClientError

from sdk.clients import create_queue
from small_disk import start_on_small_disk

MIB = 2**20
SMALL_SEGMENTS = ("--segment-size-bytes", str(16 * MIB))


def size_of(folder):
    """Bytes on disk, without the holes of files that are longer than what was written."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_blocks * 512
        except FileNotFoundError:
            continue
    return total


def test_disk_follows_what_lives(new_server, clients):
    """Messages come and go; one in a hundred stays behind, so that no segment is quite dead."""
    server = new_server(*SMALL_SEGMENTS)
    queue = create_queue(clients.make(server.endpoint), VisibilityTimeout="43200")
    kept = 0
    for turn in range(120):
        queue.send_all([f"{turn}-{i} ".ljust(100_000, "x") for i in range(10)])
        messages = queue.receive()
        keep = messages[:1] if turn % 10 == 0 else []
        kept += len(keep)
        queue.delete_all(messages[len(keep) :])
    deadline = time.monotonic() + 20
    while size_of(server.data) > 64 * MIB and time.monotonic() < deadline:
        time.sleep(0.2)
    # 120 MB were sent; 1.2 MB of them live.
    assert size_of(server.data) <= 64 * MIB
    assert queue.depth() == (0, kept, 0)
    server.restart()
    assert queue.depth() == (0, kept, 0)


@pytest.fixture
def small_disk(tmp_path):
    server = start_on_small_disk(tmp_path / "data", 96 * MIB, *SMALL_SEGMENTS)
    yield server
    server.close()


def fill(folder):
    """Takes what room is left; returns the file that does."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (MIB, 4096):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    return filler


def send_until_refused(queue):
    for number in range(2000):
        try:
            queue.send(f"{number} ".ljust(60_000, "x"))
        except ClientError as error:
            return number, error.response
    raise AssertionError("a full disk took everything")


def test_full_disk_refuses_sends_only_and_recovers_by_itself(small_disk, clients):
    queue = create_queue(clients.make(small_disk.endpoint))
    queue.send_all([f"before {i}" for i in range(30)])
    filler = fill(small_disk.disk)
    sent, answer = send_until_refused(queue)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] in (500, 503, 507)
    assert "full" in answer["Error"]["Message"] or "space" in answer["Error"]["Message"]
    received = 0
    while messages := queue.receive():
        received += len(messages)
        for message in messages:
            queue.delete(message)
    assert received == 30 + sent
    assert queue.depth() == (0, 0, 0)
    filler.unlink()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            queue.send("after")
            break
        except ClientError:
            time.sleep(0.1)
    assert queue.bodies() == ["after"]
    assert small_disk.get("/_tidegate/ready") == 200
    assert small_disk.stop() == 0
