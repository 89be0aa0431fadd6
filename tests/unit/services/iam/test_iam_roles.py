"""Roles, and their trust policies."""

import json
import re
from urllib.parse import unquote

import pytest

from tidegate.base import iam_limits as limits
from tidegate.base.refusals import (
    DeleteConflictException,
    EntityAlreadyExistsException,
    LimitExceededException,
    MalformedPolicyDocumentException,
    NoSuchEntityException,
)
from tidegate.catalog.identities import Role, RoleUse

ALLOW_ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


def trust(principal, **more):
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}
            ],
        }
    )


def trusted(role):
    document = json.loads(unquote(role.AssumeRolePolicyDocument))
    return document["Statement"][0]["Principal"]


def test_a_role_is_made_and_found(iam):
    document = trust({"Service": "lambda.amazonaws.com"})
    made = iam.role(
        "Worker",
        document,
        Path="/x/",
        Description="works",
        MaxSessionDuration=7200,
        Tags=[{"Key": "a", "Value": "1"}],
        PermissionsBoundary="arn:aws:iam::aws:policy/PowerUserAccess",
    )
    assert made.Arn == f"arn:aws:iam::{iam.account}:role/x/Worker"
    assert re.fullmatch(r"AROA[A-Z2-7]{17}", made.RoleId)
    got = iam.ask("GetRole", RoleName="worker").Role
    assert got == made
    assert (got.Description, got.MaxSessionDuration) == ("works", 7200)
    bound = got.PermissionsBoundary
    assert bound.PermissionsBoundaryArn == "arn:aws:iam::aws:policy/PowerUserAccess"
    assert got.RoleLastUsed.LastUsedDate is None


def test_a_trust_policy_comes_back_url_encoded(iam):
    document = trust({"Service": "lambda.amazonaws.com"})
    encoded = iam.role(trust=document).AssumeRolePolicyDocument
    assert unquote(encoded) == document
    assert re.fullmatch(r"[A-Za-z0-9_.~%-]+", encoded)


def test_a_session_lasts_an_hour_where_nothing_is_said(iam):
    assert iam.role().MaxSessionDuration == 3600


def test_names_are_taken_whatever_their_case(iam, refused):
    iam.role("Worker")
    refused(
        EntityAlreadyExistsException,
        "Role with name worker already exists.",
        "CreateRole",
        RoleName="worker",
        AssumeRolePolicyDocument=trust("*"),
    )


def test_an_account_has_a_limit_of_roles(iam, refused, monkeypatch):
    monkeypatch.setattr(limits, "ROLES", 1)
    iam.role("a")
    refused(
        LimitExceededException,
        "Cannot exceed quota for RolesPerAccount: 1",
        "CreateRole",
        RoleName="b",
        AssumeRolePolicyDocument=trust("*"),
    )


@pytest.mark.parametrize(
    "document", ["", "{}", "[]", ALLOW_ALL, '{"Version":"2012-10-17"}', '{"a":\ud800}']
)
def test_a_trust_policy_must_be_one(iam, refused, document):
    refused(
        MalformedPolicyDocumentException,
        None,
        "CreateRole",
        RoleName="a",
        AssumeRolePolicyDocument=document,
    )
    iam.role("b")
    refused(
        MalformedPolicyDocumentException,
        None,
        "UpdateAssumeRolePolicy",
        RoleName="b",
        PolicyDocument=document,
    )


@pytest.mark.parametrize("kind", ["user", "role"])
def test_trusted_users_and_roles_must_be_there(iam, refused, kind):
    arn = f"arn:aws:iam::{iam.account}:{kind}/nobody"
    refused(
        MalformedPolicyDocumentException,
        f'Invalid principal in policy: "AWS":"{arn}"',
        "CreateRole",
        RoleName="a",
        AssumeRolePolicyDocument=trust({"AWS": arn}),
    )


def test_other_accounts_may_be_trusted(iam):
    arn = "arn:aws:iam::999900001111:root"
    assert trusted(iam.role(trust=trust({"AWS": arn}))) == {"AWS": arn}


def test_a_trust_policy_has_a_limit(iam, refused):
    many = [f"arn:aws:iam::{number:012}:root" for number in range(100)]
    refused(
        LimitExceededException,
        "Cannot exceed quota for ACLSizePerRole: 2048",
        "CreateRole",
        RoleName="a",
        AssumeRolePolicyDocument=trust({"AWS": many}),
    )


def test_white_space_does_not_count(iam):
    document = trust({"Service": "lambda.amazonaws.com"}).replace(",", "," + " \n" * 3000)
    assert unquote(iam.role(trust=document).AssumeRolePolicyDocument) == document


# --- Who is trusted -------------------------------------------------------------------------------


def test_a_trusted_user_who_is_renamed_stays_trusted(iam):
    bob = iam.user("bob")
    iam.role("worker", trust({"AWS": [bob.Arn, "999900001111"]}))
    iam.ask("UpdateUser", UserName="bob", NewUserName="robert", NewPath="/new/")
    shown = trusted(iam.ask("GetRole", RoleName="worker").Role)
    assert shown == {"AWS": [f"arn:aws:iam::{iam.account}:user/new/robert", "999900001111"]}


