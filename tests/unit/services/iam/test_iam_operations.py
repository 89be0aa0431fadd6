"""The table of operations: actions, resources, condition keys; ids."""

import re

import pytest

from tidegate.api import iam as api
from tidegate.base.refusals import ValidationException
from tidegate.services.iam.ids import Ids

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
TRUST = "{}"


def test_each_row_is_an_operation_of_the_model(iam):
    assert len(iam.rows) == 98
    for name, row in iam.rows.items():
        assert row.input is api.OPERATIONS[name].input
        assert row.action == f"iam:{name}"


def test_answers_are_not_for_anybody(iam):
    assert all(row.signed and not row.anonymous for row in iam.rows.values())
    assert not any(row.decides_itself for row in iam.rows.values())


@pytest.mark.parametrize(
    ("operation", "parameters", "resource"),
    [
        ("CreateUser", {"UserName": "bob"}, "user/bob"),
        ("CreateUser", {"UserName": "bob", "Path": "/x/"}, "user/x/bob"),
        ("CreateGroup", {"GroupName": "a", "Path": "/x/"}, "group/x/a"),
        (
            "CreateRole",
            {"RoleName": "a", "Path": "/x/", "AssumeRolePolicyDocument": TRUST},
            "role/x/a",
        ),
        ("CreatePolicy", {"PolicyName": "a", "PolicyDocument": "{}"}, "policy/a"),
        ("CreateInstanceProfile", {"InstanceProfileName": "a"}, "instance-profile/a"),
        (
            "CreateOpenIDConnectProvider",
            {"Url": "https://a.example/b"},
            "oidc-provider/a.example/b",
        ),
        ("ListUsers", {}, "user/"),
        ("ListUsers", {"PathPrefix": "/x/"}, "user/x/"),
        ("ListGroups", {}, "group/"),
        ("ListRoles", {}, "role/"),
        ("ListInstanceProfiles", {}, "instance-profile/"),
        ("ListOpenIDConnectProviders", {}, "oidc-provider/*"),
        ("GetUser", {"UserName": "one"}, "user/x/one"),
        ("GetUser", {"UserName": "none"}, "user/none"),
        ("GetUser", {}, "root"),
        ("CreateAccessKey", {}, "root"),
        ("DeleteUser", {"UserName": "ONE"}, "user/x/one"),
        ("AttachUserPolicy", {"UserName": "one", "PolicyArn": ADMIN}, "user/x/one"),
        ("TagUser", {"UserName": "one", "Tags": []}, "user/x/one"),
        ("AddUserToGroup", {"UserName": "one", "GroupName": "one"}, "group/x/one"),
        ("ListGroupsForUser", {"UserName": "one"}, "user/x/one"),
        ("DeleteGroup", {"GroupName": "none"}, "group/none"),
        ("GetRole", {"RoleName": "one"}, "role/x/one"),
        ("DeleteRolePermissionsBoundary", {"RoleName": "none"}, "role/none"),
        ("GetInstanceProfile", {"InstanceProfileName": "one"}, "instance-profile/x/one"),
        ("GetInstanceProfile", {"InstanceProfileName": "none"}, "instance-profile/none"),
    ],
)
def test_a_row_says_what_it_is_about(iam, operation, parameters, resource):
    iam.user("one", Path="/x/")
    iam.group("one", Path="/x/")
    iam.role("one", Path="/x/")
    iam.ask("CreateInstanceProfile", InstanceProfileName="one", Path="/x/")
    expected = f"arn:aws:iam::{iam.account}:{resource}"
    assert iam.resource(operation, **parameters) == expected


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("GetPolicy", {"PolicyArn": ADMIN}),
        ("TagPolicy", {"PolicyArn": ADMIN, "Tags": []}),
        ("GetOpenIDConnectProvider", {"OpenIDConnectProviderArn": ADMIN}),
        ("SimulatePrincipalPolicy", {"PolicySourceArn": ADMIN, "ActionNames": []}),
    ],
)
def test_what_is_named_by_its_arn_is_that(iam, operation, parameters):
    assert iam.resource(operation, **parameters) == ADMIN


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("ListPolicies", {}),
        ("GetAccountSummary", {}),
        ("GetAccountAuthorizationDetails", {}),
        ("CreateAccountAlias", {"AccountAlias": "ours"}),
        ("SimulateCustomPolicy", {"PolicyInputList": [], "ActionNames": []}),
    ],
)
def test_what_is_about_the_account_is_about_no_resource(iam, operation, parameters):
    assert iam.resource(operation, **parameters) == "*"


def test_a_caller_without_a_name_is_itself(iam):
    iam.as_user("x/bob")
    assert iam.resource("GetUser") == f"arn:aws:iam::{iam.account}:user/x/bob"
    iam.as_session()
    with pytest.raises(ValidationException):
        iam.resource("ListAccessKeys")


def test_a_key_belongs_to_its_user(iam):
    iam.user("bob", Path="/x/")
    key = iam.ask("CreateAccessKey", UserName="bob").AccessKey.AccessKeyId
    about = iam.resource("GetAccessKeyLastUsed", AccessKeyId=key)
    assert about == f"arn:aws:iam::{iam.account}:user/x/bob"
    iam.as_other_account()
    about = iam.resource("GetAccessKeyLastUsed", AccessKeyId=key)
    assert about == f"arn:aws:iam::{iam.principal.account}:user/*"


def test_conditions_may_ask_for_the_policy_and_the_boundary(iam):
    bound = iam.policy()
    iam.user("bob", PermissionsBoundary=bound)
    assert iam.context("AttachUserPolicy", UserName="Bob", PolicyArn=ADMIN) == {
        "iam:PolicyARN": ADMIN,
        "iam:PermissionsBoundary": bound,
    }
    put = {"PolicyName": "p", "PolicyDocument": "{}"}
    assert iam.context("PutUserPolicy", UserName="bob", **put) == {"iam:PermissionsBoundary": bound}
    assert iam.context("DeleteUserPermissionsBoundary", UserName="bob") == {
        "iam:PermissionsBoundary": bound
    }
    assert iam.context("PutGroupPolicy", GroupName="none", **put) == {}
    assert iam.context("CreateUser", UserName="x") == {}
    assert iam.context("CreateUser", UserName="x", PermissionsBoundary=ADMIN) == {
        "iam:PermissionsBoundary": ADMIN
    }


def test_ids_and_secrets_use_all_their_randomness():
    drawn = []

    def random_bytes(count):
        drawn.append(count)
        return b"\xff" * count

    ids = Ids(random_bytes)
    assert ids.of("AIDA") == "AIDA" + "7" * 17
    assert ids.access_key() == "AKIA" + "7" * 16
    assert ids.secret() == "/" * 40
    assert drawn == [15, 10, 30]
    assert re.fullmatch(r"[A-Z2-7]*", ids.of(""))
