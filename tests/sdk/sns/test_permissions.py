"""Who may do what with a topic: identity policies, the topic's policy, and both together."""

import json

import pytest

from sdk.access.principals import ABROAD, HOME, Confidences, Principal, allow, deny, policy, trust
from sdk.refusals import refused
from sdk.sns.topic_under_test import Topic, create_topic

DENIED = "AuthorizationError"


@pytest.fixture(scope="module")
def user(home):
    return home.new_user()


@pytest.fixture
def foreign(abroad):
    """A user of another account who may do anything there."""
    return abroad.new_user(allow("*"))


def statements(topic):
    return json.loads(topic.attributes()["Policy"])["Statement"]


# Users of the account.


def test_a_user_needs_a_policy(home, topic, subscriber):
    user = home.new_user()
    expected = (
        f"User: {user.arn} is not authorized to perform: SNS:Publish on resource: {topic.arn}"
    )
    with refused(DENIED, status=403, containing=expected):
        topic.publish("x", by=user)
    with refused(DENIED, status=403):
        topic.publish_batch([{"Message": "x"}], by=user)
    user.may(allow("sns:Publish", topic.arn))
    topic.publish("y", by=user)
    topic.publish_batch([{"Message": "z"}], by=user)
    assert sorted(subscriber.texts()) == ["y", "z"]


def test_a_policy_is_about_a_topic(home, topic, new_topic):
    user = home.new_user(allow("sns:Publish", topic.arn))
    topic.publish(by=user)
    with refused(DENIED, status=403):
        new_topic().publish(by=user)


def test_a_denial_wins(home, topic):
    user = home.new_user(allow("sns:*"), deny("sns:Publish", topic.arn))
    with refused(DENIED, status=403, containing="explicit deny"):
        topic.publish(by=user)
    topic.owner.sns.get_topic_attributes(TopicArn=topic.arn)
    user.sns.get_topic_attributes(TopicArn=topic.arn)


# Each operation, what it is about, and the action that it needs.
OPERATIONS = [
    ("CreateTopic", lambda s, t, w: s.create_topic(Name=t.name)),
    ("DeleteTopic", lambda s, t, w: s.delete_topic(TopicArn=t.arn)),
    ("ListTopics", lambda s, t, w: s.list_topics()),
    ("GetTopicAttributes", lambda s, t, w: s.get_topic_attributes(TopicArn=t.arn)),
    (
        "SetTopicAttributes",
        lambda s, t, w: s.set_topic_attributes(
            TopicArn=t.arn, AttributeName="DisplayName", AttributeValue="d"
        ),
    ),
    (
        "AddPermission",
        lambda s, t, w: s.add_permission(
            TopicArn=t.arn, Label="l", AWSAccountId=[HOME], ActionName=["Publish"]
        ),
    ),
    ("TagResource", lambda s, t, w: s.tag_resource(ResourceArn=t.arn, Tags=[])),
    ("UntagResource", lambda s, t, w: s.untag_resource(ResourceArn=t.arn, TagKeys=["a"])),
    ("ListTagsForResource", lambda s, t, w: s.list_tags_for_resource(ResourceArn=t.arn)),
    ("Publish", lambda s, t, w: s.publish(TopicArn=t.arn, Message="x")),
    (
        "Subscribe",
        lambda s, t, w: s.subscribe(TopicArn=t.arn, Protocol="sqs", Endpoint=w.queue.arn),
    ),
    ("ListSubscriptions", lambda s, t, w: s.list_subscriptions()),
    (
        "ListSubscriptionsByTopic",
        lambda s, t, w: s.list_subscriptions_by_topic(TopicArn=t.arn),
    ),
    (
        "GetSubscriptionAttributes",
        lambda s, t, w: s.get_subscription_attributes(SubscriptionArn=w.arn),
    ),
    (
        "SetSubscriptionAttributes",
        lambda s, t, w: s.set_subscription_attributes(
            SubscriptionArn=w.arn, AttributeName="RawMessageDelivery", AttributeValue="true"
        ),
    ),
    ("Unsubscribe", lambda s, t, w: s.unsubscribe(SubscriptionArn=w.arn)),
    ("ListPlatformApplications", lambda s, t, w: s.list_platform_applications()),
    ("GetSMSAttributes", lambda s, t, w: s.get_sms_attributes()),
    ("ListPhoneNumbersOptedOut", lambda s, t, w: s.list_phone_numbers_opted_out()),
    ("GetSMSSandboxAccountStatus", lambda s, t, w: s.get_sms_sandbox_account_status()),
]