def test_a_trusted_user_who_was_deleted_is_an_id(iam):
    bob = iam.user("bob")
    iam.role("worker", trust({"AWS": bob.Arn}))
    iam.ask("DeleteUser", UserName="bob")
    assert trusted(iam.ask("GetRole", RoleName="worker").Role) == {"AWS": bob.UserId}
    iam.user("bob")
    assert trusted(iam.ask("GetRole", RoleName="worker").Role) == {"AWS": bob.UserId}
    (listed,) = iam.ask("ListRoles").Roles
    assert trusted(listed) == {"AWS": bob.UserId}


def test_a_trust_policy_that_is_set_again_trusts_who_is_there_now(iam):
    bob = iam.user("bob")
    iam.role("worker", trust({"AWS": bob.Arn}))
    iam.ask("DeleteUser", UserName="bob")
    iam.user("bob")
    iam.ask("UpdateAssumeRolePolicy", RoleName="worker", PolicyDocument=trust({"AWS": bob.Arn}))
    assert trusted(iam.ask("GetRole", RoleName="worker").Role) == {"AWS": bob.Arn}


def test_an_arn_in_a_condition_is_left_alone(iam):
    bob = iam.user("bob")
    condition = {"ArnEquals": {"aws:PrincipalArn": bob.Arn}}
    iam.role("worker", trust({"AWS": bob.Arn}, Condition=condition))
    iam.ask("DeleteUser", UserName="bob")
    role = iam.ask("GetRole", RoleName="worker").Role
    statement = json.loads(unquote(role.AssumeRolePolicyDocument))["Statement"][0]
    assert statement["Condition"] == condition


# --- Listing and changing -------------------------------------------------------------------------


def test_roles_are_listed_by_path_and_in_pages(iam):
    for name in "cab":
        iam.role(name, Path="/x/", Tags=[{"Key": "a", "Value": "1"}])
    iam.role("d")
    assert [role.RoleName for role in iam.pages("ListRoles", "Roles")] == list("abcd")
    inner = iam.pages("ListRoles", "Roles", PathPrefix="/x/")
    assert [role.RoleName for role in inner] == list("abc")
    assert {(role.Tags, role.PermissionsBoundary, role.RoleLastUsed) for role in inner} == {
        (None, None, None)
    }


def test_a_role_is_updated(iam):
    iam.role("worker", Description="old", MaxSessionDuration=7200)
    iam.ask("UpdateRole", RoleName="worker", MaxSessionDuration=14400)
    role = iam.ask("GetRole", RoleName="worker").Role
    assert (role.Description, role.MaxSessionDuration) == ("old", 14400)
    iam.ask("UpdateRole", RoleName="worker", Description="")
    role = iam.ask("GetRole", RoleName="worker").Role
    assert (role.Description, role.MaxSessionDuration) == (None, 3600)
    answer = iam.ask("UpdateRoleDescription", RoleName="worker", Description="new")
    assert answer.Role == iam.ask("GetRole", RoleName="worker").Role
    assert answer.Role.Description == "new"


def test_the_last_use_is_told_and_goes_with_the_role(iam):
    iam.role("worker")
    iam.put(RoleUse(iam.account, "worker", 1_700_000_123_456, "eu-west-1"))
    used = iam.ask("GetRole", RoleName="worker").Role.RoleLastUsed
    assert (used.LastUsedDate, used.Region) == (1_700_000_123.0, "eu-west-1")
    iam.ask("DeleteRole", RoleName="worker")
    iam.role("worker")
    assert iam.ask("GetRole", RoleName="worker").Role.RoleLastUsed.LastUsedDate is None


def test_a_role_is_deleted(iam, refused):
    iam.role("worker", PermissionsBoundary=iam.policy())
    iam.ask("DeleteRole", RoleName="worker")
    assert dict(iam.entities.all_of(Role, iam.account)) == {}
    refused(
        NoSuchEntityException,
        "The role with name worker cannot be found.",
        "DeleteRole",
        RoleName="worker",
    )


@pytest.mark.parametrize(
    ("operation", "parameters", "text"),
    [
        (
            "AddRoleToInstanceProfile",
            {"InstanceProfileName": "profile"},
            "Cannot delete entity, must remove roles from instance profile first.",
        ),
        (
            "AttachRolePolicy",
            {"PolicyArn": "arn:aws:iam::aws:policy/IAMFullAccess"},
            "Cannot delete entity, must detach all policies first.",
        ),
        (
            "PutRolePolicy",
            {"PolicyName": "p", "PolicyDocument": ALLOW_ALL},
            "Cannot delete entity, must delete policies first.",
        ),
    ],
)
def test_a_role_with_something_stays(iam, refused, operation, parameters, text):
    iam.role("worker")
    iam.ask("CreateInstanceProfile", InstanceProfileName="profile")
    iam.ask(operation, RoleName="worker", **parameters)
    refused(DeleteConflictException, text, "DeleteRole", RoleName="worker")


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("GetRole", {}),
        ("UpdateRole", {}),
        ("UpdateRoleDescription", {"Description": ""}),
        ("UpdateAssumeRolePolicy", {"PolicyDocument": "{}"}),
    ],
)
def test_a_role_must_be_there(refused, operation, parameters):
    refused(
        NoSuchEntityException,
        "The role with name x cannot be found.",
        operation,
        RoleName="x",
        **parameters,
    )
