"""Heads that repeat: the short cut gives what the long way gives, and is taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.http.heads import HttpLimits, parse_head
from tidegate.http.http1 import RequestParser
from tidegate.http.messages import HttpError, Request
from tidegate.http.repeat import Repetition, learn

LIMITS = HttpLimits(max_body_bytes=1000)


def signed(signature: str, length: int = 4, target: str = "Send", extra: str = "") -> bytes:
    return (
        f"POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: {target}\r\n"
        f"Authorization: Credential=x, Signature={signature}\r\n{extra}"
        f"Content-Length: {length}"
    ).encode("latin-1")


def taught(*heads: bytes) -> Repetition:
    known: Repetition | None = None
    for raw in heads:
        known = learn(known, raw, parse_head(raw, LIMITS), LIMITS)
    assert known is not None
    return known


def matched(known: Repetition, raw: bytes, start: int = 0) -> Request | None:
    return known.match(b"." * start + raw + b"\r\n\r\nbody", start, "")


@pytest.mark.parametrize("start", [0, 3])
def test_a_repeated_head_is_matched(start: int) -> None:
    known = taught(signed("aaaa"), signed("bbbb"))
    raw = signed("cccc")
    request = matched(known, raw, start)
    assert request is not None
    assert request.headers == parse_head(raw, LIMITS).headers
    assert (known.end, known.length) == (start + len(raw) + 4, 4)


@pytest.mark.parametrize("start", [0, 3])
def test_values_may_change_their_length(start: int) -> None:
    known = taught(signed("aaaa"), signed("bbbb", 10, "Receive"), signed("cccc"))
    raw = signed("e", 999, "ChangeMessageVisibility")
    request = matched(known, raw, start)
    assert request is not None
    assert request.headers == parse_head(raw, LIMITS).headers
    assert (known.end, known.length) == (start + len(raw) + 4, 999)


def test_an_equal_head_is_matched() -> None:
    known = taught(signed("aaaa"), signed("aaaa"))
    assert matched(known, signed("aaaa")) is not None
    assert matched(known, signed("bbbb")) is None


def test_one_head_teaches_nothing() -> None:
    assert matched(taught(signed("aaaa")), signed("aaaa")) is None


def test_blanks_around_a_moving_value_are_none_of_it() -> None:
    known = taught(signed("aaaa"), signed("bbbb"))
    for same_length in (signed("cc \t"), signed("cccccc  ")):
        request = matched(known, same_length)
        assert request is not None
        assert request.headers == parse_head(same_length, LIMITS).headers


@pytest.mark.parametrize("start", [0, 3])
@pytest.mark.parametrize(
    "other",
    [
        signed("cccc", extra="X: y\r\n"),
        signed("cccc").replace(b"POST", b"PUTS"),
        signed("cccc").replace(b"Host: a", b"Host: b"),
        signed("cccc").replace(b"Target", b"target"),
        signed("ccc\n"),
        signed("ccc\r"),
        signed("ccc\0"),
        signed("c\r\n "),
        signed("cccc", 1001),
        signed("cccc").replace(b": 4", b": a"),
        signed("cccc").replace(b": 4", b": -4"),
        signed("cccc").replace(b": 4", b": "),
        signed("cccc")[:-1],
        b"",
    ],
)
def test_everything_else_is_left_to_the_long_way(other: bytes, start: int) -> None:
    known = taught(signed("aaaa", 4), signed("bbbb", 5))
    assert matched(known, other, start) is None


def test_a_moving_value_that_decides_how_to_read_is_not_learned() -> None:
    close, keep = (signed("a", extra=f"Connection: {c}\r\n") for c in ("close", "keep-alive"))
    assert matched(taught(close, keep), keep) is None
    assert matched(taught(keep, keep), keep) is not None


@pytest.mark.parametrize(
    "raw",
    [
        signed("a", extra="Content-Type: a\r\nContent-Type: b\r\n"),
        signed("a", extra="Expect: 100-continue\r\n"),
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked",
        signed("a" * 5000),
    ],
)
def test_heads_that_are_not_plain_are_not_learned(raw: bytes) -> None:
    assert learn(None, raw, parse_head(raw, LIMITS), LIMITS) is None


def test_forgetting_changes_only_the_speed() -> None:
    parser = RequestParser(LIMITS)
    for _ in range(3):
        assert parser.feed(signed("aaaa") + b"\r\n\r\nbody") is not None
    parser.forget()
    request = parser.feed(signed("bbbb") + b"\r\n\r\nbody")
    assert request is not None
    assert request.body == b"body"


def test_requests_do_not_share_their_headers() -> None:
    parser = RequestParser(LIMITS)
    requests = [parser.feed(signed(s * 4) + b"\r\n\r\nbody") for s in "abcd"]
    signatures = [r.headers["authorization"][-4:] for r in requests if r is not None]
    assert signatures == ["aaaa", "bbbb", "cccc", "dddd"]


values = st.text(st.characters(max_codepoint=255), max_size=12)
names = st.sampled_from(["X-A", "x-a", "X-B", "Connection", "Host", "Content-Length", "Expect"])
fields = st.lists(st.tuples(names, values | st.sampled_from(["0", "3", "close", "a"])), max_size=5)


def requests_of(parser: RequestParser, raw: bytes) -> list[Request | int]:
    found: list[Request | int] = []
    try:
        request = parser.feed(raw)
        while request is not None:
            found.append(request)
            request = parser.next()
    except HttpError as error:
        found.append(error.status)
    return found


@given(fields, st.lists(st.tuples(st.integers(0, 4), values), max_size=6))
def test_a_connection_that_has_learned_reads_as_a_new_one_does(
    form: list[tuple[str, str]], changes: list[tuple[int, str]]
) -> None:
    """Heads of one form, with values changed from one to the next."""
    learned = RequestParser(LIMITS)
    current = [("Host", "a"), *form]
    for index, value in [(0, "a"), (0, "a"), *changes]:
        if index < len(current):
            current[index] = (current[index][0], value)
        lines = [f"{name}: {text}" for name, text in current]
        raw = "\r\n".join(["POST / HTTP/1.1", *lines, "", "body"]).encode("latin-1")
        expected = requests_of(RequestParser(LIMITS), raw)
        assert requests_of(learned, raw) == expected
        whole = len(expected) == 1 and isinstance(expected[0], Request)
        if not whole or learned.unread or learned.in_body:
            return  # The next head would no longer begin where the data does.