@pytest.mark.parametrize(("action", "call"), OPERATIONS)
def test_every_operation_needs_its_action(home, user, topic, subscriber, action, call):
    user.may(deny(f"sns:{action}"), allow("sns:*"))
    with refused(DENIED, status=403, containing=f"SNS:{action}"):
        call(user.sns, topic, subscriber)
    user.may(allow(f"sns:{action}"))
    call(user.sns, topic, subscriber)


def test_conditions_on_who_is_subscribed(home, topic, new_queue):
    """SNS Developer Guide: the keys sns:Protocol and sns:Endpoint."""
    only = {
        "StringEquals": {"sns:Protocol": "sqs"},
        "StringLike": {"sns:Endpoint": f"arn:aws:sqs:*:{HOME}:queue-*"},
    }
    user = home.new_user(allow("sns:Subscribe", Condition=only))
    topic.subscribe(new_queue().arn, by=user)
    with refused(DENIED, status=403):
        topic.subscribe("http://127.0.0.1:9/", "http", by=user)
    with refused(DENIED, status=403):
        topic.subscribe(home.queue_arn("other"), by=user)


def test_nobody_at_all(publisher, topic):
    stranger = Principal(publisher.endpoint, Confidences())
    with refused(("AuthorizationError", "MissingAuthenticationToken", "AccessDenied"), status=403):
        topic.publish(by=stranger)


# The topic's policy.


def test_a_topic_s_policy_alone_is_enough_within_the_account(home, topic):
    user = home.new_user()
    topic.set(Policy=policy(allow("sns:Publish", topic.arn, Principal={"AWS": user.arn})))
    topic.publish(by=user)
    with refused(DENIED, status=403):
        user.sns.get_topic_attributes(TopicArn=topic.arn)


def test_a_topic_s_policy_may_deny_a_user_of_the_account(home, topic):
    user = home.new_user(allow("sns:*"))
    topic.set(Policy=policy(deny("sns:Publish", topic.arn, Principal={"AWS": user.arn})))
    with refused(DENIED, status=403):
        topic.publish(by=user)


def test_a_topic_s_policy_that_names_a_user_does_not_open_to_a_namesake(home, topic):
    """AWS turns a principal's ARN into its unique id: "AWS JSON policy elements: Principal"."""
    user = home.new_user()
    unique_id = home.iam.get_user(UserName=user.name)["User"]["UserId"]
    topic.set(Policy=policy(allow("sns:Publish", topic.arn, Principal={"AWS": user.arn})))
    topic.publish(by=user)
    namesake = home.made_again(user)
    with refused(DENIED, status=403):
        topic.publish(by=namesake)
    (statement,) = statements(topic)
    assert statement["Principal"] == {"AWS": unique_id}


def test_the_policy_is_shown_as_it_was_set(topic):
    document = policy(allow("SNS:Publish", topic.arn, Principal={"AWS": "*"}, Sid="open"))
    topic.set(Policy=document)
    assert json.loads(topic.attributes()["Policy"]) == json.loads(document)


@pytest.mark.parametrize(
    "change",
    [
        {"Action": "sqs:SendMessage"},
        {"Action": "sns:CreateTopic"},
        {"Action": "sns:NoSuchAction"},
        {"Effect": "Perhaps"},
        {"Principal": {"AWS": "somebody"}},
    ],
)
def test_policies_that_no_topic_can_have(topic, change):
    statement = {**allow("sns:Publish", topic.arn, Principal="*"), **change}
    with refused("InvalidParameter"):
        topic.set(Policy=policy(statement))


