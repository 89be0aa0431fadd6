"""Inline and attached policies and boundaries of users, groups and roles."""

import json
from urllib.parse import unquote

import pytest

from tidegate.base.refusals import (
    InvalidInputException,
    LimitExceededException,
    MalformedPolicyDocumentException,
    NoSuchEntityException,
)

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
KINDS = ["User", "Group", "Role"]
INLINE_LIMITS = [("User", 2048), ("Group", 5120), ("Role", 10240)]


def allow(*actions):
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}],
        }
    )


@pytest.fixture(params=KINDS)
def kind(request, iam):
    """The name of a kind of identity, of which there is one."""
    make(iam, request.param)
    return request.param


def make(iam, kind, name="one", **parameters):
    getattr(iam, kind.lower())(name, **parameters)


def who(kind, name="one"):
    return {f"{kind}Name": name}


# --- Inline ---------------------------------------------------------------------------------------


def test_an_inline_policy_is_put_and_read(iam, kind):
    document = allow("sqs:*")
    iam.ask(f"Put{kind}Policy", PolicyName="p", PolicyDocument=document, **who(kind))
    answer = iam.ask(f"Get{kind}Policy", PolicyName="p", **who(kind, "ONE"))
    assert getattr(answer, f"{kind}Name") == "one"
    assert answer.PolicyName == "p"
    assert unquote(answer.PolicyDocument) == document
    iam.ask(f"Put{kind}Policy", PolicyName="p", PolicyDocument=allow("sns:*"), **who(kind))
    answer = iam.ask(f"Get{kind}Policy", PolicyName="p", **who(kind))
    assert unquote(answer.PolicyDocument) == allow("sns:*")


def test_inline_policies_are_listed_in_pages_and_deleted(iam, kind, refused):
    for name in "cab":
        iam.ask(f"Put{kind}Policy", PolicyName=name, PolicyDocument=allow("*"), **who(kind))
    listed = f"List{kind}Policies"
    assert iam.pages(listed, "PolicyNames", **who(kind)) == ["a", "b", "c"]
    iam.ask(f"Delete{kind}Policy", PolicyName="b", **who(kind))
    assert iam.ask(listed, **who(kind)).PolicyNames == ["a", "c"]
    text = f"The {kind.lower()} policy with name b cannot be found."
    for operation in ("Get", "Delete"):
        refused(
            NoSuchEntityException, text, f"{operation}{kind}Policy", PolicyName="b", **who(kind)
        )


def test_an_inline_policy_must_be_one(kind, refused):
    refused(
        MalformedPolicyDocumentException,
        "Syntax errors in policy.",
        f"Put{kind}Policy",
        PolicyName="p",
        PolicyDocument="{",
        **who(kind),
    )


@pytest.mark.parametrize(("kind", "limit"), INLINE_LIMITS)
def test_inline_policies_have_a_limit_together(iam, refused, kind, limit):
    make(iam, kind)
    first = allow("sqs:Send")
    rest = limit - len(first.replace(" ", "")) - len(allow("a:").replace(" ", ""))
    put = f"Put{kind}Policy"
    iam.ask(put, PolicyName="a", PolicyDocument=first, **who(kind))
    full = allow("a:" + "x" * rest)
    refused(
        LimitExceededException,
        f"Maximum policy size of {limit} bytes exceeded for {kind.lower()} one",
        put,
        PolicyName="b",
        PolicyDocument=full.replace("a:", "a:x"),
        **who(kind),
    )
    iam.ask(put, PolicyName="b", PolicyDocument=full, **who(kind))
    iam.ask(put, PolicyName="b", PolicyDocument=full.replace("x", "y"), **who(kind))


# --- Attached -------------------------------------------------------------------------------------


def test_policies_are_attached_and_detached(iam, kind, refused):
    own = iam.policy("mine", Path="/x/")
    for arn in (ADMIN, own, ADMIN):
        iam.ask(f"Attach{kind}Policy", PolicyArn=arn, **who(kind))
    listed = f"ListAttached{kind}Policies"
    attached = iam.pages(listed, "AttachedPolicies", 1, **who(kind))
    assert [(each.PolicyName, each.PolicyArn) for each in attached] == [
        ("AdministratorAccess", ADMIN),
        ("mine", own),
    ]
    inner = iam.ask(listed, PathPrefix="/x/", **who(kind)).AttachedPolicies
    assert [each.PolicyArn for each in inner] == [own]
    iam.ask(f"Detach{kind}Policy", PolicyArn=ADMIN, **who(kind))
    assert len(iam.ask(listed, **who(kind)).AttachedPolicies) == 1
    refused(
        NoSuchEntityException,
        f"Policy {ADMIN} was not found.",
        f"Detach{kind}Policy",
        PolicyArn=ADMIN,
        **who(kind),
    )


def test_a_policy_of_ones_own_may_be_called_like_one_of_awss(iam, kind):
    own = iam.policy("AdministratorAccess")
    for arn in (own, ADMIN):
        iam.ask(f"Attach{kind}Policy", PolicyArn=arn, **who(kind))
    attached = iam.pages(f"ListAttached{kind}Policies", "AttachedPolicies", 1, **who(kind))
    assert {each.PolicyArn for each in attached} == {own, ADMIN}


