"""Long polls: woken by the message, in the order of waiting, and safe when the client is gone."""

import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sdk.raw_http import Connection, json_call

# Long enough for a request that was sent to be waiting in the server.
UNDER_WAY_S = 0.3


@pytest.fixture
def threads():
    with ThreadPoolExecutor(16) as pool:
        yield pool


def waiting_receive(threads, queue, seconds=20, count=10):
    """A receive that is waiting in the server when this returns."""
    future = threads.submit(queue.bodies, count, WaitTimeSeconds=seconds)
    time.sleep(UNDER_WAY_S)
    assert not future.done()
    return future


def test_message_wakes_the_poll(threads, queue):
    poll = waiting_receive(threads, queue)
    sent_at = time.monotonic()
    queue.send("wake up")
    assert poll.result(timeout=10) == ["wake up"]
    assert time.monotonic() - sent_at < 5


def test_poll_without_messages_ends_at_its_time(json_queue):
    started = time.monotonic()
    answer = json_queue.client.receive_message(QueueUrl=json_queue.url, WaitTimeSeconds=1)
    assert "Messages" not in answer
    assert 0.9 < time.monotonic() - started < 5


def test_wait_of_the_queue_holds_when_the_call_names_none(new_json_queue):
    queue = new_json_queue(ReceiveMessageWaitTimeSeconds="1")
    started = time.monotonic()
    assert queue.receive() == []
    assert time.monotonic() - started > 0.9


def test_polls_are_served_in_the_order_of_waiting(threads, json_queue):
    polls = [waiting_receive(threads, json_queue, count=1) for _ in range(4)]
    for place, poll in enumerate(polls):
        json_queue.send(f"message {place}")
        assert poll.result(timeout=10) == [f"message {place}"]
        assert not any(later.done() for later in polls[place + 1 :])


def test_one_message_wakes_one_poll(threads, json_queue):
    first = waiting_receive(threads, json_queue, seconds=2)
    second = waiting_receive(threads, json_queue, seconds=2)
    json_queue.send("only one")
    assert first.result(timeout=10) == ["only one"]
    assert second.result(timeout=10) == []


def test_message_that_becomes_visible_wakes_the_poll(threads, json_queue):
    json_queue.send("x")
    json_queue.receive_one(VisibilityTimeout=1)
    started = time.monotonic()
    assert json_queue.bodies(WaitTimeSeconds=10) == ["x"]
    assert time.monotonic() - started < 8


def test_message_given_back_wakes_the_poll(threads, json_queue):
    json_queue.send("x")
    message = json_queue.receive_one()
    poll = waiting_receive(threads, json_queue)
    json_queue.change_visibility(message, 0)
    assert poll.result(timeout=10) == ["x"]


def test_end_of_a_delay_wakes_the_poll(json_queue):
    json_queue.send("x", DelaySeconds=1)
    started = time.monotonic()
    assert json_queue.bodies(WaitTimeSeconds=10) == ["x"]
    assert time.monotonic() - started < 8


def test_fifo_group_that_is_unlocked_wakes_the_poll(threads, json_fifo):
    for body in ("m1", "m2"):
        json_fifo.send(body, MessageGroupId="g")
    message = json_fifo.receive_one()
    poll = waiting_receive(threads, json_fifo)
    json_fifo.delete(message)
    assert poll.result(timeout=10) == ["m2"]


def test_batch_wakes_the_poll(threads, json_queue):
    poll = waiting_receive(threads, json_queue)
    json_queue.send_all(["a", "b", "c"])
    received = poll.result(timeout=10)
    assert received
    assert sorted(received + json_queue.bodies()) == ["a", "b", "c"]


def test_poll_of_a_deleted_queue_ends(threads, json_queue):
    poll = threads.submit(
        json_queue.client.receive_message, QueueUrl=json_queue.url, WaitTimeSeconds=20
    )
    time.sleep(UNDER_WAY_S)
    json_queue.client.delete_queue(QueueUrl=json_queue.url)
    error = poll.exception(timeout=10)
    if error is None:
        assert "Messages" not in poll.result()
    else:
        code = error.response["Error"]["Code"]
        assert code == "AWS.SimpleQueueService.NonExistentQueue"


def abandon_long_poll(server, queue, *, reset):
    """A raw client that waits in a long poll and then goes away, politely or with a reset."""
    with Connection(server.endpoint) as connection:
        body = {"QueueUrl": queue.url, "WaitTimeSeconds": 20, "VisibilityTimeout": 600}
        connection.send(json_call(connection.host, "ReceiveMessage", body))
        time.sleep(UNDER_WAY_S)
        if reset:
            linger = struct.pack("ii", 1, 0)
            connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("fifo", [False, True])
def test_client_that_hung_up_strands_no_message(server, new_json_queue, reset, fifo):
    queue = new_json_queue(fifo=fifo)
    group = {"MessageGroupId": "g"} if fifo else {}
    for place in range(3):
        abandon_long_poll(server, queue, reset=reset)
        queue.send(f"m{place}", **group)
        message = queue.receive_one(WaitTimeSeconds=2)
        assert message["Body"] == f"m{place}"
        queue.delete(message)


def test_client_that_hangs_up_as_the_message_comes_strands_nothing(server, json_queue):
    """The server may already have picked the message for the client that is closing."""
    for place in range(10):
        with Connection(server.endpoint) as connection:
            body = {"QueueUrl": json_queue.url, "WaitTimeSeconds": 20, "VisibilityTimeout": 600}
            connection.send(json_call(connection.host, "ReceiveMessage", body))
            time.sleep(0.05)
            sender = json_queue.client
            connection.socket.shutdown(socket.SHUT_RD)
            connection.socket.close()
            sender.send_message(QueueUrl=json_queue.url, MessageBody=f"m{place}")
        message = json_queue.receive_one(WaitTimeSeconds=2)
        json_queue.delete(message)


def test_next_in_line_gets_what_a_vanished_client_did_not_take(server, threads, json_queue):
    abandon_long_poll(server, json_queue, reset=True)
    poll = waiting_receive(threads, json_queue)
    json_queue.send("x")
    assert poll.result(timeout=10) == ["x"]


def processor_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")
def test_waiting_costs_no_processor_time(server, threads, new_json_queue):
    """A dozen long polls must wait, not turn in circles."""
    polls = [threads.submit(new_json_queue().receive, 1, WaitTimeSeconds=2) for _ in range(12)]
    time.sleep(UNDER_WAY_S)
    before = processor_seconds(server.pid)
    assert all(poll.result(timeout=10) == [] for poll in polls)
    assert processor_seconds(server.pid) - before < 0.5


def test_polls_on_many_queues_wake_only_their_own(threads, new_json_queue):
    queues = [new_json_queue() for _ in range(5)]
    polls = [threads.submit(queue.bodies, 1, WaitTimeSeconds=20) for queue in queues]
    time.sleep(UNDER_WAY_S)
    for place in (3, 0, 4, 1, 2):
        queues[place].send(f"for {place}")
    assert [poll.result(timeout=10) for poll in polls] == [[f"for {i}"] for i in range(5)]
