"""A transport and a handler of our own, and a loop's worth of what a connection asks of a loop."""

import asyncio
from collections.abc import Callable
from typing import Any

from tidegate.http.connection import Connection, ConnectionOptions, Shared
from tidegate.http.messages import Request


class FakeTransport(asyncio.Transport):
    """Keeps what is written; nothing happens by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False
        self.aborted = False
        self.half_closed = False
        self.reading = True
        self.unread = 0
        self.protocol: asyncio.BaseProtocol | None = None

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ("192.0.2.1", 50_000) if name == "peername" else default

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.closed
        self.written += bytes(data)

    def get_write_buffer_size(self) -> int:
        return self.unread

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = self.aborted = True

    def write_eof(self) -> None:
        self.half_closed = True

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def take(self) -> bytes:
        taken, self.written = self.written, b""
        return taken


class FakeHandler:
    """Keeps the requests; answers at once with the path, or when told to."""

    def __init__(self, at_once: bool = True) -> None:
        self.at_once = at_once
        self.requests: list[Request] = []
        self.before: Callable[[Connection], None] | None = None

    def __call__(self, request: Request, connection: Connection) -> None:
        self.requests.append(request)
        if self.before is not None:
            self.before(connection)
        if self.at_once:
            connection.respond(200, b"", request.path.encode())

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]


class Client:
    """One connection with its fakes, seen from the client's side."""

    def __init__(
        self,
        handler: Callable[[Request, Connection], None],
        options: ConnectionOptions | None = None,
        shared: Shared | None = None,
    ) -> None:
        self.shared = shared or Shared(handler, options or ConnectionOptions(), 100)
        self.shared.date_line = b"Date: now\r\n"
        self.shared.begin_ok = b"HTTP/1.1 200 OK\r\nDate: now\r\n"
        self.connection = Connection(self.shared)
        self.transport = FakeTransport()
        self.connection.connection_made(self.transport)

    def send(self, raw: bytes) -> bytes:
        """What comes back at once."""
        self.connection.data_received(raw)
        return self.transport.take()

    def pass_time(self, seconds: int) -> None:
        for _ in range(seconds):
            self.shared.count_second()


def answer(body: bytes, *fields: bytes) -> bytes:
    """The 200 that the fakes send."""
    lines = (b"HTTP/1.1 200 OK", b"Date: now", *fields, b"Content-Length: %d" % len(body))
    return b"\r\n".join((*lines, b"", body))


def get(path: bytes, *fields: bytes, version: bytes = b"1.1", method: bytes = b"GET") -> bytes:
    return b"\r\n".join((method + b" " + path + b" HTTP/" + version, b"Host: a", *fields, b"", b""))
