"""The head of a request: the request line and the header lines, by RFC 9112, strictly.

What RFC 9112 lets a server repair (bare line feeds, folded lines, blanks before a colon, lengths
that are given twice) is refused here: a proxy before us that repairs it in another way would see
other requests than we do (request smuggling).
"""

import re
from dataclasses import dataclass

import msgspec

from tidegate.http.messages import HttpError

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch
_TARGET = re.compile(r"[!-~]+").fullmatch
_AUTHORITY = re.compile(r"[A-Za-z0-9.\-_~:\[\]%!$&'()*+,;=]*").fullmatch
_VERSION = re.compile(r"HTTP/([0-9])\.([0-9])").fullmatch
CONTROLS = bytes(set(range(32)) - {9} | {127})
"""All control characters but the tab; a field value may hold none of them (RFC 9110, 5.5)."""

_MANY_NAMES = 1024


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What a request may measure."""

    max_head_bytes: int = 64 * 1024
    max_request_line_bytes: int = 16 * 1024
    max_headers: int = 100
    max_body_bytes: int = 8 * 1024 * 1024
    """AWS JSON of 1 MiB may be escaped to six times its size."""
    max_chunk_line_bytes: int = 1024
    """One chunk-size line with its extensions."""
    max_trailer_bytes: int = 16 * 1024


class Head(msgspec.Struct, frozen=True):
    """A head, understood."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    repeated: dict[str, list[str]] | None
    minor: int
    keep_alive: bool
    content_length: int
    """0 where the request has no body, -1 where the body comes in chunks."""
    expects_continue: bool


def parse_head(head: bytes, limits: HttpLimits) -> Head:
    """Read a head: what stands before the empty line and its line end.  Raises HttpError."""
    lines = head.decode("latin-1").split("\r\n")
    if len(head) - len(head.translate(None, CONTROLS)) != 2 * (len(lines) - 1):
        raise HttpError(400, "a control character in the head")
    if len(lines[0]) > limits.max_request_line_bytes:
        raise HttpError(414, "the request line is too long")
    if len(lines) - 1 > limits.max_headers:
        raise HttpError(431, "too many header fields")
    method, target, minor = _request_line(lines[0])
    headers, repeated = _fields(lines)
    _check_host(headers, repeated, minor)
    path, query = _target(method, target, headers)
    return Head(
        method,
        path,
        query,
        headers,
        repeated,
        minor,
        _keep_alive(headers, minor),
        _body_length(headers, repeated, minor, limits.max_body_bytes),
        _expects_continue(headers, minor),
    )


def parse_length(value: str, max_body_bytes: int) -> int:
    """The value of a Content-Length.  Raises HttpError."""
    if not (value.isascii() and value.isdigit()):
        raise HttpError(400, "Content-Length is not a number")
    # Also keeps int() from digesting thousands of digits.
    if len(value) > 19 or (length := int(value)) > max_body_bytes:
        raise HttpError(413, f"the body is larger than {max_body_bytes} bytes")
    return length


def split_field(line: str) -> tuple[str, str]:
    """(lower-case name, value) of one header or trailer line.  Raises HttpError."""
    name, colon, value = line.partition(":")
    lower = _known_names.get(name)
    if lower is None:
        lower = _learn_name(name)
    if not colon:
        raise HttpError(400, "a header line without a colon")
    return lower, value.strip(" \t")


_known_names: dict[str, str] = {}


def _learn_name(name: str) -> str:
    # A folded line begins with a blank and one with a blank before its colon ends with one: neither
    # is a token.
    if not _TOKEN(name):
        raise HttpError(400, "a header name that is no token")
    lower = name.lower()
    if len(_known_names) < _MANY_NAMES and len(name) < 64:
        _known_names[name] = lower
    return lower


