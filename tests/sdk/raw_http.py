"""HTTP by hand: a socket, bytes, and a signature of AWS made without any SDK.

The signature follows AWS's page "Create a signed AWS API request" (Signature Version 4), written
here a second time on purpose: a mistake shared by the server and an SDK would otherwise not show.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
import json
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

REGION = "us-east-1"
JSON_TYPE = "application/x-amz-json-1.0"
FORM_TYPE = "application/x-www-form-urlencoded; charset=utf-8"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _stamp(at: datetime.datetime | None) -> str:
    moment = at or datetime.datetime.now(datetime.UTC)
    return moment.strftime("%Y%m%dT%H%M%SZ")


def _query(pairs: list[tuple[str, str]]) -> str:
    encoded = sorted((quote(key, safe="-_.~"), quote(value, safe="-_.~")) for key, value in pairs)
    return "&".join(f"{key}={value}" for key, value in encoded)


@dataclass(frozen=True)
class Signer:
    """An access key with its secret, and where and when it signs."""

    access_key: str = "test"
    secret: str = "test"
    region: str = REGION
    service: str = "sqs"
    at: datetime.datetime | None = None

    def headers(
        self,
        method: str,
        target: str,
        headers: dict[str, str],
        body: bytes,
        payload: str | None = None,
    ) -> dict[str, str]:
        """The given headers with X-Amz-Date and Authorization; `headers` must have Host.

        `payload` is what is signed in place of the body's digest.
        """
        stamp = _stamp(self.at)
        signed = {**headers, "X-Amz-Date": stamp}
        names = sorted(name.lower() for name in signed)
        signature = self._signature(method, target, signed, names, payload or _digest(body), stamp)
        authorization = (
            f"AWS4-HMAC-SHA256 Credential={self.access_key}/{self._scope(stamp)}, "
            f"SignedHeaders={';'.join(names)}, Signature={signature}"
        )
        return {**signed, "Authorization": authorization}

    def presigned(self, method: str, target: str, host: str, expires_s: int = 60) -> str:
        """The target with the signature in its query string; only Host is signed."""
        stamp = _stamp(self.at)
        path, _, query = target.partition("?")
        pairs = [
            *parse_qsl(query, keep_blank_values=True),
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            ("X-Amz-Credential", f"{self.access_key}/{self._scope(stamp)}"),
            ("X-Amz-Date", stamp),
            ("X-Amz-Expires", str(expires_s)),
            ("X-Amz-SignedHeaders", "host"),
        ]
        unsigned = f"{path}?{_query(pairs)}"
        signature = self._signature(method, unsigned, {"Host": host}, ["host"], _digest(b""), stamp)
        return f"{unsigned}&X-Amz-Signature={signature}"

    def _scope(self, stamp: str) -> str:
        return f"{stamp[:8]}/{self.region}/{self.service}/aws4_request"

    def _signature(
        self,
        method: str,
        target: str,
        headers: dict[str, str],
        names: list[str],
        payload: str,
        stamp: str,
    ) -> str:
        values = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
        path, _, query = target.partition("?")
        canonical = "\n".join(
            [
                method,
                quote(path, safe="/-_.~"),
                _query(parse_qsl(query, keep_blank_values=True)),
                *(f"{name}:{values[name]}" for name in names),
                "",
                ";".join(names),
                payload,
            ]
        )
        scope = self._scope(stamp)
        text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, _digest(canonical.encode())])
        key = _hmac(f"AWS4{self.secret}".encode(), stamp[:8])
        for part in (self.region, self.service, "aws4_request"):
            key = _hmac(key, part)
        return _hmac(key, text).hex()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> str:
        """The name of the error of the JSON protocol, without its namespace."""
        return str(self.json["__type"]).rpartition("#")[2]


class Connection:
    """One TCP connection that sends exactly what it is told."""

    def __init__(self, endpoint: str, limit_s: float = 30.0, source: str = "") -> None:
        """`source` is the address of this machine to call from."""
        place = urlsplit(endpoint)
        self.host = place.netloc
        self.socket = socket.create_connection(
            (place.hostname, place.port), limit_s, (source, 0) if source else None
        )
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._unread = b""

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def read(self) -> Answer | None:
        """The next answer, or None when the server has closed the connection."""
        while b"\r\n\r\n" not in self._unread:
            if not self._more():
                return None
        head, _, self._unread = self._unread.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(":")[::2] for line in lines)
        headers = {name.lower(): value.strip() for name, value in pairs}
        length = int(headers.get("content-length", "0"))
        while len(self._unread) < length and self._more():
            pass
        body, self._unread = self._unread[:length], self._unread[length:]
        assert len(body) == length, "the answer was cut off"
        return Answer(int(first.split()[1]), headers, body)

    def ask(self, data: bytes) -> Answer:
        self.send(data)
        answer = self.read()
        assert answer is not None, "the connection was closed without an answer"
        return answer

    def _more(self) -> bool:
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            return False
        self._unread += data
        return bool(data)


def request(
    method: str, target: str, headers: dict[str, str], body: bytes = b"", *, length: bool = True
) -> bytes:
    """The bytes of a request, with Content-Length unless told otherwise."""
    lines = [f"{method} {target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def json_call(
    host: str, action: str, body: bytes | dict[str, Any], signer: Signer | None = None
) -> bytes:
    """A signed call of the JSON protocol, as bytes."""
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Host": host, "Content-Type": JSON_TYPE, "X-Amz-Target": f"AmazonSQS.{action}"}
    signed = (signer or Signer()).headers("POST", "/", headers, payload)
    return request("POST", "/", signed, payload)


def query_call(
    host: str,
    parameters: dict[str, str],
    *,
    path: str = "/",
    signer: Signer | None = None,
    headers: dict[str, str] | None = None,
) -> bytes:
    """A signed POST of the Query protocol, as bytes."""
    payload = _query(list({"Version": "2012-11-05", **parameters}.items())).encode()
    all_headers = {"Host": host, "Content-Type": FORM_TYPE, **(headers or {})}
    signed = (signer or Signer()).headers("POST", path, all_headers, payload)
    return request("POST", path, signed, payload)


def get_call(
    host: str,
    path: str,
    parameters: dict[str, str],
    *,
    signer: Signer | None = None,
    headers: dict[str, str] | None = None,
) -> bytes:
    """A signed GET with the parameters in the query string, as bytes."""
    target = f"{path}?{_query(list(parameters.items()))}" if parameters else path
    signed = (signer or Signer()).headers("GET", target, {"Host": host, **(headers or {})}, b"")
    return request("GET", target, signed)
