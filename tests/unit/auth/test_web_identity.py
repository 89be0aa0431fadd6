"""An ID token is worth what its issuer's keys, its audience and its times make it."""

import base64
import hmac
import json

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tidegate.auth.web_identity import (
    MOST_RSA_BITS,
    MOST_TRIED,
    NO_KEY,
    SKEW_S,
    check_claims,
    read_token,
    session_claims,
    verify_signature,
)
from tidegate.base.refusals import ExpiredTokenException, InvalidIdentityTokenException

NOW = 1_800_000_000
CLIENTS = ("sts.amazonaws.com", "another")

RSA_KEY = rsa.generate_private_key(65537, 2048)
OTHER_RSA_KEY = rsa.generate_private_key(65537, 2048)
WEAK_RSA_KEY = rsa.generate_private_key(65537, 1024)
EC_KEYS = {
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "ES384": ec.generate_private_key(ec.SECP384R1()),
    "ES512": ec.generate_private_key(ec.SECP521R1()),
}
CLAIMS = {
    "iss": "https://issuer.example",
    "sub": "repo:a/b",
    "aud": "sts.amazonaws.com",
    "iat": NOW - 10,
    "exp": NOW + 300,
}


def jwk(key, kid="k1", **more):
    is_rsa = isinstance(key, rsa.RSAPrivateKey)
    algorithm = jwt.algorithms.RSAAlgorithm if is_rsa else jwt.algorithms.ECAlgorithm
    public = algorithm.to_jwk(key.public_key(), as_dict=True)
    public.pop("key_ops", None)
    return public | {"kid": kid} | more


def sign(claims=None, key=RSA_KEY, algorithm="RS256", kid="k1", **changed):
    merged = (CLAIMS if claims is None else claims) | changed
    present = {name: value for name, value in merged.items() if value is not None}
    headers = {} if kid is None else {"kid": kid}
    return jwt.PyJWS().encode(
        json.dumps(present).encode(), key, algorithm=algorithm, headers=headers
    )


def forge(header, claims=CLAIMS, signature=b""):
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def accept(text, keys=None, client_ids=CLIENTS, now=NOW):
    token = read_token(text)
    audience = check_claims(token, client_ids, now)
    verify_signature(token, [jwk(RSA_KEY)] if keys is None else keys)
    return audience


def refused(text, *args, **kwargs):
    with pytest.raises((InvalidIdentityTokenException, ExpiredTokenException)) as caught:
        accept(text, *args, **kwargs)
    return caught.value


# --- Accepted ------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
@pytest.mark.parametrize("kid", ["k1", None])
def test_rsa(algorithm, kid):
    text = sign(algorithm=algorithm, kid=kid)
    assert accept(text) == "sts.amazonaws.com"
    token = read_token(text)
    assert (token.issuer, token.subject) == ("https://issuer.example", "repo:a/b")


@pytest.mark.parametrize("algorithm", EC_KEYS)
def test_elliptic_curves(algorithm):
    key = EC_KEYS[algorithm]
    accept(sign(key=key, algorithm=algorithm), [jwk(key)])


def test_the_right_one_of_many_keys():
    keys = [jwk(OTHER_RSA_KEY, "k0"), jwk(EC_KEYS["ES256"], "k2"), jwk(RSA_KEY)]
    accept(sign(), keys)
    accept(sign(kid=None), keys)


def test_one_of_many_audiences():
    assert accept(sign(aud=["x", "another"])) == "another"


def test_authorized_party_takes_the_audiences_place():
    assert accept(sign(aud="x", azp="another")) == "another"
    assert refused(sign(azp="x")).message == "Incorrect token audience"


# --- Refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", "abcd", "a.b.c", "a.b", "é.é.é", "..", forge({"alg": "RS256"}, [1]), "." * 20_000],
)
def test_what_is_no_token(text):
    assert refused(text).message == (
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access "
        "Token)"
    )


def test_deep_nesting_is_no_token():
    payload = base64.urlsafe_b64encode(b"[" * 12_000).decode().rstrip("=")
    head = base64.urlsafe_b64encode(b'{"alg":"RS256"}').decode().rstrip("=")
    assert "not a valid JWT" in refused(f"{head}.{payload}.").message


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "exp", "iat"])
def test_missing_claim(name):
    assert refused(sign(**{name: None})).message == f"Missing a required claim: {name}"


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": "soon"},
        {"exp": NOW + 0.5},
        {"exp": True},
        {"iat": "x"},
        {"nbf": "x"},
        {"iss": 1},
        {"sub": ["a"]},
    ],
)
def test_claim_of_the_wrong_type(changed):
    (name,) = changed
    assert refused(sign(**changed)).message == f"The claim {name} is not valid"


@pytest.mark.parametrize("audience", ["x", ["x", "y"], [1], {"a": 1}, [["sts.amazonaws.com"]]])
def test_wrong_audience(audience):
    assert refused(sign(aud=audience)).message == "Incorrect token audience"


def test_expired():
    text = sign(exp=NOW)
    accept(text, now=NOW - 1)
    assert refused(text) == ExpiredTokenException(
        f"Token expired: current date/time {NOW} must be before the expiration date/time {NOW}"
    )


@pytest.mark.parametrize("name", ["iat", "nbf"])
def test_not_yet_valid(name):
    accept(sign(**{name: NOW + SKEW_S}))
    assert "not yet valid" in refused(sign(**{name: NOW + SKEW_S + 1})).message


