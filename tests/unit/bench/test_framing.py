import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.bench.framing import BadAnswer, Framer

PLAIN = b"HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 5\r\n\r\nhello"
ANSWERS = {
    "length last": (PLAIN, (200, b"hello")),
    "length first": (
        b"HTTP/1.1 200 OK\r\ncontent-length:5\r\nServer: x\r\n\r\nhello",
        (200, b"hello"),
    ),
    "odd case": (b"HTTP/1.1 404 No\r\nCONTENT-LENGTH: 2\r\nA: b\r\n\r\nno", (404, b"no")),
    "empty": (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", (503, b"")),
    "chunked": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
        (200, b"hello"),
    ),
    "closing": (
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
        (200, b"hello"),
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_comes_out_whole_and_byte_by_byte(name):
    data, expected = ANSWERS[name]
    assert Framer().feed(data) == expected
    framer = Framer()
    given = [framer.feed(data[at : at + 1]) for at in range(len(data))]
    assert given == [None] * (len(data) - 1) + [expected]


def test_an_answer_of_a_known_shape_closes_nothing():
    framer = Framer()
    for name in ("length last", "closing", "length last"):
        answer, expected = ANSWERS[name]
        assert framer.feed(answer) == expected
        assert framer.closing == (name == "closing")


@given(st.lists(st.sampled_from(sorted(ANSWERS)), max_size=6), st.data())
def test_answers_follow_each_other_however_they_are_cut(names, data):
    framer = Framer()
    for name in names:
        answer, expected = ANSWERS[name]
        cut = data.draw(st.integers(0, len(answer) - 1))
        if cut:
            assert framer.feed(answer[:cut]) is None
        assert framer.feed(answer[cut:]) == expected
        assert framer.closing == (name == "closing")


def test_an_answer_of_the_same_size_and_another_shape_is_read_anew():
    framer = Framer()
    assert framer.feed(PLAIN) == (200, b"hello")
    other = PLAIN.replace(b"200 OK", b"500 No")
    assert framer.feed(other) == (500, b"hello")
    shorter = b"HTTP/1.1 200 OK\r\nServer: xyz\r\nContent-Length: 3\r\n\r\nabc"
    assert len(shorter) == len(PLAIN)
    assert framer.feed(shorter) == (200, b"abc")
    assert framer.feed(PLAIN) == (200, b"hello")


@pytest.mark.parametrize(
    "data",
    [
        PLAIN + b"x",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc",
        b"x" * 70000,
    ],
)
def test_what_is_no_answer_is_refused(data):
    with pytest.raises(BadAnswer):
        Framer().feed(data)


def test_a_body_without_a_length_ends_with_the_connection():
    framer = Framer()
    assert framer.feed(b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\nhel") is None
    assert framer.feed(b"lo") is None
    assert framer.finish() == (200, b"hello")
    assert framer.closing


def test_an_answer_cut_off_by_the_end_of_the_connection_is_none():
    framer = Framer()
    framer.feed(PLAIN[:-1])
    with pytest.raises(BadAnswer):
        framer.finish()
    assert Framer().finish() is None
