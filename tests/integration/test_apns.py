"""APNs over real HTTP/2: tokens, certificates, connections, and what answers mean."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from apns_stand_in import ApnsStandIn
from notifications import PUBLISHED_AT, notification
from push_keys import ec_key, pem, public_pem
from tidegate.kms.secret import Secret
from tidegate.workers.outcome import Outcome, Verdict
from tidegate.workers.push.apns import ApnsSender
from tidegate.workers.push.target import PushTarget
from tidegate.workers.web_client import WebClient
from tls_files import TlsFiles

Send = Callable[..., Awaitable[Outcome]]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    return TlsFiles(tmp_path_factory.mktemp("tls"))


def target(**fields: Any) -> PushTarget:
    """An endpoint of an application with a signing key."""
    given = {
        "platform": "APNS",
        "token": "ab" * 32,
        "credential": Secret(pem(ec_key()).encode()),
        "principal": Secret(b"KEY1234567"),
        "team_id": "TEAM123456",
        "bundle_id": "org.example.app",
    }
    return PushTarget(**(given | fields))


class Clock:
    now = PUBLISHED_AT

    def __call__(self) -> int:
        return self.now


def with_apns(
    use: Callable[[ApnsStandIn, Send, Clock], Awaitable[None]],
    files: TlsFiles | None = None,
    *,
    by_certificate: bool = False,
    timeout_s: float = 10.0,
) -> None:
    """Runs `use` with a stand-in and what sends to it: with TLS, if there are files for it."""
    tls = None
    if files is not None:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(files.ca))
        tls.load_cert_chain(files.server.path, files.server.key_path)
        tls.set_alpn_protocols(["h2"])
        tls.verify_mode = ssl.CERT_OPTIONAL

    async def run() -> None:
        apns = ApnsStandIn(tls, None if by_certificate else public_pem(ec_key()))
        clock = Clock()
        sender = ApnsSender(
            await apns.start(),
            lambda trust: WebClient(http2=True, trust=trust, timeout_s=timeout_s),
            lambda: ssl.create_default_context(cafile=str(files.ca) if files else None),
            clock,
        )

        async def send(to: PushTarget | None = None) -> Outcome:
            return await sender.send(notification(), to or target())

        try:
            await use(apns, send, clock)
        finally:
            await sender.close()
            apns.stop()

    asyncio.run(run())


def test_push_arrives_over_http2_with_a_token(files: TlsFiles) -> None:
    async def use(apns: ApnsStandIn, send: Send, clock: Clock) -> None:
        outcome = await send()
        assert (outcome.verdict, outcome.status) == (Verdict.DELIVERED, 200)
        (push,) = apns.pushes
        assert push.headers[":method"] == "POST"
        assert push.headers[":path"] == "/3/device/" + "ab" * 32
        assert push.headers["apns-topic"] == "org.example.app"
        assert json.loads(push.body) == {"aps": {"alert": "hello"}}
        token = push.headers["authorization"].removeprefix("bearer ")
        assert jwt.get_unverified_header(token) == {
            "alg": "ES256",
            "typ": "JWT",
            "kid": "KEY1234567",
        }
        claims = jwt.decode(token, options={"verify_signature": False})
        assert claims == {"iss": "TEAM123456", "iat": PUBLISHED_AT // 1000}

    with_apns(use, files)


def test_token_is_made_anew_before_it_is_an_hour_old() -> None:
    async def use(apns: ApnsStandIn, send: Send, clock: Clock) -> None:
        for minutes in (0, 49, 1):
            clock.now += minutes * 60_000
            await send()
        tokens = [push.headers["authorization"] for push in apns.pushes]
        assert tokens[0] == tokens[1] != tokens[2]

    with_apns(use)


def test_pushes_share_a_connection(files: TlsFiles) -> None:
    async def use(apns: ApnsStandIn, send: Send, clock: Clock) -> None:
        await send()
        outcomes = await asyncio.gather(*(send() for _ in range(50)))
        assert {outcome.verdict for outcome in outcomes} == {Verdict.DELIVERED}
        assert {push.connection for push in apns.pushes} == {0}

    with_apns(use, files)


def test_applications_have_connections_of_their_own() -> None:
    async def use(apns: ApnsStandIn, send: Send, clock: Clock) -> None:
        await send()
        await send(target(team_id="TEAM654321"))
        assert [push.connection for push in apns.pushes] == [0, 1]

    with_apns(use)


def test_server_that_goes_away_is_called_again() -> None:
    async def use(apns: ApnsStandIn, send: Send, clock: Clock) -> None:
        await send()
        apns.connections[0].go_away()
        outcomes = [await send() for _ in range(2)]
        # A push that was under way may fail; the next one has another connection.
        assert outcomes[-1].verdict is Verdict.DELIVERED
        assert outcomes[0].verdict is not Verdict.PERMANENT

    with_apns(use)


def test_certificate_is_shown_and_names_the_app(files: TlsFiles) -> None:
    made = files.client_certificate("Apple Push Services")

    async def use(apns: ApnsStandIn, send: Send, clock: Clock) -> None:
        application = target(
            platform="APNS_SANDBOX",
            credential=Secret(made.key_path.read_bytes()),
            principal=Secret(made.path.read_bytes()),
            team_id=None,
        )
        outcome = await send(application)
        assert outcome.verdict is Verdict.DELIVERED, outcome
        (push,) = apns.pushes
        assert push.client == "Apple Push Services"
        assert "authorization" not in push.headers

    with_apns(use, files, by_certificate=True)


def test_server_whose_certificate_nobody_trusts_gets_nothing(files: TlsFiles) -> None:
    async def use(apns: ApnsStandIn, send: Send, clock: Clock) -> None:
        sender = ApnsSender(
            apns.url,
            lambda trust: WebClient(http2=True, trust=trust),
            ssl.create_default_context,
            clock,
        )
        outcome = await sender.send(notification(), target())
        await sender.close()
        assert outcome.verdict is Verdict.RETRYABLE
        assert apns.pushes == []

    with_apns(use, files)


@pytest.mark.parametrize(
    ("status", "reason", "verdict", "gone"),
    [
        (410, "Unregistered", Verdict.PERMANENT, True),
        (410, "ExpiredToken", Verdict.PERMANENT, True),
        (400, "BadDeviceToken", Verdict.PERMANENT, True),
        (400, "DeviceTokenNotForTopic", Verdict.PERMANENT, False),
        (400, "BadTopic", Verdict.PERMANENT, False),
        (403, "InvalidProviderToken", Verdict.PERMANENT, False),
        (403, "ExpiredProviderToken", Verdict.RETRYABLE, False),
        (413, "PayloadTooLarge", Verdict.PERMANENT, False),
        (429, "TooManyRequests", Verdict.RETRYABLE, False),
        (429, "TooManyProviderTokenUpdates", Verdict.RETRYABLE, False),
        (500, "InternalServerError", Verdict.RETRYABLE, False),
        (503, "Shutdown", Verdict.RETRYABLE, False),
    ],
)
def test_reason_says_what_becomes_of_message_and_device(
    status: int, reason: str, verdict: Verdict, gone: bool
) -> None:
    async def use(apns: ApnsStandIn, send: Send, clock: Clock) -> None:
        apns.status, apns.reason = status, reason
        outcome = await send()
        assert (outcome.verdict, outcome.endpoint_gone) == (verdict, gone)
        assert (outcome.text, outcome.status) == (reason, status)

    with_apns(use)


def test_token_that_is_too_old_for_apns_is_made_anew() -> None:
    async def use(apns: ApnsStandIn, send: Send, clock: Clock) -> None:
        apns.status, apns.reason = 403, "ExpiredProviderToken"
        await send()
        clock.now += 1_000
        apns.status = 200
        assert (await send()).verdict is Verdict.DELIVERED
        first, second = (push.headers["authorization"] for push in apns.pushes)
        assert first != second

    with_apns(use)


def test_server_that_is_silent_is_given_up_in_time() -> None:
    async def use(apns: ApnsStandIn, send: Send, clock: Clock) -> None:
        apns.silent = True
        outcome = await send()
        assert (outcome.verdict, outcome.text) == (
            Verdict.RETRYABLE,
            "APNs: no answer within 0.2 s",
        )

    with_apns(use, timeout_s=0.2)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"credential": Secret(b"no key")}, "signing key is none"),
        ({"credential": Secret(b"\xff")}, "not text"),
        ({"team_id": None}, "ApplePlatformTeamID"),
        ({"principal": None}, "no signing key ID"),
        (
            {"principal": Secret(b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----")},
            "certificate or private key is none",
        ),
    ],
)
def test_credentials_that_are_none_are_a_permanent_failure(
    fields: dict[str, Any], said: str
) -> None:
    async def use(apns: ApnsStandIn, send: Send, clock: Clock) -> None:
        for _ in range(2):
            outcome = await send(target(**fields))
            assert outcome.verdict is Verdict.PERMANENT
            assert said in outcome.text
        # Once they are put right, all is well.
        assert (await send()).verdict is Verdict.DELIVERED

    with_apns(use)


def test_key_of_another_kind_signs_nothing() -> None:
    other = ec.generate_private_key(ec.SECP384R1())

    async def use(apns: ApnsStandIn, send: Send, clock: Clock) -> None:
        outcome = await send(target(credential=Secret(pem(other).encode())))
        assert outcome.verdict is Verdict.PERMANENT

    with_apns(use)


def test_certificate_files_do_not_stay(files: TlsFiles, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    made = files.client_certificate("app")

    async def use(apns: ApnsStandIn, send: Send, clock: Clock) -> None:
        key, certificate = made.key_path.read_bytes(), made.path.read_bytes()
        await send(target(credential=Secret(key), principal=Secret(certificate)))

    with_apns(use, files, by_certificate=True)
    assert list(tmp_path.iterdir()) == []
