"""Responses come out of bytes however those are cut, or a reason why none does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.http.responses import BrokenResponse, Response, ResponseLimits, ResponseParser

LIMITS = ResponseLimits(max_head_bytes=500, max_body_bytes=10)

WHOLE = [
    (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", True),
    (b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, b"", True),
    (b"HTTP/1.1 500 Oh No\nContent-Length: 2\n\nno", 500, b"no", True),
    (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
    (b"HTTP/1.1 304 Same\r\nContent-Length: 7\r\n\r\n", 304, b"", True),
    (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", False),
    (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", False),
    (
        b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok",
        *(200, b"ok", True),
    ),
    (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        200,
        b"ok",
        True,
    ),
    (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        *(200, b"ok", True),
    ),
    (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", 101, b"", False),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok", 200, b"ok", True),
]


def parsed(data: bytes, cut: int = 0) -> Response | None:
    parser = ResponseParser(LIMITS)
    pieces = [data[i : i + cut] for i in range(0, len(data), cut)] if cut else [data]
    for piece in pieces:
        response = parser.feed(piece)
        if response is not None:
            return response
    return None


@pytest.mark.parametrize(("data", "status", "body", "keep_alive"), WHOLE)
@pytest.mark.parametrize("cut", [0, 1])
def test_whole_responses(data: bytes, status: int, body: bytes, keep_alive: bool, cut: int) -> None:
    response = parsed(data, cut)
    assert response is not None
    assert (response.status, response.body, response.keep_alive) == (status, body, keep_alive)


def test_repeated_headers_are_joined() -> None:
    head = b"HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\nwww-authenticate: Digest\r\n"
    response = parsed(head + b"Content-Length: 0\r\n\r\n")
    assert response is not None
    assert response.headers["www-authenticate"] == "Basic, Digest"


def test_one_response_after_the_other() -> None:
    parser = ResponseParser(LIMITS)
    for status in (200, 404, 200):
        data = b"HTTP/1.1 %d X\r\nContent-Length: 1\r\n\r\nx" % status
        response = parser.feed(data)
        assert response is not None
        assert response.status == status
        assert not parser.started


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK",
        b"HTTP/1.1 204 No\r\n\r\nbody",
    ],
)
def test_what_comes_unasked_spoils_the_connection(data: bytes) -> None:
    response = parsed(data)
    assert response is not None
    assert not response.keep_alive


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n0123456789abc",
        b"HTTP/1.1 200 OK\r\n\r\n0123456789abc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n9\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n0123456789abc",
    ],
)
def test_body_that_is_too_large_is_cut(data: bytes) -> None:
    response = parsed(data)
    assert response is not None
    assert (response.body, response.keep_alive) == (b"0123456789", False)


def test_body_ends_with_the_connection() -> None:
    parser = ResponseParser(LIMITS)
    assert parser.feed(b"HTTP/1.1 200 OK\r\n\r\nab") is None
    assert parser.feed(b"cd") is None
    response = parser.end()
    assert (response.status, response.body, response.keep_alive) == (200, b"abcd", False)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
    ],
)
def test_connection_ends_too_early(data: bytes) -> None:
    parser = ResponseParser(LIMITS)
    assert not data or parser.feed(data) is None
    with pytest.raises(BrokenResponse):
        parser.end()


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 099 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\x00c\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 20 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxx\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * 500,
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * 500 + b"\r\n\r\n",
    ],
)
def test_what_is_no_response(data: bytes) -> None:
    with pytest.raises(BrokenResponse):
        parsed(data)


@given(st.binary(max_size=60), st.integers(1, 7))
def test_anything_is_a_response_or_a_reason(tail: bytes, cut: int) -> None:
    for head in (
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ):
        try:
            found = parsed(head + tail, cut)
        except BrokenResponse:
            continue
        assert found is None or len(found.body) <= LIMITS.max_body_bytes
