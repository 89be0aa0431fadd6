"""The yardstick: what one Python core can answer at best.

A bare uvloop + httptools server.  It collects what any server must (url, headers, body), and
answers every request with a constant of the size of a SendMessage answer.
"""

import asyncio
import signal
from collections.abc import Callable
from typing import cast

import httptools

_BODY = (
    b'{"MD5OfMessageBody":"fafb00f5732ab283681e124bf8747ed1",'
    b'"MessageId":"62537c50-1eef-46d7-b673-8fd739c13bf1"}'
)
ANSWER = (
    b"HTTP/1.1 200 OK\r\n"
    b"x-amzn-RequestId: 43a43a0b-8da7-4522-acb3-df9f3700f897\r\n"
    b"Content-Type: application/x-amz-json-1.0\r\n"
    b"Date: Tue, 24 Nov 2026 10:37:35 GMT\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(_BODY), _BODY)
)


class Yardstick(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports behave like asyncio's and do not inherit from them.
        transport = cast(asyncio.Transport, transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            if self._transport is not None:
                self._transport.abort()

    def on_message_begin(self) -> None:
        self._url = b""
        self._headers = []
        self._body = []

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name, value))

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        if self._transport is not None:
            self._transport.write(ANSWER)


async def serve(host: str, port: int, connection: Callable[[], Yardstick] = Yardstick) -> None:
    """Serve until SIGINT or SIGTERM; prints the endpoint once it listens."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    server = await loop.create_server(connection, host, port, backlog=4096)
    bound = server.sockets[0].getsockname()
    print(f"listening on http://{bound[0]}:{bound[1]}", flush=True)
    await stopped.wait()
    server.close()
