"""An HTTP/1.1 client for requests to servers that others have named.

    client = HttpClient(networks)
    response = await client.request("POST", parse_url(text), headers, body, timeouts)

What it keeps to:

* The address that is connected to is one that `networks` allows, whatever its name resolves to.
* A server's certificate is verified, by what the system trusts or by what it is told to trust.
* A request has one deadline, from the look-up of the name to the last byte of the response.
* Redirects are not followed: they would lead past what was allowed.
* A connection is used again where both sides keep it open.  If it turns out to have been closed
  meanwhile, before anything was answered, the request goes out once more over a new one; so what is
  sent has to bear being received twice.
* Nobody waits for a connection here: how many requests are under way is the callers' to bound.
"""

import asyncio
import os
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from tidegate.http.client_connection import ClientConnection
from tidegate.http.networks import Networks
from tidegate.http.resolving import Resolve, Resolver
from tidegate.http.responses import BrokenResponse, Response, ResponseLimits
from tidegate.http.urls import Origin, Url

MOST_ADDRESSES: Final = 4
"""Of one name, that are tried one after the other."""


class RequestFailed(Exception):
    """No response was had.  The text says why, in one line, and holds no credentials."""


class AddressRefused(RequestFailed):
    """The name has no address that may be called."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a request may take, in seconds."""

    connect_s: float = 5.0
    """To one address, its handshake of TLS included."""
    total_s: float = 15.0


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """Bounds of a client."""

    max_connections: int = 1024
    max_idle_per_origin: int = 8
    max_idle: int = 256
    idle_s: float = 55.0
    """How long a connection is kept that has nothing to do: less than the minute after which many
    servers and balancers close it."""
    response: ResponseLimits = field(default_factory=ResponseLimits)


def system_trust(also: str | None = None) -> ssl.SSLContext:
    """Verifies certificates by the authorities that the system trusts, and those in a PEM file.

    Raises OSError, ssl.SSLError where the file does not work.
    """
    context = ssl.create_default_context()
    if also is not None:
        context.load_verify_locations(also)
    return context


