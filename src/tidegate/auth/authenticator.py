"""Who sent a request: its signature, checked against the access keys that the server knows.

Nothing is ever taken on trust: the body, the canonical request and the HMAC are computed for each
request.  What is kept between requests is only what the same client would make us derive again: the
parsed Authorization header up to its signature, and the signing key.  An entry is made when a
signature has been verified, so that strangers cannot fill the cache.  It is good for one version of
the entities; after a change of any, whom the key stands for is looked up anew.

Checks run in AWS's order: claim, date, signed headers, algorithm, credential, key or session token,
signature.
"""

from collections.abc import Callable, Mapping
from hmac import compare_digest

import msgspec

from tidegate.auth.credentials import Credentials, Proof
from tidegate.auth.sigv4 import (
    ALGORITHM,
    TERMINATOR,
    Claim,
    Scope,
    SignedRequest,
    Signer,
    canonical_path,
    canonical_query,
    instant_of,
    parse_authorization,
    parse_credential,
    parse_expires,
    parse_presigned,
    parse_query,
    timestamp_of,
    timestamp_of_date,
    unsigned_amz_headers,
)
from tidegate.base.call import Principal
from tidegate.base.refusals import (
    AccessDeniedException,
    ExpiredToken,
    IncompleteSignature,
    InvalidClientTokenId,
    MissingAuthenticationToken,
    SignatureDoesNotMatch,
)
from tidegate.catalog.identities import AccessKey, AccessKeyUse, Role, RoleUse

ALLOWED_SKEW_S = 900
"""How far a request's date may be from ours, either way."""

_HEX_SIGNATURE_CHARS = 64
_MAX_KNOWN = 4096
_MAX_PATHS = 4096
_MAX_INSTANTS = 4096
_MAX_KEPT_CHARS = 1024
"""What is longer is worked out each time: a head may have 64 KiB, and thousands are kept."""
_OF_NO_VERSION = -1
_TOKEN_HEADER = "x-amz-security-token"
_TOKEN_PARAMETER = "X-Amz-Security-Token"


class Authenticated(msgspec.Struct, frozen=True):
    """Who calls, and what the signature is scoped to."""

    principal: Principal
    region: str
    service: str


class _Known:
    """What a verified Authorization header, up to its signature, stands for."""

    __slots__ = (
        "answer",
        "date",
        "header_names",
        "instant",
        "looked_up",
        "names",
        "proof",
        "service",
        "signer",
        "timestamp",
        "used_at",
        "used_minute",
        "version",
    )

    def __init__(
        self, proof: Proof, scope: Scope, names: tuple[str, ...], service: str, version: int
    ) -> None:
        self.proof = proof
        self.answer = Authenticated(proof.principal, scope.region, service)
        self.date = scope.date
        self.names = names
        self.service = service
        self.signer = Signer(proof.secret, scope, names)
        self.looked_up = version
        """The version of the entities as of which the proof holds."""
        self.version = version if proof.token is None else _OF_NO_VERSION
        """The same for a long-lived key; a session is looked at with each request."""
        self.timestamp = ""
        """The date of the last request, which was good then and belongs to the scope."""
        self.instant = 0
        """The same in Unix seconds."""
        self.header_names: tuple[str, ...] = ()
        """The names of all headers of the last request whose `x-amz-*` were all signed; a client
        sends the same ones again, and then they need no second look."""
        self.used_at = 0
        """The instant of the last request that was verified."""
        self.used_minute = 0


