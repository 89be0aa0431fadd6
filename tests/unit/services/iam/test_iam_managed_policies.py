"""Managed policies and their versions."""

import json
import re
from urllib.parse import unquote

import pytest

from tidegate.base import iam_limits as limits
from tidegate.base.refusals import (
    DeleteConflictException,
    EntityAlreadyExistsException,
    InvalidInputException,
    LimitExceededException,
    MalformedPolicyDocumentException,
    NoSuchEntityException,
)

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


def allow(*actions):
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}],
        }
    )


def versions(iam, arn):
    shown = iam.ask("ListPolicyVersions", PolicyArn=arn).Versions
    return [(version.VersionId, version.IsDefaultVersion) for version in shown]


def test_a_policy_is_made_and_found(iam):
    arn = iam.policy(
        "Mine", allow("sqs:*"), Path="/x/", Description="ours", Tags=[{"Key": "a", "Value": "1"}]
    )
    assert arn == f"arn:aws:iam::{iam.account}:policy/x/Mine"
    policy = iam.ask("GetPolicy", PolicyArn=arn).Policy
    assert re.fullmatch(r"ANPA[A-Z2-7]{17}", policy.PolicyId)
    assert (policy.PolicyName, policy.Path, policy.Description) == ("Mine", "/x/", "ours")
    assert (policy.DefaultVersionId, policy.IsAttachable) == ("v1", True)
    assert (policy.AttachmentCount, policy.PermissionsBoundaryUsageCount) == (0, 0)
    assert [(tag.Key, tag.Value) for tag in policy.Tags] == [("a", "1")]


def test_a_document_comes_back_url_encoded(iam):
    document = allow("sqs:*") + " \n"
    arn = iam.policy("mine", document)
    version = iam.ask("GetPolicyVersion", PolicyArn=arn, VersionId="v1").PolicyVersion
    assert unquote(version.Document) == document
    assert re.fullmatch(r"[A-Za-z0-9_.~%-]+", version.Document)


def test_names_are_taken_whatever_their_case_and_path(iam, refused):
    iam.policy("Mine", Path="/x/")
    refused(
        EntityAlreadyExistsException,
        "A policy called mine already exists. Duplicate names are not allowed.",
        "CreatePolicy",
        PolicyName="mine",
        PolicyDocument=allow("*"),
    )


def test_an_account_has_a_limit_of_policies(iam, refused, monkeypatch):
    monkeypatch.setattr(limits, "POLICIES", 1)
    iam.policy("a")
    refused(
        LimitExceededException,
        "Cannot exceed quota for PoliciesPerAccount: 1",
        "CreatePolicy",
        PolicyName="b",
        PolicyDocument=allow("*"),
    )


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ("nothing", "Syntax errors in policy."),
        (
            '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
            "Policy document must be version 2012-10-17 or greater.",
        ),
        (
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*",'
            '"Resource":"*"}]}',
            "Policy document should not specify a principal.",
        ),
        (
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"q"}]}',
            'Resource q must be in ARN format or "*".',
        ),
    ],
)
def test_a_document_must_be_a_policy(iam, refused, document, text):
    refused(
        MalformedPolicyDocumentException,
        text,
        "CreatePolicy",
        PolicyName="a",
        PolicyDocument=document,
    )
    refused(
        MalformedPolicyDocumentException,
        text,
        "CreatePolicyVersion",
        PolicyArn=iam.policy(),
        PolicyDocument=document,
    )


def test_a_document_has_a_limit_without_its_white_space(iam, refused):
    fits = allow(*(f"sqs:Action{number:04}" for number in range(330)))
    spare = limits.MANAGED_POLICY_CHARACTERS - len(fits.replace(" ", ""))
    fits = fits.replace("sqs:Action0000", "sqs:Action0000" + "x" * spare)
    iam.policy("fits", fits.replace(",", "," + " " * 90))
    refused(
        LimitExceededException,
        "Cannot exceed quota for PolicySize: 6144",
        "CreatePolicy",
        PolicyName="more",
        PolicyDocument=fits.replace("sqs:Action0000", "sqs:Action0000x"),
    )


# --- Listing --------------------------------------------------------------------------------------


