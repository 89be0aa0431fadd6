"""Access keys: made, rotated, used, deleted."""

import re

import pytest

from tidegate.base.refusals import (
    InvalidInputException,
    LimitExceededException,
    NoSuchEntityException,
    ValidationException,
)
from tidegate.catalog.identities import AccessKey, AccessKeyUse


def new_key(iam, **parameters):
    return iam.ask("CreateAccessKey", **parameters).AccessKey


def statuses(iam, **parameters):
    keys = iam.ask("ListAccessKeys", **parameters).AccessKeyMetadata
    return {key.AccessKeyId: key.Status for key in keys}


def test_a_key_is_made_for_a_user(iam):
    iam.user("Bob")
    key = new_key(iam, UserName="bob")
    assert (key.UserName, key.Status, key.CreateDate) == ("Bob", "Active", 1_700_000_000.0)
    assert re.fullmatch(r"AKIA[A-Z2-7]{16}", key.AccessKeyId)
    assert re.fullmatch(r"[A-Za-z0-9+/]{40}", key.SecretAccessKey)


def test_the_secret_is_kept_sealed_only(iam):
    iam.user("bob")
    key = new_key(iam, UserName="bob")
    assert iam.sealed == [(key.SecretAccessKey.encode(), key.AccessKeyId.encode())]
    kept = iam.entities.find(AccessKey, "", key.AccessKeyId)
    assert kept.sealed_secret == b"sealed " + key.AccessKeyId.encode()
    log = b"".join(record for _, record in iam.node.engine.records)
    assert key.SecretAccessKey.encode() not in log
    assert key.SecretAccessKey not in repr(kept)


def test_a_key_is_rotated(iam):
    iam.user("bob")
    old = new_key(iam, UserName="bob").AccessKeyId
    new = new_key(iam, UserName="bob").AccessKeyId
    iam.ask("UpdateAccessKey", UserName="bob", AccessKeyId=old, Status="Inactive")
    assert statuses(iam, UserName="bob") == {old: "Inactive", new: "Active"}
    assert iam.entities.find(AccessKey, "", old).active is False
    iam.ask("UpdateAccessKey", UserName="bob", AccessKeyId=old, Status="Active")
    assert statuses(iam, UserName="bob") == {old: "Active", new: "Active"}
    iam.ask("DeleteAccessKey", UserName="bob", AccessKeyId=old)
    assert statuses(iam, UserName="bob") == {new: "Active"}
    assert iam.entities.find(AccessKey, "", old) is None


def test_a_key_expires_for_nobody(iam, refused):
    iam.user("bob")
    key = new_key(iam, UserName="bob").AccessKeyId
    refused(
        InvalidInputException,
        None,
        "UpdateAccessKey",
        UserName="bob",
        AccessKeyId=key,
        Status="Expired",
    )


def test_a_user_has_two_keys_at_most(iam, refused):
    iam.user("bob")
    new_key(iam, UserName="bob")
    new_key(iam, UserName="bob")
    refused(
        LimitExceededException,
        "Cannot exceed quota for AccessKeysPerUser: 2",
        "CreateAccessKey",
        UserName="bob",
    )


def test_a_user_manages_its_own_keys(iam):
    iam.user("bob")
    iam.as_user("bob")
    key = new_key(iam)
    assert key.UserName == "bob"
    assert statuses(iam) == {key.AccessKeyId: "Active"}
    iam.ask("UpdateAccessKey", AccessKeyId=key.AccessKeyId, Status="Inactive")
    iam.ask("DeleteAccessKey", AccessKeyId=key.AccessKeyId)
    assert statuses(iam) == {}


def test_the_root_manages_its_own_keys(iam, refused):
    key = new_key(iam)
    new_key(iam)
    assert iam.entities.find(AccessKey, "", key.AccessKeyId).user is None
    assert len(statuses(iam)) == 2
    refused(LimitExceededException, None, "CreateAccessKey")
    iam.ask("DeleteAccessKey", AccessKeyId=key.AccessKeyId)
    assert key.AccessKeyId not in statuses(iam)


def test_keys_are_listed_in_pages(iam):
    iam.user("bob")
    made = [new_key(iam, UserName="bob").AccessKeyId for _ in range(2)]
    listed = iam.pages("ListAccessKeys", "AccessKeyMetadata", 1, UserName="bob")
    assert [key.AccessKeyId for key in listed] == made


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("CreateAccessKey", {}),
        ("ListAccessKeys", {}),
        ("DeleteAccessKey", {"AccessKeyId": "AKIA000000000000"}),
        ("UpdateAccessKey", {"AccessKeyId": "AKIA000000000000", "Status": "Active"}),
    ],
)
def test_a_session_must_say_whose_key(iam, refused, operation, parameters):
    iam.as_session()
    refused(
        ValidationException,
        "Must specify userName when calling with non-User credentials",
        operation,
        **parameters,
    )


@pytest.mark.parametrize(
    ("operation", "more"), [("DeleteAccessKey", {}), ("UpdateAccessKey", {"Status": "Inactive"})]
)
def test_a_key_is_one_users(iam, refused, operation, more):
    iam.user("bob")
    iam.user("eve")
    key = new_key(iam, UserName="bob").AccessKeyId
    refused(
        NoSuchEntityException,
        f"The Access Key with id {key} cannot be found.",
        operation,
        UserName="eve",
        AccessKeyId=key,
        **more,
    )


def test_a_users_name_in_another_account_is_another_user(iam, refused):
    iam.user("bob")
    key = new_key(iam, UserName="bob").AccessKeyId
    iam.as_other_account()
    iam.user("bob")
    refused(NoSuchEntityException, None, "DeleteAccessKey", UserName="bob", AccessKeyId=key)
    refused(
        NoSuchEntityException,
        f"The Access Key with id {key} cannot be found.",
        "GetAccessKeyLastUsed",
        AccessKeyId=key,
    )


def test_the_last_use_is_told(iam):
    iam.user("bob")
    key = new_key(iam, UserName="bob").AccessKeyId
    answer = iam.ask("GetAccessKeyLastUsed", AccessKeyId=key)
    never = answer.AccessKeyLastUsed
    assert answer.UserName == "bob"
    assert (never.LastUsedDate, never.ServiceName, never.Region) == (None, "N/A", "N/A")
    iam.put(AccessKeyUse(key, 1_700_000_123_456, "eu-west-1", "sqs"))
    used = iam.ask("GetAccessKeyLastUsed", AccessKeyId=key).AccessKeyLastUsed
    assert (used.LastUsedDate, used.ServiceName, used.Region) == (
        1_700_000_123.0,
        "sqs",
        "eu-west-1",
    )
    iam.ask("DeleteAccessKey", UserName="bob", AccessKeyId=key)
    assert iam.entities.find(AccessKeyUse, "", key) is None


def test_keys_need_their_user(refused):
    text = "The user with name eve cannot be found."
    refused(NoSuchEntityException, text, "CreateAccessKey", UserName="eve")
    refused(NoSuchEntityException, text, "ListAccessKeys", UserName="eve")