class Authenticator:
    """Verifies signatures in the Authorization header and in presigned URLs.

    `clock` gives Unix seconds.
    """

    def __init__(self, credentials: Credentials, clock: Callable[[], int]) -> None:
        self._credentials = credentials
        self._entities = credentials.entities
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._paths: dict[str, str] = {}
        self._instants: dict[str, int] = {}
        self._uses: dict[tuple[str, str], AccessKeyUse | RoleUse] = {}
        self.on_use: Callable[[], None] | None = None
        """Called when `take_uses` has something to give."""

    def authenticate(self, view: SignedRequest, service: str = "sqs") -> Authenticated:
        """The principal and region of a request to `service`, which its credential must be for.

        Raises MissingAuthenticationToken, IncompleteSignature, InvalidClientTokenId, ExpiredToken
        and SignatureDoesNotMatch, with AWS's texts.
        """
        headers = view.headers
        authorization = headers.get("authorization")
        if authorization is None:
            return self._authenticate_presigned(view, service)
        known = self._known.get(authorization[:-_HEX_SIGNATURE_CHARS])
        timestamp = headers.get("x-amz-date")
        if (
            known is None
            or timestamp is None
            or known.service != service
            or (known.version != self._entities.version and not self._holds(known, headers))
        ):
            return self._authenticate_header(view, authorization, service)
        if timestamp != known.timestamp:
            self._check_skew(timestamp)
            if timestamp[:8] != known.date:
                raise SignatureDoesNotMatch(_date_mismatch(known.date, timestamp))
            known.timestamp = timestamp
            known.instant = self._instants[timestamp]
        elif not -ALLOWED_SKEW_S <= self._clock() - known.instant <= ALLOWED_SKEW_S:
            self._check_skew(timestamp)
        names = tuple(headers)
        if names != known.header_names:
            _check_headers_signed(view, known.names)
            known.header_names = names
        path = view.path
        expected = known.signer.signature(
            view,
            "/" if path == "/" else self._canonical_path(path),
            _query_beside_header(view.query) if view.query else "",
            timestamp,
        )
        _compare(expected, authorization[-_HEX_SIGNATURE_CHARS:])
        if known.used_at != known.instant:
            self._note_use(known, known.instant)
        return known.answer

    def take_uses(self) -> list[AccessKeyUse | RoleUse]:
        """When keys of IAM's and roles were last used, of those used since this was last asked.

        It is exact to the minute, as is AWS's (to the quarter of an hour).
        """
        uses, self._uses = self._uses, {}
        return [use for use in uses.values() if self._is_there(use)]

    def _is_there(self, use: AccessKeyUse | RoleUse) -> bool:
        """Whether the key or role is still there: a note outlives nothing that it is about."""
        if isinstance(use, RoleUse):
            return self._entities.find(Role, use.account, use.key) is not None
        return self._entities.find(AccessKey, "", use.id) is not None

    def _note_use(self, known: _Known, instant: int) -> None:
        known.used_at = instant
        now = self._clock()
        if now // 60 == known.used_minute:
            return
        known.used_minute = now // 60
        principal, region = known.answer.principal, known.answer.region
        if known.proof.is_entity:
            key = principal.access_key
            self._uses["", key] = AccessKeyUse(key, now * 1000, region, known.service)
        elif principal.kind == "AssumedRole":
            account, role = principal.account, principal.name
            self._uses[account, role] = RoleUse(account, role, now * 1000, region)
        if self._uses and self.on_use is not None:
            self.on_use()

    def _holds(self, known: _Known, headers: Mapping[str, str]) -> bool:
        """Whether a key or session still stands for what it stood for, for this request.

        Where it does not, the long way tells why.
        """
        proof, now = known.proof, self._clock()
        if proof.token is not None and (
            headers.get(_TOKEN_HEADER) != proof.token or now >= proof.expires_at
        ):
            return False
        version = self._entities.version
        if known.looked_up == version:
            return True
        try:
            again = self._credentials.prove(proof.principal.access_key, proof.token, now)
        except (InvalidClientTokenId, ExpiredToken):
            return False
        if not compare_digest(again.secret, proof.secret):
            return False
        if again.principal != proof.principal:
            known.answer = Authenticated(again.principal, known.answer.region, known.service)
        known.proof = again
        known.looked_up = version
        if again.token is None:
            known.version = version
        return True

    # --- The first time, and everything unusual ----------------------------------------------

    def _authenticate_header(
        self, view: SignedRequest, authorization: str, service: str
    ) -> Authenticated:
        headers = view.headers
        if not authorization.startswith("AWS4-"):
            raise MissingAuthenticationToken
        sent_date = headers.get("x-amz-date")
        if not sent_date:
            sent_date = timestamp_of_date(headers.get("date", ""))
        claim = parse_authorization(authorization, has_date=bool(sent_date))
        self._check_skew(sent_date)
        token = headers.get(_TOKEN_HEADER)
        known = self._resolve(view, claim, sent_date, service, token)
        expected = known.signer.signature(
            view, self._canonical_path(view.path), _query_beside_header(view.query), sent_date
        )
        _compare(expected, claim.signature)
        self._note_use(known, self._instants[sent_date])
        head = authorization[:-_HEX_SIGNATURE_CHARS]
        usual = authorization.endswith(claim.signature) and head.endswith("Signature=")
        if usual and len(head) <= _MAX_KEPT_CHARS:
            if len(self._known) >= _MAX_KNOWN:
                del self._known[next(iter(self._known))]
            self._known[head] = known
        return known.answer

    def _authenticate_presigned(self, view: SignedRequest, service: str) -> Authenticated:
        if "X-Amz-" not in view.query:
            raise MissingAuthenticationToken
        parameters = parse_query(view.query)
        claim = parse_presigned(parameters)
        expires_s = parse_expires(parameters.get("X-Amz-Expires"))
        timestamp = parameters["X-Amz-Date"]
        self._check_skew(timestamp, ALLOWED_SKEW_S if expires_s is None else expires_s)
        token = parameters.get(_TOKEN_PARAMETER, view.headers.get(_TOKEN_HEADER))
        known = self._resolve(view, claim, timestamp, service, token)
        self._check_site(view, known)
        expected = known.signer.signature(
            view,
            self._canonical_path(view.path),
            canonical_query(view.query, presigned=True),
            timestamp,
        )
        _compare(expected, claim.signature)
        self._note_use(known, self._instants[timestamp])
        return known.answer

    def _resolve(
        self, view: SignedRequest, claim: Claim, timestamp: str, service: str, token: str | None
    ) -> _Known:
        """The signer of a claim whose date is good; the signature itself is still unchecked."""
        _check_headers_signed(view, claim.names)
        if claim.algorithm != ALGORITHM:
            raise IncompleteSignature(
                f"Unsupported AWS 'algorithm': '{claim.algorithm}' (only {ALGORITHM} for now)."
            )
        scope = parse_credential(claim.credential)
        _check_scope(scope, timestamp, service)
        version = self._entities.version
        proof = self._credentials.prove(scope.access_key, token, self._clock())
        return _Known(proof, scope, claim.names, service, version)

    def _check_site(self, view: SignedRequest, known: _Known) -> None:
        """Any page on the web can sign a URL with a key that everybody knows, and have the browser
        of whoever looks at it ask for that URL: here, on the machine of that browser.

        The browser says so (Fetch Metadata Request Headers, Sec-Fetch-Site).  Nothing of the kind
        is possible with a header, for which a browser first asks whether it may send it.
        """
        if view.headers.get("sec-fetch-site") != "cross-site":
            return
        if self._credentials.is_for_development(known.answer.principal.access_key):
            raise AccessDeniedException(
                "A page of another site cannot use the development key of this server."
            )

    def _check_skew(self, timestamp: str, valid_s: int = ALLOWED_SKEW_S) -> None:
        """Raises SignatureDoesNotMatch for a date that is no date, too old or in the future."""
        instant = self._instants.get(timestamp)
        if instant is None:
            instant = instant_of(timestamp)
            if len(self._instants) >= _MAX_INSTANTS:
                self._instants.clear()
            self._instants[timestamp] = instant
        now = self._clock()
        if now - valid_s <= instant <= now + ALLOWED_SKEW_S:
            return
        if instant < now:
            raise SignatureDoesNotMatch(
                f"Signature expired: {timestamp} is now earlier than "
                f"{timestamp_of(now - valid_s)} ({timestamp_of(now)} - {_span(valid_s)})"
            )
        raise SignatureDoesNotMatch(
            f"Signature not yet current: {timestamp} is still later than "
            f"{timestamp_of(now + ALLOWED_SKEW_S)} ({timestamp_of(now)} + {_span(ALLOWED_SKEW_S)})"
        )

    def _canonical_path(self, path: str) -> str:
        canonical = self._paths.get(path)
        if canonical is None:
            canonical = canonical_path(path)
            if len(path) > _MAX_KEPT_CHARS:
                return canonical
            if len(self._paths) >= _MAX_PATHS:
                self._paths.clear()
            self._paths[path] = canonical
        return canonical


