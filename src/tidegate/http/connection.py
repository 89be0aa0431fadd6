"""One client's connection: an asyncio protocol around the parser.

    IDLE       nothing of a next request has come
    IN_HEAD    a part of a head has come
    IN_BODY    a head has come, and not all of its body
    SERVING    a request is with the handler; what the client sends ahead waits in the parser
    ENDING     the last answer is out; what still comes is thrown away until the client closes

Requests of a connection are served one after the other, as RFC 9112, 9.3.2 wants it for methods
that are not safe; so the answers are in order by themselves.

There is no timer per request: `deadline` is a tick of the clock that the connections of a listener
share, and the listener's sweep looks at it.  SERVING has none: a long poll may take its time.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from tidegate.http.heads import HttpLimits
from tidegate.http.http1 import RequestParser
from tidegate.http.messages import HttpError, Request, status_line

IDLE: Final = 0
IN_HEAD: Final = 1
IN_BODY: Final = 2
SERVING: Final = 3
ENDING: Final = 4

_NEVER: Final = 1 << 62
_REST_AFTER_S: Final = 5


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """What a connection may take of memory and time."""

    limits: HttpLimits = field(default_factory=HttpLimits)
    head_timeout_s: int = 20
    """From the first byte of a head to its last."""
    body_timeout_s: int = 90
    """From the end of a head to the end of its body."""
    idle_timeout_s: int = 75
    write_timeout_s: int = 60
    """How long a client may read nothing at all of its answers once the buffers are full."""
    linger_s: int = 5
    """How long what a refused client still sends is thrown away, so that it reads why."""
    max_ahead_bytes: int = 64 * 1024
    """What a client may send ahead while a request is served; then it is not read from."""
    max_receiving_bytes: int = 256 * 1024 * 1024
    """All parts of requests that are not whole yet, of all connections together."""


class Handler(Protocol):
    """What serves requests: it, or something after it, calls `connection.respond` once."""

    def __call__(self, request: Request, connection: "Connection") -> None: ...


class Member(Protocol):
    """What is open between a client and a listener, whatever it speaks by now."""

    def sweep(self, tick: int) -> None: ...

    def drain(self) -> None: ...

    def abort(self) -> None: ...


class Shared:
    """What the connections of a listener have in common."""

    __slots__ = (
        "begin_ok",
        "connections",
        "date_line",
        "draining",
        "handler",
        "idle_deadline",
        "max_connections",
        "on_empty",
        "options",
        "receiving",
        "tick",
    )

    def __init__(self, handler: Handler, options: ConnectionOptions, max_connections: int) -> None:
        self.handler = handler
        self.options = options
        self.max_connections = max_connections
        self.connections: set[Member] = set()
        self.tick = 0
        """Seconds since the listener began, counted by its sweep."""
        self.idle_deadline = options.idle_timeout_s
        """The deadline of a connection that becomes idle now."""
        self.date_line = b""
        """The Date field of this second, with its line end."""
        self.begin_ok = b""
        """The same behind the status line of a 200."""
        self.receiving = 0
        """Bytes that the parsers hold of requests that are not whole, or not served yet."""
        self.draining = False
        """Every answer is its connection's last."""
        self.on_empty: Callable[[], None] | None = None
        """Called whenever the last connection is gone."""

    def count_second(self) -> None:
        """A second has passed: see to every connection."""
        self.tick += 1
        self.idle_deadline = self.tick + self.options.idle_timeout_s
        for connection in list(self.connections):
            connection.sweep(self.tick)

    def leave(self, member: Member) -> None:
        """Its socket is closed."""
        self.connections.discard(member)
        if self.on_empty is not None and not self.connections:
            self.on_empty()


class _Form(NamedTuple):
    """What a request says of the form of its answer."""

    keep_alive: bool = True
    head_only: bool = False
    minor: int = 1


