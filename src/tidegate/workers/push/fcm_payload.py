"""A notification as FCM's HTTP v1 API takes it.

What a message has under `GCM` is one of

    {"fcmV1Message": {"validate_only": ..., "message": {...}}}     a request of v1, which gets the
                                                                   device's token
    {"notification": {...}, "data": {...}, "priority": ..., ...}   one of the legacy API, of which
                                                                   each part has a place in v1

and a text that is neither goes as {"data": {"default": text}}.

Sources: SNS developer guide, "Using Google Firebase Cloud Messaging v1 payloads"; Firebase,
"Migrate from legacy FCM APIs to HTTP v1" and the reference of projects.messages.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from tidegate.workers.notification import Notification
from tidegate.workers.outcome import Undeliverable
from tidegate.workers.push.lifetime import remaining_s, seconds
from tidegate.workers.push.target import payload_object

V1: Final = "fcmV1Message"
_TTL_ATTRIBUTES: Final = ("AWS.SNS.MOBILE.FCM.TTL", "AWS.SNS.MOBILE.GCM.TTL")

_FOR_ALL: Final = ("title", "body", "image")
"""What of a legacy notification stands in v1's own; all else is for Android."""
_FOR_ANDROID: Final = {
    "android_channel_id": "channel_id",
    "body_loc_args": "body_loc_args",
    "body_loc_key": "body_loc_key",
    "click_action": "click_action",
    "color": "color",
    "icon": "icon",
    "sound": "sound",
    "tag": "tag",
    "title_loc_args": "title_loc_args",
    "title_loc_key": "title_loc_key",
}
_LISTS: Final = ("body_loc_args", "title_loc_args")
_OTHER_TARGETS: Final = ("topic", "condition")


def fcm_request(notification: Notification, token: str, now: int) -> dict[str, Any]:
    """The request that sends a notification to a device, at an instant in milliseconds.

    Raises Undeliverable.
    """
    if not notification.is_structured:
        request = _from_legacy({"data": {"default": notification.message}})
    else:
        payload = payload_object(notification.message)
        request = _from_v1(payload[V1]) if V1 in payload else _from_legacy(payload)
    message = request["message"]
    message["token"] = token
    _set_lifetime(message, notification, now)
    return request


def _from_v1(given: object) -> dict[str, Any]:
    """Its own target, if it has one, gives way to the endpoint's."""
    message = given.get("message") if isinstance(given, dict) else None
    if not isinstance(given, dict) or not isinstance(message, dict):
        raise Undeliverable(f"{V1} holds no message")
    own = {name: value for name, value in message.items() if name not in _OTHER_TARGETS}
    return {**given, "message": own}


def _from_legacy(payload: Mapping[str, Any]) -> dict[str, Any]:
    message: dict[str, Any] = {}
    android: dict[str, Any] = {}
    aps: dict[str, Any] = {}
    _place_notification(payload.get("notification"), message, android, aps)
    data = payload.get("data")
    if isinstance(data, dict):
        message["data"] = {name: _text(value) for name, value in data.items()}
    for name in ("collapse_key", "restricted_package_name"):
        if name in payload:
            android[name] = _text(payload[name])
    if "priority" in payload:
        android["priority"] = "HIGH" if payload["priority"] in ("high", 10) else "NORMAL"
    ttl_s = seconds(payload.get("time_to_live"))
    if ttl_s is not None:
        android["ttl"] = f"{ttl_s}s"
    for name, value in (("content_available", 1), ("mutable_content", 1)):
        if payload.get(name) is True:
            aps[name.replace("_", "-")] = value
    if android:
        message["android"] = android
    if aps:
        message["apns"] = {"payload": {"aps": aps}}
    request: dict[str, Any] = {"message": message}
    if payload.get("dry_run") is True:
        request["validate_only"] = True
    return request


def _place_notification(
    given: object, message: dict[str, Any], android: dict[str, Any], aps: dict[str, Any]
) -> None:
    if not isinstance(given, dict):
        return
    shared = {name: _text(given[name]) for name in _FOR_ALL if name in given}
    if shared:
        message["notification"] = shared
    own = {
        to: given[name] if name in _LISTS else _text(given[name])
        for name, to in _FOR_ANDROID.items()
        if name in given
    }
    if own:
        android["notification"] = own
    if "sound" in given:
        aps["sound"] = _text(given["sound"])
    badge = seconds(given.get("badge"))
    if badge is not None:
        aps["badge"] = badge


def _set_lifetime(message: dict[str, Any], notification: Notification, now: int) -> None:
    android = message.get("android")
    ttl = android.get("ttl") if isinstance(android, dict) else None
    whole_s = ttl.removesuffix("s").partition(".")[0] if isinstance(ttl, str) else None
    left_s = remaining_s(notification, _TTL_ATTRIBUTES, seconds(whole_s), now, zero_means_now=True)
    if left_s is not None:
        kept = android if isinstance(android, dict) else {}
        message["android"] = {**kept, "ttl": f"{left_s}s"}


def _text(value: object) -> str:
    """v1 takes nothing but text where the legacy API took any value."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
