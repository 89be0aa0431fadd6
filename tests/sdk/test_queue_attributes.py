"""Attributes of queues: what can be set, between which limits, and how a wrong one is refused."""

import json

import pytest

from sdk.clients import unique_name
from sdk.queue_under_test import Queue
from sdk.refusals import refused

# Attribute: the values that AWS documents as the smallest and the largest.
NUMBERS = {
    "DelaySeconds": (0, 900),
    "MaximumMessageSize": (1024, 1048576),
    "MessageRetentionPeriod": (60, 1209600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43200),
    "KmsDataKeyReusePeriodSeconds": (60, 86400),
}


def created(sqs, name, **attributes):
    return Queue(sqs, sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])


def test_attributes_set_at_creation_and_later(new_queue):
    queue = new_queue(
        MessageRetentionPeriod="604800", ReceiveMessageWaitTimeSeconds="10", VisibilityTimeout="20"
    )
    before = queue.attributes()
    queue.set(MaximumMessageSize="2048", VisibilityTimeout="69", DelaySeconds="420")
    after = queue.attributes()
    assert before["CreatedTimestamp"] == after["CreatedTimestamp"]
    assert int(after["LastModifiedTimestamp"]) >= int(before["LastModifiedTimestamp"])
    changed = {"MaximumMessageSize": "2048", "VisibilityTimeout": "69", "DelaySeconds": "420"}
    stamp = {"LastModifiedTimestamp": after["LastModifiedTimestamp"]}
    assert after == {**before, **changed, **stamp}
    assert before["MessageRetentionPeriod"] == "604800"
    assert before["ReceiveMessageWaitTimeSeconds"] == "10"
    assert before["VisibilityTimeout"] == "20"


def test_only_named_attributes_are_returned(queue):
    wanted = ("VisibilityTimeout", "QueueArn")
    assert set(queue.attributes(*wanted)) == set(wanted)
    assert "RedrivePolicy" not in queue.attributes("RedrivePolicy", "QueueArn")


def test_no_names_give_no_attributes(sqs, queue):
    assert not sqs.get_queue_attributes(QueueUrl=queue.url).get("Attributes")


def test_unknown_attribute_name_is_refused(queue):
    with refused("InvalidAttributeName", "Unknown Attribute Color."):
        queue.attributes("Color")
    with refused("InvalidAttributeName", "Unknown Attribute Color."):
        queue.set(Color="blue")


def test_unknown_attribute_at_creation_is_refused(sqs):
    with refused("InvalidAttributeName", "Unknown Attribute Color."):
        sqs.create_queue(QueueName=unique_name(), Attributes={"Color": "blue"})


@pytest.mark.parametrize("value", ["true", "false"])
def test_a_standard_queue_stays_standard(queue, value):
    with refused(
        "InvalidAttributeName", "Unknown Attribute FifoQueue.", query_error="InvalidAttributeName"
    ):
        queue.set(FifoQueue=value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ContentBasedDeduplication", "true"),
        ("DeduplicationScope", "queue"),
        ("FifoThroughputLimit", "perQueue"),
    ],
)
def test_fifo_attributes_are_not_for_standard_queues(queue, name, value):
    with refused(("InvalidAttributeName", "InvalidAttributeValue"), containing=name):
        queue.set(**{name: value})
    assert name not in queue.attributes()


def test_a_fifo_queue_stays_fifo(fifo):
    with refused(("InvalidAttributeValue", "InvalidAttributeName", "InvalidParameterValue")):
        fifo.set(FifoQueue="false")
    assert fifo.attributes("FifoQueue") == {"FifoQueue": "true"}


@pytest.mark.parametrize(
    "name", ["QueueArn", "CreatedTimestamp", "ApproximateNumberOfMessages", "All"]
)
def test_attributes_that_the_server_keeps_cannot_be_set(queue, name):
    with refused(("InvalidAttributeName", "InvalidAttributeValue")):
        queue.set(**{name: "1"})


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_are_held_to_their_limits(queue, name):
    smallest, largest = NUMBERS[name]
    if name.startswith("Kms"):
        queue.set(KmsMasterKeyId="alias/some-key")
    for legal in (smallest, largest):
        queue.set(**{name: str(legal)})
        assert queue.attributes(name)[name] == str(legal)
    for illegal in (str(smallest - 1), str(largest + 1), "many", "1.5", ""):
        with refused(("InvalidAttributeValue", "InvalidParameterValue")):
            queue.set(**{name: illegal})
    assert queue.attributes(name)[name] == str(largest)


def test_a_wrong_value_changes_nothing(queue):
    with refused(("InvalidAttributeValue", "InvalidParameterValue"), containing="DelaySeconds"):
        queue.set(VisibilityTimeout="5", DelaySeconds="901")
    assert queue.attributes("VisibilityTimeout") == {"VisibilityTimeout": "30"}


def test_wrong_value_at_creation_makes_no_queue(sqs):
    name = unique_name()
    with refused(("InvalidAttributeValue", "InvalidParameterValue")):
        sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "43201"})
    assert "QueueUrls" not in sqs.list_queues(QueueNamePrefix=name)


