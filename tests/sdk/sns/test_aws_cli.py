"""The AWS CLI, unmodified, from a topic to a queue."""

import importlib.util
import json
import os
import subprocess
import sys

import pytest

from sdk.access.principals import unique
from sdk.clients import REGION
from sdk.sns.topic_under_test import create_queue

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("awscli") is None, reason="awscli is not installed here"
)


@pytest.fixture
def aws(home):
    """Runs one command of SNS; gives the parsed answer, or the text of the error."""

    def run(*arguments):
        environment = {
            **os.environ,
            "AWS_ACCESS_KEY_ID": home.access_key,
            "AWS_SECRET_ACCESS_KEY": home.secret,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_MAX_ATTEMPTS": "1",
        }
        environment.pop("AWS_SESSION_TOKEN", None)
        command = [sys.executable, "-m", "awscli", "--endpoint-url", home.endpoint]
        done = subprocess.run(
            [*command, "--output", "json", "sns", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode != 0:
            return done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else {}

    return run


def test_from_a_topic_to_a_queue(home, aws):
    arn = aws("create-topic", "--name", unique("cli"), "--tags", "Key=a,Value=b")["TopicArn"]
    queue = create_queue(home, let_in=arn)
    subscribe = ["subscribe", "--topic-arn", arn, "--protocol", "sqs"]
    made = aws(
        *subscribe,
        "--notification-endpoint",
        queue.arn,
        "--attributes",
        '{"FilterPolicy": "{\\"colour\\": [\\"red\\"]}", "RawMessageDelivery": "true"}',
    )
    publish = ["publish", "--topic-arn", arn, "--message"]
    attributes = '{"colour": {"DataType": "String", "StringValue": "red"}}'
    assert "MessageId" in aws(*publish, "no")
    assert "MessageId" in aws(*publish, "yes", "--message-attributes", attributes)
    assert queue.bodies() == ["yes"]
    (listed,) = aws("list-subscriptions-by-topic", "--topic-arn", arn)["Subscriptions"]
    assert listed["SubscriptionArn"] == made["SubscriptionArn"]


def test_errors_are_told(aws, topic):
    answer = aws("publish", "--topic-arn", topic.arn + "-missing", "--message", "x")
    assert "(NotFound)" in answer
    assert "Topic does not exist" in answer


def test_a_batch_to_a_fifo_topic(aws, fifo_topic):
    entries = '[{"Id": "1", "Message": "x", "MessageGroupId": "g"}]'
    answer = aws(
        "publish-batch", "--topic-arn", fifo_topic.arn, "--publish-batch-request-entries", entries
    )
    assert answer["Successful"][0]["Id"] == "1"
    assert answer["Successful"][0]["SequenceNumber"].isdigit()
