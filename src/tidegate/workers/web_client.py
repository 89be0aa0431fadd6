"""The HTTP client of the senders: connections kept and shared, bounded in number, size and time.

It follows no redirects: a token or a signature is for the address that it was made for.  Proxies of
the environment (`HTTPS_PROXY`, `NO_PROXY`) are used, but not for what runs on this machine.
"""

import asyncio
import logging
import ssl
from collections.abc import Mapping
from typing import Final

import httpx
import msgspec

# These libraries log addresses, which hold the tokens of devices, and headers, which hold ours.
for _name in ("httpx", "httpcore", "hpack"):
    logging.getLogger(_name).setLevel(logging.WARNING)

MOST_ANSWER_BYTES: Final = 256 * 1024
"""What is read of an answer's body; the rest is left."""
CONNECT_S: Final = 10.0
IDLE_S: Final = 60.0
_NO_PROXY: Final = ("all://localhost", "all://127.0.0.1", "all://[::1]")


class NoAnswer(Exception):
    """The other side could not be reached, or has not answered; the text holds no secret."""


class Answer(msgspec.Struct, frozen=True):
    """Any answer, whatever its status."""

    status: int
    headers: Mapping[str, str]
    """By names in lower case."""
    body: bytes

    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def retry_after_s(self) -> int | None:
        """What `Retry-After` says in seconds; its other form, a date, is left unread."""
        value = self.headers.get("retry-after", "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 8 else None


class WebClient:
    """Requests by HTTP/1.1, or by HTTP/2 alone, which then goes without TLS as well."""

    def __init__(
        self,
        *,
        http2: bool = False,
        trust: ssl.SSLContext | None = None,
        most_connections: int = 32,
        timeout_s: float = 30.0,
    ) -> None:
        """`trust` says which certificates are good (by default those that the system trusts), and
        with which one to show ourselves.  `timeout_s` is for a request and its answer as a whole.
        """
        self._timeout_s = timeout_s
        limits = httpx.Limits(
            max_connections=most_connections,
            max_keepalive_connections=most_connections,
            keepalive_expiry=IDLE_S,
        )
        self._client = httpx.AsyncClient(
            http1=not http2,
            http2=http2,
            verify=trust or ssl.create_default_context(),
            limits=limits,
            timeout=httpx.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s)),
            follow_redirects=False,
            headers={"user-agent": "tidegate", "accept-encoding": "identity"},
            mounts=dict.fromkeys(_NO_PROXY),
        )

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Raises NoAnswer."""
        return await self.request("POST", url, headers, body)

    async def request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        """Raises NoAnswer."""
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._answer(method, url, headers, body)
        except (httpx.TimeoutException, TimeoutError):
            raise NoAnswer(f"no answer within {self._timeout_s:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            # The text of an error may hold the address, and that a secret; its kind holds none.
            raise NoAnswer(f"no answer: {type(error).__name__}") from None

    async def _answer(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        call = self._client.stream(method, url, headers=dict(headers), content=body)
        async with call as response:
            content = bytearray()
            async for piece in response.aiter_raw():
                content += piece
                if len(content) >= MOST_ANSWER_BYTES:
                    break
            # A client keeps cookies for the next request to the same host; these calls have none.
            self._client.cookies.clear()
            found = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status_code, found, bytes(content[:MOST_ANSWER_BYTES]))

    async def close(self) -> None:
        await self._client.aclose()
