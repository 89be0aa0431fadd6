"""Queues of another account and of another region, and topics under keys of KMS."""

import json

import pytest

from sdk.access.principals import ABROAD, HOME, Account, Confidences, allow, policy
from sdk.refusals import refused
from sdk.sns.topic_under_test import SERVICE, Subscriber, create_queue, create_topic

KEY_FOR_SNS = ["kms:GenerateDataKey*", "kms:Decrypt"]


@pytest.fixture
def far(publisher):
    """The home account in another region."""
    return Account(publisher.endpoint, Confidences(), HOME, region="eu-west-1")


def open_to(topic, account, actions="sns:Subscribe"):
    principal = {"AWS": f"arn:aws:iam::{account.number}:root"}
    topic.set(Policy=policy(allow(actions, topic.arn, Principal=principal)))


def test_a_queue_of_another_region(topic, far):
    queue = create_queue(far, let_in=topic.arn)
    arn = topic.subscribe(queue.arn)
    topic.publish("from afar")
    assert Subscriber(topic, queue, arn).texts() == ["from afar"]


def test_a_topic_of_another_region(home, far, new_queue):
    topic = create_topic(far)
    queue = new_queue()
    subscriber = Subscriber(topic, queue, topic.subscribe(queue.arn))
    topic.publish("from afar")
    assert subscriber.texts() == ["from afar"]
    for operation in (home.sns.get_topic_attributes, home.sns.list_subscriptions_by_topic):
        with refused(("InvalidParameter", "NotFound"), status=None):
            operation(TopicArn=topic.arn)


def test_dead_letters_stay_in_the_region_of_the_subscription(topic, far):
    """SNS Developer Guide: "must be in the same account and Region as the subscription"."""
    queue = create_queue(far)
    redrive = json.dumps({"deadLetterTargetArn": queue.arn})
    with refused("InvalidParameter"):
        topic.subscribe(queue.arn, RedrivePolicy=redrive)


# Another account's queue, subscribed by its owner: no confirmation.


def test_the_owner_of_a_queue_subscribes_it_elsewhere(topic, abroad):
    queue = create_queue(abroad, let_in=topic.arn)
    with refused("AuthorizationError", status=403):
        topic.subscribe(queue.arn, by=abroad)
    open_to(topic, abroad)
    arn = topic.subscribe(queue.arn, by=abroad)
    topic.publish("x")
    assert Subscriber(topic, queue, arn).texts() == ["x"]
    attributes = abroad.sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert attributes["Owner"] == ABROAD
    assert attributes["PendingConfirmation"] == "false"
    (listed,) = [
        one
        for one in abroad.sns.list_subscriptions()["Subscriptions"]
        if one["TopicArn"] == topic.arn
    ]
    assert listed["SubscriptionArn"] == arn
    abroad.sns.unsubscribe(SubscriptionArn=arn)
    topic.publish("after")
    assert Subscriber(topic, queue, arn).texts() == []


# Another account's queue, subscribed by the topic's owner: the queue gets a token.


@pytest.fixture
def asked(topic, abroad):
    """A queue of another account that was subscribed without asking it, and its confirmation."""
    queue = create_queue(abroad, let_in=topic.arn)
    arn = topic.subscribe(queue.arn)
    (message,) = queue.receive(WaitTimeSeconds=5)
    queue.delete(message)
    return Subscriber(topic, queue, arn), json.loads(message["Body"])


def test_a_queue_of_another_account_is_asked(topic, asked):
    subscriber, confirmation = asked
    assert confirmation["Type"] == "SubscriptionConfirmation"
    assert confirmation["TopicArn"] == topic.arn
    assert confirmation["Token"]
    assert "Action=ConfirmSubscription" in confirmation["SubscribeURL"]
    assert topic.subscriptions()[0]["SubscriptionArn"] == "PendingConfirmation"
    topic.publish("too early")
    assert subscriber.messages() == []


def test_a_queue_of_another_account_confirms(topic, abroad, asked):
    subscriber, confirmation = asked
    answer = abroad.sns.confirm_subscription(TopicArn=topic.arn, Token=confirmation["Token"])
    assert answer["SubscriptionArn"].startswith(topic.arn)
    topic.publish("in time")
    assert subscriber.texts() == ["in time"]
    attributes = topic.attributes()
    assert attributes["SubscriptionsConfirmed"] == "1"
    assert attributes["SubscriptionsPending"] == "0"


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t + "0", lambda t: t[::-1]])
def test_a_token_that_is_another(topic, abroad, asked, change):
    token = change(asked[1]["Token"])
    with refused("InvalidParameter"):
        abroad.sns.confirm_subscription(TopicArn=topic.arn, Token=token)
    assert topic.attributes()["SubscriptionsConfirmed"] == "0"