def test_a_policy_must_be_there_to_be_attached(iam, kind, refused):
    iam.as_other_account()
    theirs = iam.policy("theirs")
    iam.principal = type(iam.principal)(iam.account, "arn:aws:iam::1:root", "AKIA", "1")
    for arn in (f"arn:aws:iam::{iam.account}:policy/none", theirs):
        refused(
            NoSuchEntityException,
            f"Policy {arn} does not exist or is not attachable.",
            f"Attach{kind}Policy",
            PolicyArn=arn,
            **who(kind),
        )
    for operation in ("Attach", "Detach"):
        refused(
            InvalidInputException,
            "ARN arn:aws:iam::nobody:nothing is not valid.",
            f"{operation}{kind}Policy",
            PolicyArn="arn:aws:iam::nobody:nothing",
            **who(kind),
        )


def test_ten_policies_can_be_attached(iam, kind, refused):
    arns = [iam.policy(f"p{number}") for number in range(11)]
    for arn in arns[:10]:
        iam.ask(f"Attach{kind}Policy", PolicyArn=arn, **who(kind))
    refused(
        LimitExceededException,
        f"Cannot exceed quota for PoliciesPer{kind}: 10",
        f"Attach{kind}Policy",
        PolicyArn=arns[10],
        **who(kind),
    )


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("Put{}Policy", {"PolicyName": "p", "PolicyDocument": "{}"}),
        ("Get{}Policy", {"PolicyName": "p"}),
        ("Delete{}Policy", {"PolicyName": "p"}),
        ("List{}Policies", {}),
        ("Attach{}Policy", {"PolicyArn": ADMIN}),
        ("Detach{}Policy", {"PolicyArn": ADMIN}),
        ("ListAttached{}Policies", {}),
    ],
)
def test_the_identity_must_be_there(refused, name, operation, more):
    refused(
        NoSuchEntityException,
        f"The {name.lower()} with name x cannot be found.",
        operation.format(name),
        **who(name, "x"),
        **more,
    )


def test_entities_of_a_policy_are_listed(iam):
    arn = iam.policy()
    for kind in KINDS:
        for name in ("a", "b"):
            make(iam, kind, name, Path=f"/{name}/")
            iam.ask(f"Attach{kind}Policy", PolicyArn=arn, **who(kind, name))
    make(iam, "User", "c", PermissionsBoundary=arn)
    make(iam, "Role", "d")

    def names(**parameters):
        answer = iam.ask("ListEntitiesForPolicy", PolicyArn=arn, **parameters)
        return (
            [each.UserName for each in answer.PolicyUsers],
            [each.GroupName for each in answer.PolicyGroups],
            [each.RoleName for each in answer.PolicyRoles],
        )

    assert names() == (["a", "b", "c"], ["a", "b"], ["a", "b"])
    assert names(EntityFilter="Group") == ([], ["a", "b"], [])
    assert names(PathPrefix="/b/") == (["b"], ["b"], ["b"])
    assert names(PolicyUsageFilter="PermissionsBoundary") == (["c"], [], [])
    assert names(PolicyUsageFilter="PermissionsPolicy") == (["a", "b"], ["a", "b"], ["a", "b"])


def test_entities_of_a_policy_share_the_pages(iam):
    for kind in KINDS:
        make(iam, kind)
        iam.ask(f"Attach{kind}Policy", PolicyArn=ADMIN, **who(kind))
    seen, marker = [], {}
    while True:
        answer = iam.ask("ListEntitiesForPolicy", PolicyArn=ADMIN, MaxItems=1, **marker)
        found = (*answer.PolicyUsers, *answer.PolicyGroups, *answer.PolicyRoles)
        assert len(found) == 1
        seen += found
        if answer.Marker is None:
            break
        marker = {"Marker": answer.Marker}
    assert len(seen) == 3


# --- Boundaries -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["User", "Role"])
def test_a_boundary_is_put_and_deleted(iam, refused, name):
    make(iam, name)
    arn = iam.policy()
    put, delete = f"Put{name}PermissionsBoundary", f"Delete{name}PermissionsBoundary"

    def boundary():
        return getattr(iam.ask(f"Get{name}", **who(name)), name).PermissionsBoundary

    for wanted in (arn, ADMIN):
        iam.ask(put, PermissionsBoundary=wanted, **who(name))
        assert boundary().PermissionsBoundaryArn == wanted
    iam.ask(delete, **who(name))
    assert boundary() is None
    refused(
        NoSuchEntityException,
        f"The {name.lower()} with name one does not have a permissions boundary.",
        delete,
        **who(name),
    )


@pytest.mark.parametrize("name", ["User", "Role"])
def test_a_boundary_needs_policy_and_identity(iam, refused, name):
    put = f"Put{name}PermissionsBoundary"
    text = f"The {name.lower()} with name one cannot be found."
    refused(NoSuchEntityException, text, put, PermissionsBoundary=ADMIN, **who(name))
    refused(NoSuchEntityException, text, f"Delete{name}PermissionsBoundary", **who(name))
    make(iam, name)
    arn = f"arn:aws:iam::{iam.account}:policy/none"
    refused(
        NoSuchEntityException,
        f"Scope ARN: {arn} does not exist or is not attachable.",
        put,
        PermissionsBoundary=arn,
        **who(name),
    )
