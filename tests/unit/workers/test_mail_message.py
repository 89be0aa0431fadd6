"""Mails: what AWS's have in them, and what nobody can smuggle in."""

import json
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from notifications import MESSAGE_ID, SUBSCRIPTION, TOPIC, notification
from tidegate.workers.mail.message import Mailbox, MailTarget, mail_of
from tidegate.workers.outcome import Undeliverable

SENDER = Mailbox("Tidegate", "no-reply@mail.example")
UNSUBSCRIBE = f"https://sns.example/?Action=Unsubscribe&SubscriptionArn={SUBSCRIPTION}"


def mail(
    target: MailTarget | str = "ann@example.org", *, as_json: bool = False, **fields: Any
) -> EmailMessage:
    to = MailTarget(target) if isinstance(target, str) else target
    made = mail_of(notification(**fields), to, SENDER, as_json=as_json)
    return message_from_bytes(made.content, policy=default)  # type: ignore[return-value]


def text(read: EmailMessage, kind: str = "plain") -> str:
    body = read.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_notification_has_its_text_and_how_to_unsubscribe() -> None:
    read = mail(subject="Ten orders", message="Größe: 3 €", unsubscribe_url=UNSUBSCRIBE)
    assert read["Subject"] == "Ten orders"
    assert read["From"] == "Tidegate <no-reply@mail.example>"
    assert read["To"] == "ann@example.org"
    assert read["Date"] == "Mon, 21 Sep 2026 14:13:20 +0000"
    assert read["x-amz-sns-message-id"] == MESSAGE_ID
    assert read["x-amz-sns-subscription-arn"] == SUBSCRIPTION
    assert read["List-Unsubscribe"] == f"<{UNSUBSCRIBE}>"
    assert text(read) == (
        "Größe: 3 €\n\n--\nIf you wish to stop receiving notifications from this topic, please "
        f"click or visit the link below to unsubscribe:\n{UNSUBSCRIBE}\n\n"
        "Please do not reply directly to this email.\n"
    )


def test_links_and_arns_stand_in_headers_as_they_are() -> None:
    target = MailTarget("ann@example.org")
    made = mail_of(notification(unsubscribe_url=UNSUBSCRIBE), target, SENDER, as_json=False)
    lines = made.content.split(b"\r\n")
    assert f"List-Unsubscribe: <{UNSUBSCRIBE}>".encode() in lines
    assert f"x-amz-sns-subscription-arn: {SUBSCRIPTION}".encode() in lines


def test_mail_without_a_subject_has_that_of_aws() -> None:
    assert mail()["Subject"] == "AWS Notification Message"
    assert mail(subject="")["Subject"] == "AWS Notification Message"


def test_display_name_of_the_topic_is_the_name_of_the_sender() -> None:
    read = mail(MailTarget("ann@example.org", "Orders, GmbH & Söhne"))
    (address,) = read["From"].addresses
    assert (address.display_name, address.addr_spec) == (
        "Orders, GmbH & Söhne",
        "no-reply@mail.example",
    )


def test_confirmation_has_the_link_as_text_and_as_a_word() -> None:
    url = f"https://sns.example/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=abc"
    read = mail(type="SubscriptionConfirmation", subscribe_url=url, token="abc", subject="no")
    assert read["Subject"] == "AWS Notification - Subscription Confirmation"
    assert f"You have chosen to subscribe to the topic:\n{TOPIC}\n" in text(read)
    assert f"\n{url}\n" in text(read)
    link = url.replace("&", "&amp;")
    assert f'<a href="{link}">Confirm subscription</a>' in text(read, "html")


def test_whoever_was_unsubscribed_may_come_back() -> None:
    read = mail(type="UnsubscribeConfirmation", subscribe_url="https://sns.example/?x")
    assert read["Subject"] == "AWS Notification - Unsubscribe Confirmation"
    assert "has been deactivated" in text(read)
    assert '<a href="https://sns.example/?x">Resubscribe</a>' in text(read, "html")


def test_json_mail_is_the_document() -> None:
    read = mail(as_json=True, subject="s", signature="c2ln", signature_version="1")
    assert json.loads(text(read)) == {
        "Type": "Notification",
        "MessageId": MESSAGE_ID,
        "TopicArn": TOPIC,
        "Subject": "s",
        "Message": "hello",
        "Timestamp": "2026-09-21T14:13:20.123Z",
        "SignatureVersion": "1",
        "Signature": "c2ln",
    }


@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028"])
def test_nothing_becomes_a_header_of_its_own(ending: str) -> None:
    evil = f"x{ending}Bcc: eve@example.org{ending}{ending}body"
    read = mail(
        MailTarget("ann@example.org", evil),
        subject=evil,
        unsubscribe_url=evil,
        subscription_arn=evil,
        message_id=evil,
    )
    assert "Bcc" not in read
    assert set(read.keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"),
        *("x-amz-sns-message-id", "x-amz-sns-subscription-arn", "List-Unsubscribe"),
        *("Content-Type", "Content-Transfer-Encoding"),
    }


@pytest.mark.parametrize(
    "address",
    [
        *("", "ann", "ann@", "@example.org", "a b@example.org", "ann@example.org\nBcc: x@y.z"),
        *("ann@a.org, bob@b.org", "<ann@a.org>", '"a"@example.org', "jürgen@example.org"),
        "ann@" + "a" * 64 + ".org",
        "ann@ex..org",
    ],
)
def test_what_is_no_address_is_sent_nowhere(address: str) -> None:
    with pytest.raises(Undeliverable, match="is not one"):
        mail(address)


def test_domain_goes_in_punycode() -> None:
    assert mail("ann@müller.example")["To"] == "ann@xn--mller-kva.example"


def test_another_try_is_the_same_mail() -> None:
    first, second = mail(), mail()
    assert first["Message-ID"] == second["Message-ID"]
    other = SUBSCRIPTION.replace("6f2c", "7f2c")
    assert first["Message-ID"] != mail(subscription_arn=other)["Message-ID"]