def _query_beside_header(query: str) -> str:
    """The canonical query of a request that is signed in its header, and there only."""
    if "X-Amz-Algorithm=" in query:
        raise SignatureDoesNotMatch(
            "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP "
            "header."
        )
    return canonical_query(query)


def _check_headers_signed(view: SignedRequest, names: tuple[str, ...]) -> None:
    if "host" not in names:
        raise SignatureDoesNotMatch(
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
        )
    unsigned = unsigned_amz_headers(view.headers, names)
    if unsigned:
        raise SignatureDoesNotMatch(
            "There were headers present in the request which were not signed: "
            + ", ".join(unsigned)
        )


def _check_scope(scope: Scope, timestamp: str, service: str) -> None:
    wrong: list[str] = []
    if not _is_region(scope.region):
        wrong.append("Credential should be scoped to a valid region.")
    if scope.service != service:
        wrong.append(f"Credential should be scoped to correct service: '{service}'.")
    if scope.terminator != TERMINATOR:
        wrong.append(
            f"Credential should be scoped with a valid terminator: '{TERMINATOR}', "
            f"not '{scope.terminator}'."
        )
    if scope.date != timestamp[:8]:
        wrong.append(_date_mismatch(scope.date, timestamp))
    if wrong:
        raise SignatureDoesNotMatch(" ".join(wrong))


def _compare(expected: str, signature: str) -> None:
    """Compares in constant time; raises SignatureDoesNotMatch."""
    if not (signature.isascii() and compare_digest(expected, signature)):
        raise SignatureDoesNotMatch


def _is_region(region: str) -> bool:
    """One server plays every region, made-up ones too, so only the form is checked: it becomes a
    part of ARNs and host names."""
    return (
        len(region) <= 63
        and region.isascii()
        and region.replace("-", "").isalnum()
        and region == region.lower()
    )


def _date_mismatch(date: str, timestamp: str) -> str:
    return (
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
        f"'{date}' != '{timestamp[:8]}', from '{timestamp}'."
    )


def _span(seconds: int) -> str:
    return f"{seconds // 60} min." if seconds % 60 == 0 else f"{seconds} sec."
