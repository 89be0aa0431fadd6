"""Log entries have the fields and forms of those that AWS writes."""

from __future__ import annotations

import pytest

from tidegate.catalog.delivery_status import (
    MOST_RESPONSE_CHARACTERS,
    Asked,
    DeliveryStatus,
    asked_by,
    log_entry,
)

STATUS = DeliveryStatus(
    message_id="f3072eb0-94bc-5c7f-8dc7-787c36af7740",
    topic_arn="arn:aws:sns:eu-west-1:123456789012:orders",
    message="hello",
    published_at=1_582_473_171_904,
    delivery_id="70cbac57-7eab-55be-8185-fa9bdddaf03a",
    destination="https://queues.test/hook",
    provider_response="OK",
    dwell_ms=349,
    attempts=1,
    status_code=200,
    succeeded=True,
)


def test_success() -> None:
    assert log_entry(STATUS) == {
        "notification": {
            "messageMD5Sum": "5d41402abc4b2a76b9719d911017c592",
            "messageId": STATUS.message_id,
            "topicArn": STATUS.topic_arn,
            "timestamp": "2020-02-23 15:52:51.904",
        },
        "delivery": {
            "deliveryId": STATUS.delivery_id,
            "destination": "https://queues.test/hook",
            "providerResponse": "OK",
            "dwellTimeMs": 349,
            "attempts": 1,
            "statusCode": 200,
        },
        "status": "SUCCESS",
    }


def test_failure_without_an_answer() -> None:
    failed = DeliveryStatus(
        STATUS.message_id,
        STATUS.topic_arn,
        STATUS.message,
        STATUS.published_at,
        STATUS.delivery_id,
        STATUS.destination,
        "x" * 5000,
        dwell_ms=0,
        attempts=4,
        status_code=None,
        succeeded=False,
    )
    entry = log_entry(failed)
    assert entry["status"] == "FAILURE"
    assert "statusCode" not in entry["delivery"]
    assert len(entry["delivery"]["providerResponse"]) == MOST_RESPONSE_CHARACTERS


def test_what_the_attributes_of_a_topic_ask_for() -> None:
    attributes = {
        "SQSSuccessFeedbackRoleArn": "arn:aws:iam::123456789012:role/r",
        "SQSSuccessFeedbackSampleRate": "7",
        "HTTPFailureFeedbackRoleArn": "arn:aws:iam::123456789012:role/r",
    }
    assert asked_by(attributes, "SQS") == Asked(True, False, 7)
    assert asked_by(attributes, "HTTP") == Asked(False, True, 100)
    assert asked_by(attributes, "Lambda") is None


@pytest.mark.parametrize(
    ("asked", "succeeded", "wanted"),
    [
        (Asked(True, True, 30), False, True),
        (Asked(True, False, 100), False, False),
        (Asked(False, True, 100), True, False),
        (Asked(True, False, 30), True, False),
        (Asked(True, False, 31), True, True),
    ],
)
def test_failures_are_all_wanted_and_successes_by_their_rate(
    asked: Asked, succeeded: bool, wanted: bool
) -> None:
    assert asked.wants(succeeded, lambda: 0.3) is wanted