def test_high_throughput_needs_both_attributes_to_agree(sqs):
    fifo = created(sqs, unique_name(fifo=True), FifoQueue="true")
    with refused(("InvalidAttributeValue", "InvalidParameterValue")):
        fifo.set(FifoThroughputLimit="perMessageGroupId")
    fifo.set(DeduplicationScope="messageGroup", FifoThroughputLimit="perMessageGroupId")
    assert fifo.attributes("DeduplicationScope", "FifoThroughputLimit") == {
        "DeduplicationScope": "messageGroup",
        "FifoThroughputLimit": "perMessageGroupId",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DeduplicationScope", "galaxy"),
        ("FifoThroughputLimit", "none"),
        ("ContentBasedDeduplication", "maybe"),
    ],
)
def test_fifo_attributes_have_fixed_values(fifo, name, value):
    with refused(("InvalidAttributeValue", "InvalidParameterValue")):
        fifo.set(**{name: value})


def test_encryption_with_a_key_of_kms(sqs):
    queue = created(
        sqs,
        unique_name(),
        KmsMasterKeyId="testKeyId",
        KmsDataKeyReusePeriodSeconds="6000",
        SqsManagedSseEnabled="false",
    )
    names = ("KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled")
    assert queue.attributes(*names) == {
        "KmsMasterKeyId": "testKeyId",
        "KmsDataKeyReusePeriodSeconds": "6000",
        "SqsManagedSseEnabled": "false",
    }


def test_encryption_with_a_key_of_the_service(sqs):
    queue = created(sqs, unique_name(), SqsManagedSseEnabled="true")
    names = ("KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled")
    assert queue.attributes(*names) == {"SqsManagedSseEnabled": "true"}


def test_policy_is_kept_and_must_be_a_policy(queue):
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "everyone",
                "Effect": "Allow",
                "Principal": "*",
                "Action": "sqs:SendMessage",
                "Resource": queue.arn,
            }
        ],
    }
    queue.set(Policy=json.dumps(policy))
    assert json.loads(queue.attributes("Policy")["Policy"]) == policy
    with refused(("InvalidAttributeValue", "InvalidParameterValue")):
        queue.set(Policy="{not json")
    queue.set(Policy="")
    assert "Policy" not in queue.attributes()


def redrive(dead_letters, count):
    return json.dumps({"deadLetterTargetArn": dead_letters, "maxReceiveCount": count})


def test_redrive_policy_is_kept_and_taken_away_by_an_empty_one(new_queue):
    queue, dead_letters = new_queue(), new_queue()
    policy = redrive(dead_letters.arn, 3)
    queue.set(RedrivePolicy=policy)
    kept = json.loads(queue.attributes()["RedrivePolicy"])
    assert kept["deadLetterTargetArn"] == dead_letters.arn
    assert int(kept["maxReceiveCount"]) == 3
    queue.set(RedrivePolicy="")
    assert "RedrivePolicy" not in queue.attributes()


@pytest.mark.parametrize(
    "policy",
    [
        "not json",
        "[]",
        '{"maxReceiveCount": 3}',
        '{"deadLetterTargetArn": "ARN"}',
        '{"deadLetterTargetArn": "ARN", "maxReceiveCount": 0}',
        '{"deadLetterTargetArn": "ARN", "maxReceiveCount": 1001}',
        '{"deadLetterTargetArn": "ARN", "maxReceiveCount": "many"}',
        '{"deadLetterTargetArn": "not an arn", "maxReceiveCount": 3}',
    ],
)
def test_wrong_redrive_policy_is_refused(new_queue, policy):
    queue, dead_letters = new_queue(), new_queue()
    with refused(("InvalidParameterValue", "InvalidAttributeValue")):
        queue.set(RedrivePolicy=policy.replace("ARN", dead_letters.arn))
    assert "RedrivePolicy" not in queue.attributes()


def test_dead_letter_queue_must_exist(queue):
    with refused(
        (
            "InvalidParameterValue",
            "InvalidAttributeValue",
            "AWS.SimpleQueueService.NonExistentQueue",
        )
    ):
        queue.set(RedrivePolicy=redrive(queue.arn + "-missing", 3))


def test_dead_letter_queue_must_be_of_the_same_kind(queue, fifo):
    for source, target in ((queue, fifo), (fifo, queue)):
        with refused(("InvalidParameterValue", "InvalidAttributeValue")):
            source.set(RedrivePolicy=redrive(target.arn, 3))


def test_redrive_allow_policy_decides_who_may_use_the_queue(new_queue):
    source, other, dead_letters = new_queue(), new_queue(), new_queue()
    allow = {"redrivePermission": "byQueue", "sourceQueueArns": [source.arn]}
    dead_letters.set(RedriveAllowPolicy=json.dumps(allow))
    assert json.loads(dead_letters.attributes()["RedriveAllowPolicy"]) == allow
    source.set(RedrivePolicy=redrive(dead_letters.arn, 3))
    with refused(("InvalidParameterValue", "InvalidAttributeValue")):
        other.set(RedrivePolicy=redrive(dead_letters.arn, 3))
    closed = new_queue(RedriveAllowPolicy='{"redrivePermission": "denyAll"}')
    with refused(("InvalidParameterValue", "InvalidAttributeValue")):
        source.set(RedrivePolicy=redrive(closed.arn, 3))


@pytest.mark.parametrize(
    "policy",
    [
        "not json",
        '{"redrivePermission": "sometimes"}',
        '{"redrivePermission": "byQueue"}',
        '{"redrivePermission": "allowAll", "sourceQueueArns": ["ARN"]}',
        json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": ["ARN"] * 11}),
    ],
)
def test_wrong_redrive_allow_policy_is_refused(queue, policy):
    with refused(("InvalidParameterValue", "InvalidAttributeValue")):
        queue.set(RedriveAllowPolicy=policy.replace("ARN", queue.arn))
