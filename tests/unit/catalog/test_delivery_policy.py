"""Delivery policies: what AWS takes, how it shows it, and what counts in the end."""

import json

import pytest

from tidegate.base.refusals import InvalidParameterException
from tidegate.catalog.delivery_policy import (
    DeliveryPolicy,
    EffectivePolicy,
    RetryPolicy,
    effective_policy,
    effective_subscription_text,
    effective_topic_text,
    parse_subscription_policy,
    parse_topic_policy,
    stored_subscription_text,
    stored_topic_text,
)

MANDATORY = {"minDelayTarget": 5, "maxDelayTarget": 6, "numRetries": 4}
DEFAULTS = {
    "minDelayTarget": 20,
    "maxDelayTarget": 20,
    "numRetries": 3,
    "numMaxDelayRetries": 0,
    "numNoDelayRetries": 0,
    "numMinDelayRetries": 0,
    "backoffFunction": "linear",
}


def topic(**http):
    return parse_topic_policy(json.dumps({"http": http}))


def subscription(raw=False, **policy):
    return parse_subscription_policy(json.dumps(policy), raw=raw)


def test_aws_shows_what_was_set_and_the_switch() -> None:
    policy = topic(defaultRequestPolicy={"headerContentType": "application/json"})
    assert json.loads(stored_topic_text(policy)) == {
        "http": {
            "disableSubscriptionOverrides": False,
            "defaultRequestPolicy": {"headerContentType": "application/json"},
        }
    }
    policy = topic(defaultHealthyRetryPolicy={"minDelayTarget": 5, **MANDATORY})
    assert stored_topic_text(policy) == (
        '{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":5,"maxDelayTarget":6,'
        '"numRetries":4},"disableSubscriptionOverrides":false}}'
    )


def test_defaults_fill_what_a_policy_leaves_open() -> None:
    assert json.loads(effective_topic_text(None)) == {
        "http": {
            "defaultHealthyRetryPolicy": DEFAULTS,
            "disableSubscriptionOverrides": False,
            "defaultRequestPolicy": {"headerContentType": "text/plain; charset=UTF-8"},
        }
    }
    policy = topic(defaultHealthyRetryPolicy=MANDATORY, defaultThrottlePolicy={})
    shown = json.loads(effective_topic_text(policy))["http"]["defaultHealthyRetryPolicy"]
    assert shown == {**DEFAULTS, **MANDATORY}


@pytest.mark.parametrize("text", ["", " ", "{}", '{"http":null}'])
def test_nothing_said_is_no_policy(text) -> None:
    assert parse_topic_policy(text) is None


def test_a_part_that_is_null_goes_and_the_rest_stays() -> None:
    policy = topic(defaultHealthyRetryPolicy=None)
    assert stored_topic_text(policy) == '{"http":{"disableSubscriptionOverrides":false}}'


def test_a_subscription_overrides_its_topic_part_by_part() -> None:
    of_topic = topic(
        defaultHealthyRetryPolicy=MANDATORY, defaultThrottlePolicy={"maxReceivesPerSecond": 7}
    )
    own = subscription(healthyRetryPolicy={**MANDATORY, "backoffFunction": "exponential"})
    assert effective_policy(of_topic, own) == EffectivePolicy(
        RetryPolicy(5, 6, 4, backoff_function="exponential"), 7
    )
    assert effective_policy(of_topic).retry == RetryPolicy(5, 6, 4)
    assert effective_policy(None, own).max_receives_per_second is None


def test_a_topic_may_forbid_overrides() -> None:
    of_topic = topic(disableSubscriptionOverrides=True)
    own = subscription(throttlePolicy={"maxReceivesPerSecond": 1})
    assert effective_policy(of_topic, own) == EffectivePolicy()


def test_content_types_of_raw_messages_count_for_raw_messages_only() -> None:
    own = subscription(raw=True, requestPolicy={"headerContentType": "text/csv"})
    assert effective_policy(None, own, raw=True).content_type == "text/csv"
    assert effective_policy(None, own).content_type == "text/plain; charset=UTF-8"
    with pytest.raises(InvalidParameterException):
        subscription(requestPolicy={"headerContentType": "text/csv"})