def test_a_token_is_for_its_topic(home, topic, new_topic, asked):
    other = new_topic()
    with refused("InvalidParameter"):
        home.sns.confirm_subscription(TopicArn=other.arn, Token=asked[1]["Token"])
    with refused(("InvalidParameter", "NotFound"), status=None):
        home.sns.confirm_subscription(TopicArn=topic.arn + "-no", Token=asked[1]["Token"])
    assert topic.attributes()["SubscriptionsConfirmed"] == "0"


# Queues and topics under keys of KMS.


def key_of(account, *statements):
    """A key with the default policy and these statements."""
    root = {"AWS": f"arn:aws:iam::{account.number}:root"}
    document = policy(allow("kms:*", Principal=root), *statements)
    return account.kms.create_key(Policy=document)["KeyMetadata"]["Arn"]


def test_a_queue_is_encrypted_by_sqs_unless_said_otherwise(subscriber):
    assert subscriber.queue.attributes("SqsManagedSseEnabled") == {"SqsManagedSseEnabled": "true"}


def test_a_queue_under_a_key_that_lets_sns_in(home, topic, subscribe):
    key = key_of(home, allow(KEY_FOR_SNS, Principal=SERVICE))
    subscriber = subscribe(topic, queue={"KmsMasterKeyId": key})
    topic.publish("sealed")
    assert subscriber.texts() == ["sealed"]


@pytest.mark.parametrize("what", ["nobody", "another service", "half of it"])
def test_a_queue_under_a_key_that_does_not_let_sns_in(home, topic, subscribe, new_queue, what):
    """SNS Developer Guide, "Step 4: Add the IAM policy to the KMS key": else nothing arrives."""
    statement = {
        "nobody": [],
        "another service": [allow(KEY_FOR_SNS, Principal={"Service": "s3.amazonaws.com"})],
        "half of it": [allow("kms:Decrypt", Principal=SERVICE)],
    }[what]
    dead_letters = new_queue()
    subscriber = subscribe(
        topic,
        queue={"KmsMasterKeyId": key_of(home, *statement)},
        RedrivePolicy={"deadLetterTargetArn": dead_letters.arn},
    )
    other = subscribe(topic)
    topic.publish("x")
    assert other.texts() == ["x"]
    assert subscriber.messages() == []
    assert len(dead_letters.receive(WaitTimeSeconds=5)) == 1


def test_a_queue_under_the_managed_key_does_not_let_sns_in(topic, subscribe):
    """The policy of alias/aws/sqs cannot be changed to let SNS in."""
    subscriber = subscribe(topic, queue={"KmsMasterKeyId": "alias/aws/sqs"})
    topic.publish("x")
    assert subscriber.messages() == []


def test_a_key_that_is_disabled(home, topic, subscribe):
    key = key_of(home, allow(KEY_FOR_SNS, Principal=SERVICE))
    subscriber = subscribe(topic, queue={"KmsMasterKeyId": key})
    home.kms.disable_key(KeyId=key)
    topic.publish("while disabled")
    home.kms.enable_key(KeyId=key)
    assert subscriber.messages() == []
    topic.publish("afterwards")
    assert subscriber.texts() == ["afterwards"]


def test_a_topic_under_a_key_is_for_publishers_that_may_use_it(home, new_topic, subscribe):
    """SNS Developer Guide: publishers need kms:GenerateDataKey* and kms:Decrypt."""
    key = key_of(home)
    topic = new_topic(KmsMasterKeyId=key)
    subscriber = subscribe(topic)
    user = home.new_user(allow("sns:Publish"))
    codes = ("KMSAccessDenied", "AuthorizationError")
    with refused(codes, status=None):
        topic.publish("x", by=user)
    assert subscriber.messages() == []
    user.may(allow("sns:Publish"), allow(KEY_FOR_SNS, key))
    topic.publish("y", by=user)
    assert subscriber.texts() == ["y"]
    home.kms.disable_key(KeyId=key)
    with refused("KMSDisabled"):
        topic.publish("z")


def test_a_topic_under_a_key_that_is_not_there(new_topic):
    topic = new_topic(KmsMasterKeyId="00000000-0000-0000-0000-000000000000")
    with refused("KMSNotFound"):
        topic.publish("x")


def test_a_topic_under_the_managed_key(new_topic, subscribe):
    topic = new_topic(KmsMasterKeyId="alias/aws/sns")
    subscriber = subscribe(topic)
    topic.publish("x")
    assert subscriber.texts() == ["x"]
