"""What an HTTP endpoint gets, and what its answer means."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any, cast

import pytest

from notifications import MESSAGE_ID, SUBSCRIPTION, TOPIC, notification
from tidegate.http.client import AddressRefused, HttpClient, RequestFailed, Timeouts
from tidegate.http.responses import Response
from tidegate.http.urls import Url
from tidegate.testing.executors import InlineExecutor
from tidegate.workers.http_delivery import HttpDelivery, HttpTarget
from tidegate.workers.http_sender import HttpSender
from tidegate.workers.outcome import Outcome, Verdict, delivered
from tidegate.workers.signatures import MOST_REMEMBERED, Signer

Headers = Sequence[tuple[str, str]]
Result = Response | Exception


def response(status: int, reason: str = "", body: bytes = b"", **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, reason, named, body, True)


class Web:
    """A client whose responses are given beforehand; the last one is given again and again."""

    def __init__(self, *results: Result) -> None:
        self._results = list(results)
        self.asked: list[tuple[Url, dict[str, str], bytes]] = []

    async def request(
        self, method: str, url: Url, headers: Headers, body: bytes, timeouts: Timeouts
    ) -> Response:
        assert method == "POST"
        self.asked.append((url, dict(headers), body))
        result = self._results.pop(0) if len(self._results) > 1 else self._results[0]
        if isinstance(result, Exception):
            raise result
        return result

    def sender(self) -> HttpSender:
        return HttpSender(cast(HttpClient, self), lambda: "nonce")


def send(web: Web, url: str = "http://a.test/hook", sender: HttpSender | None = None) -> Outcome:
    sender = sender or web.sender()
    return asyncio.run(sender.send(url, [("Content-Type", "text/plain")], b"body"))


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Verdict.DELIVERED),
        (204, Verdict.DELIVERED),
        (299, Verdict.DELIVERED),
        (301, Verdict.PERMANENT),
        (307, Verdict.PERMANENT),
        (400, Verdict.PERMANENT),
        (401, Verdict.PERMANENT),
        (404, Verdict.PERMANENT),
        (410, Verdict.PERMANENT),
        (499, Verdict.PERMANENT),
        (429, Verdict.RETRYABLE),
        (101, Verdict.RETRYABLE),
        (500, Verdict.RETRYABLE),
        (503, Verdict.RETRYABLE),
        (599, Verdict.RETRYABLE),
        (600, Verdict.RETRYABLE),
    ],
)
def test_verdict_of_a_status(status: int, verdict: Verdict) -> None:
    """SNS developer guide, "Amazon SNS message delivery retries"."""
    outcome = send(Web(response(status, "Reason")))
    assert (outcome.verdict, outcome.status, outcome.text) == (verdict, status, "Reason")


def test_text_of_an_answer_is_its_body() -> None:
    assert send(Web(response(500, "Oh", b"why \xff"))).text == "why \N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (RequestFailed("Connection refused"), Verdict.RETRYABLE),
        (AddressRefused("the host is in a network that may not be called"), Verdict.PERMANENT),
        (ValueError("a line end in the header Content-Type"), Verdict.PERMANENT),
    ],
)
def test_verdict_where_there_is_no_answer(error: Exception, verdict: Verdict) -> None:
    outcome = send(Web(error))
    assert (outcome.verdict, outcome.status, outcome.text) == (verdict, None, str(error))


@pytest.mark.parametrize("url", ["", "gopher://a.test/", "http://a.test:0/", "http://u:hunter2@/"])
def test_what_is_no_url_is_never_asked(url: str) -> None:
    web = Web(response(200))
    outcome = send(web, url)
    assert outcome.verdict is Verdict.PERMANENT
    assert "hunter2" not in outcome.text
    assert not web.asked


def test_agent_is_that_of_aws() -> None:
    web = Web(response(200))
    send(web)
    headers = web.asked[0][1]
    assert headers["User-Agent"] == "Amazon Simple Notification Service Agent"
    assert headers["Content-Type"] == "text/plain"
    assert "Authorization" not in headers


BASIC = response(401, www_authenticate='Basic realm="x"')


def test_credentials_are_given_once_they_are_asked_for_and_then_at_once() -> None:
    web = Web(BASIC, response(200))
    sender = web.sender()
    assert send(web, "http://u:p@a.test/", sender).verdict is Verdict.DELIVERED
    assert send(web, "http://u:p@a.test/", sender).verdict is Verdict.DELIVERED
    assert [headers.get("Authorization") for _, headers, _ in web.asked] == [
        None,
        "Basic dTpw",
        "Basic dTpw",
    ]
    assert [body for *_, body in web.asked] == [b"body"] * 3


def test_endpoint_that_does_not_ask_gets_no_credentials() -> None:
    web = Web(response(200))
    send(web, "http://u:p@a.test/")
    assert "Authorization" not in web.asked[0][1]


def test_wrong_credentials_are_tried_once() -> None:
    web = Web(BASIC)
    assert send(web, "http://u:p@a.test/").verdict is Verdict.PERMANENT
    assert len(web.asked) == 2


@pytest.mark.parametrize("url", ["http://a.test/", "http://u:p@a.test/"])
def test_challenge_that_cannot_be_answered(url: str) -> None:
    web = Web(response(401, www_authenticate="Negotiate"))
    assert send(web, url).verdict is Verdict.PERMANENT
    assert len(web.asked) == 1


def test_nonce_that_has_grown_old_is_replaced() -> None:
    challenges = [
        response(401, www_authenticate=f'Digest realm="x", nonce="{nonce}", qop="auth"')
        for nonce in ("n1", "n2")
    ]
    web = Web(challenges[0], response(200), challenges[1], response(200))
    sender = web.sender()
    for _ in range(2):
        assert send(web, "http://u:p@a.test/", sender).verdict is Verdict.DELIVERED
    sent = [headers.get("Authorization", "") for _, headers, _ in web.asked]
    assert [part in text for part, text in zip(("", "n1", "n1", "n2"), sent, strict=True)] == (
        [True] * 4
    )
    assert ["00000001" in text for text in sent] == [False, True, False, True]


def test_credentials_of_one_endpoint_are_not_given_to_another() -> None:
    web = Web(BASIC, response(200))
    sender = web.sender()
    send(web, "http://u:p@a.test/", sender)
    send(web, "http://a.test/", sender)
    send(web, "http://u:other@a.test/", sender)
    assert [headers.get("Authorization") for _, headers, _ in web.asked[2:]] == [None, None]


class Post:
    def __init__(self) -> None:
        self.url = ""
        self.headers: dict[str, str] = {}
        self.body = b""

    async def send(self, target_url: str, headers: Headers, body: bytes) -> Outcome:
        self.url, self.headers, self.body = target_url, dict(headers), body
        return delivered()


class Seals:
    """Signs with the version and the length of what is signed."""

    def __init__(self) -> None:
        self.signed: list[bytes] = []

    def sign(self, version: str, text: bytes) -> str:
        self.signed.append(text)
        return f"signature {version} {len(text)}"


PEM = "https://sns.test/SimpleNotificationService-0.pem"


def deliver(target: HttpTarget, **more: Any) -> Post:
    post = Post()
    delivery = HttpDelivery(post, Signer(Seals().sign, lambda: PEM, InlineExecutor()))
    asyncio.run(delivery.send(notification(**more), target))
    return post


def test_notification_goes_out_signed_in_its_document() -> None:
    post = deliver(HttpTarget("http://a.test/", signature_version="2"), unsubscribe_url="http://u")
    assert post.url == "http://a.test/"
    document = json.loads(post.body)
    assert document["Message"] == "hello"
    assert document["SignatureVersion"] == "2"
    assert document["Signature"].startswith("signature 2 ")
    assert document["SigningCertURL"] == PEM
    assert document["UnsubscribeURL"] == "http://u"
    assert post.headers == {
        "x-amz-sns-message-type": "Notification",
        "x-amz-sns-message-id": MESSAGE_ID,
        "x-amz-sns-topic-arn": TOPIC,
        "x-amz-sns-subscription-arn": SUBSCRIPTION,
        "Content-Type": "text/plain; charset=UTF-8",
    }


def test_raw_message_goes_out_as_it_is() -> None:
    post = deliver(HttpTarget("http://a.test/", is_raw=True, content_type="application/json"))
    assert post.body == b"hello"
    assert post.headers["x-amz-sns-rawdelivery"] == "true"
    assert post.headers["Content-Type"] == "application/json"


def test_confirmation_goes_out_in_its_document_even_to_a_raw_subscription() -> None:
    post = deliver(
        HttpTarget("http://a.test/", is_raw=True),
        type="SubscriptionConfirmation",
        token="t",
        subscribe_url="http://s",
    )
    document = json.loads(post.body)
    assert (document["Type"], document["Token"]) == ("SubscriptionConfirmation", "t")
    assert document["SubscribeURL"] == "http://s"
    assert post.headers["x-amz-sns-message-type"] == "SubscriptionConfirmation"
    assert "x-amz-sns-rawdelivery" not in post.headers


def test_target_shows_no_password() -> None:
    assert "hunter2" not in repr(HttpTarget("http://u:hunter2@a.test/"))


def test_message_is_signed_once_for_all_who_get_it() -> None:
    seals = Seals()

    async def sign_all() -> set[str | None]:
        signer = Signer(seals.sign, lambda: PEM, InlineExecutor())
        arns = [f"{TOPIC}:{number}" for number in range(10)]
        signing = [signer.signed(notification(subscription_arn=arn), "1") for arn in arns]
        return {found.signature for found in await asyncio.gather(*signing)}

    assert len(asyncio.run(sign_all())) == 1
    assert len(seals.signed) == 1


def test_other_text_or_version_is_signed_anew() -> None:
    seals = Seals()

    async def sign_all() -> None:
        signer = Signer(seals.sign, lambda: PEM, InlineExecutor())
        await signer.signed(notification(), "1")
        await signer.signed(notification(), "2")
        await signer.signed(notification(message="other"), "1")

    asyncio.run(sign_all())
    assert len(seals.signed) == 3


def test_what_is_signed_already_or_of_a_fifo_topic_stays_as_it_is() -> None:
    seals = Seals()
    signer = Signer(seals.sign, lambda: PEM, InlineExecutor())
    for given in (notification(signature="s"), notification(sequence_number="1")):
        assert asyncio.run(signer.signed(given, "1")) is given
    assert not seals.signed


def test_failed_signature_is_made_again() -> None:
    seals = Seals()
    fails = [True]

    def sign(version: str, text: bytes) -> str:
        if fails.pop() if fails else False:
            raise OSError("no disk")
        return seals.sign(version, text)

    async def sign_twice() -> str | None:
        signer = Signer(sign, lambda: PEM, InlineExecutor())
        with pytest.raises(OSError, match="no disk"):
            await signer.signed(notification(), "1")
        return (await signer.signed(notification(), "1")).signature

    assert asyncio.run(sign_twice()) is not None


def test_signatures_that_are_remembered_have_a_bound() -> None:
    async def sign_many() -> int:
        signer = Signer(Seals().sign, lambda: PEM, InlineExecutor())
        for number in range(MOST_REMEMBERED + 10):
            await signer.signed(notification(message=str(number)), "1")
        return len(signer._made)

    assert asyncio.run(sign_many()) == MOST_REMEMBERED