def _request_line(line: str) -> tuple[str, str, int]:
    parts = line.split(" ")
    if len(parts) != 3:
        raise HttpError(400, "the request line is not method, target and version")
    method, target, version = parts
    if not _TOKEN(method):
        raise HttpError(400, "the method is no token")
    if version == "HTTP/1.1":
        return method, target, 1
    found = _VERSION(version)
    if found is None:
        raise HttpError(400, "the version is not of the form HTTP/1.1")
    if found[1] != "1":
        raise HttpError(505, "only HTTP/1.x is spoken here")
    # A later 1.x is to be served as the last minor version that we know (RFC 9110, 2.5).
    return method, target, 0 if found[2] == "0" else 1


def _fields(lines: list[str]) -> tuple[dict[str, str], dict[str, list[str]] | None]:
    headers: dict[str, str] = {}
    repeated: dict[str, list[str]] | None = None
    for index in range(1, len(lines)):
        name, value = split_field(lines[index])
        if name in headers:
            if repeated is None:
                repeated = {}
            repeated.setdefault(name, [headers[name]]).append(value)
        else:
            headers[name] = value
    if repeated is not None:
        for name, values in repeated.items():
            headers[name] = ",".join(values)
    return headers, repeated


def _target(method: str, target: str, headers: dict[str, str]) -> tuple[str, str]:
    """(raw path, raw query).  The authority of an absolute target takes the place of Host."""
    if not _TARGET(target) or "#" in target:
        raise HttpError(400, "a character that no target may have")
    if method == "CONNECT":
        raise HttpError(501, "CONNECT is not served")
    if target[0] != "/":
        if target == "*" and method == "OPTIONS":
            return "*", ""
        target = _absolute(target, headers)
    path, _, query = target.partition("?")
    return path, query


def _absolute(target: str, headers: dict[str, str]) -> str:
    scheme, separator, rest = target.partition("://")
    if not separator or scheme.lower() not in ("http", "https"):
        raise HttpError(400, "the target is neither a path nor an http URL")
    end = min(i for i in (rest.find("/"), rest.find("?"), len(rest)) if i >= 0)
    authority = rest[:end]
    if not authority or not _AUTHORITY(authority):
        raise HttpError(400, "the target names no host")
    headers["host"] = authority
    rest = rest[end:]
    return rest if rest.startswith("/") else "/" + rest


def _check_host(headers: dict[str, str], repeated: dict[str, list[str]] | None, minor: int) -> None:
    host = headers.get("host")
    if host is None:
        if minor:
            raise HttpError(400, "a request without Host")
    elif repeated is not None and "host" in repeated:
        raise HttpError(400, "more than one Host")
    elif not _AUTHORITY(host):
        raise HttpError(400, "Host is no host")


def _keep_alive(headers: dict[str, str], minor: int) -> bool:
    connection = headers.get("connection")
    if connection is None:
        return minor == 1
    options = [option.strip(" \t").lower() for option in connection.split(",")]
    if "close" in options:
        return False
    return minor == 1 or "keep-alive" in options


def _body_length(
    headers: dict[str, str],
    repeated: dict[str, list[str]] | None,
    minor: int,
    max_body_bytes: int,
) -> int:
    """The length of the body, -1 for chunks."""
    length = headers.get("content-length")
    coding = headers.get("transfer-encoding")
    if coding is not None:
        if length is not None:
            raise HttpError(400, "both Content-Length and Transfer-Encoding")
        if minor == 0:
            raise HttpError(400, "Transfer-Encoding in HTTP/1.0")
        if coding.lower() != "chunked":
            raise HttpError(501, "the only transfer coding served is chunked")
        return -1
    if length is None:
        return 0
    if repeated is not None and "content-length" in repeated:
        raise HttpError(400, "more than one Content-Length")
    return parse_length(length, max_body_bytes)


def _expects_continue(headers: dict[str, str], minor: int) -> bool:
    expect = headers.get("expect")
    if expect is None or minor == 0:
        return False
    if expect.lower() != "100-continue":
        raise HttpError(417, "the only expectation served is 100-continue")
    return True
