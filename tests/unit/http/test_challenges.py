"""Answers to challenges, against the examples of RFC 7616 and RFC 7617."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.http.challenges import choose_answer, parse_challenges

NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
OPAQUE = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"


def digest(algorithm: str, **more: str) -> str:
    given = {"realm": "http-auth@example.org", "qop": "auth, auth-int", "nonce": NONCE}
    pairs = (given | {"opaque": OPAQUE} | more).items()
    return f"Digest algorithm={algorithm}, " + ", ".join(f'{k}="{v}"' for k, v in pairs)


def answer(value: str, username: str = "Mufasa", password: str = "Circle of Life") -> str:
    made = choose_answer(parse_challenges(value), username, password)
    assert made is not None
    return made.header("GET", "/dir/index.html", b"", CNONCE)


def field(header: str, name: str) -> str:
    found = re.search(rf'\b{name}="?([^",]*)', header)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_digest_of_rfc_7616(algorithm: str, response: str) -> None:
    """RFC 7616, 3.9.1."""
    header = answer(digest(algorithm))
    assert field(header, "response") == response
    assert field(header, "opaque") == OPAQUE
    assert field(header, "nc") == "00000001"
    assert field(header, "qop") == "auth"
    assert field(header, "uri") == "/dir/index.html"


def test_digest_without_quality_of_protection() -> None:
    """RFC 2069, 2.4, with its erratum 749."""
    value = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
    header = answer(value, "Mufasa", "CircleOfLife")
    assert field(header, "response") == "1949323746fe6a43ef61f9606e7febea"
    assert "qop=" not in header
    assert "cnonce" not in header


def test_digest_covers_the_body_where_only_that_is_offered() -> None:
    made = choose_answer(parse_challenges(digest("MD5", qop="auth-int")), "u", "p")
    assert made is not None
    first = field(made.header("POST", "/", b"body", "c"), "response")
    made = choose_answer(parse_challenges(digest("MD5", qop="auth-int")), "u", "p")
    assert made is not None
    assert field(made.header("POST", "/", b"other", "c"), "response") != first


def test_digest_counts_its_uses_and_session_keys_depend_on_the_cnonce() -> None:
    made = choose_answer(parse_challenges(digest("MD5-sess")), "u", "p")
    assert made is not None
    headers = [made.header("POST", "/", b"", cnonce) for cnonce in ("a", "b")]
    assert [field(header, "nc") for header in headers] == ["00000001", "00000002"]
    assert [field(header, "algorithm") for header in headers] == ["MD5-sess"] * 2


def test_name_is_hashed_where_the_server_wants_that() -> None:
    """RFC 7616, 3.9.2, has this name and realm with SHA-512-256."""
    value = digest("SHA-256", userhash="true", realm="api@example.org")
    header = answer(value, "Jäsøn Doe", "Secret, or not?")
    assert len(field(header, "username")) == 64
    assert header.endswith("userhash=true")


def test_basic_of_rfc_7617() -> None:
    assert answer('Basic realm="WallyWorld"', "Aladdin", "open sesame") == (
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    )
    assert answer('Basic realm="foo", charset="UTF-8"', "test", "123£") == "Basic dGVzdDoxMjPCow=="


def test_strongest_challenge_is_answered() -> None:
    both = f'Basic realm="x", {digest("MD5")}, {digest("SHA-256")}, Negotiate abc=='
    assert field(answer(both), "algorithm") == "SHA-256"
    assert answer('Negotiate, Basic realm="x"').startswith("Basic ")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Negotiate",
        'Bearer realm="x"',
        'Digest realm="x"',
        digest("SHA-3"),
        digest("MD5", qop="new"),
        "\x00",
        '"',
    ],
)
def test_what_cannot_be_answered(value: str) -> None:
    assert choose_answer(parse_challenges(value), "u", "p") is None


def test_quotes_are_escaped_both_ways() -> None:
    value = digest("MD5", realm=r"a \"b\"")
    header = answer(value, 'me "x"')
    assert r'realm="a \"b\""' in header
    assert r'username="me \"x\""' in header


def test_secrets_are_in_no_repr() -> None:
    for value in ('Basic realm="x"', digest("MD5")):
        assert "hunter2" not in repr(choose_answer(parse_challenges(value), "u", "hunter2"))


@given(st.text(max_size=80))
def test_any_header_is_read_somehow(value: str) -> None:
    made = choose_answer(parse_challenges(value), "u", "p")
    assert made is None or made.header("POST", "/", b"", "c")
