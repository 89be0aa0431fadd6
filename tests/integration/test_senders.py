"""Every way out of a topic beside queues and HTTP, as the settings make it, over real connections.

Stand-ins for FCM, ADM, Lambda, Firehose and an SMS gateway check what each platform's documentation
asks of a request.
"""

from __future__ import annotations

import asyncio
import base64
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jwt

from apns_stand_in import ApnsStandIn
from http_endpoint import HttpEndpoint, status
from notifications import MESSAGE_ID, PUBLISHED_AT, SUBSCRIPTION, notification
from push_keys import ec_key, pem, public_pem, rsa_key, service_account
from tidegate.http.messages import Request
from tidegate.kms.secret import Secret
from tidegate.server.senders import late_senders
from tidegate.server.settings import load
from tidegate.testing.executors import InlineExecutor
from tidegate.workers.functions.target import FirehoseTarget, LambdaTarget
from tidegate.workers.mail.message import MailTarget
from tidegate.workers.outcome import Outcome, Verdict
from tidegate.workers.push.target import PushTarget
from tidegate.workers.signatures import Signer
from tidegate.workers.sms.text_message import SmsTarget

Send = Callable[[str, Any], Awaitable[Outcome]]


class World:
    """All that is outside, at one address: its paths tell what it stands in for."""

    def __init__(self) -> None:
        self.endpoint = HttpEndpoint(self._answer)

    async def _answer(self, visit: Any) -> None:
        code, body = self._reply(visit.request)
        visit.writer.write(status(code, body=json.dumps(body).encode()))

    def _reply(self, request: Request) -> tuple[int, Any]:
        path, headers = request.path, request.headers
        if path == "/google/token":
            form = parse_qs(request.body.decode())
            claims = jwt.decode(
                form["assertion"][0],
                public_pem(rsa_key()),
                algorithms=["RS256"],
                audience=self.endpoint.url("/google/token"),
                options={"verify_exp": False, "verify_iat": False},
            )
            assert claims["scope"] == "https://www.googleapis.com/auth/firebase.messaging"
            return 200, {"access_token": "ya29.x", "expires_in": 3599, "token_type": "Bearer"}
        if path == "/amazon/token":
            form = parse_qs(request.body.decode())
            good = form["client_secret"] == ["hush"] and form["scope"] == ["messaging:push"]
            return (200, {"access_token": "Atc|x", "expires_in": 3600}) if good else (401, {})
        if path == "/v1/projects/tide-1/messages:send":
            good = headers["authorization"] == "Bearer ya29.x"
            return (200, {"name": "projects/tide-1/messages/0"}) if good else (401, {})
        if path.startswith("/messaging/registrations/"):
            good = headers["authorization"] == "Bearer Atc|x"
            return (200, {"registrationID": "r"}) if good else (401, {})
        if path.endswith("/invocations"):
            return 202, None
        if headers.get("x-amz-target") == "Firehose_20150804.PutRecordBatch":
            count = len(json.loads(request.body)["Records"])
            return 200, {"FailedPutCount": 0, "RequestResponses": [{"RecordId": "1"}] * count}
        return (200, {}) if path == "/sms" else (404, {})

    def last(self) -> Request:
        return self.endpoint.requests[-1]


def with_senders(
    folder: Path,
    use: Callable[[World, Send], Awaitable[None]],
    settings: Callable[[World], dict[str, str]] = lambda world: {},
    environment: Callable[[World], dict[str, str]] = lambda world: {},
) -> None:
    """Runs `use` with the world and what sends into it, by protocol and target."""

    async def run() -> None:
        world = World()
        await world.endpoint.start()
        given = load({"data": str(folder), **settings(world)}, environment(world))
        signer = Signer(
            lambda version, text: "c2ln", lambda: "https://sns/cert.pem", InlineExecutor()
        )
        senders = late_senders(given, signer, lambda: PUBLISHED_AT)

        async def send(protocol: str, target: Any) -> Outcome:
            return await senders[protocol].send(notification(), target)

        try:
            await use(world, send)
        finally:
            for sender in senders.values():
                await sender.close()
            await world.endpoint.stop()

    asyncio.run(run())


def test_mails_and_sms_stay_in_the_data_directory(tmp_path: Path) -> None:
    async def use(world: World, send: Send) -> None:
        for protocol in ("email", "email-json"):
            outcome = await send(protocol, MailTarget(f"{protocol}@example.org"))
            assert outcome.verdict is Verdict.DELIVERED
        assert (await send("sms", SmsTarget("+491701234567"))).verdict is Verdict.DELIVERED

    with_senders(tmp_path, use)
    text, document = sorted((tmp_path / "mail").iterdir(), key=lambda path: "json" in path.name)
    assert b"From: Tidegate Notifications <no-reply@localhost>\r\n" in text.read_bytes()
    assert b'"Signature" : "c2ln"' in document.read_bytes()
    assert MESSAGE_ID in (tmp_path / "sms" / "messages.jsonl").read_text()


