"""Key policies: read, set, and checked before they lock everybody out."""

import json

import pytest

from tidegate.base.call import Principal
from tidegate.base.refusals import (
    LimitExceededException,
    MalformedPolicyDocumentException,
    NotFoundException,
    ValidationException,
)
from tidegate.catalog.entities import Changes
from tidegate.catalog.identities import Role, User

ACCOUNT = "111122223333"
ANN = Principal(
    ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/Ann", "AKIAANN", "AIDAANN", kind="User", name="Ann"
)
LOCKED_OUT = "The new key policy will not allow you to update the key policy in the future."
NOBODY = "Policy contains a statement with one or more invalid principals."


def policy(principal=f"arn:aws:iam::{ACCOUNT}:root", action="kms:*", **elements):
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": action,
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement | elements]})


@pytest.fixture(autouse=True)
def _identities(kms):
    user = User(ACCOUNT, "Ann", "/", "AIDAANN", 1)
    role = Role(ACCOUNT, "admin", "/ops/", "AROAADMIN", 1, "{}")
    kms.definitions.note(Changes((user, role)))


def test_a_policy_is_set_and_read_as_it_was_written(kms, key):
    text = policy().replace(",", " ,\n")
    assert kms.ask("PutKeyPolicy", KeyId=key, Policy=text) is None
    for name in (None, "default"):
        answer = kms.ask("GetKeyPolicy", KeyId=key, PolicyName=name)
        assert (answer.Policy, answer.PolicyName) == (text, "default")
    names = kms.ask("ListKeyPolicies", KeyId=key)
    assert (names.PolicyNames, names.Truncated) == (["default"], False)


def test_a_key_is_made_with_a_policy(kms):
    made = kms.create(Policy=policy(action=["kms:PutKeyPolicy", "kms:Get*"]))
    assert "kms:PutKeyPolicy" in kms.ask("GetKeyPolicy", KeyId=made.KeyId).Policy


def test_a_policy_means_whom_it_named_when_it_was_set(kms, key):
    text = policy([f"arn:aws:iam::{ACCOUNT}:root", ANN.arn])
    made = kms.create(Policy=text).KeyId
    kms.ask("PutKeyPolicy", KeyId=key, Policy=text)
    kms.definitions.note(Changes((User(ACCOUNT, "Ann", "/", "AIDANAMESAKE", 2),)))
    for each in (made, key):
        shown = json.loads(kms.ask("GetKeyPolicy", KeyId=each).Policy)
        assert shown == json.loads(text.replace(ANN.arn, "AIDAANN"))


@pytest.mark.parametrize(
    "text",
    [
        policy(action="kms:Encrypt"),
        policy(f"arn:aws:iam::{ACCOUNT}:user/Ann"),
        policy("arn:aws:iam::444455556666:root"),
        policy(Effect="Deny"),
        policy(Condition={"StringEquals": {"kms:KeySpec": "RSA_2048"}}),
        policy(Resource="arn:aws:kms:eu-west-1:111122223333:key/other"),
    ],
)
def test_a_policy_that_locks_its_author_out(kms, key, refused, text):
    if "key/other" not in text:
        refused(MalformedPolicyDocumentException, LOCKED_OUT, "CreateKey", Policy=text)
    members = {"KeyId": key, "Policy": text}
    refused(MalformedPolicyDocumentException, LOCKED_OUT, "PutKeyPolicy", **members)
    kms.ask("PutKeyPolicy", BypassPolicyLockoutSafetyCheck=True, **members)
    assert kms.ask("GetKeyPolicy", KeyId=key).Policy == text


@pytest.mark.parametrize(
    "text",
    [
        policy(),
        policy("*"),
        policy(f"arn:aws:iam::{ACCOUNT}:user/Ann", action="kms:Put*"),
        policy(Condition={"StringEquals": {"kms:CallerAccount": ACCOUNT}}),
    ],
)
def test_a_policy_that_lets_a_user_set_it_again(kms, key, text):
    kms.principal = ANN
    kms.ask("PutKeyPolicy", KeyId=key, Policy=text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no JSON", None),
        ("{}", None),
        (policy(Effect="Perhaps"), None),
        (policy(f"arn:aws:iam::{ACCOUNT}:user/Bob"), NOBODY),
        (policy(f"arn:aws:iam::{ACCOUNT}:role/admin"), NOBODY),
        (policy(f"arn:aws:sts::{ACCOUNT}:assumed-role/nobody/session"), NOBODY),
        (policy("somebody"), NOBODY),
    ],
)
def test_a_document_that_is_no_policy(key, refused, text, message):
    bypassing = {"Policy": text, "BypassPolicyLockoutSafetyCheck": True}
    refused(MalformedPolicyDocumentException, message, "PutKeyPolicy", KeyId=key, **bypassing)
    refused(MalformedPolicyDocumentException, message, "CreateKey", **bypassing)


def test_principals_that_exist(kms, key):
    names = [
        f"arn:aws:iam::{ACCOUNT}:root",
        f"arn:aws:iam::{ACCOUNT}:user/Ann",
        f"arn:aws:iam::{ACCOUNT}:role/ops/admin",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/admin/session",
        "444455556666",
    ]
    kms.ask("PutKeyPolicy", KeyId=key, Policy=policy(names))


def test_a_policy_that_is_too_long(kms, key, refused):
    text = policy(Sid="x" * 32_768)
    refused(LimitExceededException, None, "PutKeyPolicy", KeyId=key, Policy=text)


def test_names_that_no_policy_has(kms, key, refused):
    for name in ("AWS_RAM", "mine"):
        text = f"No such policy exists: {name}"
        refused(NotFoundException, text, "GetKeyPolicy", KeyId=key, PolicyName=name)
    members = {"KeyId": key, "Policy": policy()}
    text = "The AWS_RAM policy can only be managed by the RAM service."
    refused(ValidationException, text, "PutKeyPolicy", PolicyName="AWS_RAM", **members)
    refused(ValidationException, None, "PutKeyPolicy", PolicyName="mine", **members)


def test_a_policy_may_be_set_while_the_key_waits_to_go(kms, key):
    kms.ask("ScheduleKeyDeletion", KeyId=key)
    kms.ask("PutKeyPolicy", KeyId=key, Policy=policy())
