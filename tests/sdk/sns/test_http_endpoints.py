"""HTTP endpoints: confirmation, notifications, signatures, unsubscribe links."""

import base64
import json

import pytest
from cryptography.exceptions import InvalidSignature

from sdk.access.expect import eventually
from sdk.refusals import refused
from sdk.sns.topic_under_test import text
from sdk.sns.webhook import get, verify

CONFIRMATION = "SubscriptionConfirmation"
NOTIFICATION = "Notification"
FAREWELL = "UnsubscribeConfirmation"


@pytest.fixture
def webhook(new_webhook):
    return new_webhook()


@pytest.fixture
def confirmed(home):
    """Subscribes an endpoint and confirms it by its link; gives the subscription's ARN."""

    def confirm(topic, webhook, **attributes):
        arn = topic.subscribe(webhook.url(), "http", **attributes)
        message = webhook.wait(CONFIRMATION)[-1].json
        status, _ = get(message["SubscribeURL"], home.endpoint)
        assert status == 200
        return arn

    return confirm


# Confirmation.


def test_an_endpoint_is_asked(home, topic, webhook):
    arn = topic.subscribe(webhook.url("/hook?x=1"), "http")
    (arrival,) = webhook.wait(CONFIRMATION)
    assert arrival.path == "/hook?x=1"
    headers = arrival.headers
    assert headers["content-type"] == "text/plain; charset=UTF-8"
    assert headers["user-agent"] == "Amazon Simple Notification Service Agent"
    assert headers["host"] == f"127.0.0.1:{webhook.port}"
    assert headers["x-amz-sns-topic-arn"] == topic.arn
    assert "x-amz-sns-subscription-arn" not in headers
    message = arrival.json
    names = "Type MessageId Token TopicArn Message SubscribeURL Timestamp SignatureVersion"
    assert list(message) == [*names.split(), "Signature", "SigningCertURL"]
    assert headers["x-amz-sns-message-id"] == message["MessageId"]
    assert message["Type"] == CONFIRMATION
    assert message["TopicArn"] == topic.arn
    assert message["Message"] == (
        f"You have chosen to subscribe to the topic {topic.arn}.\n"
        "To confirm the subscription, visit the SubscribeURL included in this message."
    )
    link = f"/?Action=ConfirmSubscription&TopicArn={topic.arn}&Token={message['Token']}"
    assert message["SubscribeURL"].endswith(link)
    verify(message, home.endpoint)
    (listed,) = topic.subscriptions()
    assert listed["SubscriptionArn"] == "PendingConfirmation"
    attributes = home.sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert attributes["PendingConfirmation"] == "true"
    assert attributes["ConfirmationWasAuthenticated"] == "false"


def test_a_pending_endpoint_gets_no_message(home, topic, webhook, subscriber, confirmed):
    topic.subscribe(webhook.url(), "http")
    webhook.wait(CONFIRMATION)
    topic.publish("too early")
    assert subscriber.texts() == ["too early"]
    confirmed(topic, webhook)
    topic.publish("in time")
    assert webhook.wait(NOTIFICATION)[0].json["Message"] == "in time"


def test_the_link_confirms_by_a_plain_get(home, topic, webhook):
    arn = topic.subscribe(webhook.url(), "http")
    message = webhook.wait(CONFIRMATION)[0].json
    status, body = get(message["SubscribeURL"], home.endpoint)
    assert status == 200
    assert "<ConfirmSubscriptionResult>" in body
    (listed,) = topic.subscriptions()
    assert listed["SubscriptionArn"] in body
    assert listed["SubscriptionArn"] == arn
    attributes = home.sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert attributes["PendingConfirmation"] == "false"
    assert attributes["ConfirmationWasAuthenticated"] == "false"
    assert topic.attributes()["SubscriptionsConfirmed"] == "1"
    # A link may be followed twice, as browsers and mail scanners do.
    assert get(message["SubscribeURL"], home.endpoint)[0] == 200
    assert len(topic.subscriptions()) == 1


def test_a_token_confirms_by_an_sdk(home, topic, webhook):
    topic.subscribe(webhook.url(), "http")
    token = webhook.wait(CONFIRMATION)[0].json["Token"]
    answer = home.sns.confirm_subscription(TopicArn=topic.arn, Token=token)
    attributes = home.sns.get_subscription_attributes(SubscriptionArn=answer["SubscriptionArn"])[
        "Attributes"
    ]
    assert attributes["ConfirmationWasAuthenticated"] == "true"


