"""FCM: the service account's token, and what each answer means for the message and the device."""

import asyncio
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest

from fake_web import Asked, FakeWeb, answer
from notifications import PUBLISHED_AT, notification
from push_keys import public_pem, rsa_key, service_account
from tidegate.kms.secret import Secret
from tidegate.workers.outcome import Outcome, Verdict
from tidegate.workers.push.fcm import FcmSender
from tidegate.workers.push.target import PushTarget
from tidegate.workers.web_client import Answer, NoAnswer

URL = "https://fcm.example"
TOKEN_URL = "https://oauth.example/token"
SENT = answer(200, {"name": "projects/tide-1/messages/1"})


def target(credential: str | None = None) -> PushTarget:
    return PushTarget("GCM", "device:1", Secret((credential or service_account()).encode()))


class Google:
    """Gives tokens, each once, and answers the rest as it is told."""

    def __init__(self, reply: Answer | NoAnswer = SENT, expires_in: int = 3600) -> None:
        self.reply = reply
        self.token_reply: Answer | NoAnswer | None = None
        self.expires_in = expires_in
        self.web = FakeWeb(self._answer)
        self.now = PUBLISHED_AT
        self.sender = FcmSender(URL + "/", TOKEN_URL, self.web, lambda: self.now)

    def _answer(self, asked: Asked) -> Any:
        if asked.url != TOKEN_URL:
            return self.reply
        token = f"ya29.{len(self.token_requests)}"
        fields = {"access_token": token, "expires_in": self.expires_in, "token_type": "Bearer"}
        return self.token_reply or answer(200, fields)

    @property
    def token_requests(self) -> list[Asked]:
        return [asked for asked in self.web.asked if asked.url == TOKEN_URL]

    @property
    def messages(self) -> list[Asked]:
        return [asked for asked in self.web.asked if asked.url != TOKEN_URL]

    def send(self, to: PushTarget | None = None, times: int = 1) -> list[Outcome]:
        """So many messages, at the same time."""

        async def run() -> list[Outcome]:
            sends = (self.sender.send(notification(), to or target()) for _ in range(times))
            return await asyncio.gather(*sends)

        return asyncio.run(run())


def test_message_goes_to_the_project_with_a_token_of_the_account() -> None:
    google = Google()
    (outcome,) = google.send()
    assert (outcome.verdict, outcome.status) == (Verdict.DELIVERED, 200)
    assert outcome.text == '{"name": "projects/tide-1/messages/1"}'
    (message,) = google.messages
    assert message.url == "https://fcm.example/v1/projects/tide-1/messages:send"
    assert message.headers["authorization"] == "Bearer ya29.1"
    assert message.json == {"message": {"token": "device:1", "data": {"default": "hello"}}}


def test_token_is_asked_for_with_a_claim_that_the_account_has_signed() -> None:
    google = Google()
    google.send()
    form = parse_qs(google.token_requests[0].body.decode())
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    (assertion,) = form["assertion"]
    assert jwt.get_unverified_header(assertion) == {"alg": "RS256", "typ": "JWT", "kid": "key-1"}
    claims = jwt.decode(
        assertion,
        public_pem(rsa_key()),
        algorithms=["RS256"],
        audience=TOKEN_URL,
        options={"verify_exp": False, "verify_iat": False},
    )
    now = PUBLISHED_AT // 1000
    assert claims == {
        "iss": "sns@tide-1.iam.gserviceaccount.com",
        "scope": "https://www.googleapis.com/auth/firebase.messaging",
        "aud": TOKEN_URL,
        "iat": now,
        "exp": now + 3600,
    }


def test_token_is_kept_until_shortly_before_its_end() -> None:
    google = Google()
    google.send(times=5)
    google.now += 3_539_000
    google.send()
    assert len(google.token_requests) == 1
    google.now += 1_000
    google.send()
    assert [message.headers["authorization"] for message in google.messages[-2:]] == [
        "Bearer ya29.1",
        "Bearer ya29.2",
    ]


def test_account_that_changes_has_a_token_of_its_own() -> None:
    google = Google()
    google.send()
    google.send(target(service_account(client_email="other@example.org")))
    assert len(google.token_requests) == 2


def error(status: int, code: str = "", message: str = "said", **more: Any) -> Answer:
    details = [{"@type": "google.firebase.fcm.v1.FcmError", "errorCode": code}] if code else []
    if "field" in more:
        violations = [{"field": more["field"], "description": "Invalid"}]
        details.append({"@type": "google.rpc.BadRequest", "fieldViolations": violations})  # type: ignore[dict-item]
    found = {"code": status, "message": message, "status": "S", "details": details}
    return answer(status, {"error": found}, retry_after="9")


