"""What APNs gets: the body, and the headers that say what to do with it."""

import json
from typing import Any

import pytest

from notifications import MESSAGE_ID, PUBLISHED_AT, notification
from tidegate.workers.outcome import Undeliverable
from tidegate.workers.push.apns_request import ApnsRequest, apns_request

FOUR_WEEKS_S = 28 * 24 * 3600


def request(
    payload: Any = None, dwell_s: int = 0, platform: str = "APNS", **attributes: str
) -> ApnsRequest:
    """Of a structured message, or a plain one; attributes go by the ends of their names."""
    named = {f"AWS.SNS.MOBILE.{platform}.{name}": value for name, value in attributes.items()}
    if platform != "APNS":
        others = {name: value for name, value in attributes.items() if name != "TTL"}
        named |= {f"AWS.SNS.MOBILE.APNS.{name}": value for name, value in others.items()}
    text = "hello" if payload is None else json.dumps(payload)
    made = notification(text, is_structured=payload is not None, attributes=named)
    return apns_request(made, platform, "org.example.app", PUBLISHED_AT + dwell_s * 1000)


def test_plain_text_is_an_alert() -> None:
    found = request()
    assert json.loads(found.body) == {"aps": {"alert": "hello"}}
    assert found.headers == {
        "apns-id": MESSAGE_ID,
        "apns-topic": "org.example.app",
        "apns-push-type": "alert",
        "apns-expiration": str(PUBLISHED_AT // 1000 + FOUR_WEEKS_S),
    }


def test_structured_message_is_the_body_as_it_is() -> None:
    text = '{ "aps": {"alert": "hi"},  "order": 1.50 }'
    made = notification(text, is_structured=True)
    assert apns_request(made, "APNS", None, PUBLISHED_AT).body == text.encode()


def test_attributes_become_headers() -> None:
    found = request(
        PUSH_TYPE="voip", TOPIC="org.example.voip", PRIORITY="10", COLLAPSE_ID="news 1"
    ).headers
    assert found["apns-push-type"] == "voip"
    assert found["apns-topic"] == "org.example.voip"
    assert found["apns-priority"] == "10"
    assert found["apns-collapse-id"] == "news 1"


def test_what_only_wakes_the_app_is_done_in_the_background() -> None:
    found = request({"aps": {"content-available": 1}, "file": "x"}).headers
    assert (found["apns-push-type"], found["apns-priority"]) == ("background", "5")
    for shown in ({"alert": "x"}, {"badge": 0}, {"sound": "ring"}):
        headers = request({"aps": {"content-available": 1} | shown}).headers
        assert headers["apns-push-type"] == "alert"
        assert "apns-priority" not in headers
    assert request({"aps": "x"}).headers["apns-push-type"] == "alert"


def test_lifetime_ends_at_an_instant() -> None:
    now = PUBLISHED_AT // 1000
    assert request(TTL="60").headers["apns-expiration"] == str(now + 60)
    assert request(None, 10, TTL="60").headers["apns-expiration"] == str(now + 60)
    assert request(None, 99, TTL="0").headers["apns-expiration"] == "0"
    with pytest.raises(Undeliverable, match="time to live"):
        request(None, 60, TTL="60")


def test_sandbox_has_a_lifetime_of_its_own() -> None:
    found = request(platform="APNS_SANDBOX", TTL="60", PUSH_TYPE="voip").headers
    assert found["apns-expiration"] == str(PUBLISHED_AT // 1000 + 60)
    assert found["apns-push-type"] == "voip"


@pytest.mark.parametrize("name", ["PUSH_TYPE", "TOPIC", "PRIORITY", "COLLAPSE_ID"])
@pytest.mark.parametrize("value", ["", "a\r\nb: c", "a\x00", "ö", " a", "a" * 300])
def test_attribute_that_can_be_no_header_is_never_sent(name: str, value: str) -> None:
    with pytest.raises(Undeliverable):
        request(**{name: value})


def test_collapse_id_has_64_bytes_at_most() -> None:
    assert request(COLLAPSE_ID="a" * 64).headers["apns-collapse-id"] == "a" * 64
    with pytest.raises(Undeliverable, match="64"):
        request(COLLAPSE_ID="a" * 65)


def test_id_that_is_no_uuid_is_left_out() -> None:
    made = notification(message_id="m1")
    assert "apns-id" not in apns_request(made, "APNS", None, PUBLISHED_AT).headers


@pytest.mark.parametrize("payload", [[], "text", 1])
def test_what_is_no_object_is_never_sent(payload: Any) -> None:
    with pytest.raises(Undeliverable, match="no JSON object"):
        request(payload)
