"""Many clients at once: nothing twice, nothing lost, groups in order, quotas of flight."""

import collections
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from sdk.refusals import refused

CONSUMERS = 30
LIMIT_S = 60


def drain(queue, total, work):
    """Consumers receive and delete until `total` messages have been seen; `work` sees each."""
    seen = 0
    lock = threading.Lock()
    deadline = time.monotonic() + LIMIT_S

    def consume():
        nonlocal seen
        while seen < total and time.monotonic() < deadline:
            messages = queue.receive(WaitTimeSeconds=1, AttributeNames=["MessageGroupId"])
            if not messages:
                continue
            with lock:
                seen += len(messages)
                for message in messages:
                    work(message)
            queue.delete_all(messages)

    with ThreadPoolExecutor(CONSUMERS) as pool:
        for future in [pool.submit(consume) for _ in range(CONSUMERS)]:
            future.result(timeout=LIMIT_S * 2)
    return seen


def test_thirty_consumers_share_a_queue(json_queue):
    total = 2000
    json_queue.send_all([f"m{i}" for i in range(total)])
    bodies = collections.Counter()
    assert drain(json_queue, total, lambda message: bodies.update([message["Body"]])) == total
    assert len(bodies) == total
    assert set(bodies.values()) == {1}
    assert json_queue.depth() == (0, 0, 0)


def test_thirty_consumers_share_the_groups_of_a_fifo_queue(json_fifo):
    groups, each = 20, 50
    for place in range(each):
        for start in range(0, groups, 10):
            answer = json_fifo.send_batch(
                [
                    {"Id": str(g), "MessageBody": f"{g}:{place}", "MessageGroupId": f"g{g}"}
                    for g in range(start, start + 10)
                ]
            )
            assert not answer.get("Failed")
    order = collections.defaultdict(list)

    def work(message):
        group, _, place = message["Body"].partition(":")
        order[group].append(int(place))

    assert drain(json_fifo, groups * each, work) == groups * each
    assert set(order) == {str(g) for g in range(groups)}
    assert all(places == list(range(each)) for places in order.values())


def test_producers_and_consumers_at_once(json_queue):
    producers, each = 4, 100
    bodies = collections.Counter()
    with ThreadPoolExecutor(producers + 1) as pool:
        consumer = pool.submit(
            drain, json_queue, producers * each, lambda message: bodies.update([message["Body"]])
        )
        sends = [
            pool.submit(json_queue.send_all, [f"{p}-{i}" for i in range(each)])
            for p in range(producers)
        ]
        for send in sends:
            send.result(timeout=LIMIT_S)
        assert consumer.result(timeout=LIMIT_S * 2) == producers * each
    assert set(bodies.values()) == {1}
    assert len(bodies) == producers * each


def test_duplicate_sends_at_once_make_one_message(json_fifo):
    with ThreadPoolExecutor(16) as pool:
        sends = [pool.submit(json_fifo.send, "same", MessageGroupId="g") for _ in range(32)]
        ids = {send.result(timeout=LIMIT_S)["MessageId"] for send in sends}
    assert len(ids) == 1
    assert json_fifo.bodies() == ["same"]


def test_backlog_in_one_group_does_not_slow_the_others(json_fifo):
    """A rate that falls with the backlog shows as a receive that takes seconds."""
    json_fifo.send_all([f"b{i}" for i in range(3000)], MessageGroupId="busy")
    json_fifo.receive_one()
    for place in range(50):
        json_fifo.send(f"q{place}", MessageGroupId=f"g{place}")
    started = time.monotonic()
    received = []
    while messages := json_fifo.receive():
        for message in messages:
            received.append(message["Body"])
            json_fifo.delete(message)
    assert sorted(received) == sorted(f"q{place}" for place in range(50))
    assert time.monotonic() - started < 10


@pytest.mark.slow
def test_standard_queue_has_a_limit_of_flight(json_queue):
    fill(json_queue)
    with refused("OverLimit", status=403):
        json_queue.receive()


@pytest.mark.slow
def test_full_fifo_queue_gives_nothing_new_and_no_error(json_fifo):
    fill(json_fifo, MessageGroupId="g")
    assert json_fifo.receive() == []


def fill(queue, **parameters):
    """Puts AWS's 120,000 messages into flight, and one more to wait."""
    total = 120_000
    groups = "MessageGroupId" in parameters
    with ThreadPoolExecutor(8) as pool:

        def send(start):
            entries = [
                {"Id": str(i), "MessageBody": f"{start + i}"}
                | ({"MessageGroupId": f"g{start + i}"} if groups else {})
                for i in range(10)
            ]
            assert not queue.send_batch(entries).get("Failed")

        list(pool.map(send, range(0, total + 10, 10)))

        def receive(_):
            return len(queue.receive(VisibilityTimeout=43200))

        assert sum(pool.map(receive, range(total // 10))) == total
