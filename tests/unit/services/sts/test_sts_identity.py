"""Who calls, whose a key is, and which operations there are."""

import pytest

from tidegate.api import sts as api
from tidegate.base.refusals import (
    AccessDeniedException,
    InvalidAuthorizationMessageException,
    ValidationException,
)
from unit.auth.auth_sessions import FakeSeals, key

ACCOUNT = "111122223333"
ALLOW_ALL = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
NOT_OFFERED = {
    "AssumeRoleWithSAML",
    "AssumeRoot",
    "GetDelegatedAccessToken",
    "GetWebIdentityToken",
}


def test_every_operation_that_is_offered_has_a_row(sts):
    assert sts.rows.keys() == api.OPERATIONS.keys() - NOT_OFFERED
    for name, row in sts.rows.items():
        assert row.action == f"sts:{name}"
        assert row.input is api.OPERATIONS[name].input


def test_whoever_has_a_token_of_a_provider_need_not_sign(sts):
    unsigned = {name for name, row in sts.rows.items() if not row.signed}
    assert unsigned == {"AssumeRoleWithWebIdentity"}


def test_operations_that_no_policy_decides(sts):
    decided = {name for name, row in sts.rows.items() if not row.decides_itself}
    assert decided == {"DecodeAuthorizationMessage", "GetAccessKeyInfo", "GetFederationToken"}


# --- Who calls -----------------------------------------------------------------------------------


def test_user(sts):
    ann = sts.user()
    answer = sts.ask("GetCallerIdentity", ann)
    assert (answer.Arn, answer.UserId) == (f"arn:aws:iam::{ACCOUNT}:user/ann", ann.user_id)
    assert answer.Account == ACCOUNT


def test_root(sts):
    answer = sts.ask("GetCallerIdentity", sts.root())
    assert (answer.Arn, answer.UserId) == (f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT)


def test_role_and_federated_user(sts):
    ann = sts.user()
    role = sts.role(ann.arn)
    answer = sts.ask("GetCallerIdentity", sts.assumed(ann, role, "job-7"))
    assert answer.Arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/job-7"
    assert answer.UserId == f"{role.id}:job-7"
    federated = sts.ask("GetFederationToken", ann, Name="guest", Policy=ALLOW_ALL)
    answer = sts.ask("GetCallerIdentity", sts.open(federated.Credentials))
    assert answer.Arn == f"arn:aws:sts::{ACCOUNT}:federated-user/guest"
    assert answer.UserId == f"{ACCOUNT}:guest"


# --- Whose a key is ------------------------------------------------------------------------------


def test_account_of_long_lived_and_temporary_keys(sts):
    ann = sts.user()
    sts.put(key(FakeSeals(), "secret", key_id="AKIA000000000001"))
    temporary = sts.ask("GetSessionToken", ann).Credentials.AccessKeyId
    for access_key in ("AKIA000000000001", temporary):
        answer = sts.ask("GetAccessKeyInfo", sts.root("444455556666"), AccessKeyId=access_key)
        assert answer.Account == ACCOUNT


def test_key_that_nobody_has(sts):
    refusal = sts.refused("GetAccessKeyInfo", sts.user(), AccessKeyId="AKIA000000000009")
    assert isinstance(refusal, ValidationException)


def test_encoded_messages_are_nobodys(sts):
    refusal = sts.refused("DecodeAuthorizationMessage", sts.user(), EncodedMessage="abc")
    assert isinstance(refusal, InvalidAuthorizationMessageException)


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("GetAccessKeyInfo", {"AccessKeyId": "AKIA000000000001"}),
        ("DecodeAuthorizationMessage", {"EncodedMessage": "abc"}),
    ],
)
def test_sessions_of_users_may_not_ask(sts, operation, members):
    ann = sts.user()
    session = sts.open(sts.ask("GetSessionToken", ann).Credentials)
    assert sts.refused(operation, session, **members) == AccessDeniedException(
        f"Cannot call {operation} with session credentials"
    )
