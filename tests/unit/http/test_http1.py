"""Bytes to requests: one table, each line fed whole, byte by byte, and with a request behind it."""

import pytest

from tidegate.http.heads import HttpLimits
from tidegate.http.http1 import RequestParser
from tidegate.http.messages import HttpError, Request

LIMITS = HttpLimits(
    max_head_bytes=512,
    max_request_line_bytes=100,
    max_headers=5,
    max_body_bytes=64,
    max_chunk_line_bytes=16,
    max_trailer_bytes=40,
)
TAIL = b"GET /tail HTTP/1.1\r\nHost: t\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


def head(*lines: bytes, start: bytes = b"POST / HTTP/1.1", host: bool = True) -> bytes:
    fields = (b"Host: a", *lines) if host else lines
    return b"\r\n".join((start, *fields, b"", b""))


Outcome = tuple[str, str, str, bytes, bool]
"""Method, path, query, body, whether the connection stays open."""

GOOD: list[tuple[str, bytes, Outcome]] = [
    ("get", head(start=b"GET /a/b HTTP/1.1"), ("GET", "/a/b", "", b"", True)),
    ("query", head(start=b"GET /a?b=%20&c HTTP/1.1"), ("GET", "/a", "b=%20&c", b"", True)),
    ("second question mark", head(start=b"GET /?a?b HTTP/1.1"), ("GET", "/", "a?b", b"", True)),
    ("body", head(b"Content-Length: 3") + b"a\r\n", ("POST", "/", "", b"a\r\n", True)),
    ("empty body", head(b"Content-Length: 0"), ("POST", "/", "", b"", True)),
    ("leading zeros", head(b"Content-Length: 003") + b"abc", ("POST", "/", "", b"abc", True)),
    ("greatest body", head(b"Content-Length: 64") + b"x" * 64, ("POST", "/", "", b"x" * 64, True)),
    ("close", head(b"Connection: Close"), ("POST", "/", "", b"", False)),
    ("close among others", head(b"Connection: te, close"), ("POST", "/", "", b"", False)),
    ("1.0", head(start=b"GET / HTTP/1.0", host=False), ("GET", "/", "", b"", False)),
    (
        "1.0 kept alive",
        head(b"Connection: keep-alive", start=b"GET / HTTP/1.0"),
        ("GET", "/", "", b"", True),
    ),
    ("a later minor version", head(start=b"GET / HTTP/1.7"), ("GET", "/", "", b"", True)),
    ("empty lines before", b"\r\n\r\n" + head(), ("POST", "/", "", b"", True)),
    ("all servers", head(start=b"OPTIONS * HTTP/1.1"), ("OPTIONS", "*", "", b"", True)),
    ("absolute", head(start=b"GET http://b:1/c?d HTTP/1.1"), ("GET", "/c", "d", b"", True)),
    ("absolute, no path", head(start=b"GET HTTPS://b?d HTTP/1.1"), ("GET", "/", "d", b"", True)),
    ("chunks", CHUNKED + b"3\r\nabc\r\n0\r\n\r\n", ("POST", "/", "", b"abc", True)),
    (
        "chunks with extensions and trailer",
        CHUNKED + b'A;n="v"\r\n0123456789\r\n1 ;x\r\n!\r\n000\r\nX: y\r\nZ:\r\n\r\n',
        ("POST", "/", "", b"0123456789!", True),
    ),
    ("no chunk", CHUNKED + b"0\r\n\r\n", ("POST", "/", "", b"", True)),
    (
        "coding in capitals",
        head(b"transfer-encoding: CHUNKED") + b"0\r\n\r\n",
        ("POST", "/", "", b"", True),
    ),
]