def test_a_wrong_link_confirms_nothing(home, topic, webhook):
    topic.subscribe(webhook.url(), "http")
    url = webhook.wait(CONFIRMATION)[0].json["SubscribeURL"]
    for wrong in (url[:-1], url + "0", url.replace("Token=", "Token=0"), url.split("&Token")[0]):
        status, body = get(wrong, home.endpoint)
        assert status == 400
        assert "<Error>" in body
    assert topic.attributes()["SubscriptionsConfirmed"] == "0"


def test_subscribing_again_asks_again(topic, webhook):
    for _ in range(2):
        topic.subscribe(webhook.url(), "http")
    messages = [arrival.json for arrival in webhook.wait(CONFIRMATION, 2)]
    assert messages[0]["Token"] != messages[1]["Token"]
    assert len(topic.subscriptions()) == 1


# Notifications.


def test_a_notification(home, topic, webhook, confirmed):
    arn = confirmed(topic, webhook)
    answer = topic.publish("漢", Subject="s", MessageAttributes={"a": text("v")})
    (arrival,) = webhook.wait(NOTIFICATION)
    headers, message = arrival.headers, arrival.json
    assert headers["x-amz-sns-message-id"] == message["MessageId"] == answer["MessageId"]
    assert headers["x-amz-sns-topic-arn"] == message["TopicArn"] == topic.arn
    assert headers["x-amz-sns-subscription-arn"] == arn
    assert headers["content-type"] == "text/plain; charset=UTF-8"
    assert headers["user-agent"] == "Amazon Simple Notification Service Agent"
    assert "x-amz-sns-rawdelivery" not in headers
    names = "Type MessageId TopicArn Subject Message Timestamp SignatureVersion Signature"
    names += " SigningCertURL UnsubscribeURL MessageAttributes"
    assert list(message) == names.split()
    assert message["Message"] == "漢"
    assert message["MessageAttributes"] == {"a": {"Type": "String", "Value": "v"}}
    verify(message, home.endpoint)
    with pytest.raises(InvalidSignature):
        verify({**message, "Message": "forged"}, home.endpoint)


def test_a_raw_notification(topic, webhook, confirmed):
    arn = confirmed(topic, webhook, RawMessageDelivery="true")
    topic.publish('{"a": "ü"}', Subject="lost", MessageAttributes={"a": text("v")})
    (arrival,) = webhook.wait(NOTIFICATION)
    assert arrival.body == '{"a": "ü"}'
    assert arrival.headers["x-amz-sns-rawdelivery"] == "true"
    assert arrival.headers["x-amz-sns-subscription-arn"] == arn


@pytest.mark.parametrize("version", ["1", "2"])
def test_signatures_of_both_versions(home, new_topic, webhook, subscribe, confirmed, version):
    topic = new_topic(SignatureVersion=version)
    subscriber = subscribe(topic)
    confirmed(topic, webhook)
    topic.publish("x")
    messages = [webhook.wait(NOTIFICATION)[0].json, *subscriber.envelopes()]
    messages.append(webhook.of(CONFIRMATION)[0].json)
    for message in messages:
        assert message["SignatureVersion"] == version
        verify(message, home.endpoint)


def test_each_protocol_has_its_text(topic, webhook, subscriber, confirmed):
    confirmed(topic, webhook)
    message = {"default": "for all", "http": "for hooks", "sqs": "for queues"}
    topic.publish(json.dumps(message), MessageStructure="json")
    assert webhook.wait(NOTIFICATION)[0].json["Message"] == "for hooks"
    assert subscriber.texts() == ["for queues"]


def test_a_filter_of_an_endpoint(topic, webhook, confirmed):
    confirmed(topic, webhook, FilterPolicy={"a": ["yes"]})
    for value in ("no", "yes"):
        topic.publish(value, MessageAttributes={"a": text(value)})
    (arrival,) = webhook.wait(NOTIFICATION)
    assert arrival.json["Message"] == "yes"


def test_the_type_of_the_content_is_set_by_the_delivery_policy(topic, webhook, confirmed):
    policy = {"requestPolicy": {"headerContentType": "application/json"}}
    confirmed(topic, webhook, DeliveryPolicy=policy)
    topic.publish("{}")
    (arrival,) = webhook.wait(NOTIFICATION)
    assert arrival.headers["content-type"].startswith("application/json")


def test_credentials_of_an_endpoint_s_url(topic, new_webhook, home):
    """SNS Developer Guide: "must be able to support the HTTP/1.1 401 Unauthorized" answer."""
    expected = "Basic " + base64.b64encode(b"user:pass word").decode()

    def guard(arrival):
        if arrival.headers.get("authorization") == expected:
            return 200
        return 401, {"WWW-Authenticate": 'Basic realm="here"'}

    webhook = new_webhook(guard)
    topic.subscribe(webhook.url(user="user:pass%20word@"), "http")
    message = webhook.wait(CONFIRMATION)[0].json
    get(message["SubscribeURL"], home.endpoint)
    topic.publish("x")
    eventually(
        lambda: expected in [one.headers.get("authorization") for one in webhook.of(NOTIFICATION)]
    )


