"""What HTTP carries: a request, an error that HTTP itself answers, and the head of a response."""

import msgspec

REASONS: dict[int, str] = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    409: "Conflict",
    413: "Content Too Large",
    414: "URI Too Long",
    417: "Expectation Failed",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
    505: "HTTP Version Not Supported",
}
"""Reason phrases; a status that is not here is sent without one, which RFC 9112, 4 allows."""

STATUS_LINES: dict[int, bytes] = {
    status: f"HTTP/1.1 {status} {reason}\r\n".encode() for status, reason in REASONS.items()
}


class Request(msgspec.Struct, gc=False):
    """One request, whole.

    `path` and `query` are raw: still percent-encoded, the question mark belongs to neither.
    `headers` maps lower-case names to values without surrounding blanks, decoded as Latin-1; the
    values of a repeated header are joined with "," and stand one by one in `repeated`.  It is the
    request's own, and so is `body`, decoded from chunks where it came in chunks.

    It cannot be part of a cycle, so the collector need not follow it (`gc=False`).
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    keep_alive: bool
    """Whether the connection may stay open after the answer."""
    minor: int
    """The minor version: 0 or 1."""
    peer: str
    """The client's IP address as text, "" where there is none."""
    repeated: dict[str, list[str]] | None = None
    """The values of each header that came more than once, in order; None if none did."""


class HttpError(Exception):
    """What the client sent is no HTTP we take: the status to answer with, and why, in one line."""

    def __init__(self, status: int, why: str) -> None:
        self.status = status
        self.why = why
        super().__init__(f"{status} {why}")


def status_line(status: int) -> bytes:
    """The first line of a response, with its line end."""
    line = STATUS_LINES.get(status)
    return line if line is not None else b"HTTP/1.1 %d \r\n" % status
