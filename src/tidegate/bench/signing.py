"""Requests as boto3 sends them, each signed on its own (SigV4), for as little time as possible.

A signature is four hashes: of the body, of the canonical request, and the two of an HMAC.  What
they read changes only at its end from one request to the next of the same second, so each hash
starts as a copy of one that has read the beginning:

    body        <fixed>                                   | <tail>
    canonical   POST / headers signed-headers             | <hash of the body>
    inner       <key pad> AWS4-HMAC-SHA256 date scope     | <hash of the canonical request>
    outer       <key pad>                                 | <inner>

Rules: "Create a signed AWS API request" in AWS's IAM guide; the headers are those of boto3 1.43.
"""

import hashlib
import hmac
import time
from typing import Any

_JSON = "application/x-amz-json-1.0"
_FORM = "application/x-www-form-urlencoded; charset=utf-8"
_USER_AGENT = (
    "Boto3/1.43.117 md/Botocore#1.43.117 ua/2.1 os/linux#6.18.44 md/arch#x86_64 "
    "lang/python#3.11.7 md/pyimpl#CPython m/e,Z,D,N,b cfg/retry-mode#legacy Botocore/1.43.117"
)
_INVOCATION = "62537c50-1eef-46d7-b673-8fd739c13bf1"
_INNER_PAD = bytes(byte ^ 0x36 for byte in range(256))
_OUTER_PAD = bytes(byte ^ 0x5C for byte in range(256))


class Signer:
    """The key of one caller, and the second that requests are dated with."""

    def __init__(
        self, access_key: str, secret_key: str, region: str, service: str = "sqs", now: float = 0
    ) -> None:
        self.access_key = access_key
        self._secret_key = secret_key
        self._region = region
        self._service = service
        self.stamp = ""
        """The date of requests, such as 20261124T103735Z."""
        self.scope = ""
        self.inner: Any = None
        self.outer: Any = None
        self.advance(now or time.time())

    def of(self, service: str) -> "Signer":
        """One with the same key for requests to another service."""
        return Signer(self.access_key, self._secret_key, self._region, service)

    def advance(self, now: float) -> None:
        """Date requests from here on with `now` (seconds since the epoch)."""
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
        if stamp[:8] != self.stamp[:8]:
            self._derive(stamp[:8])
        self.stamp = stamp

    def _derive(self, day: str) -> None:
        self.scope = f"{day}/{self._region}/{self._service}/aws4_request"
        key = f"AWS4{self._secret_key}".encode()
        for part in self.scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        block = key.ljust(64, b"\0")
        self.inner = hashlib.sha256(block.translate(_INNER_PAD))
        self.outer = hashlib.sha256(block.translate(_OUTER_PAD))


class RequestTemplate:
    """All requests of one action whose bodies begin alike.

    `fixed` is the beginning of the body, `build(tail)` gives the request with the body
    `fixed + tail`, dated with the signer's second.  SQS is spoken in JSON, with the action in a
    header; without one the body is a form of the Query protocol, which names its action itself.
    """

    __slots__ = (
        "_action",
        "_after_signature",
        "_before_signature",
        "_body",
        "_canonical",
        "_fixed",
        "_fixed_bytes",
        "_host",
        "_inner",
        "_outer",
        "_signer",
        "_stamp",
    )

    def __init__(self, signer: Signer, host: str, action: str | None, fixed: bytes) -> None:
        self._signer = signer
        self._host = host
        self._action = action
        self._fixed = fixed
        self._fixed_bytes = len(fixed)
        self._body = hashlib.sha256(fixed)
        self._after_signature = (
            f"\r\namz-sdk-invocation-id: {_INVOCATION}\r\namz-sdk-request: attempt=1"
            "\r\nContent-Length: "
        ).encode()
        self._stamp = ""
        self._prepare()

    def _prepare(self) -> None:
        signer = self._signer
        self._stamp = stamp = signer.stamp
        headers = self._protocol_headers()
        signed = {"host": self._host, "x-amz-date": stamp}
        signed |= {name.lower(): value for name, value in headers}
        names = ";".join(sorted(signed))
        lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        canonical = f"POST\n/\n\n{lines}\n{names}\n"
        self._canonical = hashlib.sha256(canonical.encode())
        self._inner = signer.inner.copy()
        self._inner.update(f"AWS4-HMAC-SHA256\n{stamp}\n{signer.scope}\n".encode())
        self._outer = signer.outer
        self._before_signature = (
            f"POST / HTTP/1.1\r\nHost: {self._host}\r\nAccept-Encoding: identity\r\n"
            + "".join(f"{name}: {value}\r\n" for name, value in headers)
            + f"User-Agent: {_USER_AGENT}\r\nX-Amz-Date: {stamp}\r\n"
            f"Authorization: AWS4-HMAC-SHA256 Credential={signer.access_key}/{signer.scope}, "
            f"SignedHeaders={names}, Signature="
        ).encode()

    def _protocol_headers(self) -> list[tuple[str, str]]:
        if self._action is None:
            return [("Content-Type", _FORM)]
        return [
            ("X-Amz-Target", f"AmazonSQS.{self._action}"),
            ("Content-Type", _JSON),
            ("x-amzn-query-mode", "true"),
        ]

    def build(self, tail: bytes) -> bytes:
        """The whole request, head and body."""
        if self._stamp is not self._signer.stamp:
            self._prepare()
        return self.assemble(self.sign(tail), tail)

    def sign(self, tail: bytes) -> bytes:
        """The signature of the request with this tail, dated as the last one that was built."""
        body = self._body.copy()
        body.update(tail)
        canonical = self._canonical.copy()
        canonical.update(body.hexdigest().encode())
        inner = self._inner.copy()
        inner.update(canonical.hexdigest().encode())
        outer = self._outer.copy()
        outer.update(inner.digest())
        signature: str = outer.hexdigest()
        return signature.encode()

    def assemble(self, signature: bytes, tail: bytes) -> bytes:
        """The request with a signature that `sign` has given for it, and its date.

        Nothing may be built in between: it would date the template anew.
        """
        return b"%b%b%b%d\r\n\r\n%b%b" % (
            self._before_signature,
            signature,
            self._after_signature,
            self._fixed_bytes + len(tail),
            self._fixed,
            tail,
        )