def test_sms_goes_through_the_gateway(tmp_path: Path) -> None:
    async def use(world: World, send: Send) -> None:
        outcome = await send("sms", SmsTarget("+491701234567", {"MonthlySpendLimit": "1"}))
        assert (outcome.verdict, outcome.cost_micro_usd) == (Verdict.DELIVERED, 7_500)
        request = world.last()
        assert request.headers["authorization"] == "Bearer hush"
        assert json.loads(request.body) == {
            "to": "+491701234567",
            "from": "NOTICE",
            "text": "hello",
        }

    with_senders(
        tmp_path,
        use,
        lambda world: {"sms_price_usd": "0.0075"},
        lambda world: {
            "TIDEGATE_SMS_GATEWAY_URL": world.endpoint.url("/sms"),
            "TIDEGATE_SMS_GATEWAY_HEADERS": '{"authorization": "Bearer hush"}',
        },
    )


def test_pushes_go_through_their_platforms(tmp_path: Path) -> None:
    apns = ApnsStandIn(None, public_pem(ec_key()))

    async def use(world: World, send: Send) -> None:
        google = PushTarget("GCM", "device", Secret(service_account().encode()))
        amazon = PushTarget("ADM", "device", Secret(b"hush"), Secret(b"client"))
        for target in (google, amazon):
            outcome = await send("application", target)
            assert outcome.verdict is Verdict.DELIVERED, outcome
        for platform in ("BAIDU", "WNS", "MPNS"):
            outcome = await send("application", PushTarget(platform, "device", Secret(b"x")))
            assert (outcome.verdict, outcome.endpoint_gone) == (Verdict.PERMANENT, False)
            assert outcome.text == f"sending through {platform} is not supported"
        outcome = await send("application", PushTarget("GCM", "d", Secret(b"x"), enabled=False))
        assert (outcome.verdict, outcome.text) == (Verdict.PERMANENT, "Endpoint is disabled")

    with_senders(
        tmp_path,
        use,
        lambda world: {
            "fcm_url": world.endpoint.url(""),
            "fcm_token_url": world.endpoint.url("/google/token"),
            "adm_url": world.endpoint.url(""),
            "adm_token_url": world.endpoint.url("/amazon/token"),
        },
    )

    async def use_apns() -> None:
        url = await apns.start()
        given = load({"data": str(tmp_path), "apns_sandbox_url": url}, {})
        signer = Signer(
            lambda version, text: "c2ln", lambda: "https://sns/cert.pem", InlineExecutor()
        )
        sender = late_senders(given, signer, lambda: PUBLISHED_AT)["application"]
        key = Secret(pem(ec_key()).encode())
        apple = PushTarget("APNS_SANDBOX", "ab", key, Secret(b"KEY"), "TEAM", "org.example")
        outcome = await sender.send(notification(), apple)
        await sender.close()
        apns.stop()
        assert outcome.verdict is Verdict.DELIVERED, outcome

    asyncio.run(use_apns())
    assert [push.headers["apns-topic"] for push in apns.pushes] == ["org.example"]


def test_functions_and_streams_are_called_with_a_signature(tmp_path: Path) -> None:
    async def use(world: World, send: Send) -> None:
        function = "arn:aws:lambda:eu-central-1:123456789012:function:resize"
        outcome = await send("lambda", LambdaTarget(function))
        assert (outcome.verdict, outcome.status) == (Verdict.DELIVERED, 202)
        request = world.last()
        assert request.path == "/2015-03-31/functions/resize/invocations"
        assert "/eu-central-1/lambda/aws4_request" in request.headers["authorization"]
        (record,) = json.loads(request.body)["Records"]
        assert record["EventSubscriptionArn"] == SUBSCRIPTION
        assert record["Sns"]["Signature"] == "c2ln"

        stream = "arn:aws:firehose:us-west-2:123456789012:deliverystream/archive"
        outcome = await send("firehose", FirehoseTarget(stream, is_raw=True))
        assert outcome.verdict is Verdict.DELIVERED
        request = world.last()
        assert "/us-west-2/firehose/aws4_request" in request.headers["authorization"]
        (put,) = json.loads(request.body)["Records"]
        assert base64.b64decode(put["Data"]) == b"hello\n"

    with_senders(
        tmp_path,
        use,
        lambda world: {
            "lambda_endpoint": world.endpoint.url(""),
            "firehose_endpoint": world.endpoint.url(""),
            "functions_access_key": "AKID",
        },
        lambda world: {"TIDEGATE_FUNCTIONS_SECRET_KEY": "hush"},
    )


def test_start_of_a_server_imports_neither_clients_nor_senders() -> None:
    code = (
        "import sys, tidegate.server.compose, tidegate.server.services, tidegate.server.senders;"
        "print([name for name in ('httpx', 'aiosmtplib', 'h2') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert found.stdout.strip() == "[]"
