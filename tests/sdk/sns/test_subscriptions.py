"""Subscriptions of queues: made, made again, changed, ended."""

import json

import pytest

from sdk.access.principals import allow
from sdk.refusals import refused

REASON = (
    "Invalid parameter: Attributes Reason: Subscription already exists with different attributes"
)


def test_a_subscription_of_a_queue_has_these_attributes(home, topic, subscriber):
    assert subscriber.attributes() == {
        "SubscriptionArn": subscriber.arn,
        "TopicArn": topic.arn,
        "Protocol": "sqs",
        "Endpoint": subscriber.queue.arn,
        "Owner": home.number,
        "PendingConfirmation": "false",
        "ConfirmationWasAuthenticated": "true",
        "RawMessageDelivery": "false",
        "SubscriptionPrincipal": home.arn,
    }
    assert subscriber.arn.startswith(topic.arn + ":")
    assert topic.subscriptions() == [
        {
            "SubscriptionArn": subscriber.arn,
            "TopicArn": topic.arn,
            "Protocol": "sqs",
            "Endpoint": subscriber.queue.arn,
            "Owner": home.number,
        }
    ]


def test_the_principal_of_a_subscription_is_who_subscribed(home, topic, new_queue):
    user = home.new_user(allow("sns:Subscribe"))
    arn = topic.subscribe(new_queue().arn, by=user)
    attributes = home.sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert attributes["SubscriptionPrincipal"] == user.arn


def test_subscribing_twice_gives_the_same_subscription(topic, new_queue):
    """As recorded: case and defaults make no difference, and fewer attributes do not either."""
    queue = new_queue()
    first = topic.subscribe(queue.arn, RawMessageDelivery="true")
    for attributes in ({"RawMessageDelivery": "true"}, {"RawMessageDelivery": "True"}, {}):
        assert topic.subscribe(queue.arn, **attributes) == first
    assert len(topic.subscriptions()) == 1
    with refused("InvalidParameter", REASON):
        topic.subscribe(queue.arn, RawMessageDelivery="false")
    with refused("InvalidParameter", REASON):
        topic.subscribe(queue.arn, FilterPolicy={"a": ["b"]})


def test_a_default_that_is_named_makes_no_difference(topic, new_queue):
    queue = new_queue()
    first = topic.subscribe(queue.arn)
    assert topic.subscribe(queue.arn, RawMessageDelivery="false") == first


def test_a_queue_may_be_subscribed_to_many_topics(new_topic, subscribe):
    topics = [new_topic() for _ in range(3)]
    subscriber = subscribe(topics[0])
    for topic in topics[1:]:
        topic.subscribe(subscriber.queue.arn)
    for place, topic in enumerate(topics):
        topic.publish(f"from {place}")
    assert sorted(subscriber.texts()) == ["from 0", "from 1", "from 2"]


def test_a_queue_that_is_not_there_may_be_subscribed(home, topic):
    arn = topic.subscribe(home.queue_arn("not-there-yet"))
    assert arn.startswith(topic.arn)


def test_attributes_are_changed_and_hold_at_once(topic, subscriber):
    subscriber.set(RawMessageDelivery="true")
    topic.publish("raw")
    assert subscriber.bodies() == ["raw"]
    subscriber.set(RawMessageDelivery="false", FilterPolicy={"a": ["b"]})
    topic.publish("filtered")
    assert subscriber.bodies() == []
    attributes = subscriber.attributes()
    assert attributes["FilterPolicyScope"] == "MessageAttributes"
    assert json.loads(attributes["FilterPolicy"]) == {"a": ["b"]}
    subscriber.set(FilterPolicy="{}")
    topic.publish("not filtered")
    assert subscriber.texts() == ["not filtered"]
    assert not {"FilterPolicy", "FilterPolicyScope"} & set(subscriber.attributes())