def test_policies_are_listed_by_scope_path_and_in_pages(iam):
    for name in "cab":
        iam.policy(name, Path="/x/")
    iam.policy("AdministratorAccess")
    own = iam.pages("ListPolicies", "Policies", Scope="Local")
    assert [policy.PolicyName for policy in own] == ["a", "AdministratorAccess", "b", "c"]
    of_aws = iam.pages("ListPolicies", "Policies", 7, Scope="AWS")
    assert {policy.Arn.split(":")[4] for policy in of_aws} == {"aws"}
    every = iam.pages("ListPolicies", "Policies", 5)
    assert len(every) == len(own) + len(of_aws)
    assert len({policy.Arn for policy in every}) == len(every)
    inner = iam.pages("ListPolicies", "Policies", PathPrefix="/x/")
    assert [policy.PolicyName for policy in inner] == ["a", "b", "c"]
    assert {(policy.Tags, policy.Description) for policy in every} == {(None, None)}


def test_policies_are_listed_by_use(iam):
    attached, bounding, unused = iam.policy("a"), iam.policy("b"), iam.policy("c")
    iam.user("bob", PermissionsBoundary=bounding)
    iam.role("worker", PermissionsBoundary=bounding)
    iam.ask("AttachUserPolicy", UserName="bob", PolicyArn=attached)
    iam.ask("AttachRolePolicy", RoleName="worker", PolicyArn=ADMIN)

    def arns(**parameters):
        return [policy.Arn for policy in iam.ask("ListPolicies", **parameters).Policies]

    assert arns(OnlyAttached=True) == [attached, ADMIN, bounding]
    assert arns(Scope="Local", OnlyAttached=True) == [attached, bounding]
    assert arns(PolicyUsageFilter="PermissionsBoundary") == [bounding]
    assert arns(PolicyUsageFilter="PermissionsPolicy") == [attached, ADMIN]
    assert unused in arns(Scope="Local")
    policy = iam.ask("GetPolicy", PolicyArn=bounding).Policy
    assert (policy.AttachmentCount, policy.PermissionsBoundaryUsageCount) == (0, 2)
    policy = iam.ask("GetPolicy", PolicyArn=attached).Policy
    assert (policy.AttachmentCount, policy.PermissionsBoundaryUsageCount) == (1, 0)


# --- Versions -------------------------------------------------------------------------------------


def test_versions_come_and_go(iam):
    arn = iam.policy()
    made = iam.ask("CreatePolicyVersion", PolicyArn=arn, PolicyDocument=allow("a:b"))
    assert (made.PolicyVersion.VersionId, made.PolicyVersion.IsDefaultVersion) == ("v2", False)
    iam.now_ms += 5_000
    made = iam.ask(
        "CreatePolicyVersion", PolicyArn=arn, PolicyDocument=allow("a:c"), SetAsDefault=True
    )
    assert (made.PolicyVersion.VersionId, made.PolicyVersion.IsDefaultVersion) == ("v3", True)
    assert versions(iam, arn) == [("v3", True), ("v2", False), ("v1", False)]
    iam.ask("SetDefaultPolicyVersion", PolicyArn=arn, VersionId="v2")
    iam.ask("DeletePolicyVersion", PolicyArn=arn, VersionId="v3")
    assert versions(iam, arn) == [("v2", True), ("v1", False)]
    policy = iam.ask("GetPolicy", PolicyArn=arn).Policy
    assert policy.DefaultVersionId == "v2"
    assert policy.UpdateDate == policy.CreateDate + 5


def test_a_number_is_never_given_twice(iam):
    arn = iam.policy()
    iam.ask("CreatePolicyVersion", PolicyArn=arn, PolicyDocument=allow("a:b"))
    iam.ask("DeletePolicyVersion", PolicyArn=arn, VersionId="v2")
    made = iam.ask("CreatePolicyVersion", PolicyArn=arn, PolicyDocument=allow("a:b"))
    assert made.PolicyVersion.VersionId == "v3"


def test_a_policy_has_five_versions_at_most(iam, refused):
    arn = iam.policy()
    for _ in range(4):
        iam.ask("CreatePolicyVersion", PolicyArn=arn, PolicyDocument=allow("a:b"))
    refused(
        LimitExceededException,
        "A managed policy can have up to 5 versions. Before you create a new version, you must "
        "delete an existing version.",
        "CreatePolicyVersion",
        PolicyArn=arn,
        PolicyDocument=allow("a:b"),
    )
    shown = iam.pages("ListPolicyVersions", "Versions", PolicyArn=arn)
    assert [version.VersionId for version in shown] == ["v5", "v4", "v3", "v2", "v1"]


def test_the_default_version_stays(iam, refused):
    arn = iam.policy()
    refused(
        DeleteConflictException,
        "Cannot delete the default version of a policy.",
        "DeletePolicyVersion",
        PolicyArn=arn,
        VersionId="v1",
    )


