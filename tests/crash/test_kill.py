"""SIGKILL at random moments under load: what was acknowledged outlives the process.

A standard and a FIFO queue are under load from threads of producers and consumers, which do not
stop while the server is killed and started again, round after round. The ledger, which lives
outside of the server, then says what must be there and what must not.
CRASH_TEST_ROUNDS sets the number of rounds, CRASH_TEST_SEED the moments of the kills.
"""

from __future__ import annotations

import os
import random
import time
from typing import Any

from crash.ledger import GroupOrder, Ledger
from crash.load import Load, make_client

ROUNDS = int(os.environ.get("CRASH_TEST_ROUNDS", "6"))
SEED = int(os.environ.get("CRASH_TEST_SEED", str(random.randrange(2**32))))
DRAIN_LIMIT_S = 60.0


def create(client: Any, name: str, **attributes: str) -> str:
    answer = client.create_queue(QueueName=name, Attributes=attributes)
    url: str = answer["QueueUrl"]
    return url


def left_in(client: Any, url: str) -> list[str]:
    """Takes and deletes all that is left, waiting for what is still in flight."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    bodies: list[str] = []
    deadline = time.monotonic() + DRAIN_LIMIT_S
    while time.monotonic() < deadline:
        answer = client.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1, VisibilityTimeout=600
        )
        for message in answer.get("Messages", []):
            bodies.append(message["Body"])
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        if "Messages" not in answer:
            counts = client.get_queue_attributes(QueueUrl=url, AttributeNames=names)
            if not any(int(count) for count in counts["Attributes"].values()):
                return bodies
    raise AssertionError("the queue does not become empty")


def check(ledger: Ledger, left: list[str]) -> None:
    assert ledger.wrong == []
    assert len(left) == len(set(left)), "a message was received again after its delete"
    assert set(left) <= ledger.tried
    assert not set(left) & ledger.deleted
    assert ledger.lost(set(left)) == set()


def test_kill_under_load_loses_nothing_and_brings_nothing_back(new_server: Any) -> None:
    print(f"CRASH_TEST_SEED={SEED}")
    moments = random.Random(SEED)
    server = new_server()
    client = make_client(server.endpoint)
    standard, fifo = Ledger(), Ledger()
    order = GroupOrder()
    standard_url = create(client, "crash")
    fifo_url = create(client, "crash.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    on_standard = Load(client, standard_url, standard, None)
    on_fifo = Load(client, fifo_url, fifo, order)
    on_standard.start(["p1", "p2"], 2, {"p1": 0, "p2": 0})
    on_fifo.start(["g1", "g2", "g3"], 2, {"g1": 0, "g2": 0, "g3": 0})
    try:
        for _ in range(ROUNDS):
            time.sleep(moments.uniform(0.2, 1.2))
            server.kill()
            server.start()
        time.sleep(0.5)
    finally:
        on_standard.stop()
        on_fifo.stop()
    assert len(standard.sent) > 50
    assert len(standard.deleted) > 10
    assert len(fifo.sent) > 50
    assert len(fifo.deleted) > 10
    left_standard, left_fifo = left_in(client, standard_url), left_in(client, fifo_url)
    client.close()
    check(standard, left_standard)
    check(fifo, left_fifo)
    assert order.wrong == []
    assert in_order(left_fifo)
    print(f"sent {len(standard.sent)} and {len(fifo.sent)}, deleted {len(standard.deleted)}")


def in_order(bodies: list[str]) -> bool:
    """Whether the numbers of each group grow."""
    last: dict[str, int] = {}
    for body in bodies:
        group, _, number = body.partition(":")
        if int(number) <= last.get(group, -1):
            return False
        last[group] = int(number)
    return True
