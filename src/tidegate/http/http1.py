"""HTTP/1.1 without a socket: bytes in, requests out.

    parser = RequestParser(limits, peer)
    request = parser.feed(data)        # what came from the client, in whatever pieces
    while request is not None:
        ...
        request = parser.next()        # what the client has sent ahead

At any time the parser is in one of three places:

    head     `unread` from `_start` on is the beginning of a head, or nothing
    length   a head was read; `_body` gathers its body, `_missing` bytes of it have not come yet
    chunks   a head was read; `_chunks` decodes its body

A request with its head and body in one piece, which is nearly every one, passes through none of
the gathering.  After an HttpError the parser is of no further use: where the next request begins
cannot be known.
"""

from tidegate.http.chunked import ChunkedBody
from tidegate.http.heads import HttpLimits, parse_head
from tidegate.http.messages import HttpError, Request
from tidegate.http.repeat import Repetition, learn


class RequestParser:
    """The requests of one connection."""

    __slots__ = (
        "_body",
        "_chunks",
        "_limits",
        "_missing",
        "_repetition",
        "_request",
        "_scanned",
        "_start",
        "expects_continue",
        "peer",
        "unread",
    )

    def __init__(self, limits: HttpLimits, peer: str = "") -> None:
        self._limits = limits
        self.peer = peer
        self.unread = b""
        """What has come and no request was made of yet; within a body, what lies behind it."""
        self._start = 0
        self._scanned = 0
        self._request: Request | None = None
        self._body: bytearray | None = None
        self._missing = 0
        self._chunks: ChunkedBody | None = None
        self._repetition: Repetition | None = None
        self.expects_continue = False
        """The client waits for "100 Continue"; whoever sends that clears this."""

    @property
    def held_bytes(self) -> int:
        """How much has come that no request was made of yet."""
        held = len(self.unread) - self._start
        if self._body is not None:
            held += len(self._body)
        if self._chunks is not None:
            held += self._chunks.held_bytes
        return held

    @property
    def in_body(self) -> bool:
        """Whether a head has been read whose body is not whole yet."""
        return self._request is not None

    def feed(self, data: bytes) -> Request | None:
        """Take what has come; the next request if it is whole.  Raises HttpError."""
        request = self.take_whole(data)
        if request is None:
            self.hold(data)
            request = self.next()
        return request

    def take_whole(self, data: bytes) -> Request | None:
        """The request that `data` is, where it is one as the last ones were, and nothing else.

        That is the usual case, and the only one that is hurried.  Where None is returned, nothing
        has been taken.
        """
        repetition = self._repetition
        if repetition is None or self.unread or self._request is not None:
            return None
        request = repetition.match(data, 0, self.peer)
        if request is None or repetition.end + repetition.length != len(data):
            return None
        request.body = data[repetition.end :]
        return request

    def hold(self, data: bytes) -> None:
        """Take what has come, to be read later: the request before has no answer yet."""
        self.unread = self.unread[self._start :] + data if self.unread else data
        self._start = 0

    def next(self) -> Request | None:
        """The next request, if it is whole.  Raises HttpError."""
        if self._request is not None:
            return self._gather() if self._chunks is None else self._decode()
        data = self.unread
        repetition = self._repetition
        if repetition is not None:
            request = repetition.match(data, self._start, self.peer)
            if request is not None:
                self._scanned = 0
                return self._with_body(request, repetition.end, repetition.length)
        return self._read_head()

    def forget(self) -> None:
        """Give up what only makes the next request faster: the connection has nothing to do."""
        self._repetition = None

    def _consume(self, end: int) -> None:
        """Everything before `end` is read.  A connection at rest keeps nothing of what it got."""
        if end < len(self.unread):
            self._start = end
        else:
            self.unread = b""
            self._start = 0

    def _with_body(self, request: Request, start: int, length: int) -> Request | None:
        """`request` if its body, `length` bytes from `start` on, is here; else gather it."""
        data = self.unread
        end = start + length
        if end <= len(data):
            request.body = data[start:end]
            self._consume(end)
            return request
        self._body = bytearray(data[start:])
        self._missing = end - len(data)
        self._request = request
        self.unread = b""
        self._start = 0
        return None

    def _gather(self) -> Request | None:
        data, start, body = self.unread, self._start, self._body
        assert body is not None
        piece = data[start : start + self._missing]
        body += piece
        self._missing -= len(piece)
        self._consume(start + len(piece))
        if self._missing:
            return None
        self._body = None
        return self._finish(bytes(body))

    def _decode(self) -> Request | None:
        chunks = self._chunks
        assert chunks is not None
        self.unread = chunks.feed(self.unread[self._start :])
        self._start = 0
        if not chunks.complete:
            return None
        self._chunks = None
        return self._finish(bytes(chunks.body))

    def _finish(self, body: bytes) -> Request:
        request = self._request
        assert request is not None
        request.body = body
        self._request = None
        self.expects_continue = False
        return request

    def _read_head(self) -> Request | None:
        limits = self._limits
        data = self.unread
        # An empty line before a request is to be passed over (RFC 9112, 2.2).
        start = self._start
        while data.startswith(b"\r\n", start):
            start += 2
        end = data.find(b"\r\n\r\n", max(start, self._scanned))
        if (len(data) if end < 0 else end) - start > limits.max_head_bytes:
            raise HttpError(431, f"the head is larger than {limits.max_head_bytes} bytes")
        if end < 0:
            self._check_beginning(data, start)
            return None
        self._scanned = 0
        raw = data[start:end]
        head = parse_head(raw, limits)
        self._repetition = learn(self._repetition, raw, head, limits)
        request = Request(
            head.method,
            head.path,
            head.query,
            head.headers.copy(),
            b"",
            head.keep_alive,
            head.minor,
            self.peer,
            head.repeated,
        )
        self._start = end + 4
        if head.content_length < 0:
            self.expects_continue = head.expects_continue
            self._request = request
            self._chunks = ChunkedBody(limits)
            return self._decode()
        whole = self._with_body(request, end + 4, head.content_length)
        self.expects_continue = whole is None and head.expects_continue
        return whole

    def _check_beginning(self, data: bytes, start: int) -> None:
        """Refuse early what cannot become a head; the next search begins where this one ended."""
        limit = self._limits.max_request_line_bytes
        if len(data) - start > limit and data.find(b"\r\n", start, start + limit + 2) < 0:
            raise HttpError(414, f"the request line is longer than {limit} bytes")
        self._consume(start)
        self.unread = self.unread[self._start :]
        self._start = 0
        self._scanned = max(0, len(self.unread) - 3)
