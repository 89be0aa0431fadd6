"""Tags of queues, and the statements that AddPermission writes into a queue's policy."""

import json

import pytest

from sdk.clients import ACCOUNT, unique_name
from sdk.queue_under_test import Queue
from sdk.refusals import refused

FRIEND = "111111111111"


def tags_of(queue):
    return queue.client.list_queue_tags(QueueUrl=queue.url).get("Tags", {})


def policy_of(queue):
    return json.loads(queue.attributes("Policy").get("Policy", '{"Statement": []}'))


def test_tags_at_creation_and_later(sqs):
    answer = sqs.create_queue(QueueName=unique_name(), tags={"stage": "test", "ä +-=._:/@": "ö/é"})
    queue = Queue(sqs, answer["QueueUrl"])
    assert tags_of(queue) == {"stage": "test", "ä +-=._:/@": "ö/é"}
    sqs.tag_queue(QueueUrl=queue.url, Tags={"stage": "production", "Stage": "", "owner": "me"})
    assert tags_of(queue) == {
        "stage": "production",
        "Stage": "",
        "owner": "me",
        "ä +-=._:/@": "ö/é",
    }
    sqs.untag_queue(QueueUrl=queue.url, TagKeys=["Stage", "ä +-=._:/@", "never there"])
    assert tags_of(queue) == {"stage": "production", "owner": "me"}


def test_queue_without_tags(sqs, queue):
    assert "Tags" not in sqs.list_queue_tags(QueueUrl=queue.url)


def test_fifty_tags_and_no_more(sqs, queue):
    sqs.tag_queue(QueueUrl=queue.url, Tags={f"key{i}": "x" for i in range(50)})
    with refused("InvalidParameterValue"):
        sqs.tag_queue(QueueUrl=queue.url, Tags={"key50": "x"})
    sqs.tag_queue(QueueUrl=queue.url, Tags={"key0": "changed"})
    assert len(tags_of(queue)) == 50
    assert tags_of(queue)["key0"] == "changed"


@pytest.mark.parametrize(
    "tags", [{"": "x"}, {"k" * 129: "x"}, {"k": "v" * 257}, {"aws:x": "x"}, {"a<b": "x"}]
)
def test_illegal_tags_are_refused(sqs, queue, tags):
    with refused(("InvalidParameterValue", "MissingParameter")):
        sqs.tag_queue(QueueUrl=queue.url, Tags=tags)
    assert tags_of(queue) == {}


def test_permission_becomes_a_statement_and_goes_by_its_label(sqs, queue):
    sqs.add_permission(
        QueueUrl=queue.url,
        Label="friends",
        AWSAccountIds=[FRIEND, "222222222222"],
        Actions=["SendMessage", "ReceiveMessage"],
    )
    (statement,) = policy_of(queue)["Statement"]
    assert statement["Sid"] == "friends"
    assert statement["Effect"] == "Allow"
    assert statement["Resource"] == queue.arn
    assert sorted(statement["Action"]) == ["SQS:ReceiveMessage", "SQS:SendMessage"]
    assert sorted(statement["Principal"]["AWS"]) == [
        f"arn:aws:iam::{FRIEND}:root",
        "arn:aws:iam::222222222222:root",
    ]
    sqs.add_permission(QueueUrl=queue.url, Label="all", AWSAccountIds=[FRIEND], Actions=["*"])
    assert [one["Sid"] for one in policy_of(queue)["Statement"]] == ["friends", "all"]
    sqs.remove_permission(QueueUrl=queue.url, Label="friends")
    assert [one["Sid"] for one in policy_of(queue)["Statement"]] == ["all"]


def test_a_label_is_used_once_and_must_exist_to_be_removed(sqs, queue):
    grant = {"AWSAccountIds": [ACCOUNT], "Actions": ["SendMessage"]}
    sqs.add_permission(QueueUrl=queue.url, Label="one", **grant)
    with refused("InvalidParameterValue"):
        sqs.add_permission(QueueUrl=queue.url, Label="one", **grant)
    with refused("InvalidParameterValue"):
        sqs.remove_permission(QueueUrl=queue.url, Label="two")


@pytest.mark.parametrize(
    "wrong",
    [
        {"Label": "has space"},
        {"Label": "x" * 81},
        {"Label": ""},
        {"Actions": ["FlyToTheMoon"]},
        {"Actions": ["CreateQueue"]},
        {"AWSAccountIds": ["not an account"]},
        {"Actions": []},
        {"AWSAccountIds": []},
    ],
)
def test_wrong_permissions_are_refused(sqs, queue, wrong):
    right = {"Label": "x", "AWSAccountIds": [FRIEND], "Actions": ["SendMessage"]}
    with refused(("InvalidParameterValue", "MissingParameter")):
        sqs.add_permission(QueueUrl=queue.url, **(right | wrong))


def test_a_statement_has_seven_actions_at_most(sqs, queue):
    actions = [
        "SendMessage",
        "ReceiveMessage",
        "DeleteMessage",
        "ChangeMessageVisibility",
        "GetQueueAttributes",
        "GetQueueUrl",
        "ListDeadLetterSourceQueues",
        "PurgeQueue",
    ]
    with refused("OverLimit", status=403):
        sqs.add_permission(QueueUrl=queue.url, Label="x", AWSAccountIds=[FRIEND], Actions=actions)
