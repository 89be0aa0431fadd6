"""Web identities: ID tokens of OpenID Connect, verified with their issuer's published keys.

A token is read, its claims are checked, and its signature is verified; a caller must do all three.
The signature is PyJWT's to verify, with one of six asymmetric algorithms (STS model,
WebIdentityToken), and with a key that is for just that algorithm: neither `none` nor a public key
taken for a shared secret gets anywhere.

Pure: the keys and the time are passed in.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import jwt
import msgspec

from tidegate.base.refusals import ExpiredTokenException, InvalidIdentityTokenException

ALGORITHMS: Final = frozenset({"RS256", "RS384", "RS512", "ES256", "ES384", "ES512"})
RSA_BITS: Final = 2_048
"""Shorter RSA keys prove nothing (NIST SP 800-131A)."""
MOST_RSA_BITS: Final = 8_192
MOST_TRIED: Final = 10
"""Keys that a signature is verified with.  Everybody waits for it, and whoever publishes keys could
publish a hundred that take long."""
SKEW_S: Final = 300
"""How far an issuer's clock may be ahead of ours."""

NO_KEY: Final = (
    "Couldn't retrieve verification key from your identity provider,  please reference "
    "AssumeRoleWithWebIdentity documentation for requirements"
)

Jwk = Mapping[str, Any]
"""A key of an issuer: a JSON Web Key (RFC 7517)."""

_TAGS: Final = "https://aws.amazon.com/tags"
_SOURCE_IDENTITY: Final = "https://aws.amazon.com/source_identity"
_CURVES: Final = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}


class IdentityToken(msgspec.Struct, frozen=True):
    """What a token says, before any of it is believed."""

    text: str
    algorithm: str
    key_id: str | None
    issuer: str
    """The claim `iss`: a URL."""
    subject: str
    audiences: tuple[str, ...]
    """Whom it is for: `azp` where it has that claim, else `aud`; so does STS."""
    claims: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"IdentityToken(issuer={self.issuer!r})"


class SessionClaims(msgspec.Struct, frozen=True):
    """What an issuer wants the session to have (user guide, "Pass session tags in AWS STS")."""

    tags: dict[str, str]
    transitive_tags: tuple[str, ...]
    source_identity: str | None


def read_token(text: str) -> IdentityToken:
    """A token's claims.  Raises InvalidIdentityTokenException for what is no ID token."""
    try:
        parts = jwt.PyJWS().decode_complete(text, options={"verify_signature": False})
        claims = json.loads(parts["payload"])
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        claims = None
    if not isinstance(claims, dict):
        raise InvalidIdentityTokenException(
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an "
            "Access Token)"
        )
    header = parts["header"]
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise InvalidIdentityTokenException(
            "Tokens must be signed using either RSA keys (RS256, RS384, or RS512) or ECDSA keys "
            "(ES256, ES384, or ES512)."
        )
    for name in ("iss", "sub", "aud", "exp", "iat"):
        if not claims.get(name):
            raise InvalidIdentityTokenException(f"Missing a required claim: {name}")
    return IdentityToken(
        text=text,
        algorithm=algorithm,
        key_id=header.get("kid"),
        issuer=_text(claims, "iss"),
        subject=_text(claims, "sub"),
        audiences=_audiences(claims),
        claims=claims,
    )


def check_claims(token: IdentityToken, client_ids: Collection[str], now: int) -> str:
    """Which of the provider's client ids the token is for, a token that is good now (Unix seconds).

    Raises InvalidIdentityTokenException and ExpiredTokenException.
    """
    audience = next((each for each in token.audiences if each in client_ids), None)
    if audience is None:
        raise InvalidIdentityTokenException("Incorrect token audience")
    expires_at = _instant(token.claims, "exp")
    if expires_at <= now:
        raise ExpiredTokenException(
            f"Token expired: current date/time {now} must be before the expiration date/time "
            f"{expires_at}"
        )
    for name in ("iat", "nbf"):
        if name in token.claims and _instant(token.claims, name) > now + SKEW_S:
            raise InvalidIdentityTokenException(f"Token is not yet valid: {name} is in the future")
    return audience


