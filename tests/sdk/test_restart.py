"""Restarts: what was acknowledged is there again, after a stop as after a kill."""

import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from sdk.clients import create_queue, unique_name
from sdk.queue_under_test import Queue
from sdk.raw_http import Connection, json_call
from sdk.refusals import NO_SUCH_QUEUE, refused
from server_process import ServerProcess

UNDER_WAY_S = 0.3


@pytest.fixture
def fresh(new_server):
    """A server of the test's own, running."""
    return new_server()


@pytest.fixture
def client(fresh, clients):
    return clients.make(fresh.endpoint)


@pytest.fixture(params=["stopped", "killed"])
def again(request, fresh):
    """Ends the server and starts it again on the same data."""

    def restart():
        if request.param == "stopped":
            assert fresh.stop() == 0
        else:
            fresh.kill()
        fresh.start()

    return restart


def test_definitions_survive(client, again):
    name = unique_name()
    url = client.create_queue(
        QueueName=name,
        Attributes={"VisibilityTimeout": "77", "DelaySeconds": "3"},
        tags={"stage": "test"},
    )["QueueUrl"]
    queue = Queue(client, url)
    dead_letters = create_queue(client)
    redrive = f'{{"deadLetterTargetArn":"{dead_letters.arn}","maxReceiveCount":4}}'
    queue.set(RedrivePolicy=redrive)
    client.add_permission(
        QueueUrl=url, Label="friend", AWSAccountIds=["111111111111"], Actions=["SendMessage"]
    )
    gone = create_queue(client)
    client.delete_queue(QueueUrl=gone.url)
    before = queue.attributes()
    again()
    assert queue.attributes() == before
    assert client.list_queue_tags(QueueUrl=url)["Tags"] == {"stage": "test"}
    assert client.list_dead_letter_source_queues(QueueUrl=dead_letters.url)["queueUrls"] == [url]
    with refused(NO_SUCH_QUEUE):
        gone.attributes()
    with refused("AWS.SimpleQueueService.QueueDeletedRecently"):
        client.create_queue(QueueName=gone.name)