def test_a_subscription_shows_all_parts() -> None:
    own = subscription(healthyRetryPolicy=MANDATORY, sicklyRetryPolicy=None, guaranteed=False)
    assert json.loads(stored_subscription_text(own)) == {
        "healthyRetryPolicy": MANDATORY,
        "sicklyRetryPolicy": None,
        "throttlePolicy": None,
        "requestPolicy": None,
        "guaranteed": False,
    }
    shown = json.loads(effective_subscription_text(effective_policy(None, own)))
    assert shown["healthyRetryPolicy"] == {**DEFAULTS, **MANDATORY}
    assert subscription() is None


@pytest.mark.parametrize(
    ("retry", "text"),
    [
        ({"numRetries": 300}, "numRetries must be less than or equal to 100"),
        ({"minDelayTarget": 0}, "minDelayTarget must be greater than or equal to 1"),
        ({"maxDelayTarget": 3601}, "maxDelayTarget must be less than or equal to 3600"),
        ({"maxDelayTarget": 4}, "maxDelayTarget must be greater than or equal to minDelayTarget"),
        ({"minDelayTarget": None}, "minDelayTarget must be specified"),
        ({"numRetries": 1.5}, "numRetries must be an integer"),
        ({"numRetries": True}, "numRetries must be an integer"),
        (
            {"numNoDelayRetries": 2, "numMaxDelayRetries": 3},
            "numRetries must be greater than or equal to total of numMinDelayRetries, "
            "numNoDelayRetries and numMaxDelayRetries",
        ),
        (
            {"backoffFunction": "cubic"},
            "backoffFunction must be one of: linear, arithmetic, geometric or exponential",
        ),
    ],
)
def test_wrong_retries_are_told_by_their_place(retry, text) -> None:
    given = {**MANDATORY, **retry}
    with pytest.raises(InvalidParameterException) as of_topic:
        topic(defaultHealthyRetryPolicy=given)
    assert of_topic.value.message == (
        f"Invalid parameter: DeliveryPolicy: http.defaultHealthyRetryPolicy.{text}"
    )
    with pytest.raises(InvalidParameterException) as of_subscription:
        subscription(healthyRetryPolicy=given)
    assert of_subscription.value.message == (
        f"Invalid parameter: DeliveryPolicy: healthyRetryPolicy.{text}"
    )


@pytest.mark.parametrize(
    "text",
    [
        '{"throttlePolicy":{}}',
        '{"http":{"throttlePolicy":{}}}',
        '{"http":{"defaultThrottlePolicy":{"most":1}}}',
        '{"http":[]}',
        '{"http":{"defaultThrottlePolicy":3}}',
        '{"http":{"disableSubscriptionOverrides":"yes"}}',
        '{"http":{"defaultRequestPolicy":{"headerContentType":"text/plain\\r\\nX: 1"}}}',
        '{"http":{"\\ud800":1}}',
        "[]",
        "{",
        "[" * 100_000,
    ],
)
def test_what_is_no_policy_is_refused(text) -> None:
    with pytest.raises(InvalidParameterException):
        parse_topic_policy(text)


def test_an_unknown_member_is_named() -> None:
    with pytest.raises(InvalidParameterException) as caught:
        parse_topic_policy('{"throttlePolicy":{}}')
    assert caught.value.message == (
        "Invalid parameter: DeliveryPolicy: Unexpected JSON member: throttlePolicy"
    )


def test_digits_in_a_string_are_a_number() -> None:
    policy = topic(defaultHealthyRetryPolicy={**MANDATORY, "numRetries": "9"})
    assert effective_policy(policy).retry.num_retries == 9


def test_nothing_is_no_deliverypolicy() -> None:
    assert effective_policy(None, None) == effective_policy(DeliveryPolicy())
