"""The listening socket, and what its connections share: the clock, the date, the number of them."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate

from tidegate.http.certificates import Certificates, TlsOptions
from tidegate.http.connection import Connection, ConnectionOptions, Handler, Shared
from tidegate.http.messages import status_line
from tidegate.http.tls import TlsConnection


@dataclass(frozen=True, slots=True)
class ListenerOptions:
    """Where to listen, and for how many."""

    host: str = "127.0.0.1"
    port: int = 0
    """0 takes a free one."""
    max_connections: int = 20_000
    """One more is answered 503 and closed; where TLS is spoken, just closed."""
    backlog: int = 4096
    drain_timeout_s: float = 25.0
    """How long `drain` waits for what is under way: longer than a long poll may take."""
    tls: TlsOptions | None = None
    """None speaks HTTP without TLS."""
    connection: ConnectionOptions = field(default_factory=ConnectionOptions)


class Listener:
    """Accepts connections and serves their requests with `handler`.

    Raises UnusableCertificate where TLS is wanted with files that do not work.
    """

    def __init__(
        self,
        handler: Handler,
        options: ListenerOptions,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._options = options
        self._wall_clock = wall_clock
        self._shared = Shared(handler, options.connection, options.max_connections)
        self._certificates = Certificates(options.tls) if options.tls is not None else None
        self._server: asyncio.Server | None = None
        self._sweeper: asyncio.TimerHandle | None = None

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._shared.connections)

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """The addresses listened on, with the ports that were taken."""
        if self._server is None:
            return []
        return [sock.getsockname()[:2] for sock in self._server.sockets]

    async def start(self) -> None:
        """Listen.  Raises OSError where the address cannot be had."""
        loop = asyncio.get_running_loop()
        self._set_date()
        self._server = await loop.create_server(
            self._accept,
            self._options.host,
            self._options.port,
            backlog=self._options.backlog,
        )
        self._sweeper = loop.call_later(1.0, self._sweep)

    async def drain(self) -> None:
        """Accept no more, let what is under way be answered, and close; at last by force.

        Whoever keeps requests waiting, such as long polls, has to answer them by itself.
        """
        shared = self._shared
        shared.draining = True
        if self._server is not None:
            self._server.close()
        for connection in list(shared.connections):
            connection.drain()
        empty = asyncio.Event()
        shared.on_empty = empty.set
        try:
            if shared.connections:
                await asyncio.wait_for(empty.wait(), self._options.drain_timeout_s)
        except TimeoutError:
            for connection in list(shared.connections):
                connection.abort()
            await empty.wait()
        if self._sweeper is not None:
            self._sweeper.cancel()

    def _accept(self) -> Connection | TlsConnection:
        tls, certificates = self._options.tls, self._certificates
        if tls is None or certificates is None:
            return Connection(self._shared)
        return TlsConnection(self._shared, certificates, tls.plain_http)

    def _sweep(self) -> None:
        self._set_date()
        self._shared.count_second()
        if self._certificates is not None:
            self._certificates.look()
        self._sweeper = asyncio.get_running_loop().call_later(1.0, self._sweep)

    def _set_date(self) -> None:
        date = formatdate(self._wall_clock(), usegmt=True)
        self._shared.date_line = f"Date: {date}\r\n".encode()
        self._shared.begin_ok = status_line(200) + self._shared.date_line
