"""Endpoints that fail, hang and come back: retries, and dead letters after the last one."""

import json
import time

import pytest

from sdk.access.principals import HOME, Account, Confidences
from sdk.sns.topic_under_test import create_queue, create_topic
from sdk.sns.webhook import get

CONFIRMATION = "SubscriptionConfirmation"
NOTIFICATION = "Notification"


def retries(count, *, delay_s=1, at_once=0):
    """A delivery policy: so many retries, the first ones without a delay."""
    policy = {"minDelayTarget": delay_s, "maxDelayTarget": delay_s, "numRetries": count}
    return {"healthyRetryPolicy": {**policy, "numNoDelayRetries": at_once}}


def confirm(topic, webhook, **attributes):
    arn = topic.subscribe(webhook.url(), "http", **attributes)
    get(webhook.wait(CONFIRMATION)[-1].json["SubscribeURL"], topic.owner.endpoint)
    return arn


class Failing:
    """Answers the first notifications with these, and then 200."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def __call__(self, arrival):
        return self.answers.pop(0) if self.answers else 200


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_failure_of_the_endpoint_is_tried_again(topic, new_webhook, status):
    """SNS Developer Guide: all 5XX and 429 are retryable."""
    webhook = new_webhook(Failing(status, status))
    confirm(topic, webhook, DeliveryPolicy=retries(3, at_once=3))
    topic.publish("x")
    arrivals = webhook.wait(NOTIFICATION, 3)
    assert len({arrival.headers["x-amz-sns-message-id"] for arrival in arrivals}) == 1
    assert len({arrival.body for arrival in arrivals}) == 1
    topic.publish("y")
    assert webhook.wait(NOTIFICATION, 4)[3].json["Message"] == "y"


def test_a_retry_waits_as_the_policy_says(topic, new_webhook):
    webhook = new_webhook(Failing(500))
    confirm(topic, webhook, DeliveryPolicy=retries(1))
    topic.publish("x")
    first, second = webhook.wait(NOTIFICATION, 2)
    assert second.at - first.at > 0.9


def test_the_policy_of_the_topic_holds_too(topic, new_webhook):
    policy = retries(2, at_once=2)["healthyRetryPolicy"]
    topic.set(DeliveryPolicy={"http": {"defaultHealthyRetryPolicy": policy}})
    webhook = new_webhook(Failing(500, 500))
    confirm(topic, webhook)
    topic.publish("x")
    webhook.wait(NOTIFICATION, 3)


def test_after_the_last_try_it_is_a_dead_letter(topic, new_queue, new_webhook):
    dead_letters = new_queue()
    webhook = new_webhook(lambda arrival: 500)
    confirm(
        topic,
        webhook,
        DeliveryPolicy=retries(2, at_once=2),
        RedrivePolicy={"deadLetterTargetArn": dead_letters.arn},
    )
    answer = topic.publish("x", Subject="s")
    message = dead_letters.receive_one(WaitTimeSeconds=15)
    envelope = json.loads(message["Body"])
    assert envelope["MessageId"] == answer["MessageId"]
    assert envelope["Message"] == "x"
    assert envelope["Subject"] == "s"
    assert len(webhook.of(NOTIFICATION)) == 3


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_refusal_of_the_endpoint_is_a_dead_letter_at_once(topic, new_queue, new_webhook, status):
    """SNS Developer Guide: other errors than 5XX and 429 are permanent, and not tried again."""
    dead_letters = new_queue()
    webhook = new_webhook(lambda arrival: status)
    confirm(topic, webhook, RedrivePolicy={"deadLetterTargetArn": dead_letters.arn})
    topic.publish("x")
    message = dead_letters.receive_one(WaitTimeSeconds=15)
    assert json.loads(message["Body"])["Message"] == "x"
    assert len(webhook.of(NOTIFICATION)) == 1


def test_a_raw_dead_letter_is_the_message(topic, new_queue, new_webhook):
    dead_letters = new_queue()
    webhook = new_webhook(lambda arrival: 404)
    confirm(
        topic,
        webhook,
        RawMessageDelivery="true",
        RedrivePolicy={"deadLetterTargetArn": dead_letters.arn},
    )
    topic.publish("raw")
    assert dead_letters.receive_one(WaitTimeSeconds=15)["Body"] == "raw"


def test_an_endpoint_that_hangs_delays_no_other(topic, new_webhook):
    hanging, other = new_webhook(lambda arrival: None), new_webhook()
    for webhook in (hanging, other):
        confirm(topic, webhook)
    topic.publish("before")
    hanging.wait(NOTIFICATION)
    for place in range(20):
        topic.publish(f"m{place}")
    # Sooner than the endpoint that hangs is given up, after 15 s at AWS.
    arrivals = other.wait(NOTIFICATION, 21, limit_s=10)
    assert len(arrivals) == 21


def test_an_endpoint_that_is_not_there_is_a_dead_letter(topic, new_queue, new_webhook):
    dead_letters = new_queue()
    webhook = new_webhook()
    confirm(
        topic,
        webhook,
        DeliveryPolicy=retries(1, at_once=1),
        RedrivePolicy={"deadLetterTargetArn": dead_letters.arn},
    )
    webhook.close()
    topic.publish("x")
    assert dead_letters.receive(WaitTimeSeconds=15)


def test_an_ended_subscription_is_tried_no_longer(home, topic, new_webhook):
    webhook, other = new_webhook(lambda arrival: 500), new_webhook()
    arn = confirm(topic, webhook, DeliveryPolicy=retries(100, delay_s=1))
    confirm(topic, other)
    topic.publish("x")
    webhook.wait(NOTIFICATION)
    home.sns.unsubscribe(SubscriptionArn=arn)
    tried = len(webhook.of(NOTIFICATION))
    topic.publish("y")
    other.wait(NOTIFICATION, 2)
    time.sleep(2.5)  # Tries would come each second.
    # At most the try that was under way.
    assert len(webhook.of(NOTIFICATION)) <= tried + 1
    assert "y" not in [arrival.json["Message"] for arrival in webhook.of(NOTIFICATION)]


@pytest.fixture
def own_server(new_server):
    """A server of the test's own, and its owner."""
    server = new_server()
    return server, Account(server.endpoint, Confidences(), HOME)


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_retries_go_on_after_a_restart(own_server, new_webhook, end):
    """Where they stood: two tries before, three in all, and then the dead letters."""
    server, owner = own_server
    topic, dead_letters = create_topic(owner), create_queue(owner)
    failing, recovering = new_webhook(lambda arrival: 500), new_webhook(lambda arrival: 500)
    redrive = {"deadLetterTargetArn": dead_letters.arn}
    confirm(topic, failing, DeliveryPolicy=retries(2, at_once=1), RedrivePolicy=redrive)
    confirm(topic, recovering, DeliveryPolicy=retries(10, at_once=1))
    topic.publish("x")
    failing.wait(NOTIFICATION, 2)
    recovering.wait(NOTIFICATION, 2)
    # Between two tries: how the second one went is known to the server.
    time.sleep(0.4)
    getattr(server, end)()
    recovering.answer = lambda arrival: 200
    server.start()
    assert recovering.wait(NOTIFICATION, 3)[-1].json["Message"] == "x"
    message = dead_letters.receive_one(WaitTimeSeconds=15)
    assert json.loads(message["Body"])["Message"] == "x"
    assert len(failing.of(NOTIFICATION)) == 3


