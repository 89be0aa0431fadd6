"""What FCM gets: requests of v1, those of the legacy API in the form of v1, and plain texts."""

import json
from typing import Any

import pytest

from notifications import PUBLISHED_AT, notification
from tidegate.workers.outcome import Undeliverable
from tidegate.workers.push.fcm_payload import fcm_request


def request(payload: Any, dwell_s: int = 0, **attributes: str) -> dict[str, Any]:
    """Of what stands under GCM; attributes go by the ends of their names."""
    text = payload if isinstance(payload, str) else json.dumps(payload)
    named = {f"AWS.SNS.MOBILE.{name}.TTL": value for name, value in attributes.items()}
    made = notification(text, is_structured=True, attributes=named)
    return fcm_request(made, "device-1", PUBLISHED_AT + dwell_s * 1000)


def test_plain_text_is_data() -> None:
    assert fcm_request(notification('{"a": 1}'), "device-1", PUBLISHED_AT) == {
        "message": {"token": "device-1", "data": {"default": '{"a": 1}'}}
    }


def test_request_of_v1_gets_the_token_and_keeps_the_rest() -> None:
    given = {
        "fcmV1Message": {
            "validate_only": True,
            "message": {
                "token": "another",
                "topic": "all",
                "notification": {"title": "t"},
                "data": {"k": "v"},
                "android": {"priority": "high"},
                "apns": {"payload": {"aps": {"badge": 1}}},
                "webpush": {"headers": {"TTL": "5"}},
            },
        }
    }
    assert request(given) == {
        "validate_only": True,
        "message": {
            "token": "device-1",
            "notification": {"title": "t"},
            "data": {"k": "v"},
            "android": {"priority": "high"},
            "apns": {"payload": {"aps": {"badge": 1}}},
            "webpush": {"headers": {"TTL": "5"}},
        },
    }


def test_legacy_request_finds_its_places_in_v1() -> None:
    given = {
        "notification": {
            "title": "Order",
            "body": "arrived",
            "android_channel_id": "orders",
            "icon": "box",
            "color": "#ff0000",
            "sound": "ring",
            "badge": "3",
            "click_action": "OPEN",
            "body_loc_key": "k",
            "body_loc_args": ["a", "b"],
        },
        "data": {"id": 7, "ok": True, "who": "ann", "list": [1, 2]},
        "collapse_key": "orders",
        "priority": "high",
        "time_to_live": 3600,
        "restricted_package_name": "org.example",
        "content_available": True,
        "mutable_content": True,
        "dry_run": True,
        "registration_ids": ["ignored"],
    }
    assert request(given) == {
        "validate_only": True,
        "message": {
            "token": "device-1",
            "notification": {"title": "Order", "body": "arrived"},
            "data": {"id": "7", "ok": "true", "who": "ann", "list": "[1,2]"},
            "android": {
                "collapse_key": "orders",
                "priority": "HIGH",
                "ttl": "3600s",
                "restricted_package_name": "org.example",
                "notification": {
                    "channel_id": "orders",
                    "icon": "box",
                    "color": "#ff0000",
                    "sound": "ring",
                    "click_action": "OPEN",
                    "body_loc_key": "k",
                    "body_loc_args": ["a", "b"],
                },
            },
            "apns": {
                "payload": {
                    "aps": {
                        "sound": "ring",
                        "badge": 3,
                        "content-available": 1,
                        "mutable-content": 1,
                    }
                }
            },
        },
    }


def test_legacy_request_with_data_alone_is_data_alone() -> None:
    assert request({"data": {"message": "hi"}, "priority": "normal"}) == {
        "message": {
            "token": "device-1",
            "data": {"message": "hi"},
            "android": {"priority": "NORMAL"},
        }
    }


def ttl(payload: Any, dwell_s: int = 0, **attributes: str) -> Any:
    return request(payload, dwell_s, **attributes)["message"]["android"]["ttl"]


V1_TTL = {"fcmV1Message": {"message": {"android": {"ttl": "100.5s", "priority": "high"}}}}


def test_attribute_wins_over_the_payload_and_what_has_passed_is_taken_off() -> None:
    legacy = {"time_to_live": 100}
    assert ttl(legacy, 10) == "90s"
    assert ttl(legacy, 10, FCM="50") == "40s"
    assert ttl({"data": {}}, 10, GCM="50") == "40s"
    assert ttl(V1_TTL, 10) == "90s"
    assert request(V1_TTL, 10, FCM="20")["message"]["android"] == {
        "priority": "high",
        "ttl": "10s",
    }


def test_zero_is_now_or_never() -> None:
    assert ttl({"data": {}}, 10, FCM="0") == "0s"


def test_message_whose_time_is_up_is_not_sent() -> None:
    with pytest.raises(Undeliverable, match="time to live is over"):
        request({"data": {}}, 50, FCM="50")


def test_lifetime_that_is_no_number_is_nobodys() -> None:
    assert "android" not in request({"data": {}, "time_to_live": True}, 0, FCM="-5")["message"]


@pytest.mark.parametrize(
    "text", ["", "hello", "[]", "1", '{"fcmV1Message": 1}', '{"fcmV1Message": {"message": []}}']
)
def test_what_is_no_request_is_never_sent(text: str) -> None:
    with pytest.raises(Undeliverable):
        request(text)


@pytest.mark.parametrize("deep", ['{"a":' * 100_000, '{"data": {"a":' + "[" * 5_000 + "]" * 5_000])
def test_deep_json_is_refused(deep: str) -> None:
    with pytest.raises(Undeliverable):
        request(deep)
