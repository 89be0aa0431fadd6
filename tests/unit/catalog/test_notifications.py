"""Documents have AWS's form to the blank, and are signed over AWS's fields."""

from __future__ import annotations

import json

from tidegate.catalog.notifications import (
    http_headers,
    notification_document,
    signed,
    string_to_sign,
    subscribe_url,
    subscription_text,
    timestamp,
    unsubscribe_url,
    unsubscription_text,
    write_document,
)

TOPIC = "arn:aws:sns:us-west-2:123456789012:MyTopic"
SUBSCRIPTION = TOPIC + ":c9135db0-26c4-47ec-8998-413945fb5a96"
ORIGIN = "https://sns.us-west-2.amazonaws.com"
PEM = ORIGIN + "/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem"
AT = 1_335_920_046_655
ID = "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324"


def published(**more: object) -> dict[str, object]:
    given = {"message_id": ID, "topic_arn": TOPIC, "message": "Hello world!", "published_at": AT}
    return notification_document(**given | more)  # type: ignore[arg-type]


def written(document: dict[str, object]) -> bytes:
    """The document with its link."""
    return write_document(document | {"UnsubscribeURL": unsubscribe_url(ORIGIN, SUBSCRIPTION)})


def test_notification_as_the_developer_guide_shows_it() -> None:
    document = signed(published(subject="My First Message"), "1", lambda *_: "EXAMPLEw6JRN", PEM)
    assert (
        written(document).decode()
        == f"""\
{{
  "Type" : "Notification",
  "MessageId" : "{ID}",
  "TopicArn" : "{TOPIC}",
  "Subject" : "My First Message",
  "Message" : "Hello world!",
  "Timestamp" : "2012-05-02T00:54:06.655Z",
  "SignatureVersion" : "1",
  "Signature" : "EXAMPLEw6JRN",
  "SigningCertURL" : "{PEM}",
  "UnsubscribeURL" : "{ORIGIN}/?Action=Unsubscribe&SubscriptionArn={SUBSCRIPTION}"
}}"""
    )


def test_attributes_stand_at_the_end() -> None:
    attributes = {
        "n": {"Type": "Number", "Value": "99.12"},
        "b": {"Type": "Binary", "Value": "AQI="},
    }
    text = written(published(attributes=attributes)).decode()
    assert text.endswith(
        f'{SUBSCRIPTION}",\n'
        '  "MessageAttributes" : {\n'
        '    "n" : {"Type":"Number","Value":"99.12"},\n'
        '    "b" : {"Type":"Binary","Value":"AQI="}\n'
        "  }\n"
        "}"
    )
    assert json.loads(text)["MessageAttributes"] == attributes


def test_notification_of_a_fifo_topic_is_numbered_and_replayed() -> None:
    document = published(sequence_number="10000000000000003000", replayed=True)
    names = list(json.loads(written(document)))
    assert names == [
        *("Type", "MessageId", "SequenceNumber", "TopicArn", "Message", "Timestamp"),
        *("UnsubscribeURL", "Replayed"),
    ]


def test_without_a_link_the_rest_is_a_document_still() -> None:
    document = published(subject="s", attributes={"a": {"Type": "String", "Value": "v"}})
    assert json.loads(write_document(document)) == {
        name: value for name, value in document.items() if value is not None
    }


def test_text_that_json_has_to_escape_comes_back() -> None:
    message = 'a "quoted" \\ line\nand\ttab \x00 \u2028 \N{GRINNING FACE} é'
    text = written(published(message=message))
    assert json.loads(text)["Message"] == message
    assert "\N{GRINNING FACE}".encode() in text


def confirmation(kind: str, text: str) -> dict[str, object]:
    return {
        "Type": kind,
        "MessageId": ID,
        "Token": "2336",
        "TopicArn": TOPIC,
        "Message": text,
        "SubscribeURL": subscribe_url(ORIGIN, TOPIC, "2336"),
        "Timestamp": timestamp(AT),
    }


