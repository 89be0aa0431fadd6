"""A server of the test's own that answers as its script says: badly, slowly, or not at all."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress

from tidegate.http.heads import HttpLimits
from tidegate.http.http1 import RequestParser
from tidegate.http.messages import Request

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

Step = bytes | Callable[["Visit"], Awaitable[None]]
"""What happens to one request: these bytes are sent, or a function deals with it."""


class Visit:
    """One request on its connection."""

    def __init__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        self.request = request
        self.writer = writer

    def close(self) -> None:
        self.writer.close()

    async def until_closed(self) -> None:
        """Until the other side hangs up, which the endpoint notices by reading on."""
        await asyncio.get_running_loop().create_future()


async def hang(visit: Visit) -> None:
    await visit.until_closed()


async def close_early(visit: Visit) -> None:
    visit.writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    visit.close()


async def slam(visit: Visit) -> None:
    visit.writer.transport.abort()


def status(code: int, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"HTTP/1.1 {code} X", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


class Greeter(asyncio.Protocol):
    """Speaks no HTTP and no TLS: says something, or nothing, and listens to no end."""

    greeting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.write(self.greeting)  # type: ignore[attr-defined]


class HttpEndpoint:
    """Takes one step of its script for each request, and the last one for all that follow."""

    def __init__(self, *script: Step) -> None:
        self._script = list(script) or [OK]
        self.requests: list[Request] = []
        self.connections = 0
        self.port = 0
        self._scheme = "http"
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self, tls: ssl.SSLContext | None = None, port: int = 0) -> HttpEndpoint:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]
        self._scheme = "https" if tls else "http"
        return self

    def url(self, path: str = "/hook", user: str = "", host: str = "127.0.0.1") -> str:
        return f"{self._scheme}://{user}{host}:{self.port}{path}"

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        self.hang_up()
        await asyncio.sleep(0)

    def hang_up(self) -> None:
        """Close all connections."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        parser = RequestParser(HttpLimits())
        steps: set[asyncio.Task[None]] = set()
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                request = parser.feed(data)
                while request is not None:
                    steps.add(asyncio.ensure_future(self._answer(Visit(request, writer))))
                    request = parser.next()
        for step in steps:
            step.cancel()
        self._writers.discard(writer)
        writer.close()

    async def _answer(self, visit: Visit) -> None:
        self.requests.append(visit.request)
        step = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        if isinstance(step, bytes):
            visit.writer.write(step)
        else:
            await step(visit)