@pytest.mark.parametrize(
    "operation", ["GetPolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion"]
)
def test_a_version_must_be_there(iam, refused, operation):
    arn = iam.policy()
    refused(
        NoSuchEntityException,
        f"Policy {arn} version v9 does not exist or is not attachable.",
        operation,
        PolicyArn=arn,
        VersionId="v9",
    )


# --- Deleting -------------------------------------------------------------------------------------


def test_a_policy_is_deleted(iam, refused):
    arn = iam.policy()
    iam.ask("DeletePolicy", PolicyArn=arn)
    refused(NoSuchEntityException, f"Policy {arn} was not found.", "GetPolicy", PolicyArn=arn)


def test_a_policy_in_use_stays(iam, refused):
    text = "Cannot delete a policy attached to entities."
    attached, bounding = iam.policy("a"), iam.policy("b")
    iam.group()
    iam.ask("AttachGroupPolicy", GroupName="staff", PolicyArn=attached)
    iam.user("bob", PermissionsBoundary=bounding)
    refused(DeleteConflictException, text, "DeletePolicy", PolicyArn=attached)
    refused(DeleteConflictException, text, "DeletePolicy", PolicyArn=bounding)


def test_a_policy_with_versions_stays(iam, refused):
    arn = iam.policy()
    iam.ask("CreatePolicyVersion", PolicyArn=arn, PolicyDocument=allow("a:b"))
    refused(
        DeleteConflictException,
        "This policy has more than one version. Before you delete a policy, you must delete the "
        "policy's versions. The default version is deleted with the policy.",
        "DeletePolicy",
        PolicyArn=arn,
    )


# --- Whose they are -------------------------------------------------------------------------------

BY_ARN = [
    ("GetPolicy", {}),
    ("DeletePolicy", {}),
    ("ListEntitiesForPolicy", {}),
    ("ListPolicyVersions", {}),
    ("GetPolicyVersion", {"VersionId": "v1"}),
    ("SetDefaultPolicyVersion", {"VersionId": "v1"}),
    ("DeletePolicyVersion", {"VersionId": "v1"}),
    ("CreatePolicyVersion", {"PolicyDocument": "{}"}),
]


@pytest.mark.parametrize(("operation", "more"), BY_ARN)
def test_a_policy_must_be_there(iam, refused, operation, more):
    iam.policy("mine", Path="/x/")
    iam.as_other_account()
    iam.policy("theirs")
    theirs = f"arn:aws:iam::{iam.principal.account}:policy/theirs"
    iam.principal = type(iam.principal)(iam.account, "arn:aws:iam::1:root", "AKIA", "1")
    for arn in (
        f"arn:aws:iam::{iam.account}:policy/none",
        f"arn:aws:iam::{iam.account}:policy/mine",
        f"arn:aws:iam::{iam.account}:policy/x/Mine",
        "arn:aws:iam::aws:policy/none",
        theirs,
    ):
        text = f"Policy {arn} was not found."
        refused(NoSuchEntityException, text, operation, PolicyArn=arn, **more)


@pytest.mark.parametrize(("operation", "more"), BY_ARN)
@pytest.mark.parametrize(
    "arn",
    ["x" * 20, "arn:aws:iam::1:policy/a", "arn:aws:sqs::aws:policy/a", "arn:aws:iam::aws:p/a"],
)
def test_an_arn_must_be_one(refused, operation, more, arn):
    refused(InvalidInputException, f"ARN {arn} is not valid.", operation, PolicyArn=arn, **more)


def test_policies_of_aws_can_be_read(iam):
    policy = iam.ask("GetPolicy", PolicyArn=ADMIN).Policy
    assert (policy.PolicyName, policy.DefaultVersionId) == ("AdministratorAccess", "v1")
    version = iam.ask("GetPolicyVersion", PolicyArn=ADMIN, VersionId="v1").PolicyVersion
    assert json.loads(unquote(version.Document))["Statement"] == [
        {"Effect": "Allow", "Action": "*", "Resource": "*"}
    ]
    assert versions(iam, ADMIN) == [("v1", True)]


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("DeletePolicy", {}),
        ("DeletePolicyVersion", {"VersionId": "v1"}),
        ("SetDefaultPolicyVersion", {"VersionId": "v1"}),
        ("CreatePolicyVersion", {"PolicyDocument": "{}"}),
        ("TagPolicy", {"Tags": [{"Key": "a", "Value": "b"}]}),
    ],
)
def test_policies_of_aws_cannot_be_changed(refused, operation, more):
    refused(InvalidInputException, None, operation, PolicyArn=ADMIN, **more)