# Another account.


def test_another_account_needs_both_sides(topic, subscriber, abroad, foreign):
    with refused(DENIED, status=403):
        topic.publish("x", by=foreign)
    root = {"AWS": f"arn:aws:iam::{ABROAD}:root"}
    topic.set(Policy=policy(allow("sns:Publish", topic.arn, Principal=root)))
    topic.publish("root", by=abroad)
    topic.publish("foreign", by=foreign)
    with refused(DENIED, status=403):
        topic.publish("may nothing", by=abroad.new_user())
    assert sorted(subscriber.texts()) == ["foreign", "root"]


def test_what_a_topic_of_another_account_does_not_tell(home, abroad, topic):
    """ "Topic does not exist" is for those who might know of it."""
    for call in (
        lambda: abroad.sns.get_topic_attributes(TopicArn=topic.arn),
        lambda: abroad.sns.delete_topic(TopicArn=topic.arn),
        lambda: abroad.sns.list_subscriptions_by_topic(TopicArn=topic.arn),
        lambda: abroad.sns.list_tags_for_resource(ResourceArn=topic.arn),
    ):
        with refused(DENIED, status=403):
            call()
    assert topic.attributes()


def test_a_subscription_is_its_owner_s(abroad, topic, subscriber):
    attribute = {"AttributeName": "RawMessageDelivery", "AttributeValue": "true"}
    with refused(DENIED, status=403):
        abroad.sns.set_subscription_attributes(SubscriptionArn=subscriber.arn, **attribute)
    with refused(DENIED, status=403):
        abroad.sns.get_subscription_attributes(SubscriptionArn=subscriber.arn)
    topic.publish("as before")
    assert subscriber.texts() == ["as before"]


# AddPermission and RemovePermission.


def test_a_permission_is_a_statement(home, topic):
    home.sns.add_permission(
        TopicArn=topic.arn, Label="one", AWSAccountId=[ABROAD], ActionName=["Publish"]
    )
    home.sns.add_permission(
        TopicArn=topic.arn, Label="two", AWSAccountId=[ABROAD], ActionName=["Publish", "Subscribe"]
    )
    default, one, two = statements(topic)
    assert default["Sid"] == "__default_statement_ID"
    expected = {
        "Sid": "one",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ABROAD}:root"},
        "Action": "SNS:Publish",
        "Resource": topic.arn,
    }
    assert one == expected
    assert two == {**expected, "Sid": "two", "Action": ["SNS:Publish", "SNS:Subscribe"]}


def test_a_permission_holds_until_it_is_taken_away(home, abroad, topic, subscriber):
    permission = {"TopicArn": topic.arn, "Label": "friend"}
    home.sns.add_permission(**permission, AWSAccountId=[ABROAD], ActionName=["Publish"])
    topic.publish("may", by=abroad)
    with refused(DENIED, status=403):
        topic.subscribe(subscriber.queue.arn, by=abroad)
    home.sns.remove_permission(**permission)
    with refused(DENIED, status=403):
        topic.publish("may not", by=abroad)
    assert subscriber.texts() == ["may"]
    assert len(statements(topic)) == 1


def test_the_topics_of_a_role(home, topic, subscriber):
    role = home.new_role(trust(HOME), allow("sns:Publish", topic.arn))
    session = home.new_user(allow("sts:AssumeRole")).assume(role.arn)
    topic.publish("as a role", by=session)
    assert subscriber.texts() == ["as a role"]
    with refused(DENIED, status=403):
        session.sns.list_topics()


def test_tagging_at_creation_needs_its_own_action(home):
    user = home.new_user(allow("sns:CreateTopic"))
    made = create_topic(user)
    assert isinstance(made, Topic)
    with refused(DENIED, status=403, containing="SNS:TagResource"):
        user.sns.create_topic(Name=made.name + "-tagged", Tags=[{"Key": "a", "Value": "b"}])
