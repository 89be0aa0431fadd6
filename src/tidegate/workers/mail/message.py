"""A notification as a mail, with the subjects and texts that AWS's mails have.

Source: SNS developer guide, "Email notifications", and mails that SNS has sent.  What is AWS's own
in them, its support and its address, is left out.

Headers are made by the standard library's `email`, which takes no line break into one; all that
comes from outside is freed of control characters before that, so that nothing is refused for them.
"""

import re
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from html import escape
from typing import Final

import msgspec

from tidegate.catalog.notifications import (
    NOTIFICATION,
    SUBSCRIPTION_CONFIRMATION,
    UNSUBSCRIBE_CONFIRMATION,
    SignatureVersion,
    write_document,
)
from tidegate.workers.documents import document_of
from tidegate.workers.notification import Notification
from tidegate.workers.outcome import Undeliverable

_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_ADDRESS: Final = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,64}@[^\s@<>()\\,;:\"/]{1,255}")
_LINE_BYTES: Final = 998
"""RFC 5322, 2.1.1: what a line may have at the most."""
_ASKED: Final = "If this was in error no action is necessary"

DEFAULT_SUBJECT: Final = "AWS Notification Message"
SUBJECTS: Final = {
    SUBSCRIPTION_CONFIRMATION: "AWS Notification - Subscription Confirmation",
    UNSUBSCRIBE_CONFIRMATION: "AWS Notification - Unsubscribe Confirmation",
}


class _OneWord(UnstructuredHeader, BaseHeader):
    """A link or an ARN.  `email` would write one that is longer than a line's 78 characters as
    encoded words (RFC 2047), in which mail programs look for no link."""

    def fold(self, *, policy: Policy) -> str:
        line = f"{self.name}: {self}"
        if len(line) <= _LINE_BYTES and line.isascii():
            return line + policy.linesep
        return super().fold(policy=policy)


_HEADERS: Final = HeaderRegistry()
for _name in ("List-Unsubscribe", "x-amz-sns-subscription-arn"):
    _HEADERS.map_to_type(_name, _OneWord)
_POLICY: Final = SMTP.clone(header_factory=_HEADERS)


class MailTarget(msgspec.Struct, frozen=True):
    """Who gets a mail."""

    address: str
    display_name: str | None = None
    """Of the topic: the sender's name in its mails."""
    signature_version: SignatureVersion = "1"
    """Of the topic, for mails that are JSON."""


class Mailbox(msgspec.Struct, frozen=True):
    """Whom mails come from."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


class Mail(msgspec.Struct, frozen=True):
    """A mail ready to go, with its envelope."""

    name: str
    """The same in every try, and of no other mail."""
    sender: str
    recipient: str
    content: bytes


def mail_of(
    notification: Notification, target: MailTarget, sender: Mailbox, *, as_json: bool
) -> Mail:
    """The mail of a notification; raises Undeliverable where the address can be none."""
    recipient = ascii_address(target.address)
    name = f"{notification.message_id}.{_last_part(notification.subscription_arn)}"
    mail = EmailMessage(policy=_POLICY)
    try:
        mail["From"] = Address(_clean(target.display_name or sender.name), addr_spec=sender.address)
        mail["To"] = Address(addr_spec=recipient)
    except (MessageError, ValueError, IndexError):
        raise Undeliverable("the e-mail address is not one") from None
    mail["Subject"] = _subject(notification)
    mail["Date"] = format_datetime(datetime.fromtimestamp(notification.published_at // 1000, UTC))
    mail["Message-ID"] = f"<{_clean(name)}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["x-amz-sns-message-id"] = _clean(notification.message_id)
    if notification.subscription_arn:
        mail["x-amz-sns-subscription-arn"] = _clean(notification.subscription_arn)
    if notification.unsubscribe_url:
        mail["List-Unsubscribe"] = f"<{_clean(notification.unsubscribe_url)}>"
    if as_json:
        mail.set_content(write_document(document_of(notification)).decode() + "\n")
    elif notification.type == NOTIFICATION:
        mail.set_content(notification.message + _footer(notification))
    else:
        _set_confirmation(mail, notification)
    return Mail(name, sender.address, recipient, mail.as_bytes())


def ascii_address(address: str) -> str:
    """An address as every mail server takes it, its domain in Punycode.  Raises Undeliverable."""
    if _ADDRESS.fullmatch(address):
        local, _, domain = address.rpartition("@")
        try:
            local.encode("ascii")
            return f"{local}@{domain.encode('idna').decode()}"
        except UnicodeError:
            pass  # refused below, as all others
    raise Undeliverable("the e-mail address is not one")


def _clean(text: str) -> str:
    """Text that may stand in a header."""
    return _CONTROLS.sub(" ", text).strip()


def _last_part(arn: str | None) -> str:
    return (arn or "direct").rpartition(":")[2]


def _subject(notification: Notification) -> str:
    fixed = SUBJECTS.get(notification.type)
    return fixed or _clean(notification.subject or "") or DEFAULT_SUBJECT


def _footer(notification: Notification) -> str:
    if not notification.unsubscribe_url:
        return "\n"
    return (
        "\n\n--\n"
        "If you wish to stop receiving notifications from this topic, please click or visit the "
        f"link below to unsubscribe:\n{notification.unsubscribe_url}\n\n"
        "Please do not reply directly to this email.\n"
    )


def _set_confirmation(mail: EmailMessage, notification: Notification) -> None:
    """As text with the link spelled out, and as HTML in which it is a word."""
    if notification.type == SUBSCRIPTION_CONFIRMATION:
        said = "You have chosen to subscribe to the topic:"
        asked = f"To confirm this subscription, click or visit the link below ({_ASKED}):"
        link = "Confirm subscription"
    else:
        said = "Your subscription to the topic below has been deactivated:"
        asked = f"To restore it, click or visit the link below ({_ASKED}):"
        link = "Resubscribe"
    topic, url = notification.topic_arn or "", notification.subscribe_url or ""
    ending = "Please do not reply directly to this email."
    mail.set_content(f"{said}\n{topic}\n\n{asked}\n{url}\n\n{ending}\n")
    mail.add_alternative(
        f"<html><body><p>{said}<br/>\n<b>{escape(topic)}</b></p>\n"
        f'<p>{asked}<br/>\n<a href="{escape(url)}">{link}</a></p>\n<p>{ending}</p></body></html>\n',
        subtype="html",
    )
