"""Signature Version 4: what was signed, with which key, and what the signature must be.

    signature         = hex(HMAC(signing key, string to sign))
    signing key       = HMAC(HMAC(HMAC(HMAC("AWS4" + secret, date), region), service), terminator)
    string to sign    = lines: "AWS4-HMAC-SHA256", timestamp, scope, hex(SHA-256(canonical request))
    scope             = date / region / service / "aws4_request"
    canonical request = lines: method, path, query, a line `name:value` for each signed header, an
                        empty one, the names of the signed headers, hex(SHA-256(body))

Rules: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html.  The hash of the
body is always computed here, whatever `x-amz-content-sha256` says: SQS takes no unsigned payload.

Everything here is pure.  Text of a request (path, query, headers) is ISO-8859-1, as it stands in
the bytes on the wire; header values come without white space around them.
"""

import base64
import calendar
import time
from collections.abc import Callable, Iterable, Mapping
from email.utils import parsedate_to_datetime
from hashlib import sha256
from hmac import digest as hmac_digest
from operator import itemgetter
from typing import Any, Protocol
from urllib.parse import quote, unquote_to_bytes

import msgspec

from tidegate.base.refusals import IncompleteSignature, SignatureDoesNotMatch

ALGORITHM = "AWS4-HMAC-SHA256"
TERMINATOR = "aws4_request"

_INNER_PAD = bytes(byte ^ 0x36 for byte in range(256))
_OUTER_PAD = bytes(byte ^ 0x5C for byte in range(256))
_SHA256_BLOCK_BYTES = 64
_MAX_BEGUN = 16
_MAX_BEGUN_CHARS = 2_048
"""How many beginnings of canonical requests a signer keeps, and of what length: a client may put
into them what it likes."""


class SignedRequest(Protocol):
    """What a signature is about."""

    @property
    def method(self) -> str: ...

    @property
    def path(self) -> str:
        """As sent, percent-encoded."""

    @property
    def query(self) -> str:
        """As sent, without the question mark; empty where there is none."""

    @property
    def headers(self) -> Mapping[str, str]:
        """By lower-case name."""

    @property
    def body(self) -> bytes: ...


class Scope(msgspec.Struct, frozen=True):
    """A credential: `<access key>/<date>/<region>/<service>/<terminator>`."""

    access_key: str
    date: str
    region: str
    service: str
    terminator: str

    def text(self) -> str:
        """The part that is signed."""
        return f"{self.date}/{self.region}/{self.service}/{self.terminator}"


class Claim(msgspec.Struct, frozen=True):
    """What a request says about its own signature, before any of it is believed."""

    algorithm: str
    credential: str
    names: tuple[str, ...]
    """The signed headers: lower case, sorted."""
    signature: str


# --- Reading the claim -------------------------------------------------------------------------


def parse_authorization(header: str, has_date: bool) -> Claim:
    """The claim of an Authorization header that starts with `AWS4-`.

    Raises IncompleteSignature that names each part which is missing.  AWS shows the header as a
    hash, so that an answer (and a log of it) never holds what may be a secret in the wrong place.
    """
    algorithm, _, rest = header.partition(" ")
    parts: dict[str, str] = {}
    for piece in rest.replace(",", " ").split():
        name, equals, value = piece.partition("=")
        if not equals:
            raise IncompleteSignature(
                "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with "
                f"SHA-256 and encoded with Base64): '{_hashed(header)}'."
            )
        parts[name] = value
    missing = [
        f"Authorization header requires '{name}' parameter."
        for name in ("Credential", "Signature", "SignedHeaders")
        if not parts.get(name)
    ]
    if not has_date:
        missing.append(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        )
    if missing:
        missing.append(
            f"(Hashed with SHA-256 and encoded with Base64) Authorization={_hashed(header)}"
        )
        raise IncompleteSignature(" ".join(missing))
    return Claim(
        algorithm=algorithm,
        credential=parts["Credential"],
        names=_signed_names(parts["SignedHeaders"]),
        signature=parts["Signature"],
    )


def parse_presigned(query: Mapping[str, str]) -> Claim:
    """The claim of a presigned URL from its decoded query parameters.

    Raises IncompleteSignature that names each parameter which is missing.
    """
    missing = [
        f"AWS query-string parameters must include '{name}'."
        for name in (
            "X-Amz-Algorithm",
            "X-Amz-Credential",
            "X-Amz-Signature",
            "X-Amz-SignedHeaders",
            "X-Amz-Date",
        )
        if not query.get(name)
    ]
    if missing:
        missing.append("Re-examine the query-string parameters.")
        raise IncompleteSignature(" ".join(missing))
    return Claim(
        algorithm=query["X-Amz-Algorithm"],
        credential=query["X-Amz-Credential"],
        names=_signed_names(query["X-Amz-SignedHeaders"]),
        signature=query["X-Amz-Signature"],
    )


