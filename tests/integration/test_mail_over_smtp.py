"""Mails over a real SMTP server: TLS, passwords, all kinds of answers, connections that end."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from notifications import notification
from tidegate.kms.secret import Secret
from tidegate.workers.mail.message import Mailbox, MailTarget
from tidegate.workers.mail.sender import MailSender
from tidegate.workers.mail.smtp import SmtpOptions, SmtpServer
from tidegate.workers.outcome import Outcome, Verdict
from tls_files import TlsFiles

ANN = MailTarget("ann@example.org")


class MailServer:
    """A server that takes mails, or answers as it is told; it counts connections."""

    def __init__(self, tls: ssl.SSLContext | None = None, *, from_start: bool = False) -> None:
        self.taken: list[Envelope] = []
        self.answer = "250 taken"
        self.connections: list[asyncio.BaseTransport] = []
        self.passwords = {b"tidegate": b"hush"}
        self._tls = tls
        self._from_start = from_start
        self._needs_password = tls is not None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answer.startswith("250"):
            self.taken.append(envelope)
        return self.answer

    def _check(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        assert isinstance(data, LoginPassword)
        return AuthResult(success=self.passwords.get(data.login) == data.password, handled=False)

    def _protocol(self) -> SMTP:
        outer = self

        class Protocol(SMTP):
            def connection_made(self, transport: Any) -> None:
                outer.connections.append(transport)
                super().connection_made(transport)

        starttls = None if self._from_start else self._tls
        return Protocol(
            self,
            hostname="mail.example",
            tls_context=starttls,
            require_starttls=starttls is not None,
            auth_required=self._needs_password,
            auth_require_tls=not self._from_start,
            authenticator=self._check,
        )

    async def start(self) -> int:
        loop = asyncio.get_running_loop()
        tls = self._tls if self._from_start else None
        self._server = await loop.create_server(self._protocol, "127.0.0.1", 0, ssl=tls)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def stop(self) -> None:
        self._server.close()
        for transport in self.connections:
            transport.close()


Use = Callable[[MailServer, Callable[[], Awaitable[Outcome]]], Awaitable[None]]


def with_server(use: Use, server: MailServer | None = None, **options: Any) -> None:
    """Runs `use` with a server, and with what sends a mail to it."""

    async def run() -> None:
        here = server or MailServer()
        port = await here.start()
        mails = SmtpServer(SmtpOptions("127.0.0.1", port, **({"tls": "off"} | options)))
        sender = MailSender(mails, Mailbox("T", "no-reply@mail.example"))
        try:
            await use(here, lambda: sender.send(notification(), ANN))
        finally:
            await mails.close()
            here.stop()

    asyncio.run(run())


def test_mail_arrives_with_its_envelope() -> None:
    async def use(server: MailServer, send: Callable[[], Awaitable[Outcome]]) -> None:
        outcome = await send()
        assert (outcome.verdict, outcome.status, outcome.text) == (Verdict.DELIVERED, 250, "taken")
        (taken,) = server.taken
        assert (taken.mail_from, taken.rcpt_tos) == ("no-reply@mail.example", ["ann@example.org"])
        assert b"Subject: AWS Notification Message\r\n" in taken.content  # type: ignore[operator]

    with_server(use)


def test_connection_is_used_again_and_made_anew_when_it_is_gone() -> None:
    async def use(server: MailServer, send: Callable[[], Awaitable[Outcome]]) -> None:
        for _ in range(3):
            await send()
        assert len(server.connections) == 1
        server.connections[0].abort()  # type: ignore[attr-defined]
        assert (await send()).verdict is Verdict.DELIVERED
        assert (len(server.connections), len(server.taken)) == (2, 4)

    with_server(use)


def test_many_mails_share_a_few_connections() -> None:
    async def use(server: MailServer, send: Callable[[], Awaitable[Outcome]]) -> None:
        outcomes = await asyncio.gather(*(send() for _ in range(40)))
        assert {outcome.verdict for outcome in outcomes} == {Verdict.DELIVERED}
        assert len(server.taken) == 40
        assert len(server.connections) <= 8

    with_server(use)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("451 later", Verdict.RETRYABLE),
        ("452 full", Verdict.RETRYABLE),
        ("550 nobody of that name", Verdict.PERMANENT),
        ("554 spam", Verdict.PERMANENT),
    ],
)
def test_answer_of_the_server_says_whether_to_try_again(answer: str, verdict: Verdict) -> None:
    async def use(server: MailServer, send: Callable[[], Awaitable[Outcome]]) -> None:
        server.answer = answer
        outcome = await send()
        assert (outcome.verdict, outcome.status) == (verdict, int(answer[:3]))
        assert outcome.text == answer

    with_server(use)


# The warning is the server's, of a password without STARTTLS; there is TLS from the start.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
@pytest.mark.parametrize("from_start", [False, True])
def test_password_goes_over_tls(tmp_path: Path, from_start: bool) -> None:
    files = TlsFiles(tmp_path)
    own = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    own.load_cert_chain(files.server.path, files.server.key_path)
    options = {
        "tls": "tls" if from_start else "starttls",
        "user": "tidegate",
        "password": Secret(b"hush"),
    }

    async def arrives(server: MailServer, send: Callable[[], Awaitable[Outcome]]) -> None:
        assert (await send()).verdict is Verdict.DELIVERED
        assert len(server.taken) == 1

    async def does_not(server: MailServer, send: Callable[[], Awaitable[Outcome]]) -> None:
        outcome = await send()
        assert outcome.verdict is Verdict.RETRYABLE
        assert "hush" not in outcome.text
        assert server.taken == []

    with_server(arrives, MailServer(own, from_start=from_start), trust=files.client(), **options)
    # Nobody that the system trusts has signed that certificate.
    with_server(does_not, MailServer(own, from_start=from_start), **options)
    wrong = options | {"password": Secret(b"rush")}
    with_server(does_not, MailServer(own, from_start=from_start), trust=files.client(), **wrong)


def test_server_without_starttls_gets_no_mail() -> None:
    async def use(server: MailServer, send: Callable[[], Awaitable[Outcome]]) -> None:
        assert (await send()).verdict is Verdict.RETRYABLE
        assert server.taken == []

    with_server(use, tls="starttls")


def test_server_that_is_away_is_tried_again() -> None:
    async def use(server: MailServer, send: Callable[[], Awaitable[Outcome]]) -> None:
        server.stop()
        outcome = await send()
        assert outcome.verdict is Verdict.RETRYABLE
        assert outcome.text.startswith("no connection to the SMTP server")

    with_server(use)
