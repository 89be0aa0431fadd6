"""A real server's audit trail, and the commands that change who may do what, end to end."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from server_process import ServerProcess
from tidegate.cli import key, policy, user

SECRET = "text-that-nobody-may-read-in-a-trail"
MAY_SEND = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "All", "Effect": "Allow", "Action": "sqs:*", "Resource": "*"},
        {
            "Sid": "NoPurge",
            "Effect": "Deny",
            "Action": "sqs:PurgeQueue",
            "Resource": "*",
        },
    ],
}

NewServer = Callable[..., ServerProcess]


def sqs(server: ServerProcess, access_key: str = "test", secret_key: str = "test") -> Any:
    return boto3.client(
        "sqs",
        endpoint_url=server.endpoint,
        region_name="eu-west-1",
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
    )


def trail(server: ServerProcess) -> list[dict[str, Any]]:
    lines = (server.data / "audit" / "audit.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def use(client: Any) -> None:
    """Each way in which something that is secret can come to a server."""
    url = client.create_queue(QueueName="video")["QueueUrl"]
    attribute = {"DataType": "String", "StringValue": SECRET}
    client.send_message(QueueUrl=url, MessageBody=SECRET, MessageAttributes={"a": attribute})
    client.send_message_batch(QueueUrl=url, Entries=[{"Id": "1", "MessageBody": SECRET}])
    message = client.receive_message(QueueUrl=url)["Messages"][0]
    client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    with pytest.raises(ClientError):
        client.delete_message(QueueUrl=url, ReceiptHandle=SECRET)


def test_operations_on_messages_are_recorded_where_that_is_on(new_server: NewServer) -> None:
    server = new_server("--audit", "all")
    use(sqs(server))
    assert server.stop() == 0
    records = trail(server)
    assert [record["eventName"] for record in records] == [
        "CreateQueue",
        "SendMessage",
        "SendMessageBatch",
        "ReceiveMessage",
        "DeleteMessage",
        "DeleteMessage",
    ]
    assert [record.get("errorCode") for record in records][-2:] == [None, "ReceiptHandleIsInvalid"]
    assert SECRET not in json.dumps(records)


def test_by_default_control_operations_are_recorded(new_server: NewServer) -> None:
    server = new_server()
    use(sqs(server))
    assert server.stop() == 0
    assert [record["eventName"] for record in trail(server)] == ["CreateQueue"]


def test_trail_can_be_off(new_server: NewServer) -> None:
    server = new_server("--audit", "off")
    use(sqs(server))
    assert server.stop() == 0
    assert not (server.data / "audit").exists()


def test_who_was_denied_what_and_why(
    new_server: NewServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    server = new_server()
    for name in ("AWS_ENDPOINT_URL_IAM", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.endpoint)
    document = tmp_path / "policy.json"
    document.write_text(json.dumps(MAY_SEND, indent=2))

    assert user.run(["create", "alice"]) == 0
    assert policy.run(["put", "may-send", str(document)]) == 0
    assert policy.run(["put", "may-send", str(document)]) == 0
    assert policy.run(["attach", "may-send", "--user", "alice"]) == 0
    capsys.readouterr()
    assert key.run(["create", "--user", "alice", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)["AccessKey"]

    client = sqs(server, made["AccessKeyId"], made["SecretAccessKey"])
    url = client.create_queue(QueueName="video")["QueueUrl"]
    with pytest.raises(ClientError, match="AccessDenied"):
        client.purge_queue(QueueUrl=url)

    arn = "arn:aws:iam::000000000000:user/alice"
    capsys.readouterr()
    asked = ["explain", "--principal", arn, "--action", "sqs:PurgeQueue"]
    assert policy.run(asked) == 0
    explained = capsys.readouterr().out
    assert "Decision:    denied: a statement denies it" in explained
    assert "Matched statements: 1" in explained

    assert key.run(["deactivate", made["AccessKeyId"], "--user", "alice"]) == 0
    with pytest.raises(ClientError):
        client.purge_queue(QueueUrl=url)
    assert user.run(["delete", "alice", "--force"]) == 0
    assert policy.run(["delete", "may-send"]) == 0
    assert server.stop() == 0

    records = trail(server)
    denied, unproven = (each for each in records if each["eventName"] == "PurgeQueue")
    assert denied["userIdentity"]["arn"] == arn
    assert denied["errorCode"] == "AccessDenied"
    assert denied["resources"][0]["ARN"] == "arn:aws:sqs:eu-west-1:000000000000:video"
    decision = denied["additionalEventData"]["decision"]
    assert decision["verdict"] == "explicitDeny"
    matched = {each["sid"]: each["effect"] for each in decision["matchedStatements"]}
    assert matched["NoPurge"] == "Deny"
    assert unproven["userIdentity"] == {"type": "Unknown", "accessKeyId": made["AccessKeyId"]}
    created = next(each for each in records if each["eventName"] == "CreateAccessKey")
    assert created["responseElements"]["accessKey"]["accessKeyId"] == made["AccessKeyId"]
    assert made["SecretAccessKey"] not in json.dumps(records)
    assert made["SecretAccessKey"] not in server.errors()
