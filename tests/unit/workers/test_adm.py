"""ADM: what it gets, whose token, and what its answers mean."""

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from fake_web import Asked, FakeWeb, answer
from notifications import PUBLISHED_AT, notification
from tidegate.kms.secret import Secret
from tidegate.workers.outcome import Outcome, Undeliverable, Verdict
from tidegate.workers.push.adm import AdmSender, adm_request
from tidegate.workers.push.target import PushTarget
from tidegate.workers.web_client import Answer

TOKEN_URL = "https://adm.example/auth/O2/token"
TARGET = PushTarget("ADM", "amzn1.adm/dev", Secret(b"hush"), Secret(b"client&id"))


def send(*replies: Answer) -> tuple[list[Outcome], FakeWeb]:
    """A message for each reply, one after the other."""
    waiting = list(replies)

    def reply(asked: Asked) -> Answer:
        if asked.url == TOKEN_URL:
            return answer(200, {"access_token": "Atc|1", "expires_in": 3600})
        return waiting.pop(0)

    web = FakeWeb(reply)

    async def run() -> list[Outcome]:
        sender = AdmSender("https://adm.example", TOKEN_URL, web, lambda: PUBLISHED_AT)
        return [await sender.send(notification(), TARGET) for _ in replies]

    return asyncio.run(run()), web


def test_message_goes_to_the_device_with_a_token_of_the_client() -> None:
    outcomes, web = send(answer(200, {"registrationID": "x"}), answer(200, {}))
    assert [outcome.verdict for outcome in outcomes] == [Verdict.DELIVERED] * 2
    token, message, _ = web.asked
    assert parse_qs(token.body.decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["messaging:push"],
        "client_id": ["client&id"],
        "client_secret": ["hush"],
    }
    assert message.url == ("https://adm.example/messaging/registrations/amzn1.adm%2Fdev/messages")
    assert message.headers == {
        "content-type": "application/json",
        "accept": "application/json",
        "x-amzn-type-version": "com.amazon.device.messaging.ADMMessage@1.0",
        "x-amzn-accept-type": "com.amazon.device.messaging.ADMSendResult@1.0",
        "authorization": "Bearer Atc|1",
    }
    assert message.json == {"data": {"default": "hello"}}


@pytest.mark.parametrize(
    ("status", "reason", "verdict", "gone"),
    [
        (400, "InvalidRegistrationId", Verdict.PERMANENT, True),
        (400, "Unregistered", Verdict.PERMANENT, True),
        (400, "InvalidData", Verdict.PERMANENT, False),
        (413, "MessageTooLarge", Verdict.PERMANENT, False),
        (401, "AccessTokenExpired", Verdict.RETRYABLE, False),
        (429, "MaxRateExceeded", Verdict.RETRYABLE, False),
        (500, "InternalServerError", Verdict.RETRYABLE, False),
        (503, "", Verdict.RETRYABLE, False),
    ],
)
def test_reason_says_what_becomes_of_message_and_device(
    status: int, reason: str, verdict: Verdict, gone: bool
) -> None:
    (outcome,), _ = send(answer(status, {"reason": reason} if reason else b"busy"))
    assert (outcome.verdict, outcome.endpoint_gone) == (verdict, gone)
    assert outcome.text == (reason or "busy")


def test_token_that_is_refused_is_fetched_anew() -> None:
    _, web = send(answer(401, b""), answer(200, {}))
    assert [asked.url == TOKEN_URL for asked in web.asked] == [True, False, True, False]


def request(payload: Any, dwell_s: int = 0, ttl: str | None = None) -> Any:
    named = {} if ttl is None else {"AWS.SNS.MOBILE.ADM.TTL": ttl}
    made = notification(json.dumps(payload), is_structured=True, attributes=named)
    return adm_request(made, PUBLISHED_AT + dwell_s * 1000)


def test_structured_message_is_the_request() -> None:
    payload = {"data": {"a": "b"}, "consolidationKey": "k", "md5": "x"}
    assert request(payload) == payload


def test_lifetime_is_what_is_left_within_what_adm_takes() -> None:
    assert request({"data": {}, "expiresAfter": 500}, 100)["expiresAfter"] == 400
    assert request({"data": {}, "expiresAfter": 500}, 100, "300")["expiresAfter"] == 200
    assert request({"data": {}}, 0, "5")["expiresAfter"] == 60
    assert request({"data": {}}, 0, "99999999")["expiresAfter"] == 2_678_400


@pytest.mark.parametrize("ttl", ["0", "100"])
def test_message_whose_time_is_up_is_dropped(ttl: str) -> None:
    with pytest.raises(Undeliverable, match="time to live"):
        request({"data": {}}, 100, ttl)


def test_what_is_no_object_is_never_sent() -> None:
    with pytest.raises(Undeliverable, match="no JSON object"):
        request("text")