BAD: list[tuple[str, bytes, int]] = [
    ("no http", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n", 400),
    ("http/0.9", b"GET /\r\n\r\n", 400),
    ("two blanks", head(start=b"GET  / HTTP/1.1"), 400),
    ("tab in the request line", head(start=b"GET\t/ HTTP/1.1"), 400),
    ("blank in the target", head(start=b"GET /a b HTTP/1.1"), 400),
    ("no target", head(start=b"GET  HTTP/1.1"), 400),
    ("fragment", head(start=b"GET /#a HTTP/1.1"), 400),
    ("high byte in the target", head(start=b"GET /\xe4 HTTP/1.1"), 400),
    ("odd target", head(start=b"GET a HTTP/1.1"), 400),
    ("other scheme", head(start=b"GET ftp://a/ HTTP/1.1"), 400),
    ("no authority", head(start=b"GET http:///a HTTP/1.1"), 400),
    ("user in the authority", head(start=b"GET http://u@a/ HTTP/1.1"), 400),
    ("star for another method", head(start=b"GET * HTTP/1.1"), 400),
    ("connect", head(start=b"CONNECT a:1 HTTP/1.1"), 501),
    ("method no token", head(start=b"G(T / HTTP/1.1"), 400),
    ("small http", head(start=b"GET / http/1.1"), 400),
    ("version of three digits", head(start=b"GET / HTTP/1.10"), 400),
    ("http/2 preface", b"PRI * HTTP/2.0\r\n\r\n", 505),
    ("http/0", head(start=b"GET / HTTP/0.9"), 505),
    ("no host", head(host=False), 400),
    ("two hosts", head(b"Host: b"), 400),
    ("no host at all", head(b"Host: a/b", host=False), 400),
    ("host with a user", head(b"Host: u@a", host=False), 400),
    ("folded line", head(b"X: a\r\n b"), 400),
    ("folded first line", head(b" X: a", host=False), 400),
    ("blank before the colon", head(b"X : a"), 400),
    ("no colon", head(b"X"), 400),
    ("no name", head(b": a"), 400),
    ("name no token", head(b"X[1]: a"), 400),
    ("high byte in a name", head(b"\xe4: a"), 400),
    ("line feed in a value", head(b"X: a\nY: b"), 400),
    ("carriage return in a value", head(b"X: a\rY: b"), 400),
    ("nul in a value", head(b"X: a\0"), 400),
    ("escape in a value", head(b"X: \x1b[2J"), 400),
    ("only line feeds", b"GET / HTTP/1.1\nHost: a\n\n\r\n\r\n", 400),
    ("line feed before", b"\n" + head(), 400),
    ("length no number", head(b"Content-Length: a"), 400),
    ("length with a sign", head(b"Content-Length: +3"), 400),
    ("negative length", head(b"Content-Length: -3"), 400),
    ("length with an underscore", head(b"Content-Length: 1_0"), 400),
    ("length in other digits", head(b"Content-Length: \xb2"), 400),
    ("empty length", head(b"Content-Length:"), 400),
    ("list of lengths", head(b"Content-Length: 3, 3"), 400),
    ("two lengths", head(b"Content-Length: 3", b"Content-Length: 3"), 400),
    ("too long a body", head(b"Content-Length: 65"), 413),
    ("endless length", head(b"Content-Length: " + b"9" * 80), 413),
    ("length and chunks", head(b"Content-Length: 3", b"Transfer-Encoding: chunked"), 400),
    ("chunks in 1.0", head(b"Transfer-Encoding: chunked", start=b"POST / HTTP/1.0"), 400),
    ("other coding", head(b"Transfer-Encoding: gzip, chunked"), 501),
    ("two codings", head(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"), 501),
    ("other expectation", head(b"Expect: the unexpected"), 417),
    ("too long a request line", head(start=b"GET /" + b"a" * 100 + b" HTTP/1.1"), 414),
    ("too many fields", head(b"A: 1", b"B: 1", b"C: 1", b"D: 1", b"E: 1"), 431),
    ("too long a head", head(b"A: " + b"a" * 600), 431),
    ("chunk size no number", CHUNKED + b"x\r\n", 400),
    ("chunk size in a prefix", CHUNKED + b"0x3\r\nabc\r\n0\r\n\r\n", 400),
    ("negative chunk size", CHUNKED + b"-1\r\n", 400),
    ("no chunk size", CHUNKED + b"\r\n", 400),
    ("blank before a chunk size", CHUNKED + b" 3\r\nabc\r\n0\r\n\r\n", 400),
    ("line feed after a chunk size", CHUNKED + b"3\nabc\r\n0\r\n\r\n", 400),
    ("chunk longer than it says", CHUNKED + b"3\r\nabcd\r\n0\r\n\r\n", 400),
    ("too large a chunk", CHUNKED + b"41\r\n", 413),
    ("too large a chunk size", CHUNKED + b"FFFFFFFFFFFFFFF\r\n", 413),
    ("too much in chunks", CHUNKED + b"40\r\n" + b"x" * 64 + b"\r\n1\r\n", 413),
    ("endless chunk line", CHUNKED + b"1;" + b"x" * 40, 400),
    ("endless trailer", CHUNKED + b"0\r\n" + b"X: y\r\n" * 10, 431),
    ("endless trailer line", CHUNKED + b"0\r\nX: " + b"y" * 80, 400),
    ("bad trailer", CHUNKED + b"0\r\nX y\r\n\r\n", 400),
    ("nul in the trailer", CHUNKED + b"0\r\nX: \0\r\n\r\n", 400),
]


def fed(*pieces: bytes) -> list[Request | int]:
    """The requests that come out, and at the end the status of an error, if it came to one."""
    parser = RequestParser(LIMITS, "192.0.2.1")
    found: list[Request | int] = []
    try:
        for piece in pieces:
            request = parser.feed(piece)
            while request is not None:
                found.append(request)
                request = parser.next()
    except HttpError as error:
        found.append(error.status)
    return found


def outcome(request: Request | int) -> Outcome:
    assert isinstance(request, Request)
    return request.method, request.path, request.query, request.body, request.keep_alive


def bytewise(raw: bytes) -> list[bytes]:
    return [raw[i : i + 1] for i in range(len(raw))]


@pytest.mark.parametrize(("raw", "expected"), [g[1:] for g in GOOD], ids=[g[0] for g in GOOD])
class TestGood:
    def test_whole(self, raw: bytes, expected: Outcome) -> None:
        assert [outcome(r) for r in fed(raw)] == [expected]

    def test_byte_by_byte(self, raw: bytes, expected: Outcome) -> None:
        assert [outcome(r) for r in fed(*bytewise(raw))] == [expected]

    def test_with_a_tail(self, raw: bytes, expected: Outcome) -> None:
        tail = ("GET", "/tail", "", b"", True)
        assert [outcome(r) for r in fed(raw + TAIL)] == [expected, tail]

    def test_every_cut_in_two(self, raw: bytes, expected: Outcome) -> None:
        tail = ("GET", "/tail", "", b"", True)
        whole = raw + TAIL
        for cut in range(1, len(whole)):
            assert [outcome(r) for r in fed(whole[:cut], whole[cut:])] == [expected, tail]

    def test_three_times_on_one_connection(self, raw: bytes, expected: Outcome) -> None:
        assert [outcome(r) for r in fed(raw, raw, raw)] == [expected] * 3
        assert [outcome(r) for r in fed(raw * 3)] == [expected] * 3


@pytest.mark.parametrize(("raw", "status"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
class TestBad:
    def test_whole(self, raw: bytes, status: int) -> None:
        assert fed(raw) == [status]

    def test_byte_by_byte(self, raw: bytes, status: int) -> None:
        assert fed(*bytewise(raw)) == [status]

    def test_with_a_tail(self, raw: bytes, status: int) -> None:
        assert fed(raw + TAIL) == [status]

    def test_behind_good_requests(self, raw: bytes, status: int) -> None:
        assert fed(TAIL, TAIL, raw)[-1] == status


def test_headers_are_lower_case_trimmed_and_latin_1() -> None:
    (request,) = fed(head(b"X-Name: \t some  value\t ", b"EMPTY:", b"high:\xe4"))
    assert isinstance(request, Request)
    assert request.headers == {
        "host": "a",
        "x-name": "some  value",
        "empty": "",
        "high": "\xe4",
    }
    assert request.repeated is None
    assert (request.peer, request.minor) == ("192.0.2.1", 1)


def test_repeated_headers_are_joined_and_seen_apart() -> None:
    (request,) = fed(head(b"A: 1", b"a: 2", b"B: 3", b"A: 4"))
    assert isinstance(request, Request)
    assert request.headers == {"host": "a", "a": "1,2,4", "b": "3"}
    assert request.repeated == {"a": ["1", "2", "4"]}


def test_the_authority_of_an_absolute_target_is_the_host() -> None:
    (request,) = fed(head(start=b"GET http://b:1/ HTTP/1.1"))
    assert isinstance(request, Request)
    assert request.headers["host"] == "b:1"


def test_half_a_request_is_none() -> None:
    whole = head(b"Content-Length: 3") + b"abc"
    for cut in range(len(whole)):
        assert fed(whole[:cut]) == []


def test_what_is_held_is_counted() -> None:
    parser = RequestParser(LIMITS)
    begin = head(b"Content-Length: 9")
    assert parser.feed(begin[:10]) is None
    assert (parser.held_bytes, parser.in_body, bool(parser.unread)) == (10, False, True)
    assert parser.feed(begin[10:] + b"abc") is None
    assert (parser.held_bytes, parser.in_body, bool(parser.unread)) == (3, True, False)
    assert parser.feed(b"defghi") is not None
    assert (parser.held_bytes, parser.in_body, bool(parser.unread)) == (0, False, False)


def test_continue_is_expected_only_until_the_body_is_there() -> None:
    parser = RequestParser(LIMITS)
    raw = head(b"Expect: 100-Continue", b"Content-Length: 3")
    assert parser.feed(raw) is None
    assert parser.expects_continue
    assert parser.feed(b"abc") is not None
    assert not parser.expects_continue
    assert parser.feed(raw + b"abc") is not None
    assert not parser.expects_continue


def test_chunk_lines_may_not_outweigh_the_data() -> None:
    parser = RequestParser(HttpLimits())
    with pytest.raises(HttpError, match="400"):
        parser.feed(CHUNKED + b"1\r\nx\r\n" * 100_000)


def test_many_empty_lines_are_passed_over() -> None:
    parser = RequestParser(LIMITS)
    assert parser.feed(b"\r\n" * 1000) is None
    assert parser.held_bytes == 0
    assert parser.feed(head()) is not None