@pytest.mark.slow
def test_a_try_under_way_when_the_server_stops_is_made_again(own_server, new_webhook):
    server, owner = own_server
    topic, webhook = create_topic(owner), new_webhook(lambda arrival: None)
    confirm(topic, webhook, DeliveryPolicy=retries(3))
    topic.publish("x")
    webhook.wait(NOTIFICATION)
    webhook.answer = lambda arrival: 200
    server.restart()
    assert webhook.wait(NOTIFICATION, 2)[-1].json["Message"] == "x"


@pytest.mark.slow
def test_a_try_under_way_when_the_server_is_killed_is_made_again(own_server, new_webhook):
    """Nobody knows how it went; it is made again when its time is over."""
    server, owner = own_server
    topic, webhook = create_topic(owner), new_webhook(lambda arrival: None)
    confirm(topic, webhook, DeliveryPolicy=retries(3))
    topic.publish("x")
    webhook.wait(NOTIFICATION)
    webhook.answer = lambda arrival: 200
    server.kill()
    server.start()
    assert webhook.wait(NOTIFICATION, 2, limit_s=90)[-1].json["Message"] == "x"


def test_a_confirmation_link_outlives_the_server(own_server, new_webhook):
    server, owner = own_server
    topic, webhook = create_topic(owner), new_webhook()
    topic.subscribe(webhook.url(), "http")
    message = webhook.wait(CONFIRMATION)[0].json
    server.kill()
    server.start()
    assert get(message["SubscribeURL"], server.endpoint)[0] == 200
    topic.publish("x")
    webhook.wait(NOTIFICATION)