def verify_signature(token: IdentityToken, keys: Sequence[Jwk]) -> None:
    """Raises InvalidIdentityTokenException where none of the issuer's keys made the signature."""
    candidates = [key for key in keys if _is_for(key, token)]
    if not candidates:
        raise InvalidIdentityTokenException(NO_KEY)
    if not any(_signed(token, key) for key in candidates[:MOST_TRIED]):
        raise InvalidIdentityTokenException("Token signature is invalid")


def session_claims(token: IdentityToken) -> SessionClaims:
    """The tags and the source identity that a verified token asks for.

    Tags come nested, each a list of one value, or flat, each a claim of its own.  Raises
    InvalidIdentityTokenException where they are in neither form.
    """
    claims = token.claims
    nested = claims.get(_TAGS, {})
    if not isinstance(nested, dict):
        raise _odd_tags()
    tags: dict[str, str] = {}
    flat = f"{_TAGS}/principal_tags/"
    named = nested.get("principal_tags", {})
    if not isinstance(named, dict):
        raise _odd_tags()
    pairs = [*named.items()]
    pairs += [(name[len(flat) :], claims[name]) for name in claims if name.startswith(flat)]
    for name, value in pairs:
        tags[name] = _only_text(value)
    transitive = nested.get("transitive_tag_keys", claims.get(f"{_TAGS}/transitive_tag_keys", []))
    if not isinstance(transitive, list) or not all(isinstance(name, str) for name in transitive):
        raise _odd_tags()
    source = claims.get(_SOURCE_IDENTITY)
    if source is not None and not isinstance(source, str):
        raise InvalidIdentityTokenException("The source identity of the token is not valid")
    return SessionClaims(tags, tuple(transitive), source)


def _odd_tags() -> InvalidIdentityTokenException:
    return InvalidIdentityTokenException("The session tags of the token are not valid")


def _only_text(value: object) -> str:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, str):
        raise _odd_tags()
    return value


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims[name]
    if not isinstance(value, str):
        raise InvalidIdentityTokenException(f"The claim {name} is not valid")
    return value


def _audiences(claims: Mapping[str, Any]) -> tuple[str, ...]:
    if claims.get("azp"):
        return (_text(claims, "azp"),)
    audience = claims["aud"]
    values = audience if isinstance(audience, list) else [audience]
    return tuple(value for value in values if isinstance(value, str))


def _instant(claims: Mapping[str, Any], name: str) -> int:
    """Timestamps must be whole numbers (STS model, WebIdentityToken)."""
    value = claims[name]
    if type(value) is not int:
        raise InvalidIdentityTokenException(f"The claim {name} is not valid")
    return value


def _is_for(key: Jwk, token: IdentityToken) -> bool:
    """Whether a key may have signed a token; a token that names no key is tried with all."""
    if token.key_id is not None and key.get("kid") != token.key_id:
        return False
    if key.get("use", "sig") != "sig" or key.get("alg", token.algorithm) != token.algorithm:
        return False
    if token.algorithm in _CURVES:
        return key.get("kty") == "EC" and key.get("crv") == _CURVES[token.algorithm]
    return key.get("kty") == "RSA" and "d" not in key


def _signed(token: IdentityToken, key: Jwk) -> bool:
    try:
        found = jwt.PyJWK(dict(key), algorithm=token.algorithm)
        is_rsa = token.algorithm not in _CURVES
        if is_rsa and not RSA_BITS <= found.key.key_size <= MOST_RSA_BITS:
            return False
        jwt.PyJWS().decode_complete(token.text, found, algorithms=[token.algorithm])
    except (jwt.PyJWTError, ValueError, TypeError):
        # What an issuer publishes may be no key at all.
        return False
    return True
