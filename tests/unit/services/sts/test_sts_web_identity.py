"""AssumeRoleWithWebIdentity: a token of a provider that the role trusts is a session's worth.

Source: the STS service model (botocore 1.44.5); user guide, "Available keys for AWS OIDC
federation" and "Passing session tags using AssumeRoleWithWebIdentity".
"""

import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tidegate.base.refusals import (
    AccessDeniedException,
    ExpiredTokenException,
    IDPCommunicationErrorException,
    InvalidIdentityTokenException,
    ValidationException,
)
from unit.services.sts.conftest import ACCOUNT, ANONYMOUS, NOW, OTHER

ISSUER = "https://issuer.example/id/7"
URL = "issuer.example/id/7"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{URL}"
KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key(), as_dict=True) | {"kid": "k1"}
CLAIMS = {
    "iss": ISSUER,
    "sub": "repo:a/b",
    "aud": "sts.amazonaws.com",
    "iat": NOW,
    "exp": NOW + 60,
}
NOT_AUTHORIZED = "Not authorized to perform sts:AssumeRoleWithWebIdentity"
TAGS = "https://aws.amazon.com/tags"


def token(**claims):
    content = json.dumps(CLAIMS | claims).encode()
    return jwt.PyJWS().encode(content, KEY, algorithm="ES256", headers={"kid": "k1"})


def trust(action="sts:AssumeRoleWithWebIdentity", provider=PROVIDER, **conditions):
    statement = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": action}
    return [statement | ({"Condition": conditions} if conditions else {})]


@pytest.fixture
def idp(sts):
    """STS with a provider whose keys can be had."""
    sts.provider(URL)
    sts.issuer_keys.keys = [PUBLIC]
    return sts


def members(role, **more):
    return {
        "RoleArn": role if isinstance(role, str) else role.arn,
        "RoleSessionName": "web",
        "WebIdentityToken": token(),
    } | more


def assume(sts, role, **more):
    return sts.ask("AssumeRoleWithWebIdentity", ANONYMOUS, **members(role, **more))


def refused(sts, role, **more):
    return sts.refused("AssumeRoleWithWebIdentity", ANONYMOUS, **members(role, **more))


def test_answer(idp):
    role = idp.role(trust())
    answer = assume(idp, role, DurationSeconds=900)
    assert answer.SubjectFromWebIdentityToken == "repo:a/b"
    assert (answer.Provider, answer.Audience) == (PROVIDER, "sts.amazonaws.com")
    assert answer.AssumedRoleUser.Arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/web"
    assert answer.Credentials.Expiration == NOW + 900
    session = idp.open(answer.Credentials).session
    assert (session.federated_provider, session.subject) == (PROVIDER, "repo:a/b")
    assert idp.issuer_keys.asked == [(ISSUER, "k1")]


def test_keys_may_come_later(idp):
    idp.issuer_keys.later = True
    call = assume(idp, idp.role(trust()))
    assert call.answers == []
    idp.issuer_keys.arrive()
    assert call.answers[0].SubjectFromWebIdentityToken == "repo:a/b"


def test_what_fails_later_is_answered_too(idp):
    idp.issuer_keys.later = True
    role = idp.role(trust())
    call = assume(idp, role)
    idp.remove(role)
    idp.issuer_keys.arrive()
    assert call.answers == [AccessDeniedException(NOT_AUTHORIZED)]


def test_issuer_that_is_not_reached(idp):
    idp.issuer_keys.keys = IDPCommunicationErrorException("down")
    assert refused(idp, idp.role(trust())) == IDPCommunicationErrorException("down")


def test_bug_of_the_key_source_goes_to_the_call(idp):
    idp.issuer_keys.keys = KeyError("bug")
    with pytest.raises(KeyError):
        assume(idp, idp.role(trust()))


# --- The token -----------------------------------------------------------------------------------


def test_account_without_the_provider(idp):
    here, there = idp.role(trust()), idp.role(trust(), account=OTHER)
    text = "No OpenIDConnect provider found in your account for "
    assert refused(idp, there) == InvalidIdentityTokenException(text + ISSUER)
    other = token(iss="https://elsewhere.example")
    refusal = refused(idp, here, WebIdentityToken=other)
    assert refusal == InvalidIdentityTokenException(text + "https://elsewhere.example")
    assert idp.issuer_keys.asked == []


def test_wrong_audience(idp):
    refusal = refused(idp, idp.role(trust()), WebIdentityToken=token(aud="x"))
    assert refusal == InvalidIdentityTokenException("Incorrect token audience")
    assert idp.issuer_keys.asked == []


def test_expired_token(idp):
    refusal = refused(idp, idp.role(trust()), WebIdentityToken=token(exp=NOW))
    assert isinstance(refusal, ExpiredTokenException)


def test_forged_token(idp):
    idp.issuer_keys.keys = [
        jwt.algorithms.ECAlgorithm.to_jwk(
            ec.generate_private_key(ec.SECP256R1()).public_key(), as_dict=True
        )
        | {"kid": "k1"}
    ]
    refusal = refused(idp, idp.role(trust()))
    assert refusal == InvalidIdentityTokenException("Token signature is invalid")


