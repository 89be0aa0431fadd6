"""A notification as APNs takes it: a JSON body, and headers that say what to do with it.

What a message has under `APNS` (or `APNS_SANDBOX`) is the body; a plain text becomes
{"aps": {"alert": text}}.  The headers come from message attributes.

Sources: Apple, "Sending notification requests to APNs"; SNS developer guide, "Reserved message
attributes for mobile push notifications".
"""

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import msgspec

from tidegate.workers.notification import Notification
from tidegate.workers.outcome import Undeliverable
from tidegate.workers.push.lifetime import DEFAULT_S, remaining_s
from tidegate.workers.push.target import payload_object

_ATTRIBUTE: Final = "AWS.SNS.MOBILE.APNS."
_VISIBLE: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?")
MOST_COLLAPSE_ID_BYTES: Final = 64


class ApnsRequest(msgspec.Struct, frozen=True):
    headers: Mapping[str, str]
    body: bytes


def apns_request(
    notification: Notification, platform: str, topic: str | None, now: int
) -> ApnsRequest:
    """The request that sends a notification, at an instant in milliseconds.

    `topic` is the app's, where no attribute names another.  Raises Undeliverable.
    """
    payload: dict[str, Any] = {"aps": {"alert": notification.message}}
    body = msgspec.json.encode(payload)
    if notification.is_structured:
        payload = payload_object(notification.message)
        body = notification.message.encode()
    push_type = _header(notification, "PUSH_TYPE") or _push_type(payload)
    headers = {
        "apns-id": _id(notification.message_id),
        "apns-topic": _header(notification, "TOPIC") or topic,
        "apns-push-type": push_type,
        # Apple takes nothing but 5 for what is done in the background.
        "apns-priority": _header(notification, "PRIORITY")
        or ("5" if push_type == "background" else None),
        "apns-collapse-id": _collapse_id(notification),
        "apns-expiration": _expiration(notification, platform, now),
    }
    return ApnsRequest({name: value for name, value in headers.items() if value}, body)


def _header(notification: Notification, name: str) -> str | None:
    value = notification.attribute(_ATTRIBUTE + name)
    if value is not None and not _VISIBLE.fullmatch(value):
        raise Undeliverable(f"the attribute {_ATTRIBUTE}{name} can be no header")
    return value


def _collapse_id(notification: Notification) -> str | None:
    value = _header(notification, "COLLAPSE_ID")
    if value is not None and len(value) > MOST_COLLAPSE_ID_BYTES:
        raise Undeliverable(f"the attribute {_ATTRIBUTE}COLLAPSE_ID is longer than 64 bytes")
    return value


def _push_type(payload: Mapping[str, Any]) -> str:
    """`background` for what shows nothing, plays nothing and only wakes the app."""
    aps = payload.get("aps")
    if not isinstance(aps, dict) or aps.get("content-available") != 1:
        return "alert"
    return "alert" if any(name in aps for name in ("alert", "badge", "sound")) else "background"


def _expiration(notification: Notification, platform: str, now: int) -> str:
    """Unix seconds; 0 is for one try and no more."""
    left_s = remaining_s(
        notification,
        (f"AWS.SNS.MOBILE.{platform}.TTL",),
        None,
        now,
        zero_means_now=True,
    )
    if left_s is None:
        return str(notification.published_at // 1000 + DEFAULT_S)
    return str(now // 1000 + left_s) if left_s else "0"


def _id(message_id: str) -> str | None:
    """The same in every try, so that APNs knows the message again; it has to be a UUID."""
    try:
        return str(UUID(message_id))
    except ValueError:
        return None