def parse_credential(credential: str) -> Scope:
    """The five parts of a credential; an access key may hold slashes of its own, the rest not."""
    parts = credential.rsplit("/", 4)
    if len(parts) != 5 or not all(parts):
        raise IncompleteSignature(
            "Credential must have exactly 5 slash-delimited elements, e.g. "
            f"keyid/date/region/service/term, got '{credential}'"
        )
    return Scope(*parts)


def scope_service(request: SignedRequest) -> str | None:
    """The service that a request says it is signed for, before any of it is believed.

    None where it says none; nothing else is checked.
    """
    authorization = request.headers.get("authorization")
    if authorization is not None:
        credential = authorization.partition("Credential=")[2].partition(",")[0].strip()
        # Parts may be separated by white space alone.
        credential = credential.partition(" ")[0]
    elif "X-Amz-Credential=" in request.query:
        credential = parse_query(request.query).get("X-Amz-Credential", "")
    else:
        return None
    parts = credential.rsplit("/", 4)
    return parts[3] or None if len(parts) == 5 else None


def parse_expires(text: str | None) -> int | None:
    """How long a presigned URL stands, in seconds: 1 to 604,800.  None where it does not say."""
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()):
        raise IncompleteSignature("X-Amz-Expires should be a number")
    # No more digits than the limit has: int() of a very long number is slow, then an error.
    seconds = int(text) if len(text) <= 9 else 10**9
    if seconds < 1:
        raise IncompleteSignature("X-Amz-Expires must be greater than zero")
    if seconds > 604_800:
        raise IncompleteSignature(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given "
            "X-Amz-Expires must be less than 604800 seconds"
        )
    return seconds


def parse_query(query: str) -> dict[str, str]:
    """Query parameters by decoded name; the first one of a name counts."""
    found: dict[str, str] = {}
    for piece in query.split("&"):
        name, _, value = piece.partition("=")
        found.setdefault(_decoded(name).decode("latin-1"), _decoded(value).decode("latin-1"))
    return found


def _signed_names(text: str) -> tuple[str, ...]:
    return tuple(sorted(set(text.lower().split(";"))))


def _hashed(text: str) -> str:
    digest = sha256(text.encode("utf-8", "surrogatepass")).digest()
    return base64.b64encode(digest).decode()


# --- Time --------------------------------------------------------------------------------------


def instant_of(timestamp: str) -> int:
    """Unix seconds of `20261124T103000Z`.  Raises SignatureDoesNotMatch for anything else."""
    shape_fits = (
        len(timestamp) == 16
        and timestamp[8] == "T"
        and timestamp[15] == "Z"
        and timestamp.isascii()
        and (timestamp[:8] + timestamp[9:15]).isdigit()
    )
    try:
        if shape_fits:
            return calendar.timegm(time.strptime(timestamp, "%Y%m%dT%H%M%SZ"))
    except (ValueError, OverflowError):
        pass  # the thirtieth of February and its like: refused below
    raise SignatureDoesNotMatch(
        f"Date must be in ISO-8601 'basic format'. Got '{timestamp}'. "
        "See http://en.wikipedia.org/wiki/ISO_8601"
    )


def timestamp_of(instant: int) -> str:
    """`20261124T103000Z` of Unix seconds."""
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(instant))


def timestamp_of_date(date: str) -> str:
    """The timestamp of a `Date` header, which stands in for `X-Amz-Date`: in ISO 8601's basic
    form as it is, or an HTTP date."""
    if len(date) == 16 and date[8:9] == "T":
        return date
    try:
        return timestamp_of(calendar.timegm(parsedate_to_datetime(date).utctimetuple()))
    except (ValueError, OverflowError):
        return date


# --- The canonical request -----------------------------------------------------------------------


def canonical_path(path: str) -> str:
    """The path, its dot segments and double slashes removed, then encoded once more.

    Every service but S3 encodes the path that was sent (already encoded) a second time.
    """
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            if kept:
                kept.pop()
        elif segment and segment != ".":
            kept.append(segment)
    normal = "/" + "/".join(kept)
    if path.endswith("/") and kept:
        normal += "/"
    return quote(_wire_bytes(normal), safe="/~")