def test_messages_survive_with_all_they_carry(client, again):
    queue = create_queue(client)
    attributes = {
        "text": {"DataType": "String.label", "StringValue": "漢字"},
        "bytes": {"DataType": "Binary", "BinaryValue": bytes(range(256))},
    }
    trace = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-0-0"}}
    sent = queue.send("body ü", MessageAttributes=attributes, MessageSystemAttributes=trace)
    queue.send("m" * 1048576)
    queue.send("delayed", DelaySeconds=900)
    again()
    assert queue.depth() == (2, 0, 1)
    messages = queue.receive(AttributeNames=["All"], MessageAttributeNames=["All"])
    first = next(message for message in messages if message["Body"] == "body ü")
    assert first["MessageId"] == sent["MessageId"]
    assert first["MessageAttributes"] == attributes
    assert first["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]
    assert first["Attributes"]["AWSTraceHeader"] == "Root=1-0-0"
    assert {len(message["Body"]) for message in messages} == {6, 1048576}


def test_flight_and_receive_counts_survive(client, again):
    queue = create_queue(client)
    queue.send("counted")
    for _ in range(3):
        queue.receive_one(VisibilityTimeout=0)
    counted = queue.receive_one(VisibilityTimeout=600, AttributeNames=["All"])
    queue.send("extended")
    queue.change_visibility(queue.receive_one(VisibilityTimeout=1), 600)
    again()
    assert queue.receive() == []
    assert queue.depth() == (0, 2, 0)
    queue.change_visibility(counted, 0)
    message = queue.receive_one(AttributeNames=["All"])
    assert message["Attributes"]["ApproximateReceiveCount"] == "5"
    first = "ApproximateFirstReceiveTimestamp"
    assert message["Attributes"][first] == counted["Attributes"][first]
    queue.delete(message)
    assert queue.depth() == (0, 1, 0)


def test_visibility_timeout_runs_on_while_the_server_is_down(client, again):
    queue = create_queue(client)
    queue.send("x")
    queue.receive_one(VisibilityTimeout=1)
    again()
    assert queue.bodies(WaitTimeSeconds=5) == ["x"]


def test_deleted_messages_do_not_return(client, again):
    queue = create_queue(client)
    queue.send_all([f"m{i}" for i in range(20)])
    for message in queue.receive():
        queue.delete(message)
    purged = create_queue(client)
    purged.send_all(["a", "b"])
    purged.purge()
    again()
    assert queue.depth() == (10, 0, 0)
    assert purged.depth() == (0, 0, 0)
    with refused("AWS.SimpleQueueService.PurgeQueueInProgress", status=403):
        purged.purge()


def test_fifo_order_locks_and_deduplication_survive(client, again):
    fifo = create_queue(client, fifo=True)
    for body in ("m1", "m2", "m3"):
        sent = fifo.send(body, MessageGroupId="g")
    fifo.send("other", MessageGroupId="h")
    first = fifo.receive(1)[0]
    again()
    assert fifo.bodies() == ["other"]
    fifo.delete(first)
    fifo.send("m1", MessageGroupId="g")
    later = fifo.send("m4", MessageGroupId="g")
    assert int(later["SequenceNumber"]) > int(sent["SequenceNumber"])
    assert fifo.bodies() == ["m2", "m3", "m4"]


def test_attempt_of_a_fifo_receive_survives(client, again):
    fifo = create_queue(client, fifo=True)
    fifo.send("x", MessageGroupId="g")
    before = fifo.receive_one(ReceiveRequestAttemptId="attempt")
    again()
    after = fifo.receive_one(ReceiveRequestAttemptId="attempt")
    assert after["ReceiptHandle"] == before["ReceiptHandle"]


def test_dead_letters_and_finished_tasks_survive(client, again):
    dead_letters = create_queue(client)
    redrive = f'{{"deadLetterTargetArn":"{dead_letters.arn}","maxReceiveCount":1}}'
    queue = create_queue(client, RedrivePolicy=redrive)
    queue.send("x")
    queue.receive(VisibilityTimeout=0)
    assert queue.receive() == []
    again()
    message = dead_letters.receive_one(AttributeNames=["All"], VisibilityTimeout=0)
    assert message["Attributes"]["DeadLetterQueueSourceArn"] == queue.arn
    client.start_message_move_task(SourceArn=dead_letters.arn)
    assert queue.bodies(WaitTimeSeconds=5) == ["x"]
    again()
    (task,) = client.list_message_move_tasks(SourceArn=dead_letters.arn)["Results"]
    assert task["Status"] == "COMPLETED"
    assert task["ApproximateNumberOfMessagesMoved"] == 1


def test_move_task_goes_on_after_a_restart(client, again):
    dead_letters, destination = create_queue(client), create_queue(client)
    redrive = f'{{"deadLetterTargetArn":"{dead_letters.arn}","maxReceiveCount":1}}'
    create_queue(client, RedrivePolicy=redrive)
    dead_letters.send_all([f"m{i}" for i in range(10)])
    client.start_message_move_task(
        SourceArn=dead_letters.arn,
        DestinationArn=destination.arn,
        MaxNumberOfMessagesPerSecond=8,
    )
    again()
    deadline = time.monotonic() + 10
    while True:
        (task,) = client.list_message_move_tasks(SourceArn=dead_letters.arn)["Results"]
        if task["Status"] != "RUNNING":
            break
        assert time.monotonic() < deadline, task
        time.sleep(0.05)
    assert task["Status"] == "COMPLETED"
    assert task["ApproximateNumberOfMessagesMoved"] == 10
    assert dead_letters.depth() == (0, 0, 0)
    assert sorted(destination.bodies()) == sorted(f"m{i}" for i in range(10))


def test_many_restarts_lose_nothing(client, fresh):
    queue = create_queue(client)
    for place in range(4):
        queue.send_all([f"m{place}-{i}" for i in range(10)])
        fresh.kill() if place % 2 else fresh.stop()
        fresh.start()
    received = []
    while bodies := queue.bodies():
        received += bodies
    assert sorted(received) == sorted(f"m{place}-{i}" for place in range(4) for i in range(10))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stop_answers_long_polls_and_ends_with_status_0(fresh, client, number):
    queue = create_queue(client)
    with ThreadPoolExecutor(1) as pool:
        poll = pool.submit(client.receive_message, QueueUrl=queue.url, WaitTimeSeconds=20)
        time.sleep(UNDER_WAY_S)
        fresh.signal(number)
        answer = poll.result(timeout=10)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert "Messages" not in answer
    assert fresh.wait() == 0


def test_stop_finishes_the_request_under_way(fresh, client):
    queue = create_queue(client)
    body = {"QueueUrl": queue.url, "MessageBody": "x" * 100_000}
    with Connection(fresh.endpoint) as connection:
        call = json_call(connection.host, "SendMessage", body)
        connection.send(call[:50_000])
        time.sleep(UNDER_WAY_S)
        fresh.signal(signal.SIGTERM)
        connection.send(call[50_000:])
        answer = connection.read()
        connection.socket.close()
    assert fresh.wait() == 0
    fresh.start()
    assert queue.depth()[0] == (1 if answer is not None and answer.status == 200 else 0)


def test_idle_connections_do_not_hold_a_stop_up(fresh):
    with Connection(fresh.endpoint), Connection(fresh.endpoint):
        assert fresh.stop() == 0


def test_second_server_on_the_same_data_is_refused(fresh):
    second = ServerProcess(fresh.data)
    with pytest.raises(RuntimeError, match="the server ended with") as caught:
        second.start()
    assert "ended with 0" not in str(caught.value)
    assert str(fresh.data) in str(caught.value)
    assert fresh.get("/_tidegate/health") == 200


def test_output_tells_the_endpoint_and_the_key(fresh):
    fresh.stop()
    for said in (fresh.endpoint, "test", "000000000000"):
        assert said in fresh.output()
