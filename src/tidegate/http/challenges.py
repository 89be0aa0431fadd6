"""Credentials by name and password: Basic (RFC 7617) and Digest (RFC 7616), the client's side.

    challenges = parse_challenges(response.headers["www-authenticate"])
    answer = choose_answer(challenges, username, password)
    answer.header("POST", "/path?query", body, cnonce)      # the value of Authorization

An answer may be given again with the next requests: Digest counts how often it was.
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable
from typing import Final, Protocol

import msgspec

_TOKEN: Final = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_PARAMETER: Final = re.compile(rf'({_TOKEN})[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|({_TOKEN}))').match
_SCHEME: Final = re.compile(rf"({_TOKEN})(?:[ \t]+([A-Za-z0-9\-._~+/]+=*)(?=[ \t]*(?:,|$)))?").match
_BETWEEN: Final = re.compile(r"[ \t,]*").match

_HASHES: Final[dict[str, str]] = {"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256"}
_STRONGEST_FIRST: Final = ("SHA-512-256", "SHA-256", "MD5")


class Challenge(msgspec.Struct, frozen=True):
    """What a server asks for: scheme and parameters, names in lower case."""

    scheme: str
    parameters: dict[str, str]


class Answer(Protocol):
    """How requests to one server are signed from now on."""

    def header(self, method: str, target: str, body: bytes, cnonce: str) -> str: ...


def parse_challenges(value: str) -> list[Challenge]:
    """The challenges of a WWW-Authenticate header; what follows something unreadable is lost."""
    challenges: list[Challenge] = []
    position = _skip(value, 0)
    while position < len(value):
        scheme = _SCHEME(value, position)
        if scheme is None:
            break
        position = _skip(value, scheme.end())
        parameters: dict[str, str] = {}
        while (found := _PARAMETER(value, position)) is not None:
            quoted = found[2]
            text = found[3] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
            parameters[found[1].lower()] = text
            position = _skip(value, found.end())
        challenges.append(Challenge(scheme[1].lower(), parameters))
    return challenges


def _skip(value: str, position: int) -> int:
    found = _BETWEEN(value, position)
    assert found is not None
    return found.end()


def choose_answer(challenges: list[Challenge], username: str, password: str) -> Answer | None:
    """The answer to the strongest challenge that can be answered, None where none can."""
    digests = {
        _algorithm(challenge): challenge
        for challenge in reversed(challenges)
        if challenge.scheme == "digest" and _can_answer(challenge)
    }
    for name in _STRONGEST_FIRST:
        if name in digests:
            return DigestAnswer(digests[name].parameters, username, password)
    if any(challenge.scheme == "basic" for challenge in challenges):
        return BasicAnswer(username, password)
    return None


def _algorithm(challenge: Challenge) -> str:
    return challenge.parameters.get("algorithm", "MD5").upper().removesuffix("-SESS")


def _can_answer(challenge: Challenge) -> bool:
    name = _HASHES.get(_algorithm(challenge))
    known = name is not None and name in hashlib.algorithms_available
    quality = challenge.parameters.get("qop")
    return known and "nonce" in challenge.parameters and (quality is None or bool(_qop(quality)))


def _qop(offered: str) -> str:
    """The quality of protection to use: of the request line, or of the body too; "" for none."""
    names = [name.strip().lower() for name in offered.split(",")]
    return next((name for name in ("auth", "auth-int") if name in names), "")


class BasicAnswer:
    """Name and password as they are."""

    __slots__ = ("_value",)

    def __init__(self, username: str, password: str) -> None:
        self._value = "Basic " + b64encode(f"{username}:{password}".encode()).decode()

    def header(self, method: str, target: str, body: bytes, cnonce: str) -> str:
        return self._value

    def __repr__(self) -> str:
        return "BasicAnswer()"


class DigestAnswer:
    """A hash over name, password, request and the server's nonce."""

    __slots__ = ("_parameters", "_password", "_used", "_username")

    def __init__(self, parameters: dict[str, str], username: str, password: str) -> None:
        self._parameters = parameters
        self._username = username
        self._password = password
        self._used = 0

    def header(self, method: str, target: str, body: bytes, cnonce: str) -> str:
        """The value of Authorization (RFC 7616, 3.4)."""
        self._used += 1
        given = self._parameters
        algorithm, nonce, realm = (
            given.get("algorithm", "MD5"),
            given["nonce"],
            given.get("realm", ""),
        )
        digest = _digest_by(_HASHES[algorithm.upper().removesuffix("-SESS")])
        qop, count = _qop(given.get("qop", "")), f"{self._used:08x}"
        secret = digest(f"{self._username}:{realm}:{self._password}".encode())
        if algorithm.upper().endswith("-SESS"):
            secret = digest(f"{secret}:{nonce}:{cnonce}".encode())
        request = f"{method}:{target}"
        if qop == "auth-int":
            request += f":{digest(body)}"
        middle = f"{nonce}:{count}:{cnonce}:{qop}" if qop else nonce
        response = digest(f"{secret}:{middle}:{digest(request.encode())}".encode())
        fields = [*self._who(digest, realm), ("realm", realm), ("nonce", nonce), ("uri", target)]
        fields += [(name, given[name]) for name in ("opaque",) if name in given]
        parts = [f'{name}="{_quoted(value)}"' for name, value in fields]
        parts += [f'response="{response}"', f"algorithm={algorithm}"]
        if qop:
            parts += [f"qop={qop}", f"nc={count}", f'cnonce="{cnonce}"']
        if given.get("userhash", "").lower() == "true":
            parts.append("userhash=true")
        return "Digest " + ", ".join(parts)

    def _who(self, digest: Callable[[bytes], str], realm: str) -> list[tuple[str, str]]:
        if self._parameters.get("userhash", "").lower() == "true":
            return [("username", digest(f"{self._username}:{realm}".encode()))]
        return [("username", self._username)]

    def __repr__(self) -> str:
        return "DigestAnswer()"


def _digest_by(name: str) -> Callable[[bytes], str]:
    return lambda data: hashlib.new(name, data, usedforsecurity=False).hexdigest()


def _quoted(value: str) -> str:
    """The inside of a quoted string.  A header is Latin-1 to those who send it: UTF-8 goes as it
    is, byte by byte."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return escaped.encode().decode("latin-1")
