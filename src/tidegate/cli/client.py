"""A client of a server's IAM, for the commands: signs a request, sends it, reads the answer.

It is a client like any other: it knows of the server what IAM's API tells, and may do what its
access key may.  The protocol is Query (API version 2010-05-08), the signature SigV4.
"""

import http.client
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import SplitResult, urlencode
from xml.etree import ElementTree

import msgspec

from tidegate.api import iam
from tidegate.api.operation import Shape
from tidegate.auth.sigv4 import ALGORITHM, TERMINATOR, Scope, Signer, canonical_path, timestamp_of
from tidegate.http.messages import Request
from tidegate.wire.members import MemberType, members_of

Answer = dict[str, Any]
"""An output by the names of its members.  Instants are text, as they came; what is absent, absent.
"""

REGION: Final = "us-east-1"
"""IAM is global; its signatures are scoped to this region."""
_CONTENT_TYPE: Final = "application/x-www-form-urlencoded; charset=utf-8"
_FOREIGN: Final = "the server has answered {status} with what is no answer of IAM"
_TIMEOUT_S: Final = 30
_MOST_BYTES: Final = 64 * 1024 * 1024


class ServerRefusal(Exception):
    """The server has answered with an error."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(f"{code}: {message}" if message else code)


class NoAnswer(Exception):
    """Nothing came back that is an answer of IAM; the text says what happened."""


class Keys(msgspec.Struct, frozen=True):
    """Who calls."""

    access_key: str
    secret_key: str
    session_token: str | None = None

    def __repr__(self) -> str:
        return f"Keys({self.access_key!r})"


class Client:
    """IAM at `endpoint`, an http or https URL.  `clock` gives Unix seconds."""

    def __init__(
        self,
        endpoint: SplitResult,
        keys: Keys,
        trust: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._endpoint = endpoint
        self._keys = keys
        self._trust = trust
        self._clock = clock

    def call(self, operation: str, **parameters: Any) -> Answer:
        """The output of an operation; parameters that are None are left out.

        Raises ServerRefusal and NoAnswer.
        """
        form = {"Action": operation, "Version": iam.SERVICE.api_version}
        for name, value in parameters.items():
            form.update(_flattened(name, value))
        status, body = self._post(urlencode(form).encode())
        document = _parse(body, status)
        if status >= 300:
            raise _refusal(document, status)
        output = iam.OPERATIONS[operation].output
        result = document.find(f"{{*}}{operation}Result")
        if output is None:
            return {}
        if result is None:
            raise NoAnswer(_FOREIGN.format(status=status))
        return _structure(output, result)

    def pages(self, operation: str, member: str, **parameters: Any) -> Iterator[Any]:
        """All elements of the list `member` of an output that comes in pages."""
        marker: str | None = None
        while True:
            page = self.call(operation, Marker=marker, **parameters)
            yield from page.get(member, [])
            marker = page.get("Marker")
            if not page.get("IsTruncated") or marker is None:
                return

    def _post(self, body: bytes) -> tuple[int, bytes]:
        endpoint = self._endpoint
        path = endpoint.path or "/"
        headers = self._signed_headers(path, body)
        try:
            connection = self._connection()
            try:
                connection.request("POST", path, body, headers)
                response = connection.getresponse()
                return response.status, response.read(_MOST_BYTES)
            finally:
                connection.close()
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "strerror", None) or error or type(error).__name__
            raise NoAnswer(f"no answer from {endpoint.geturl()}: {reason}") from None

    def _connection(self) -> http.client.HTTPConnection:
        endpoint = self._endpoint
        host = endpoint.hostname or ""
        if endpoint.scheme == "https":
            return http.client.HTTPSConnection(
                host, endpoint.port, timeout=_TIMEOUT_S, context=self._trust
            )
        return http.client.HTTPConnection(host, endpoint.port, timeout=_TIMEOUT_S)

    def _signed_headers(self, path: str, body: bytes) -> Mapping[str, str]:
        keys, timestamp = self._keys, timestamp_of(int(self._clock()))
        headers = {
            "content-type": _CONTENT_TYPE,
            "host": self._endpoint.netloc,
            "x-amz-date": timestamp,
        }
        if keys.session_token is not None:
            headers["x-amz-security-token"] = keys.session_token
        scope = Scope(keys.access_key, timestamp[:8], REGION, iam.SERVICE.name, TERMINATOR)
        signer = Signer(keys.secret_key.encode(), scope, tuple(headers))
        request = Request("POST", path, "", dict(headers), body, True, 1, "")
        signature = signer.signature(request, canonical_path(path), "", timestamp)
        headers["authorization"] = (
            f"{ALGORITHM} Credential={keys.access_key}/{scope.text()}, "
            f"SignedHeaders={';'.join(list(headers))}, Signature={signature}"
        )
        return {**headers, "user-agent": "tidegate-cli"}


# --- The Query protocol ---------------------------------------------------------------------------


def _flattened(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """A parameter as the form has it: `Tags.member.1.Key` and so on."""
    if value is None:
        return
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from _flattened(f"{name}.{key}", member)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for number, element in enumerate(value, 1):
            yield from _flattened(f"{name}.member.{number}", element)
    else:
        yield name, str(value).lower() if isinstance(value, bool) else str(value)


def _parse(body: bytes, status: int) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(body)
    except ElementTree.ParseError:
        raise NoAnswer(_FOREIGN.format(status=status)) from None


def _refusal(document: ElementTree.Element, status: int) -> Exception:
    code = document.findtext(".//{*}Error/{*}Code")
    if code is None:
        return NoAnswer(_FOREIGN.format(status=status))
    return ServerRefusal(code, document.findtext(".//{*}Error/{*}Message") or "")


def _structure(shape: type[Shape], element: ElementTree.Element) -> Answer:
    found = {}
    for member in members_of(shape):
        child = element.find(f"{{*}}{member.name}")
        if child is not None:
            found[member.name] = _value(member.type, child)
    return found


def _value(kind: MemberType, element: ElementTree.Element) -> Any:
    if kind.kind is list:
        assert kind.element is not None, "a list has elements"
        return [_value(kind.element, child) for child in element]
    if kind.kind is dict:
        assert kind.element is not None, "a map has values"
        return {
            entry.findtext("{*}key", ""): _value(kind.element, value)
            for entry in element
            if (value := entry.find("{*}value")) is not None
        }
    if issubclass(kind.kind, Shape):
        return _structure(kind.kind, element)
    text = element.text or ""
    if kind.kind is bool:
        return text == "true"
    return int(text) if kind.kind is int else text