GONE, LATER, NEVER = "gone", "later", "never"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (error(404, "UNREGISTERED"), GONE),
        (error(400, "INVALID_ARGUMENT", field="message.token"), GONE),
        (error(400, "INVALID_ARGUMENT", field="message.data"), NEVER),
        (error(400, "INVALID_ARGUMENT"), NEVER),
        (error(404), NEVER),
        (error(403, "SENDER_ID_MISMATCH"), NEVER),
        (error(401, "THIRD_PARTY_AUTH_ERROR"), NEVER),
        (error(401), LATER),
        (error(429, "QUOTA_EXCEEDED"), LATER),
        (error(500, "INTERNAL"), LATER),
        (error(503, "UNAVAILABLE"), LATER),
        (answer(502, b"<html>"), LATER),
        (answer(400, b"{"), NEVER),
        (NoAnswer("no answer within 30 s"), LATER),
    ],
)
def test_answer_says_what_becomes_of_message_and_device(reply: Any, expected: str) -> None:
    (outcome,) = Google(reply).send()
    assert outcome.endpoint_gone == (expected == GONE)
    assert outcome.verdict is (Verdict.RETRYABLE if expected == LATER else Verdict.PERMANENT)
    assert outcome.text


def test_too_many_messages_wait_for_as_long_as_fcm_says() -> None:
    (outcome,) = Google(error(429, "QUOTA_EXCEEDED", "slow down")).send()
    assert (outcome.retry_after_s, outcome.text) == (9, "QUOTA_EXCEEDED slow down")


def test_token_that_fcm_does_not_take_is_not_used_again() -> None:
    google = Google(error(401))
    google.send()
    google.reply = SENT
    assert google.send()[0].verdict is Verdict.DELIVERED
    assert len(google.token_requests) == 2


@pytest.mark.parametrize(
    ("reply", "verdict", "text"),
    [
        (
            answer(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}),
            Verdict.PERMANENT,
            "Google gives no access token: invalid_grant Invalid JWT Signature.",
        ),
        (answer(503, b"busy"), Verdict.RETRYABLE, "Google gives no access token: 503"),
        (answer(200, b"{}"), Verdict.RETRYABLE, "Google answers with no access token"),
        (NoAnswer("no answer: X"), Verdict.RETRYABLE, "FCM: no answer: X"),
    ],
)
def test_without_a_token_nothing_is_sent(reply: Any, verdict: Verdict, text: str) -> None:
    google = Google()
    google.token_reply = reply
    for outcome in google.send(times=3):
        assert (outcome.verdict, outcome.text) == (verdict, text)
    assert google.messages == []
    assert len(google.token_requests) == 1
    google.token_reply = None
    assert google.send()[0].verdict is Verdict.DELIVERED


@pytest.mark.parametrize(
    ("credential", "said"),
    [
        ("AAAA1234:legacy-key", "Google has ended the API of legacy keys"),
        ("{", "no service account"),
        ('{"project_id": "p"}', "no service account"),
        (service_account(project_id="../../x"), "project id"),
        (service_account(private_key="none"), "private key is none"),
    ],
)
def test_credential_that_is_none_is_a_permanent_failure(credential: str, said: str) -> None:
    google = Google()
    (outcome,) = google.send(target(credential))
    assert outcome.verdict is Verdict.PERMANENT
    assert said in outcome.text
    assert google.web.asked == []


def test_nobody_sees_credentials_or_tokens_of_devices() -> None:
    assert "PRIVATE" not in repr(target())
    assert "device" not in repr(target())


def test_whoever_gives_up_waiting_leaves_the_token_to_the_others() -> None:
    google = Google()

    async def run() -> Outcome:
        opened = asyncio.Event()
        plain = google.web.post

        async def slow(*arguments: Any) -> Answer:
            if arguments[0] == TOKEN_URL:
                await opened.wait()
            return await plain(*arguments)

        google.web.post = slow  # type: ignore[method-assign]
        first = asyncio.create_task(google.sender.send(notification(), target()))
        second = asyncio.create_task(google.sender.send(notification(), target()))
        await asyncio.sleep(0)
        first.cancel()
        opened.set()
        return await second

    assert asyncio.run(run()).verdict is Verdict.DELIVERED
    assert len(google.token_requests) == 1
