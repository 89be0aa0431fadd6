"""Mails through an SMTP server, over connections that are used again while they last."""

import asyncio
import ssl
import time
from collections.abc import Callable
from typing import Final, Literal

import aiosmtplib
import msgspec

from tidegate.kms.secret import Secret
from tidegate.workers.mail.message import Mail
from tidegate.workers.outcome import Outcome, delivered, permanent, retryable

COMMAND_S: Final = 30.0
MAIL_S: Final = 120.0
"""For one mail as a whole, a new connection included."""
IDLE_S: Final = 20.0
MOST_CONNECTIONS: Final = 8

Tls = Literal["starttls", "tls", "off"]


class SmtpOptions(msgspec.Struct, frozen=True):
    """Where the server is, and who we are to it."""

    host: str
    port: int
    tls: Tls = "starttls"
    """`starttls` insists on it: a server that does not offer it gets no mail."""
    user: str | None = None
    password: Secret | None = None
    trust: ssl.SSLContext | None = None
    """Which certificates are good; by default those that the system trusts."""


class SmtpServer:
    """Delivers mails to a server, a few at the same time."""

    def __init__(self, options: SmtpOptions, clock: Callable[[], float] = time.monotonic) -> None:
        self._options = options
        self._clock = clock
        self._slots = asyncio.Semaphore(MOST_CONNECTIONS)
        self._idle: list[tuple[aiosmtplib.SMTP, float]] = []

    async def deliver(self, mail: Mail) -> Outcome:
        async with self._slots:
            try:
                async with asyncio.timeout(MAIL_S):
                    return delivered(await self._send(mail), 250)
            except aiosmtplib.SMTPRecipientsRefused as refused:
                return _of_answer(refused.recipients[0])
            except aiosmtplib.SMTPAuthenticationError as error:
                # Somebody will correct the password; the mails are not to be lost for it.
                return retryable(f"the SMTP server lets us not in: {error.code}", error.code)
            except aiosmtplib.SMTPResponseException as error:
                return _of_answer(error)
            except (aiosmtplib.SMTPTimeoutError, TimeoutError):
                return retryable("the SMTP server does not answer in time")
            except aiosmtplib.SMTPNotSupported as error:
                return retryable(f"the SMTP server lacks what is needed: {error.message}")
            except (aiosmtplib.SMTPException, OSError) as error:
                return retryable(f"no connection to the SMTP server: {type(error).__name__}")

    async def _send(self, mail: Mail) -> str:
        """What the server has answered to the mail."""
        kept = self._take()
        if kept is not None:
            try:
                return await self._send_over(kept, mail)
            except aiosmtplib.SMTPServerDisconnected:
                pass  # It was closed while nobody used it; a new one tells whether there is more.
        return await self._send_over(await self._connect(), mail)

    async def _send_over(self, connection: aiosmtplib.SMTP, mail: Mail) -> str:
        try:
            _, text = await connection.sendmail(mail.sender, [mail.recipient], mail.content)
        except BaseException:
            connection.close()
            raise
        self._idle.append((connection, self._clock()))
        return text

    def _take(self) -> aiosmtplib.SMTP | None:
        while self._idle:
            connection, since = self._idle.pop()
            if connection.is_connected and self._clock() - since < IDLE_S:
                return connection
            connection.close()
        return None

    async def _connect(self) -> aiosmtplib.SMTP:
        options = self._options
        password = options.password
        connection = aiosmtplib.SMTP(
            hostname=options.host,
            port=options.port,
            username=options.user,
            password=None if password is None else password.reveal(),
            use_tls=options.tls == "tls",
            start_tls=options.tls == "starttls",
            tls_context=options.trust,
            timeout=COMMAND_S,
            # What it would find out by itself takes a question to the DNS.
            local_hostname="localhost",
        )
        try:
            await connection.connect()
        except BaseException:
            connection.close()
            raise
        return connection

    async def close(self) -> None:
        """Say goodbye on the connections that nobody uses."""
        idle, self._idle = self._idle, []
        for connection, _ in idle:
            try:
                await connection.quit(timeout=1.0)
            except (aiosmtplib.SMTPException, OSError):
                connection.close()


def _of_answer(error: aiosmtplib.SMTPResponseException) -> Outcome:
    """RFC 5321, 4.2.1: 4yz is for now, 5yz for good."""
    text = f"{error.code} {error.message}"
    return permanent(text, error.code) if error.code >= 500 else retryable(text, error.code)
