"""Responses without a socket: bytes in, a response out; the client's side of HTTP/1.1 (RFC 9112).

    parser = ResponseParser(limits)
    response = parser.feed(data)       # what came from the server, in whatever pieces
    response = parser.end()            # the server has closed

Servers are taken as they come where that is safe: lines may end with a bare line feed, a body may
end with the connection, interim responses are passed over.  A body that is larger than the bound is
cut there, since who asks wants the status first of all; its connection is of no further use.
"""

import re
from dataclasses import dataclass
from typing import Final

import msgspec

from tidegate.http.chunked import ChunkedBody
from tidegate.http.heads import HttpLimits
from tidegate.http.messages import HttpError

_STATUS_LINE: Final = re.compile(r"HTTP/1\.([0-9]) ([1-9][0-9]{2})(?: (.*))?").fullmatch
_END_OF_HEAD: Final = re.compile(rb"\r?\n\r?\n").search
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]").search
_SWITCHING_PROTOCOLS: Final = 101
_WITHOUT_BODY: Final = frozenset((_SWITCHING_PROTOCOLS, 204, 304))


@dataclass(frozen=True, slots=True)
class ResponseLimits:
    """What a response may measure."""

    max_head_bytes: int = 16 * 1024
    max_body_bytes: int = 64 * 1024
    """What is kept of a body."""


class BrokenResponse(Exception):
    """What the server sent is no response, or it broke off.  The text says why, in one line."""


class Response(msgspec.Struct, frozen=True):
    """A response, whole, or cut where its body grew too large.

    `headers` maps lower-case names to values; those of a repeated header are joined with ", ".
    """

    status: int
    reason: str
    headers: dict[str, str]
    body: bytes
    keep_alive: bool
    """Whether the connection may be used again."""


class ResponseParser:
    """The responses of one connection, one at a time."""

    __slots__ = ("_body", "_chunks", "_head", "_limits", "_missing", "_unread", "started")

    def __init__(self, limits: ResponseLimits) -> None:
        self._limits = limits
        self._unread = b""
        self.started = False
        """Whether anything has come since the last response."""
        self._head: Response | None = None
        self._body = bytearray()
        self._missing: int | None = None
        """Bytes of the body that have not come; None where it ends with the connection."""
        self._chunks: ChunkedBody | None = None

    def feed(self, data: bytes) -> Response | None:
        """Take what has come; the response if it is whole.  Raises BrokenResponse."""
        self.started = True
        self._unread = self._unread + data if self._unread else data
        while self._head is None:
            if not self._read_head():
                return None
        return self._decode() if self._chunks is not None else self._gather()

    def end(self) -> Response:
        """The server has closed: the response, where that is its end.  Raises BrokenResponse."""
        head = self._head
        if head is None or self._chunks is not None or self._missing is not None:
            raise BrokenResponse("the connection was closed before the response was whole")
        return self._finish(bytes(self._body), keep_alive=False)

    def _read_head(self) -> bool:
        """One head, final or interim, if it is whole."""
        unread = self._unread
        found = _END_OF_HEAD(unread)
        if (len(unread) if found is None else found.end()) > self._limits.max_head_bytes:
            raise BrokenResponse("the response's head is too large")
        if found is None:
            return False
        head, is_chunked, length = _parse_head(unread[: found.start()])
        self._unread = unread[found.end() :]
        if head.status < 200 and head.status != _SWITCHING_PROTOCOLS:
            return True
        self._head = head
        self._missing, self._chunks = length, None
        if is_chunked:
            limits = HttpLimits(max_body_bytes=self._limits.max_body_bytes)
            self._chunks = ChunkedBody(limits)
        return True

    def _decode(self) -> Response | None:
        chunks, head = self._chunks, self._head
        assert chunks is not None
        assert head is not None
        data, self._unread = self._unread, b""
        try:
            self._unread = chunks.feed(data)
        except HttpError as error:
            if error.status == 413:
                return self._finish(bytes(chunks.body), keep_alive=False)
            raise BrokenResponse(error.why) from None
        if not chunks.complete:
            return None
        return self._finish(bytes(chunks.body), head.keep_alive)

    def _gather(self) -> Response | None:
        head, data = self._head, self._unread
        assert head is not None
        if self._missing is not None:
            self._unread = data[self._missing :]
            data = data[: self._missing]
            self._missing -= len(data)
        else:
            self._unread = b""
        room = self._limits.max_body_bytes - len(self._body)
        self._body += data[:room]
        if self._missing == 0:
            return self._finish(bytes(self._body), head.keep_alive and len(data) <= room)
        if len(data) > room:
            return self._finish(bytes(self._body), keep_alive=False)
        return None

    def _finish(self, body: bytes, keep_alive: bool) -> Response:
        head = self._head
        assert head is not None
        # What comes unasked behind a response would be taken for the answer to the next request.
        keep_alive = keep_alive and not self._unread
        self._head, self._chunks, self._body = None, None, bytearray()
        self.started = False
        return Response(head.status, head.reason, head.headers, body, keep_alive)


def _parse_head(head: bytes) -> tuple[Response, bool, int | None]:
    """A response without its body, whether that comes in chunks, and its length where known."""
    lines = [line.removesuffix("\r") for line in head.decode("latin-1").split("\n")]
    found = _STATUS_LINE(lines[0])
    if found is None:
        raise BrokenResponse("the answer is no HTTP/1.1 response")
    if any(_CONTROL(line) for line in lines):
        raise BrokenResponse("a control character in the response's head")
    status, headers = int(found[2]), _fields(lines[1:])
    options = [option.strip().lower() for option in headers.get("connection", "").split(",")]
    keep_alive = "close" not in options and (found[1] != "0" or "keep-alive" in options)
    chunked, length = False, None
    if status < 200 or status in _WITHOUT_BODY:
        keep_alive, length = keep_alive and status != _SWITCHING_PROTOCOLS, 0
    elif (coding := headers.get("transfer-encoding")) is not None:
        chunked = coding.lower() == "chunked"
    elif (text := headers.get("content-length")) is not None:
        length = _length(text)
    keep_alive = keep_alive and (chunked or length is not None)
    return Response(status, found[3] or "", headers, b"", keep_alive), chunked, length


def _fields(lines: list[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.lower()
        if not colon or not name or name != name.strip():
            raise BrokenResponse("a line in the response's head that is no header")
        value = value.strip(" \t")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _length(text: str) -> int:
    """Of a Content-Length, which may be repeated (RFC 9112, 6.3)."""
    values = {value.strip() for value in text.split(",")}
    value = values.pop()
    if values or not (value.isascii() and value.isdigit()) or len(value) > 19:
        raise BrokenResponse("Content-Length is not a number")
    return int(value)