class HttpClient:
    """Sends requests, for one event loop."""

    def __init__(
        self,
        networks: Networks,
        *,
        options: ClientOptions | None = None,
        trust: Callable[[], ssl.SSLContext] = system_trust,
        resolve: Resolve | None = None,
    ) -> None:
        """`trust` makes the context of TLS, when the first request needs one: to load what the
        system trusts takes longer than a start of the server should."""
        self._networks = networks
        self._options = options or ClientOptions()
        self._trust = trust
        self._context: ssl.SSLContext | None = None
        self._resolver = None if resolve is not None else Resolver()
        self._resolve: Resolve = resolve or self._resolver  # type: ignore[assignment]
        self._idle: dict[ClientConnection, None] = {}
        """Of all origins, the one first that has rested longest."""
        self._idle_of: dict[Origin, list[ClientConnection]] = {}
        self._open = 0

    async def request(
        self,
        method: str,
        url: Url,
        headers: Sequence[tuple[str, str]],
        body: bytes,
        timeouts: Timeouts,
    ) -> Response:
        """The response to a request; `headers` go out as they are, after Host and Content-Length.

        Raises RequestFailed, and ValueError for a header that none may be.
        """
        data = _encode(method, url, headers, body)
        try:
            async with asyncio.timeout(timeouts.total_s):
                return await self._exchange(url, data, timeouts)
        except TimeoutError:
            raise RequestFailed(f"no response within {timeouts.total_s:g} seconds") from None

    async def _exchange(self, url: Url, data: bytes, timeouts: Timeouts) -> Response:
        connection = self._take_idle(url.origin)
        while True:
            if connection is None:
                connection = await self._connect(url, timeouts)
            try:
                response = await connection.request(data)
            except BrokenResponse as broken:
                if connection.requests > 1 and connection.was_silent:
                    connection = None
                    continue
                raise RequestFailed(str(broken)) from None
            except BaseException:
                connection.abort()
                raise
            self._rest(connection)
            return response

    # --- Connections that rest ---

    def _take_idle(self, origin: Origin) -> ClientConnection | None:
        resting = self._idle_of.get(origin)
        while resting:
            connection = resting[-1]
            self._wake(connection)
            if connection.is_open:
                return connection
        return None

    def _wake(self, connection: ClientConnection) -> None:
        """It no longer rests."""
        del self._idle[connection]
        resting = self._idle_of[connection.origin]
        resting.remove(connection)
        if not resting:
            del self._idle_of[connection.origin]
        assert connection.idle_timer is not None
        connection.idle_timer.cancel()

    def _rest(self, connection: ClientConnection) -> None:
        if not connection.is_open:
            return
        options = self._options
        resting = self._idle_of.setdefault(connection.origin, [])
        resting.append(connection)
        self._idle[connection] = None
        loop = asyncio.get_running_loop()
        connection.idle_timer = loop.call_later(options.idle_s, self._close_idle, connection)
        if len(resting) > options.max_idle_per_origin:
            self._close_idle(resting[0])
        if len(self._idle) > options.max_idle:
            self._close_idle(next(iter(self._idle)))

    def _close_idle(self, connection: ClientConnection) -> None:
        self._wake(connection)
        connection.close()

    # --- New connections ---

    async def _connect(self, url: Url, timeouts: Timeouts) -> ClientConnection:
        if self._open >= self._options.max_connections:
            if not self._idle:
                raise RequestFailed("too many connections are open")
            self._close_idle(next(iter(self._idle)))
        failure = RequestFailed("the host has no address")
        for address in await self._addresses(url):
            try:
                async with asyncio.timeout(timeouts.connect_s):
                    return await self._connect_to(address, url)
            except TimeoutError:
                failure = RequestFailed("the connection was not made in time")
            except (OSError, ssl.CertificateError) as error:
                failure = RequestFailed(_reason(error))
        raise failure

    async def _addresses(self, url: Url) -> list[str]:
        """Those that may be called; raises AddressRefused where none may."""
        try:
            found = await self._resolve(url.host, url.port)
        except OSError:
            raise RequestFailed("the host's name cannot be resolved") from None
        allowed = [address for address in found if self._networks.allow(address)]
        if found and not allowed:
            raise AddressRefused("the host is in a network that may not be called")
        return allowed[:MOST_ADDRESSES]

    async def _connect_to(self, address: str, url: Url) -> ClientConnection:
        is_tls = url.scheme == "https"
        if is_tls and self._context is None:
            self._context = self._trust()
        loop = asyncio.get_running_loop()
        self._open += 1
        connection = ClientConnection(url.origin, self._options.response, self._closed)
        try:
            await loop.create_connection(
                lambda: connection,
                address,
                url.port,
                ssl=self._context if is_tls else None,
                server_hostname=url.host if is_tls else None,
            )
        except BaseException:
            connection.abandon()
            raise
        return connection

    def _closed(self) -> None:
        self._open -= 1

    def close(self) -> None:
        """Close the connections that rest.  Requests under way are their callers' to cancel."""
        for connection in list(self._idle):
            self._close_idle(connection)
        if self._resolver is not None:
            self._resolver.close()


def _encode(method: str, url: Url, headers: Sequence[tuple[str, str]], body: bytes) -> bytes:
    lines = [f"{method} {url.target} HTTP/1.1", f"Host: {url.authority}"]
    for name, value in headers:
        if "\r" in value or "\n" in value or "\0" in value:
            raise ValueError(f"a line end in the header {name}")
        lines.append(f"{name}: {value}")
    lines.append(f"Content-Length: {len(body)}\r\n\r\n")
    return "\r\n".join(lines).encode("latin-1") + body


def _reason(error: OSError | ssl.CertificateError) -> str:
    """In a few words, such as "Connection refused" or what is wrong with the certificate."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate is not good: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed: {(error.reason or 'no reason given').replace('_', ' ').lower()}"
    if error.errno is None:
        return str(error) or "the connection failed"
    # asyncio's own text names the address, which is none of the subscriber's business.
    return os.strerror(error.errno)
