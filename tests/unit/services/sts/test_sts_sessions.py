"""Sessions of users and roots: GetSessionToken and GetFederationToken.

Source: the STS service model (botocore 1.44.5).
"""

import pytest

from tidegate.base.refusals import (
    AccessDeniedException,
    InvalidClientTokenId,
    MalformedPolicyDocumentException,
    ValidationException,
)

ACCOUNT = "111122223333"
ALLOW_ALL = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'


@pytest.fixture(params=["GetSessionToken", "GetFederationToken"])
def operation(request):
    return request.param


def members_of(operation):
    return {"Name": "guest"} if operation == "GetFederationToken" else {}


def lasting_s(sts, answer):
    return answer.Credentials.Expiration - sts.now


def test_session_of_a_user_is_the_user(sts):
    ann = sts.user()
    answer = sts.ask("GetSessionToken", ann)
    session = sts.open(answer.Credentials)
    assert (session.kind, session.arn, session.user_id) == ("User", ann.arn, ann.user_id)
    assert session.name == "ann"
    assert session.session.token_issuer == ann.arn
    assert answer.SessionTokenSize == len(answer.Credentials.SessionToken)


def test_session_of_a_root_is_the_root(sts):
    session = sts.open(sts.ask("GetSessionToken", sts.root()).Credentials)
    assert (session.kind, session.arn) == ("Root", f"arn:aws:iam::{ACCOUNT}:root")
    assert session.user_id == ACCOUNT


@pytest.mark.parametrize("of_root", [False, True])
def test_federated_user(sts, of_root):
    caller = sts.root() if of_root else sts.user()
    answer = sts.ask("GetFederationToken", caller, Name="guest", Policy=ALLOW_ALL)
    assert answer.FederatedUser.Arn == f"arn:aws:sts::{ACCOUNT}:federated-user/guest"
    assert answer.FederatedUser.FederatedUserId == f"{ACCOUNT}:guest"
    assert answer.PackedPolicySize in range(1, 20)
    session = sts.open(answer.Credentials)
    assert (session.kind, session.name) == ("FederatedUser", "guest")
    assert session.session.policies == (ALLOW_ALL,)
    assert session.session.token_issuer == caller.arn


def test_duration(sts, operation):
    members = members_of(operation)
    ann, root = sts.user(), sts.root()
    assert lasting_s(sts, sts.ask(operation, ann, **members)) == 43_200
    assert lasting_s(sts, sts.ask(operation, root, **members)) == 3_600
    longest = sts.ask(operation, ann, **members, DurationSeconds=129_600)
    assert lasting_s(sts, longest) == 129_600
    assert lasting_s(sts, sts.ask(operation, ann, **members, DurationSeconds=900)) == 900
    assert lasting_s(sts, sts.ask(operation, root, **members, DurationSeconds=7200)) == 3_600
    assert lasting_s(sts, sts.ask(operation, root, **members, DurationSeconds=900)) == 900
    for seconds in (899, 129_601):
        refusal = sts.refused(operation, ann, **members, DurationSeconds=seconds)
        assert isinstance(refusal, ValidationException)


def test_no_session_has_sessions_of_its_own(sts, operation):
    ann = sts.user()
    sessions = [
        sts.assumed(ann, sts.role(ann.arn)),
        sts.open(sts.ask("GetSessionToken", ann).Credentials),
        sts.open(sts.ask("GetFederationToken", ann, Name="guest").Credentials),
    ]
    for session in sessions:
        refusal = sts.refused(operation, session, **members_of(operation))
        assert refusal == AccessDeniedException(f"Cannot call {operation} with session credentials")


def test_no_code_is_right(sts):
    members = {"SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/ann", "TokenCode": "123456"}
    refusal = sts.refused("GetSessionToken", sts.user(), **members)
    assert isinstance(refusal, AccessDeniedException)
    assert refusal.message.startswith("MultiFactorAuthentication failed")


def test_session_ends_with_its_user(sts):
    ann = sts.user()
    answer = sts.ask("GetSessionToken", ann)
    sts.user(user_id="AIDA999999999999")
    text = "The security token included in the request is invalid"
    with pytest.raises(InvalidClientTokenId, match=text):
        sts.open(answer.Credentials)


# --- Federated users -----------------------------------------------------------------------------


def test_resource_of_a_federation_token_is_the_federated_user(sts):
    row = sts.rows["GetFederationToken"]
    call = type("Call", (), {"principal": sts.user()})
    assert row.resource(call, row.input(Name="guest")) == (
        f"arn:aws:sts::{ACCOUNT}:federated-user/guest"
    )


def test_tags_need_a_permission_of_their_own(sts):
    tags = [{"Key": "team", "Value": "a"}]
    ann = sts.user(allow="sts:GetFederationToken")
    refusal = sts.refused("GetFederationToken", ann, Name="guest", Tags=tags)
    assert refusal == AccessDeniedException(
        f"User: {ann.arn} is not authorized to perform: sts:TagSession on resource: "
        f"arn:aws:sts::{ACCOUNT}:federated-user/guest because no identity-based policy allows the "
        "sts:TagSession action"
    )
    bob = sts.user("bob", allow="sts:TagSession")
    answer = sts.ask("GetFederationToken", bob, Name="guest", Tags=tags)
    assert sts.open(answer.Credentials).session.tags == {"team": "a"}


def test_policies_of_a_federated_user_are_checked(sts):
    ann = sts.user()
    refusal = sts.refused("GetFederationToken", ann, Name="guest", Policy="{}")
    assert isinstance(refusal, MalformedPolicyDocumentException)
    missing = {"arn": f"arn:aws:iam::{ACCOUNT}:policy/missing"}
    refusal = sts.refused("GetFederationToken", ann, Name="guest", PolicyArns=[missing])
    assert isinstance(refusal, ValidationException)


@pytest.mark.parametrize("name", ["x", "a b", "a" * 33])
def test_name_of_a_federated_user(sts, name):
    refusal = sts.refused("GetFederationToken", sts.user(), Name=name)
    assert isinstance(refusal, ValidationException)
