"""URLs that requests go to: `http` and `https`, with or without credentials in them.

    parse_url("https://user:secret@queues.test:8443/a?b=c")

What stands in a URL may come from anybody, so nothing of it gets into a request unchecked: the
host is brought into ASCII (RFC 5890), what a path may not hold is percent-encoded (RFC 3986), and
control characters or blanks are refused.
"""

import ipaddress
import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote, urlsplit

import msgspec

_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"[A-Za-z0-9._-]{1,253}").fullmatch
_UNFIT: Final = re.compile(r"[\x00-\x20\x7f]").search
_PATH_CHARACTERS: Final = "/?%:@!$&'()*+,;=-._~[]"

Origin = tuple[str, str, int]
"""Scheme, host and port: what a connection belongs to."""


class BadUrl(ValueError):
    """What was given is no URL that a request can go to.  The text says why, not what it was."""


class Url(msgspec.Struct, frozen=True):
    """A URL, understood.  `host` has no brackets, `target` is path and query, both in ASCII."""

    scheme: str
    host: str
    port: int
    target: str
    username: str | None = None
    password: str = ""

    @property
    def origin(self) -> Origin:
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """The value of the Host header: without credentials, and without a port that is usual."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def __repr__(self) -> str:
        """Without the credentials, and without a query, which may hold a secret too."""
        return f"Url({self.scheme}://{self.authority}{self.target.partition('?')[0]})"


@lru_cache(maxsize=4096)
def parse_url(text: str) -> Url:
    """Raises BadUrl."""
    if _UNFIT(text):
        raise BadUrl("a blank or a control character in the URL")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise BadUrl("the URL's host or port is none") from None
    if parts.scheme not in _PORTS:
        raise BadUrl("the URL begins neither with http:// nor with https://")
    if port == 0:
        raise BadUrl("the URL's port is 0")
    target = quote(parts.path or "/", safe=_PATH_CHARACTERS)
    if parts.query:
        target += "?" + quote(parts.query, safe=_PATH_CHARACTERS)
    return Url(
        scheme=parts.scheme,
        host=_host(parts.hostname or "", "[" in parts.netloc),
        port=port or _PORTS[parts.scheme],
        target=target,
        username=None if parts.username is None else unquote(parts.username),
        password=unquote(parts.password or ""),
    )


def _host(host: str, is_bracketed: bool) -> str:
    if is_bracketed:
        try:
            address = ipaddress.IPv6Address(host)
        except ValueError:
            raise BadUrl("the URL's host is no IPv6 address") from None
        if address.scope_id is not None:
            raise BadUrl("the URL's host is an address of one interface")
        return str(address)
    try:
        host = host.encode("idna").decode()
    except UnicodeError:
        raise BadUrl("the URL's host is no name of a host") from None
    if not _HOST(host):
        raise BadUrl("the URL's host is no name of a host")
    return host.lower()
