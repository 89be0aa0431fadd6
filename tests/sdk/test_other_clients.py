"""Clients that people use, unmodified: the AWS CLI, boto3's resources, aiobotocore, Celery.

Each is skipped, with the reason, where it is not installed.
"""

import asyncio
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest

from sdk.clients import ACCOUNT, REGION, unique_name

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


def needs(module):
    missing = importlib.util.find_spec(module) is None
    return pytest.mark.skipif(missing, reason=f"{module} is not installed here")


@pytest.fixture
def cli(server):
    """Runs one command of the AWS CLI and gives its parsed answer."""

    def run(*arguments):
        command = [sys.executable, "-m", "awscli", "--endpoint-url", server.endpoint]
        command += ["--output", "json", "sqs", *arguments]
        done = subprocess.run(
            command,
            env={**os.environ, **ENVIRONMENT},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else {}

    return run


@needs("awscli")
def test_aws_cli_creates_sends_receives_and_deletes(cli):
    name = unique_name()
    url = cli("create-queue", "--queue-name", name)["QueueUrl"]
    assert cli("list-queues", "--queue-name-prefix", name) == {"QueueUrls": [url]}
    sent = cli("send-message", "--queue-url", url, "--message-body", "from the CLI")
    (message,) = cli("receive-message", "--queue-url", url)["Messages"]
    assert message["MessageId"] == sent["MessageId"]
    assert message["Body"] == "from the CLI"
    handle = message["ReceiptHandle"]
    assert cli("delete-message", "--queue-url", url, "--receipt-handle", handle) == {}
    names = ["--attribute-names", "ApproximateNumberOfMessagesNotVisible"]
    counts = cli("get-queue-attributes", "--queue-url", url, *names)["Attributes"]
    assert counts == {"ApproximateNumberOfMessagesNotVisible": "0"}


def test_boto3_resource(server):
    resource = boto3.resource(
        "sqs",
        endpoint_url=server.endpoint,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    queue = resource.create_queue(QueueName=unique_name())
    queue.send_message(MessageBody="x")
    (message,) = queue.receive_messages(WaitTimeSeconds=1, AttributeNames=["All"])
    assert message.attributes["ApproximateReceiveCount"] == "1"
    message.change_visibility(VisibilityTimeout=30)
    message.delete()
    queue.load()
    assert queue.attributes["ApproximateNumberOfMessagesNotVisible"] == "0"
    resource.meta.client.close()


@needs("aiobotocore")
def test_aiobotocore_sends_and_receives_side_by_side(server):
    from aiobotocore.session import get_session

    async def scenario():
        session = get_session()
        async with session.create_client(
            "sqs",
            endpoint_url=server.endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        ) as client:
            url = (await client.create_queue(QueueName=unique_name()))["QueueUrl"]
            polls = [
                asyncio.create_task(
                    client.receive_message(QueueUrl=url, WaitTimeSeconds=10, MaxNumberOfMessages=1)
                )
                for _ in range(5)
            ]
            await asyncio.sleep(0.2)
            await asyncio.gather(
                *(client.send_message(QueueUrl=url, MessageBody=f"m{i}") for i in range(5))
            )
            answers = await asyncio.gather(*polls)
            messages = [answer["Messages"][0] for answer in answers]
            for message in messages:
                await client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            return sorted(message["Body"] for message in messages)

    assert asyncio.run(scenario()) == [f"m{i}" for i in range(5)]


@needs("aiobotocore")
def test_aiobotocore_that_cancels_a_long_poll_strands_nothing(server, json_queue):
    from aiobotocore.session import get_session

    async def scenario():
        async with get_session().create_client(
            "sqs",
            endpoint_url=server.endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        ) as client:
            poll = asyncio.create_task(
                client.receive_message(QueueUrl=json_queue.url, WaitTimeSeconds=20)
            )
            await asyncio.sleep(0.3)
            poll.cancel()
            await asyncio.gather(poll, return_exceptions=True)

    asyncio.run(scenario())
    json_queue.send("x")
    assert json_queue.bodies(WaitTimeSeconds=2) == ["x"]


CELERY_TASKS = 5


def wait_for_files(folder, count, worker, log):
    deadline = time.monotonic() + 40
    while len(list(folder.iterdir())) < count:
        assert worker.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


@needs("celery")
@needs("pycurl")
def test_celery_worker_runs_its_tasks(server, sqs_json, tmp_path):
    """Celery creates its queue, a worker process takes the tasks by long poll, and deletes them."""
    prefix = unique_name() + "-"
    environment = {
        **os.environ,
        **ENVIRONMENT,
        "CELERY_TEST_BROKER": f"sqs://test:test@127.0.0.1:{server.port}//",
        "CELERY_TEST_PREFIX": prefix,
        "PYTHONPATH": os.pathsep.join(
            filter(None, [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH")])
        ),
    }
    results, log = tmp_path / "results", tmp_path / "worker.log"
    results.mkdir()
    worker_command = ["worker", "--pool", "solo", "--without-mingle", "--without-gossip"]
    with log.open("w") as output:
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "sdk.celery_app", *worker_command],
            env=environment,
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            send = (
                "import sys; from sdk.celery_app import add\n"
                f"for i in range({CELERY_TASKS}): add.delay(sys.argv[1], i, i)"
            )
            subprocess.run(
                [sys.executable, "-c", send, str(results)],
                env=environment,
                cwd=tmp_path,
                check=True,
                timeout=60,
            )
            wait_for_files(results, CELERY_TASKS, worker, log)
            url = f"{server.endpoint}/{ACCOUNT}/{prefix}celery"
            deadline = time.monotonic() + 10
            while any(counts(sqs_json, url)) and time.monotonic() < deadline:
                time.sleep(0.05)
        finally:
            worker.send_signal(signal.SIGTERM)
            try:
                worker.wait(timeout=20)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
    sums = {file.name: file.read_text().split() for file in results.iterdir()}
    assert sums == {f"{i}+{i}": [str(2 * i)] for i in range(CELERY_TASKS)}
    assert counts(sqs_json, url) == [0, 0], log.read_text()


def counts(client, url):
    """How many messages wait and how many are in flight."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return [int(attributes[name]) for name in names]


@needs("kombu")
@needs("pycurl")
def test_kombu_with_a_queue_that_it_is_told(server, json_queue):
    from kombu import Connection

    options = {
        "region": REGION,
        "is_secure": False,
        "wait_time_seconds": 1,
        "predefined_queues": {
            "jobs": {
                "url": json_queue.url,
                "access_key_id": "test",
                "secret_access_key": "test",
            }
        },
    }
    address = f"sqs://test:test@127.0.0.1:{server.port}//"
    with Connection(address, transport_options=options) as connection:
        queue = connection.SimpleQueue("jobs")
        queue.put({"job": 1})
        message = queue.get(timeout=10)
        assert message.payload == {"job": 1}
        message.ack()
        queue.close()
    assert json_queue.depth() == (0, 0, 0)
