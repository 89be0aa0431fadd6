"""One connection to a server: a request goes out, its response comes back, and so on."""

import asyncio
from collections.abc import Callable
from typing import cast

from tidegate.http.responses import BrokenResponse, Response, ResponseLimits, ResponseParser
from tidegate.http.urls import Origin


class ClientConnection(asyncio.Protocol):
    """The connection's protocol.  It has one request under way at most."""

    def __init__(
        self, origin: Origin, limits: ResponseLimits, on_closed: Callable[[], None]
    ) -> None:
        """`on_closed` is called once, when nothing is left of the connection."""
        self.origin = origin
        self._on_closed: Callable[[], None] | None = on_closed
        self._parser = ResponseParser(limits)
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Response] | None = None
        self.requests = 0
        """How many have been sent."""
        self.is_open = False
        self.idle_timer: asyncio.TimerHandle | None = None

    @property
    def was_silent(self) -> bool:
        """Whether nothing has come since the last response: a server that closed a connection which
        had nothing to do has not answered, and most likely not seen, the request."""
        return not self._parser.started

    def request(self, data: bytes) -> asyncio.Future[Response]:
        """Send a request.  The future's exception is a BrokenResponse where no whole response
        comes; there is no time-out here."""
        assert self._waiting is None
        waiting: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self.requests += 1
        if self._transport is None or not self.is_open:
            waiting.set_exception(BrokenResponse("the connection was closed"))
        else:
            self._waiting = waiting
            self._transport.write(data)
        return waiting

    def close(self) -> None:
        """Once what was written is out."""
        self.is_open = False
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """At once, whatever is under way."""
        self.is_open = False
        if self._transport is not None:
            self._transport.abort()

    def abandon(self) -> None:
        """It did not come about, or not in time."""
        self.abort()
        self._gone()

    def _gone(self) -> None:
        on_closed, self._on_closed = self._on_closed, None
        if on_closed is not None:
            on_closed()

    # --- What the event loop calls ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not every loop's transports are of the class whose methods they have.
        self._transport = cast(asyncio.Transport, transport)
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        if self._waiting is None:
            # Nobody has asked: a server that says why it closes, or one that is confused.
            self.abort()
            return
        try:
            response = self._parser.feed(data)
        except BrokenResponse as broken:
            self._fail(broken)
            self.abort()
            return
        if response is not None:
            self._answer(response)

    def eof_received(self) -> bool:
        self._end()
        return False

    def connection_lost(self, error: Exception | None) -> None:
        self._end()
        self._gone()

    def _end(self) -> None:
        self.is_open = False
        if self._waiting is None:
            return
        try:
            response = self._parser.end()
        except BrokenResponse as broken:
            self._fail(broken)
        else:
            self._answer(response)

    def _answer(self, response: Response) -> None:
        transport = self._transport
        assert transport is not None
        if transport.get_write_buffer_size() > 0:
            # A server that answers before it has read all will not read the rest as a request.
            self.abort()
        elif not response.keep_alive:
            self.close()
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_result(response)

    def _fail(self, broken: BrokenResponse) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_exception(broken)