def test_a_redrive_policy_is_shown_and_taken_away(subscriber, new_queue):
    redrive = {"deadLetterTargetArn": new_queue().arn}
    subscriber.set(RedrivePolicy=redrive)
    assert json.loads(subscriber.attributes()["RedrivePolicy"]) == redrive
    subscriber.set(RedrivePolicy="")
    assert "RedrivePolicy" not in subscriber.attributes()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PendingConfirmation", "true"),
        ("Endpoint", "arn:aws:sqs:us-east-1:000000000000:other"),
        ("Owner", "111111111111"),
        ("RedrivePolicy", '{"deadLetterTargetArn": "arn:aws:sns:us-east-1:000000000000:topic"}'),
        ("DeliveryPolicy", "{"),
        ("FilterPolicy", "[]"),
        ("FilterPolicy", '"text"'),
        ("ReplayPolicy", '{"PointType": "Timestamp", "StartingPoint": "2020-01-01T00:00:00Z"}'),
    ],
)
def test_attributes_that_cannot_be_set(subscriber, name, value):
    before = subscriber.attributes()
    with refused("InvalidParameter"):
        subscriber.set(**{name: value})
    assert subscriber.attributes() == before


@pytest.mark.parametrize(
    ("protocol", "endpoint"),
    [
        ("pigeon", "coop"),
        ("", "x"),
        ("sqs", "not an arn"),
        ("sqs", "arn:aws:sns:us-east-1:000000000000:topic"),
        ("http", "https://example.com/"),
        ("https", "http://example.com/"),
        ("http", "example.com"),
        ("http", "http://"),
        ("email", "nobody"),
        ("lambda", "function"),
        ("sms", "12"),
        ("application", "endpoint"),
        ("firehose", "arn:aws:firehose:us-east-1:000000000000:deliverystream/x"),
    ],
)
def test_endpoints_that_cannot_be(topic, protocol, endpoint):
    """A Firehose stream needs a role besides."""
    with refused("InvalidParameter"):
        topic.subscribe(endpoint, protocol)
    assert topic.subscriptions() == []


@pytest.mark.parametrize(
    ("protocol", "endpoint"),
    [
        ("sms", "+491701234567"),
        ("lambda", "arn:aws:lambda:us-east-1:000000000000:function:f"),
        ("email", "somebody@example.com"),
        ("email-json", "somebody@example.com"),
        ("https", "https://example.com:8443/hook?x=1"),
    ],
)
def test_endpoints_of_other_protocols(topic, protocol, endpoint):
    arn = topic.subscribe(endpoint, protocol)
    (listed,) = topic.subscriptions()
    assert listed["Protocol"] == protocol
    pending = protocol in ("email", "email-json", "https")
    assert listed["SubscriptionArn"] == ("PendingConfirmation" if pending else arn)
    assert listed["Endpoint"] == endpoint


def test_a_password_for_an_endpoint_is_in_no_list(home, topic):
    """SNS Developer Guide, on credentials in URLs: "HTTPS URLs are only retrievable from the
    Amazon SNS GetSubscriptionAttributes API action"."""
    arn = topic.subscribe("https://user:pass-word@example.com/", "https")
    attributes = home.sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert attributes["Endpoint"].startswith("https://user:")
    assert "pass-word" not in str(topic.subscriptions())


def test_a_pending_subscription_is_answered_in_words(home, topic):
    answer = home.sns.subscribe(
        TopicArn=topic.arn, Protocol="email", Endpoint="somebody@example.com"
    )
    assert answer["SubscriptionArn"] == "pending confirmation"


def test_unsubscribing_ends_what_comes(home, topic, subscriber, subscribe):
    other = subscribe(topic)
    topic.publish("before")
    home.sns.unsubscribe(SubscriptionArn=subscriber.arn)
    topic.publish("after")
    assert subscriber.texts() == ["before"]
    assert sorted(other.texts()) == ["after", "before"]
    # "Unsubscribe" a second time is no error at AWS.
    home.sns.unsubscribe(SubscriptionArn=subscriber.arn)
    assert [one["SubscriptionArn"] for one in topic.subscriptions()] == [other.arn]


def test_a_queue_that_is_subscribed_again_after_the_end_is_another_subscription(
    home, topic, subscriber
):
    home.sns.unsubscribe(SubscriptionArn=subscriber.arn)
    again = topic.subscribe(subscriber.queue.arn)
    assert again != subscriber.arn
    topic.publish("x")
    assert subscriber.texts() == ["x"]
