"""The AWS CLI, unmodified, as several principals: from the first user to a session of a role."""

import importlib.util
import json
import os
import subprocess
import sys

import pytest

from sdk.access.principals import HOME, allow, policy, trust, unique
from sdk.clients import REGION

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("awscli") is None, reason="awscli is not installed here"
)


@pytest.fixture
def aws(home):
    """Runs one command as somebody; gives the parsed answer, or the text of the error."""

    def run(who, *arguments):
        key = {"AWS_ACCESS_KEY_ID": who.access_key, "AWS_SECRET_ACCESS_KEY": who.secret}
        environment = {
            **os.environ,
            **key,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_MAX_ATTEMPTS": "1",
        }
        environment.pop("AWS_SESSION_TOKEN", None)
        if who.token:
            environment["AWS_SESSION_TOKEN"] = who.token
        command = [sys.executable, "-m", "awscli", "--endpoint-url", home.endpoint]
        done = subprocess.run(
            [*command, "--output", "json", *arguments],
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


def test_from_a_new_user_to_a_session_of_a_role(home, aws, queue):
    name = unique("user")
    made = aws(home, "iam", "create-user", "--user-name", name)["User"]
    assert made["Arn"] == f"arn:aws:iam::{HOME}:user/{name}"
    key = aws(home, "iam", "create-access-key", "--user-name", name)
    user = home.with_key(key, name=name)
    send = ["sqs", "send-message", "--queue-url", queue.url, "--message-body", "x"]
    assert "AccessDenied" in aws(user, *send)
    document = policy(allow(["sqs:SendMessage", "sts:AssumeRole"]))
    home.iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document)
    assert "MessageId" in aws(user, *send)
    role = home.new_role(trust(HOME), allow("sqs:ReceiveMessage"))
    assume = ["sts", "assume-role", "--role-arn", role.arn, "--role-session-name", "job"]
    session = user.with_key(aws(user, *assume))
    receive = ["sqs", "receive-message", "--queue-url", queue.url]
    assert aws(session, *receive)["Messages"][0]["Body"] == "x"


def test_another_account(home, abroad, aws):
    key = home.kms.create_key()["KeyMetadata"]["KeyId"]
    describe = ["kms", "describe-key", "--key-id", key]
    assert "NotFoundException" in aws(abroad, *describe)
