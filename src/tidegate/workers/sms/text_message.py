"""A notification as an SMS: to whom, from whom, of which kind, and at what cost."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from tidegate.workers.notification import Notification
from tidegate.workers.outcome import Undeliverable
from tidegate.workers.sms.parts import MOST_CHARS, parts_of
from tidegate.workers.sms.spending import (
    DEFAULT_MONTHLY_LIMIT,
    Spent,
    micro_usd,
    month_of,
    refusal,
)

_PHONE: Final = re.compile(r"\+?[0-9]{4,20}")
_SENDER_ID: Final = re.compile(r"(?=[0-9]*[A-Za-z])[A-Za-z0-9]{1,11}")
_NUMBER: Final = re.compile(r"\+?[0-9]{5,14}")
_NO_SETTINGS: Final[Mapping[str, str]] = MappingProxyType({})

NO_SENDER: Final = "NOTICE"
"""What phones show where AWS has nobody to name."""
INVALID_NUMBER: Final = "Invalid phone number"
INVALID_BODY: Final = "Message body is invalid"
OPTED_OUT: Final = "Phone number is opted out"
UNVERIFIED: Final = "Phone number is not verified in the SMS sandbox"
"""A text of ours: AWS's is not known."""


class SmsTarget(msgspec.Struct, frozen=True):
    """Who gets an SMS, and what the account has said and spent."""

    phone: str
    settings: Mapping[str, str] = _NO_SETTINGS
    """The account's, as SetSMSAttributes has them: DefaultSenderID, DefaultSMSType,
    MonthlySpendLimit."""
    spent: Spent = Spent()
    opted_out: bool = False
    unverified: bool = False
    """Whether the account is in the SMS sandbox, and the phone is not verified there."""


class TextMessage(msgspec.Struct, frozen=True):
    """An SMS ready to go."""

    message_id: str
    phone: str
    text: str
    sender: str
    type: str
    """Promotional or Transactional."""
    parts: int
    cost_micro_usd: int


def text_message_of(
    notification: Notification, target: SmsTarget, now: int, part_micro_usd: int
) -> TextMessage:
    """The SMS of a notification, at an instant in milliseconds and a price for each part.

    Raises Undeliverable, with AWS's texts, where it may not be sent.
    """
    text = notification.message
    if not _PHONE.fullmatch(target.phone):
        raise Undeliverable(INVALID_NUMBER)
    if target.opted_out:
        raise Undeliverable(OPTED_OUT)
    if target.unverified:
        raise Undeliverable(UNVERIFIED)
    if not text or len(text) > MOST_CHARS:
        raise Undeliverable(INVALID_BODY)
    parts = parts_of(text)
    cost = parts * part_micro_usd
    limit = micro_usd(target.settings.get("MonthlySpendLimit"))
    refused = refusal(
        cost,
        target.spent.in_month(month_of(now)),
        DEFAULT_MONTHLY_LIMIT if limit is None else limit,
        micro_usd(notification.attribute("AWS.SNS.SMS.MaxPrice")),
    )
    if refused is not None:
        raise Undeliverable(refused)
    return TextMessage(
        notification.message_id,
        target.phone,
        text,
        _sender(notification, target),
        _type(notification, target),
        parts,
        cost,
    )


def _sender(notification: Notification, target: SmsTarget) -> str:
    """The message's own sender wins over the account's; what could be none is nobody."""
    number = notification.attribute("AWS.MM.SMS.OriginationNumber") or ""
    if _NUMBER.fullmatch(number):
        return number
    named = (notification.attribute("AWS.SNS.SMS.SenderID"), target.settings.get("DefaultSenderID"))
    return next((name for name in named if name and _SENDER_ID.fullmatch(name)), NO_SENDER)


def _type(notification: Notification, target: SmsTarget) -> str:
    given = notification.attribute("AWS.SNS.SMS.SMSType") or target.settings.get("DefaultSMSType")
    return "Transactional" if given == "Transactional" else "Promotional"