def test_access_tokens_are_not_taken(idp):
    refusal = refused(idp, idp.role(trust()), ProviderId="www.amazon.com")
    assert isinstance(refusal, InvalidIdentityTokenException)
    refusal = refused(idp, idp.role(trust()), WebIdentityToken="Atza|opaque")
    assert "not a valid JWT" in refusal.message


# --- Trust ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statements",
    [
        trust(provider=f"arn:aws:iam::{ACCOUNT}:oidc-provider/elsewhere.example"),
        trust(provider=PROVIDER.replace(ACCOUNT, OTHER)),
        trust("sts:AssumeRole"),
        trust(StringEquals={f"{URL}:sub": "repo:x/y"}),
        trust(StringEquals={f"{URL}:aud": "x"}),
        trust(StringEquals={"elsewhere.example:sub": "repo:a/b"}),
        [*trust(), trust()[0] | {"Effect": "Deny"}],
        [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:*"}],
    ],
)
def test_role_that_does_not_trust_the_identity(idp, statements):
    assert refused(idp, idp.role(statements)) == AccessDeniedException(NOT_AUTHORIZED)


@pytest.mark.parametrize(
    "conditions",
    [
        {"StringEquals": {f"{URL}:aud": "sts.amazonaws.com", f"{URL}:sub": "repo:a/b"}},
        {"StringLike": {f"{URL}:sub": "repo:a/*"}},
        {"StringEquals": {"sts:RoleSessionName": "web"}},
        {"StringEquals": {"aws:FederatedProvider": PROVIDER}},
        {"ForAnyValue:StringEquals": {f"{URL}:amr": "mfa"}},
    ],
)
def test_conditions_on_the_token(idp, conditions):
    assume(idp, idp.role(trust(**conditions)), WebIdentityToken=token(amr=["pwd", "mfa"]))


def test_authorized_party_is_the_audience(idp):
    conditions = {"StringEquals": {f"{URL}:aud": "sts.amazonaws.com", f"{URL}:oaud": "api"}}
    text = token(azp="sts.amazonaws.com", aud="api")
    answer = assume(idp, idp.role(trust(**conditions)), WebIdentityToken=text)
    assert answer.Audience == "sts.amazonaws.com"


def test_role_that_is_not_there_is_like_one_that_does_not_trust(idp):
    missing = f"arn:aws:iam::{ACCOUNT}:role/missing"
    assert refused(idp, missing) == AccessDeniedException(NOT_AUTHORIZED)


def test_request_that_somebody_signs_is_nobodys_all_the_same(idp):
    role = idp.role(trust(StringEquals={"aws:PrincipalAccount": ACCOUNT}))
    ann = idp.user(allow="*")
    refusal = idp.refused("AssumeRoleWithWebIdentity", ann, **members(role))
    assert refusal == AccessDeniedException(NOT_AUTHORIZED)


# --- The session ---------------------------------------------------------------------------------


def tagged(**more):
    tags = {"principal_tags": {"team": ["a"]}, "transitive_tag_keys": ["team"]}
    return token(**{TAGS: tags}, **more)


def test_tags_and_source_identity_of_the_token(idp):
    role = idp.role(trust(["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:Set*"]))
    text = tagged(**{"https://aws.amazon.com/source_identity": "ann"})
    answer = assume(idp, role, WebIdentityToken=text)
    session = idp.open(answer.Credentials).session
    assert (session.tags, session.transitive_tags) == ({"team": "a"}, ("team",))
    assert (session.source_identity, answer.SourceIdentity) == ("ann", "ann")


def test_tags_need_a_permission_of_their_own(idp):
    refusal = refused(idp, idp.role(trust()), WebIdentityToken=tagged())
    assert refusal == AccessDeniedException("Not authorized to perform sts:TagSession")
    refusal = refused(
        idp,
        idp.role(trust()),
        WebIdentityToken=token(**{"https://aws.amazon.com/source_identity": "ann"}),
    )
    assert refusal == AccessDeniedException("Not authorized to perform sts:SetSourceIdentity")


def test_trust_policy_tells_which_tags(idp):
    both = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]
    good = trust(both, StringEquals={"aws:RequestTag/Team": "a"})
    assume(idp, idp.role(good), WebIdentityToken=tagged())
    bad = trust(both, StringEquals={"aws:RequestTag/team": "b"})
    assert refused(idp, idp.role(bad), WebIdentityToken=tagged()).message == NOT_AUTHORIZED


def test_duration_is_the_roles(idp):
    role = idp.role(trust(), max_session_s=7200)
    assert assume(idp, role, DurationSeconds=7200).Credentials.Expiration == NOW + 7200
    assert refused(idp, role, DurationSeconds=7201) == ValidationException(
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    )


def test_session_policy(idp):
    policy = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    answer = assume(idp, idp.role(trust()), Policy=policy)
    assert idp.open(answer.Credentials).session.policies == (policy,)