@pytest.mark.parametrize("part", [0, 1, 2])
def test_changed_token(part):
    parts = sign().split(".")
    if part < 2:
        content = json.loads(base64.urlsafe_b64decode(parts[part] + "=="))
        content |= {"kid": "k1", "sub": "somebody else"}
        changed = json.dumps(content).encode()
        parts[part] = base64.urlsafe_b64encode(changed).rstrip(b"=").decode()
    else:
        parts[2] = parts[2][:-6] + "AAAAAA"
    assert refused(".".join(parts)).message == "Token signature is invalid"


def test_key_of_somebody_else_under_the_same_name():
    assert refused(sign(key=OTHER_RSA_KEY)).message == "Token signature is invalid"


@pytest.mark.parametrize(
    "keys",
    [
        [],
        [{}],
        [jwk(RSA_KEY, "k9")],
        [jwk(RSA_KEY, use="enc")],
        [jwk(RSA_KEY, alg="RS512")],
        [jwk(EC_KEYS["ES256"])],
        [{"kty": "oct", "kid": "k1", "k": "c2VjcmV0"}],
    ],
)
def test_no_key_that_may_have_signed_it(keys):
    assert refused(sign(), keys).message == NO_KEY


@pytest.mark.parametrize(
    "key",
    [
        {"kty": "RSA", "kid": "k1"},
        {"kty": "RSA", "kid": "k1", "n": "AQAB", "e": "!"},
        {"kty": "RSA", "kid": "k1", "n": 5, "e": "AQAB"},
    ],
)
def test_key_that_is_none(key):
    assert refused(sign(), [key]).message == "Token signature is invalid"


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_short_rsa_key():
    text = sign(key=WEAK_RSA_KEY)
    assert refused(text, [jwk(WEAK_RSA_KEY)]).message == "Token signature is invalid"


def test_rsa_key_with_which_a_signature_takes_long():
    numbers = rsa.RSAPublicNumbers(65537, (1 << MOST_RSA_BITS) + 1)
    long_key = jwt.algorithms.RSAAlgorithm.to_jwk(numbers.public_key(), as_dict=True)
    assert refused(sign(), [long_key | {"kid": "k1"}]).message == "Token signature is invalid"


def test_no_more_keys_are_tried_than_are_quick():
    others = [jwk(OTHER_RSA_KEY)] * (MOST_TRIED - 1)
    for kid in ("k1", None):
        accept(sign(kid=kid), [*others, jwk(RSA_KEY)])
        refused(sign(kid=kid), [*others, jwk(OTHER_RSA_KEY), jwk(RSA_KEY)])


@pytest.mark.parametrize(
    "algorithm", ["none", "None", "HS256", "PS256", "EdDSA", "", None, 5, [], {}]
)
def test_other_algorithms(algorithm):
    message = refused(forge({"alg": algorithm, "kid": "k1"})).message
    assert message.startswith("Tokens must be signed using either RSA keys")


def test_public_key_is_no_shared_secret():
    pem = RSA_KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    head = {"alg": "HS256", "kid": "k1"}
    unsigned = forge(head).rpartition(".")[0]
    tag = hmac.digest(pem, unsigned.encode(), "sha256")
    assert refused(forge(head, signature=tag)).message.startswith("Tokens must be signed using")


def test_curve_of_another_algorithm():
    key = EC_KEYS["ES384"]
    text = sign(key=key, algorithm="ES384")
    head, rest = text.split(".", 1)
    other = base64.urlsafe_b64encode(b'{"alg":"ES256","kid":"k1"}').rstrip(b"=").decode()
    assert refused(f"{other}.{rest}", [jwk(key)]).message == NO_KEY
    assert head != other


@pytest.mark.parametrize(
    "header", [{"crit": ["x"]}, {"crit": ["b64"], "b64": False}, {"kid": 5}, {"crit": []}]
)
def test_headers_that_ask_for_more_than_is_understood(header):
    assert "not a valid JWT" in refused(forge({"alg": "RS256"} | header)).message


# --- What the issuer wants the session to have ---------------------------------------------------

TAGS = "https://aws.amazon.com/tags"


def claims_of(**claims):
    return session_claims(read_token(sign(CLAIMS | claims)))


def test_no_tags():
    found = claims_of()
    assert (found.tags, found.transitive_tags, found.source_identity) == ({}, (), None)


def test_nested_tags():
    nested = {"principal_tags": {"team": ["a"], "cost": ["7"]}, "transitive_tag_keys": ["team"]}
    found = claims_of(**{TAGS: nested, "https://aws.amazon.com/source_identity": "ann"})
    assert found.tags == {"team": "a", "cost": "7"}
    assert found.transitive_tags == ("team",)
    assert found.source_identity == "ann"


def test_flat_tags():
    flat = {f"{TAGS}/principal_tags/team": "a", f"{TAGS}/transitive_tag_keys": ["team"]}
    found = claims_of(**flat)
    assert (found.tags, found.transitive_tags) == ({"team": "a"}, ("team",))


@pytest.mark.parametrize(
    "claims",
    [
        {TAGS: []},
        {TAGS: {"principal_tags": ["a"]}},
        {TAGS: {"principal_tags": {"team": ["a", "b"]}}},
        {TAGS: {"principal_tags": {"team": 1}}},
        {TAGS: {"transitive_tag_keys": "team"}},
        {f"{TAGS}/principal_tags/team": ["a", "b"]},
        {"https://aws.amazon.com/source_identity": 5},
    ],
)
def test_tags_in_another_form(claims):
    with pytest.raises(InvalidIdentityTokenException):
        claims_of(**claims)