class Connection(asyncio.Protocol):
    """One client's connection."""

    __slots__ = (
        "_counted",
        "_eof",
        "_form",
        "_on_gone",
        "_parser",
        "_reading_paused",
        "_running",
        "_shared",
        "_state",
        "_transport",
        "_unread",
        "_write_paused",
        "client_subject",
        "deadline",
        "secure",
        "tls",
    )

    def __init__(
        self,
        shared: Shared,
        secure: bool = False,
        client_subject: str | None = None,
        tls: tuple[str, str] | None = None,
    ) -> None:
        self.secure = secure
        """Whether it is encrypted: what a policy asks for as aws:SecureTransport."""
        self.tls = tls
        """Version and cipher suite, such as `TLSv1.3` and `TLS_AES_256_GCM_SHA384`."""
        self.client_subject = client_subject
        """Whom the client's certificate names (RFC 4514), if it showed one."""
        self._shared = shared
        self._parser = RequestParser(shared.options.limits)
        self._transport: asyncio.Transport | None = None
        self._state = IDLE
        self._running = False
        self._form: _Form | None = None
        self._on_gone: Callable[[], None] | None = None
        self._write_paused = False
        self._unread = 0
        self._reading_paused = False
        self._eof = False
        self._counted = 0
        self.deadline = _NEVER

    # --- For the handler ---------------------------------------------------------------------

    @property
    def gone(self) -> bool:
        """Whether the client has hung up."""
        return self._eof or self._transport is None

    def on_gone(self, then: Callable[[], None] | None) -> None:
        """Call `then` if the client hangs up before the answer, or has; None takes it back."""
        self._on_gone = then
        if then is not None and self.gone:
            self._tell_gone()

    def respond(self, status: int, fields: bytes, body: bytes) -> None:
        """Answer the request being served.  `fields` are whole header lines, each with its end.

        Date, Content-Length and, where it is called for, Connection are added.  An answer for a
        client that has hung up is dropped.
        """
        assert self._state == SERVING, "an answer to no request"
        self._state = IDLE
        self._on_gone = None
        transport = self._transport
        if transport is None:
            return
        shared = self._shared
        # Before the write, which may pause us and set the deadline for that.
        self.deadline = shared.idle_deadline
        begin = shared.begin_ok if status == 200 else status_line(status) + shared.date_line
        if self._form is not None or shared.draining or self._eof:
            self._respond_in_form(begin + fields, body)
            return
        transport.write(b"%b%bContent-Length: %d\r\n\r\n%b" % (begin, fields, len(body), body))
        self._go_on()

    def fail(self, error: Exception) -> None:
        """A bug of whoever serves the request: it is reported, and costs this connection alone."""
        self._report("the handler of requests failed", error)
        if self._state == SERVING:
            form = self._form or _Form()
            self._form = form._replace(keep_alive=False)
            self.respond(500, b"", b"")

    # --- From the transport ------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # No isinstance: uvloop's transports only behave like asyncio's.
        self._transport = transport  # type: ignore[assignment]
        shared = self._shared
        peer = transport.get_extra_info("peername")
        if isinstance(peer, tuple):
            self._parser.peer = peer[0]
        self.deadline = shared.idle_deadline
        shared.connections.add(self)
        if len(shared.connections) > shared.max_connections or shared.draining:
            self.refuse(HttpError(503, "too many connections"), linger=False)

    def data_received(self, data: bytes) -> None:
        if self._state >= SERVING or self._write_paused:
            self._hold(data)
            return
        request = self._parser.take_whole(data)
        if request is not None:
            self._serve(request)
            return
        try:
            self._parser.hold(data)
            request = self._parser.next()
        except HttpError as error:
            self.refuse(error)
            return
        self._run(request)

    def eof_received(self) -> bool:
        """The client sends no more.  It is gone, or has closed its half and still reads."""
        self._eof = True
        shared = self._shared
        if self._state != SERVING:
            self._state = ENDING
            self.deadline = shared.tick + shared.options.linger_s
            return False
        if self._on_gone is not None:
            self._tell_gone()
            if self._transport is not None:
                self._transport.abort()
                self._transport = None
            return True
        # What is under way is answered, for one that only closed its half; if no answer comes, as
        # there is nobody to answer, the sweep ends the connection.
        self.deadline = shared.idle_deadline
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        shared = self._shared
        self._transport = None
        self._count(0)
        shared.leave(self)
        if self._on_gone is not None:
            self._tell_gone()

    def pause_writing(self) -> None:
        self._write_paused = True
        if self._transport is not None:
            self._unread = self._transport.get_write_buffer_size()
        self.deadline = self._shared.tick + self._shared.options.write_timeout_s

    def resume_writing(self) -> None:
        self._write_paused = False
        if self._state < SERVING:
            self.deadline = self._shared.idle_deadline
            self._continue()

    # --- From the listener -------------------------------------------------------------------

    def sweep(self, tick: int) -> None:
        """Once a second: end what has taken too long, and give up what an idle client needs not."""
        if self.deadline <= tick:
            self._overdue(tick)
        elif (
            self._state == IDLE
            and self.deadline - tick == self._shared.options.idle_timeout_s - _REST_AFTER_S
        ):
            self._parser.forget()

    def drain(self) -> None:
        """Close now if nothing is under way; else the next answer is the last."""
        if self._state == IDLE and not self._parser.unread:
            self._end(linger=False)

    def abort(self) -> None:
        """Close at once, whatever is under way."""
        if self._transport is not None:
            self._transport.abort()

    def refuse(self, error: HttpError, linger: bool = True) -> None:
        """Answer what is no request, and close."""
        if self._transport is None:
            return
        body = f"{error.why}\n".encode()
        self._transport.write(
            b"%b%bContent-Type: text/plain\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b"
            % (status_line(error.status), self._shared.date_line, len(body), body)
        )
        self._end(linger)

    # --- Inside ------------------------------------------------------------------------------

    def _respond_in_form(self, begin: bytes, body: bytes) -> None:
        transport, form = self._transport, self._form or _Form()
        assert transport is not None
        last = not form.keep_alive or self._shared.draining or self._eof
        if last:
            begin += b"Connection: close\r\n"
        elif form.minor == 0:
            begin += b"Connection: keep-alive\r\n"
        begin += b"Content-Length: %d\r\n\r\n" % len(body)
        transport.write(begin if form.head_only else begin + body)
        if last:
            self._end(linger=bool(self._parser.unread))
        else:
            self._go_on()

    def _go_on(self) -> None:
        """Have what was sent ahead served, after an answer."""
        if self._parser.unread and not self._running:
            # Not from here: whoever answers may be in the middle of other answers.
            asyncio.get_running_loop().call_soon(self._continue)

    def _run(self, request: Request | None) -> None:
        """Serve `request` and what was sent ahead, until there is something to wait for."""
        parser = self._parser
        self._running = True
        try:
            while request is not None:
                if self._counted:
                    self._count(parser.held_bytes)
                self._serve(request)
                if self._state != IDLE or self._write_paused or not parser.unread:
                    return
                request = parser.next()
            self._wait()
        except HttpError as error:
            self.refuse(error)
        finally:
            self._running = False

    def _serve(self, request: Request) -> None:
        head_only = request.method == "HEAD"
        if request.keep_alive and request.minor and not head_only:
            self._form = None
        else:
            self._form = _Form(request.keep_alive, head_only, request.minor)
        self._state = SERVING
        try:
            self._shared.handler(request, self)
        except Exception as error:
            self.fail(error)

    def _continue(self) -> None:
        """Go on with what was sent ahead, unless that has happened already."""
        if self._state >= SERVING or self._write_paused or self._transport is None:
            return
        if self._reading_paused:
            self._reading_paused = False
            self._transport.resume_reading()
        try:
            request = self._parser.next() if self._parser.unread else None
        except HttpError as error:
            self.refuse(error)
            return
        self._run(request)

    def _wait(self) -> None:
        """No request is whole: see to the deadline, the memory and the expectation of this one."""
        shared, parser = self._shared, self._parser
        if parser.in_body:
            if self._state != IN_BODY:
                self._state = IN_BODY
                self.deadline = shared.tick + shared.options.body_timeout_s
            if parser.expects_continue and self._transport is not None:
                parser.expects_continue = False
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        elif parser.unread and self._state == IDLE:
            self._state = IN_HEAD
            self.deadline = shared.tick + shared.options.head_timeout_s
        self._count(parser.held_bytes)
        if shared.receiving > shared.options.max_receiving_bytes:
            self.refuse(HttpError(503, "too many large requests at once"))

    def _hold(self, data: bytes) -> None:
        """Keep what a client sends ahead, within bounds."""
        if self._state == ENDING:
            return
        options = self._shared.options
        self._parser.hold(data)
        held = self._parser.held_bytes
        self._count(held)
        if self._shared.receiving > options.max_receiving_bytes:
            self.abort()
        elif held > options.max_ahead_bytes and self._transport is not None:
            self._reading_paused = True
            self._transport.pause_reading()

    def _count(self, held: int) -> None:
        self._shared.receiving += held - self._counted
        self._counted = held

    def _end(self, linger: bool) -> None:
        """Close after what is written.

        With `linger`, only our half for now: closing a socket that has unread data resets the
        connection, and the client may lose the answer before it read it (RFC 9112, 9.6).
        """
        transport, shared = self._transport, self._shared
        assert transport is not None
        self._state = ENDING
        self._count(0)
        self._parser = RequestParser(shared.options.limits)
        self.deadline = shared.tick + shared.options.linger_s
        if not linger or self._eof:
            transport.close()
            return
        transport.write_eof()
        if self._reading_paused:
            self._reading_paused = False
            transport.resume_reading()

    def _overdue(self, tick: int) -> None:
        transport = self._transport
        if transport is None:
            return
        if self._write_paused:
            self._see_whether_read(transport, tick)
        elif self._state == ENDING or (self._state == SERVING and self._eof):
            transport.abort()
        elif self._state == SERVING:
            self.deadline = _NEVER
        elif self._state == IDLE:
            self._end(linger=False)
        else:
            self.refuse(HttpError(408, "the request did not come whole in time"))

    def _see_whether_read(self, transport: asyncio.Transport, tick: int) -> None:
        unread = transport.get_write_buffer_size()
        if unread >= self._unread:
            transport.abort()
            return
        self._unread = unread
        self.deadline = tick + self._shared.options.write_timeout_s

    def _tell_gone(self) -> None:
        then, self._on_gone = self._on_gone, None
        assert then is not None
        try:
            then()
        except Exception as error:
            self._report("what waited for a client to hang up failed", error)

    def _report(self, message: str, error: Exception) -> None:
        """A bug above us: it goes to the loop's exception handler, and no connection suffers."""
        asyncio.get_running_loop().call_exception_handler(
            {"message": message, "exception": error, "protocol": self}
        )