def test_subscription_confirmation_as_the_developer_guide_shows_it() -> None:
    document = confirmation("SubscriptionConfirmation", subscription_text(TOPIC))
    assert (
        write_document(signed(document, "2", lambda *_: "EXAMPLEpH", PEM)).decode()
        == f"""\
{{
  "Type" : "SubscriptionConfirmation",
  "MessageId" : "{ID}",
  "Token" : "2336",
  "TopicArn" : "{TOPIC}",
  "Message" : "You have chosen to subscribe to the topic {TOPIC}.\\nTo confirm the subscription, \
visit the SubscribeURL included in this message.",
  "SubscribeURL" : "{ORIGIN}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336",
  "Timestamp" : "2012-05-02T00:54:06.655Z",
  "SignatureVersion" : "2",
  "Signature" : "EXAMPLEpH",
  "SigningCertURL" : "{PEM}"
}}"""
    )


def test_unsubscription_names_what_has_ended() -> None:
    assert unsubscription_text(SUBSCRIPTION) == (
        f"You have chosen to deactivate subscription {SUBSCRIPTION}.\nTo cancel this operation and "
        "restore the subscription, visit the SubscribeURL included in this message."
    )


def test_string_to_sign_of_a_notification() -> None:
    """SNS developer guide, "Verifying the signatures of Amazon SNS messages"."""
    document = published(subject="S", attributes={"a": {"Type": "String", "Value": "v"}})
    assert string_to_sign(document).decode() == (
        f"Message\nHello world!\nMessageId\n{ID}\nSubject\nS\n"
        f"Timestamp\n2012-05-02T00:54:06.655Z\nTopicArn\n{TOPIC}\nType\nNotification\n"
    )
    assert b"Subject" not in string_to_sign(published())


def test_string_to_sign_of_a_confirmation() -> None:
    document = confirmation("UnsubscribeConfirmation", "text")
    assert string_to_sign(document).decode() == (
        f"Message\ntext\nMessageId\n{ID}\nSubscribeURL\n{document['SubscribeURL']}\n"
        f"Timestamp\n2012-05-02T00:54:06.655Z\nToken\n2336\nTopicArn\n{TOPIC}\n"
        "Type\nUnsubscribeConfirmation\n"
    )


def test_signature_is_asked_for_over_the_string() -> None:
    asked: list[tuple[str, bytes]] = []

    def sign(version: str, text: bytes) -> str:
        asked.append((version, text))
        return "s"

    signed(published(), "2", sign, PEM)
    assert asked == [("2", string_to_sign(published()))]


def test_timestamps_have_milliseconds_always() -> None:
    assert timestamp(0) == "1970-01-01T00:00:00.000Z"
    assert timestamp(1_335_473_104_751) == "2012-04-26T20:45:04.751Z"
    assert timestamp(1_335_473_104_007) == "2012-04-26T20:45:04.007Z"


def headers_of(kind: str, *, is_raw: bool = False) -> dict[str, str]:
    made = http_headers(
        kind,  # type: ignore[arg-type]
        ID,
        TOPIC,
        SUBSCRIPTION,
        is_raw=is_raw,
        content_type="text/plain; charset=UTF-8",
    )
    return dict(made)


def test_headers_name_the_subscription_once_it_is_confirmed() -> None:
    expected = {
        "x-amz-sns-message-type": "Notification",
        "x-amz-sns-message-id": ID,
        "x-amz-sns-topic-arn": TOPIC,
        "x-amz-sns-subscription-arn": SUBSCRIPTION,
        "Content-Type": "text/plain; charset=UTF-8",
    }
    assert headers_of("Notification") == expected
    raw = headers_of("Notification", is_raw=True)
    assert raw == expected | {"x-amz-sns-rawdelivery": "true"}
    assert "x-amz-sns-subscription-arn" not in headers_of("SubscriptionConfirmation")
    assert "x-amz-sns-subscription-arn" in headers_of("UnsubscribeConfirmation")
