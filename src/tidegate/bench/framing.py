"""Where an answer ends: as much of HTTP/1.1 as a load generator needs.

One request is under way on a connection at a time, so an answer is the next complete one, and
bytes after its end are an error.  Bodies come with a length, in chunks, or until the server closes.
"""

Answer = tuple[int, bytes]
"""Status and body."""


_OK = b"HTTP/1.1 200"
_LENGTH_HEADER = b"\r\ncontent-length:"
_MAX_HEAD_BYTES = 65536


class BadAnswer(Exception):
    """The bytes are no HTTP answer, or more than the one that was asked for."""


class Framer:
    """The answers of one connection, cut out of the bytes as they come."""

    __slots__ = (
        "_body_at",
        "_buffer",
        "_length_header",
        "_length_line",
        "_length_span",
        "_total",
        "closing",
    )

    def __init__(self) -> None:
        self._buffer = b""
        self._length_header = _LENGTH_HEADER
        # The shape of the answer before: its size, and where it had its length and its body.
        self._total = 0
        self._length_span = slice(0)
        self._length_line = b""
        self._body_at = 0
        self.closing = False
        """True when the server says that it closes the connection after the answer just given."""

    def feed(self, data: bytes) -> Answer | None:
        """The answer, once it is whole.  Raises BadAnswer."""
        if (
            len(data) == self._total
            and data[self._length_span] == self._length_line
            and data.startswith(_OK)
            and not self._buffer
        ):
            # Of the same shape as one before that closed nothing, as nearly all are.
            self.closing = False
            return 200, data[self._body_at :]
        if self._buffer:
            data = self._buffer + data
        return self._feed(data)

    def _feed(self, data: bytes) -> Answer | None:
        end = data.find(b"\r\n\r\n")
        # A server spells the header alike in all its answers: look for that first.
        at = data.find(self._length_header, 0, end)
        if at < 0 or end < 0:
            return self._feed_slowly(data, end)
        start = at + len(_LENGTH_HEADER)
        line_end = data.find(b"\r", start)
        try:
            length = int(data[start:line_end])
            status = int(data[9:12])
        except ValueError as error:
            raise BadAnswer(f"not HTTP/1.1: {data[:60]!r}") from error
        missing = end + 4 + length - len(data)
        if missing:
            self._wait_for(missing, data)
            return None
        self._buffer = b""
        self.closing = data.find(b"onnection: close", 0, end) > 0
        if line_end == end and not self.closing:
            # The length is the last header, so its line alone also says where the body begins.
            self._total = len(data)
            self._length_span = slice(at, end + 4)
            self._length_line = data[self._length_span]
            self._body_at = end + 4
        return status, data[end + 4 :]

    def _wait_for(self, missing: int, data: bytes) -> None:
        if missing < 0:
            raise BadAnswer(f"{-missing} bytes after the end of the answer")
        self._buffer = data

    def _feed_slowly(self, data: bytes, end: int) -> Answer | None:
        """An answer with a header spelled in a new way, in chunks, or without an end."""
        self._buffer = data
        if end < 0:
            if len(data) > _MAX_HEAD_BYTES:
                raise BadAnswer("the head of the answer does not end")
            return None
        head = data[:end].lower()
        if not head.startswith(b"http/1."):
            raise BadAnswer(f"not HTTP/1.1: {data[:60]!r}")
        at = head.find(_LENGTH_HEADER)
        if at >= 0:
            self._length_header = data[at : at + len(_LENGTH_HEADER)]
            self._buffer = b""
            return self._feed(data)
        body = _dechunk(data, end + 4) if _is_chunked(head) else None
        if body is None:
            return None
        self._buffer = b""
        self.closing = b"\r\nconnection: close" in head
        return _number(head[9:12], 10), body

    def finish(self) -> Answer | None:
        """The answer that ends with the connection, if there is one.  Raises BadAnswer."""
        data, self._buffer = self._buffer, b""
        if not data:
            return None
        head, separator, body = data.partition(b"\r\n\r\n")
        lower = head.lower()
        if not separator or b"\r\ncontent-length:" in lower or _is_chunked(lower):
            raise BadAnswer("the connection ended inside an answer")
        self.closing = True
        return _number(head[9:12], 10), body


def _dechunk(data: bytes, start: int) -> bytes | None:
    """The body whose chunks begin at `start`, or None while they are not all there."""
    parts = []
    while True:
        line_end = data.find(b"\r\n", start)
        if line_end < 0:
            return None
        size = _number(data[start:line_end].partition(b";")[0], 16)
        start = line_end + 2
        if len(data) < start + size + 2:
            return None
        if data[start + size : start + size + 2] != b"\r\n":
            raise BadAnswer("a chunk does not end where it says")
        parts.append(data[start : start + size])
        start += size + 2
        if not size:
            break
    if start != len(data):
        raise BadAnswer(f"{len(data) - start} bytes after the end of the answer")
    return b"".join(parts)


def _is_chunked(head: bytes) -> bool:
    return b"\r\ntransfer-encoding: chunked" in head


def _number(text: bytes, base: int) -> int:
    try:
        return int(text, base)
    except ValueError as error:
        raise BadAnswer(f"not a number: {text[:40]!r}") from error
