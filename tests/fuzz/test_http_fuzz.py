"""Whatever bytes come: requests come out, or an HTTP error; and httptools reads them as we do."""

from typing import Any

import httptools
from hypothesis import example, given
from hypothesis import strategies as st

from tidegate.http.heads import HttpLimits
from tidegate.http.http1 import RequestParser
from tidegate.http.messages import STATUS_LINES, HttpError, Request
from unit.http.http_fakes import Client, FakeHandler

LIMITS = HttpLimits(
    max_head_bytes=400, max_request_line_bytes=120, max_headers=8, max_body_bytes=200
)

PIECES = st.sampled_from(
    [
        b"GET",
        b"POST",
        b"CONNECT",
        b" ",
        b"/",
        b"/a?b=c",
        b"http://a/b",
        b"*",
        b" HTTP/1.1",
        b" HTTP/1.0",
        b" HTTP/2.0",
        b"\r\n",
        b"\n",
        b"\r",
        b"\r\n\r\n",
        b"\0",
        b":",
        b": ",
        b"\t",
        b"Host: a\r\n",
        b"Host: a, b\r\n",
        b"Content-Length: 3\r\n",
        b"Content-Length: 0\r\n",
        b"Content-Length: 1000\r\n",
        b"Content-Length: 3, 3\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: identity\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"Connection: close\r\n",
        b"Connection: keep-alive\r\n",
        b"Expect: 100-continue\r\n",
        b"X-Y: z\r\n",
        b" folded\r\n",
        b"abc",
        b"3\r\nabc\r\n",
        b"0\r\n\r\n",
        b"0\r\nX: y\r\n\r\n",
        b"FFFFFFFFFFFFFFFF\r\n",
        b"3;a=b\r\n",
    ]
)
GOOD = st.sampled_from(
    [
        b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /b?c=d HTTP/1.1\r\nHost: a\r\nX-Y: z\r\nContent-Length: 3\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nHost: a\r\nX-Y: w\r\nContent-Length: 3\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    ]
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Good requests with some bytes cut out, put in, or repeated."""
    raw = b"".join(draw(st.lists(GOOD, min_size=1, max_size=4)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(raw)))
        end = at + draw(st.integers(0, 4))
        raw = raw[:at] + draw(PIECES | st.binary(max_size=3) | st.just(raw[at:end])) + raw[end:]
    return raw


ANYTHING = mutated() | st.lists(PIECES, max_size=25).map(b"".join) | st.binary(max_size=200)
CUTS = st.lists(st.integers(0, 400), max_size=6)


def cut(raw: bytes, cuts: list[int]) -> list[bytes]:
    ends = sorted({min(end, len(raw)) for end in cuts} | {len(raw)})
    return [raw[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]


def read(pieces: list[bytes]) -> tuple[list[Request], HttpError | None]:
    parser, found = RequestParser(LIMITS), list[Request]()
    try:
        for piece in pieces:
            request = parser.feed(piece)
            while request is not None:
                found.append(request)
                request = parser.next()
    except HttpError as error:
        return found, error
    return found, None


@given(ANYTHING, CUTS)
@example(b"\r\n\r\n\r\n", [1])
def test_requests_or_an_error_come_out_however_the_bytes_are_cut(
    raw: bytes, cuts: list[int]
) -> None:
    whole = read([raw])
    pieces = read(cut(raw, cuts))
    assert pieces[0] == whole[0]
    # A limit may be passed before the error behind it has come: both are errors.
    assert (pieces[1] is None) == (whole[1] is None)
    if whole[1] is not None:
        assert whole[1].status in STATUS_LINES
        assert whole[1].why.isprintable()


@given(ANYTHING, CUTS)
def test_a_connection_lets_no_exception_out(raw: bytes, cuts: list[int]) -> None:
    client = Client(FakeHandler())
    for piece in cut(raw, cuts):
        client.connection.data_received(piece)
    client.connection.eof_received()
    client.connection.connection_lost(None)
    assert client.shared.receiving == 0
    assert client.shared.connections == set()


class Reference:
    """What httptools makes of the same bytes."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, bytes, bool]] = []
        self._parser: Any = httptools.HttpRequestParser(self)

    def read(self, raw: bytes) -> bool:
        """Whether it was all accepted."""
        try:
            self._parser.feed_data(raw)
        except httptools.HttpParserError:
            return False
        return True

    def on_message_begin(self) -> None:
        self._target, self._body = b"", b""

    def on_url(self, url: bytes) -> None:
        self._target += url

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        parser = self._parser
        method = parser.get_method().decode()
        target = self._target.decode("latin-1")
        self.requests.append((method, target, self._body, parser.should_keep_alive()))


@given(ANYTHING)
def test_what_both_accept_both_read_alike(raw: bytes) -> None:
    ours, error = read([raw])
    reference = Reference()
    if error is not None or not reference.read(raw):
        return
    for mine, theirs in zip(ours, reference.requests, strict=False):
        target = f"{mine.path}?{mine.query}" if mine.query else mine.path
        if not theirs[1].startswith("/"):
            break  # An absolute target, which we take apart and it does not.
        assert (mine.method, target, mine.body) == (theirs[0], theirs[1].rstrip("?"), theirs[2])
        assert mine.keep_alive == theirs[3]
        if not mine.keep_alive:
            break  # It ends here; httptools goes on.
    else:
        assert len(ours) == len(reference.requests)