def canonical_query(query: str, *, presigned: bool = False) -> str:
    """The parameters, decoded, encoded again AWS's way, and sorted by name and value.

    In a presigned URL all parameters are signed but the signature itself.
    """
    if not query:
        return ""
    pairs: list[tuple[str, str]] = []
    for piece in query.split("&"):
        if not piece:
            continue
        name, _, value = piece.partition("=")
        pairs.append((quote(_decoded(name), safe="-_.~"), quote(_decoded(value), safe="-_.~")))
    pairs.sort()
    return "&".join(
        f"{name}={value}" for name, value in pairs if not (presigned and name == "X-Amz-Signature")
    )


def _decoded(text: str) -> bytes:
    """The bytes of a query's name or value; a plus sign is a space, as in a form."""
    return unquote_to_bytes(_wire_bytes(text.replace("+", " ")))


def _wire_bytes(text: str) -> bytes:
    """The bytes of a request's text; what no wire can carry was signed by nobody."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        raise SignatureDoesNotMatch from None


def unsigned_amz_headers(headers: Iterable[str], names: Iterable[str]) -> list[str]:
    """The `x-amz-*` headers that the request holds and its signature does not cover."""
    signed = set(names)
    return [name for name in headers if name.startswith("x-amz-") and name not in signed]


# --- The signature -------------------------------------------------------------------------------


class Signer:
    """Computes the signatures of one access key, scope and list of signed headers.

    Each of the four hashes of a signature starts as a copy of one that has read what does not
    change.  The signing key is two such hashes, the inner and the outer one of its HMAC: to copy
    them takes a third of the time of an HMAC from the key.  And until the clock's next second a
    client's canonical requests to one operation differ in nothing but the hash of the body at
    their end, so what stands before it is hashed once and kept (`_Begun`).
    """

    __slots__ = (
        "_begun",
        "_inner",
        "_names",
        "_outer",
        "_scope",
        "_template",
        "_timestamp",
        "_values",
    )

    def __init__(self, secret: bytes, scope: Scope, names: tuple[str, ...]) -> None:
        key = b"AWS4" + secret
        for step in (scope.date, scope.region, scope.service, scope.terminator):
            key = hmac_digest(key, step.encode("latin-1"), "sha256")
        block = key.ljust(_SHA256_BLOCK_BYTES, b"\0")
        self._inner = sha256(block.translate(_INNER_PAD))
        self._outer = sha256(block.translate(_OUTER_PAD))
        self._scope = scope.text()
        self._names = ";".join(names)
        self._template = "".join(name.replace("%", "%%") + ":%s\n" for name in names)
        self._values: Callable[[Mapping[str, str]], Any] = itemgetter(*names)
        if len(names) == 1:
            only = names[0]
            self._values = lambda headers: (headers[only],)
        self._timestamp = ""
        self._begun: dict[tuple[str, ...], tuple[Any, Any]] = {}
        """Of the second `_timestamp`: the hash of a canonical request up to that of its body, and
        the inner hash up to that of the canonical request."""

    def signature(self, request: SignedRequest, path: str, query: str, timestamp: str) -> str:
        """The signature that the request must have; `path` and `query` are canonical.

        Raises SignatureDoesNotMatch where a signed header is not there.
        """
        try:
            values = self._values(request.headers)
        except KeyError:
            raise SignatureDoesNotMatch from None
        if timestamp != self._timestamp:
            self._begun.clear()
            self._timestamp = timestamp
        key = (request.method, path, query, *values)
        begun = self._begun.get(key)
        if begun is None:
            begun = self._begin(request.method, path, query, values, timestamp)
            if sum(map(len, key)) <= _MAX_BEGUN_CHARS:
                if len(self._begun) >= _MAX_BEGUN:
                    self._begun.clear()
                self._begun[key] = begun
        canonical = begun[0].copy()
        canonical.update(sha256(request.body).hexdigest().encode())
        inner = begun[1].copy()
        inner.update(canonical.hexdigest().encode())
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.hexdigest()

    def _begin(
        self, method: str, path: str, query: str, values: tuple[str, ...], timestamp: str
    ) -> tuple[Any, Any]:
        headers = self._template % values
        if "  " in headers or "\t" in headers:
            # Each run of white space inside a value is one space.
            headers = self._template % tuple(" ".join(value.split()) for value in values)
        try:
            canonical = f"{method}\n{path}\n{query}\n{headers}\n{self._names}\n".encode("latin-1")
        except UnicodeEncodeError:
            raise SignatureDoesNotMatch from None
        inner = self._inner.copy()
        inner.update(f"AWS4-HMAC-SHA256\n{timestamp}\n{self._scope}\n".encode("latin-1"))
        return sha256(canonical), inner
