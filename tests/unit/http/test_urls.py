"""What stands in a URL gets into a request only in its proper form."""

from __future__ import annotations

import pytest

from tidegate.http.urls import BadUrl, parse_url


def test_parts_of_a_url() -> None:
    url = parse_url("https://us%40er:se%3Acret@Queues.Test:8443/a/b?c=d&e#f")
    assert (url.scheme, url.host, url.port) == ("https", "queues.test", 8443)
    assert url.target == "/a/b?c=d&e"
    assert (url.username, url.password) == ("us@er", "se:cret")
    assert url.authority == "queues.test:8443"


@pytest.mark.parametrize(
    ("text", "target", "authority"),
    [
        ("http://a.test", "/", "a.test"),
        ("http://a.test:80?x=1", "/?x=1", "a.test"),
        ("https://a.test:443/", "/", "a.test"),
        ("http://a.test:443/", "/", "a.test:443"),
        ("http://[::1]:8080/x", "/x", "[::1]:8080"),
        ("http://bücher.test/ü?ü=%20", "/%C3%BC?%C3%BC=%20", "xn--bcher-kva.test"),
        ("HTTP://A.TEST/", "/", "a.test"),
    ],
)
def test_forms(text: str, target: str, authority: str) -> None:
    url = parse_url(text)
    assert (url.target, url.authority) == (target, authority)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.test",
        "ftp://a.test/",
        "http://",
        "http:///path",
        "http://a.test:0/",
        "http://a.test:65536/",
        "http://a.test:x/",
        "http://a b.test/",
        "http://a.test/a b",
        "http://a.test/\r\nX: y",
        "http://a.test/\tx",
        "http://[::1%25eth0]/",
        "http://[v1.x]/",
        "http://[",
        "http://a..test/",
        "http://" + "a" * 64 + ".test/",
        "http://a%0d.test/",
    ],
)
def test_what_is_no_url(text: str) -> None:
    with pytest.raises(BadUrl):
        parse_url(text)


def test_credentials_are_in_no_repr() -> None:
    url = parse_url("https://user:hunter2@a.test/hook?token=hunter3")
    assert repr(url) == "Url(https://a.test/hook)"
