"""Whatever comes as a session token or an ID token: a session or claims come out, or a refusal."""

import base64
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tidegate.auth.tokens import Bearer, TokenMinter, TokenOpener, account_of_key
from tidegate.auth.web_identity import (
    check_claims,
    read_token,
    session_claims,
    verify_signature,
)
from tidegate.base.call import Principal, Session
from tidegate.base.refusals import (
    ExpiredTokenException,
    InvalidClientTokenId,
    InvalidIdentityTokenException,
)
from tidegate.catalog.entities import Entities
from unit.auth.auth_sessions import ACCOUNT, FakeSeals, put, role

NOW = 1_800_000_000

SEALS = FakeSeals()
ENTITIES = Entities()
put(ENTITIES, role())
OPENER = TokenOpener(SEALS, ENTITIES)
MINTED = TokenMinter(SEALS, bytes).mint(
    Bearer("AssumedRole", ACCOUNT, "AROA1", "Worker", "one"),
    Session(issued_at=NOW, expires_at=NOW + 900),
)

texts = st.text(max_size=60) | st.text("ABab01-_=.+/ \ud800", max_size=60)


def test_the_token_that_is_damaged_is_valid() -> None:
    secret, principal = OPENER.open(MINTED.access_key, MINTED.token, NOW)
    assert (secret.decode(), principal) == (MINTED.secret, MINTED.principal)


@given(texts, st.integers(0, len(MINTED.token)), st.integers(0, len(MINTED.token)), texts)
def test_session_token(key: str, start: int, end: int, middle: str) -> None:
    forged = MINTED.token[:start] + middle + MINTED.token[end:]
    for access_key in (key, MINTED.access_key):
        try:
            secret, principal = OPENER.open(access_key, forged, NOW)
        except InvalidClientTokenId:
            continue
        assert (forged, access_key) == (MINTED.token, MINTED.access_key)
        assert (secret.decode(), principal) == (MINTED.secret, MINTED.principal)
        assert isinstance(principal, Principal)


@given(texts)
def test_account_of_a_key(key: str) -> None:
    account = account_of_key(key)
    assert account is None or len(account) == 12


names = st.sampled_from(
    [
        *("iss", "sub", "aud", "azp", "exp", "iat", "nbf"),
        *("alg", "kid", "kty", "crv", "n", "e", "x", "y"),
        "https://aws.amazon.com/tags",
        "https://aws.amazon.com/tags/principal_tags/a",
        "https://aws.amazon.com/source_identity",
        "principal_tags",
        "transitive_tag_keys",
    ]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts
    | st.sampled_from(["RS256", "ES256", "none", "HS256", "RSA", "EC", "P-256", "AQAB", NOW]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names | texts, inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
objects = st.dictionaries(names | texts, values, max_size=6)
GOOD: dict[str, Any] = {
    "iss": "https://issuer.example",
    "sub": "a",
    "aud": "b",
    "iat": NOW,
    "exp": NOW + 60,
}


def encoded(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


@given(objects, objects, texts, st.lists(objects, max_size=3))
def test_id_token(
    header: dict[str, Any], claims: dict[str, Any], signature: str, keys: list[dict[str, Any]]
) -> None:
    text = f"{encoded({'alg': 'RS256'} | header)}.{encoded(GOOD | claims)}.{signature}"
    for forged in (text, signature):
        try:
            token = read_token(forged)
            session_claims(token)
            check_claims(token, ("b",), NOW)
            verify_signature(token, keys)
        except (InvalidIdentityTokenException, ExpiredTokenException):
            continue
        raise AssertionError("nobody signed it")