def test_many_messages_arrive_each_once(topic, webhook, confirmed):
    confirmed(topic, webhook)
    for start in range(0, 40, 10):
        topic.publish_batch([{"Message": f"m{start + i}"} for i in range(10)])
    arrivals = webhook.wait(NOTIFICATION, 40)
    assert sorted(one.json["Message"] for one in arrivals) == sorted(f"m{i}" for i in range(40))


# The end.


def test_the_unsubscribe_link_ends_it_and_says_farewell(home, topic, webhook, confirmed):
    arn = confirmed(topic, webhook)
    topic.publish("x")
    link = webhook.wait(NOTIFICATION)[0].json["UnsubscribeURL"]
    assert get(link, home.endpoint)[0] == 200
    assert topic.subscriptions() == []
    (arrival,) = webhook.wait(FAREWELL)
    farewell = arrival.json
    assert arrival.headers["x-amz-sns-subscription-arn"] == arn
    assert farewell["Type"] == FAREWELL
    assert farewell["TopicArn"] == topic.arn
    assert farewell["Message"] == (
        f"You have chosen to deactivate subscription {arn}.\n"
        "To cancel this operation and restore the subscription, visit the SubscribeURL included "
        "in this message."
    )
    verify(farewell, home.endpoint)
    topic.publish("to nobody")
    # Whoever did not mean it comes back by the link in the farewell.
    assert get(farewell["SubscribeURL"], home.endpoint)[0] == 200
    assert len(topic.subscriptions()) == 1
    topic.publish("back")
    assert webhook.wait(NOTIFICATION, 2)[-1].json["Message"] == "back"


def test_an_unsubscribe_link_that_needs_a_signature(home, topic, webhook):
    topic.subscribe(webhook.url(), "http")
    token = webhook.wait(CONFIRMATION)[0].json["Token"]
    arn = home.sns.confirm_subscription(
        TopicArn=topic.arn, Token=token, AuthenticateOnUnsubscribe="true"
    )["SubscriptionArn"]
    topic.publish("x")
    link = webhook.wait(NOTIFICATION)[0].json["UnsubscribeURL"]
    assert get(link, home.endpoint)[0] == 403
    assert len(topic.subscriptions()) == 1
    home.sns.unsubscribe(SubscriptionArn=arn)
    assert topic.subscriptions() == []


def test_an_unsigned_confirmation_cannot_ask_for_signatures(home, topic, webhook):
    topic.subscribe(webhook.url(), "http")
    url = webhook.wait(CONFIRMATION)[0].json["SubscribeURL"]
    status, _ = get(url + "&AuthenticateOnUnsubscribe=true", home.endpoint)
    assert status == 403
    assert topic.attributes()["SubscriptionsConfirmed"] == "0"


def test_an_owner_who_unsubscribes_gets_no_farewell(home, topic, new_webhook, confirmed):
    webhook, other = new_webhook(), new_webhook()
    arn = confirmed(topic, webhook)
    confirmed(topic, other)
    home.sns.unsubscribe(SubscriptionArn=arn)
    topic.publish("x")
    other.wait(NOTIFICATION)
    assert webhook.of(FAREWELL) == webhook.of(NOTIFICATION) == []


def test_the_certificate_is_there_for_everybody(home, topic, subscriber):
    topic.publish("x")
    (envelope,) = subscriber.envelopes()
    verify(envelope, home.endpoint)
    status, pem = get(envelope["SigningCertURL"], home.endpoint)
    assert status == 200
    assert pem.startswith("-----BEGIN CERTIFICATE-----")
    assert get(envelope["SigningCertURL"].replace(".pem", "0.pem"), home.endpoint)[0] == 404


@pytest.mark.parametrize("query", ["Action=Unsubscribe", "Action=Unsubscribe&SubscriptionArn=x"])
def test_links_that_lead_nowhere(home, query):
    status, body = get(f"/?{query}", home.endpoint)
    assert status in (400, 403)
    assert "<Error>" in body


def test_an_unsubscribe_link_of_a_queue_works_too(home, topic, subscriber):
    topic.publish("x")
    (envelope,) = subscriber.envelopes()
    assert get(envelope["UnsubscribeURL"], home.endpoint)[0] == 200
    topic.publish("y")
    assert "y" not in subscriber.texts()
    with refused("NotFound", status=404):
        subscriber.attributes()
