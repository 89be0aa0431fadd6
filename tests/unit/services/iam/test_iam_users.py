"""Users."""

import re

import pytest

from tidegate.base import iam_limits as limits
from tidegate.base.refusals import (
    DeleteConflictException,
    EntityAlreadyExistsException,
    InvalidInputException,
    LimitExceededException,
    NoSuchEntityException,
    ValidationException,
)
from tidegate.catalog.entity import name_of
from tidegate.catalog.identities import AccessKey, User

ALLOW_ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


def test_a_user_is_made_and_found(iam):
    made = iam.user("Bob", Path="/team/", Tags=[{"Key": "a", "Value": "1"}])
    assert made.Arn == f"arn:aws:iam::{iam.account}:user/team/Bob"
    assert re.fullmatch(r"AIDA[A-Z2-7]{17}", made.UserId)
    assert made.CreateDate == 1_700_000_000.0
    got = iam.ask("GetUser", UserName="bob").User
    assert got == made
    assert [(tag.Key, tag.Value) for tag in got.Tags] == [("a", "1")]


def test_ids_differ(iam):
    assert iam.user("a").UserId != iam.user("b").UserId


def test_names_are_taken_whatever_their_case(iam, refused):
    iam.user("Bob")
    refused(
        EntityAlreadyExistsException,
        "User with name bob already exists.",
        "CreateUser",
        UserName="bob",
    )


def test_accounts_do_not_see_each_other(iam, refused):
    iam.user("bob")
    iam.as_other_account()
    refused(
        NoSuchEntityException,
        "The user with name bob cannot be found.",
        "GetUser",
        UserName="bob",
    )
    iam.user("bob")
    assert len(iam.ask("ListUsers").Users) == 1


def test_an_account_has_a_limit_of_users(iam, refused, monkeypatch):
    monkeypatch.setattr(limits, "USERS", 2)
    iam.user("a")
    iam.user("b")
    refused(
        LimitExceededException,
        "Cannot exceed quota for UsersPerAccount: 2",
        "CreateUser",
        UserName="c",
    )


def test_a_user_may_be_made_with_a_boundary(iam):
    arn = iam.policy()
    bound = iam.user("bob", PermissionsBoundary=arn).PermissionsBoundary
    assert (bound.PermissionsBoundaryType, bound.PermissionsBoundaryArn) == ("Policy", arn)


def test_a_boundary_must_be_there(iam, refused):
    arn = f"arn:aws:iam::{iam.account}:policy/none"
    refused(
        NoSuchEntityException,
        f"Scope ARN: {arn} does not exist or is not attachable.",
        "CreateUser",
        UserName="bob",
        PermissionsBoundary=arn,
    )
    refused(
        InvalidInputException,
        "ARN arn:aws:iam::nobody:policies is not valid.",
        "CreateUser",
        UserName="bob",
        PermissionsBoundary="arn:aws:iam::nobody:policies",
    )


def test_get_user_without_a_name_is_about_the_caller(iam):
    iam.user("bob")
    iam.as_user("bob")
    assert iam.ask("GetUser").User.UserName == "bob"


def test_get_user_of_the_root(iam):
    iam.ask("CreateAccessKey")
    root = iam.ask("GetUser").User
    assert (root.UserId, root.Arn) == (iam.account, f"arn:aws:iam::{iam.account}:root")
    assert root.CreateDate == 1_700_000_000.0


def test_a_session_must_say_which_user(iam, refused):
    iam.as_session()
    refused(
        ValidationException,
        "Must specify userName when calling with non-User credentials",
        "GetUser",
    )


def test_users_are_listed_in_order_by_path_and_in_pages(iam):
    for name in ("d", "B", "a", "c"):
        iam.user(name, Path="/x/" if name in "aB" else "/x/y/")
    iam.user("e")
    assert [user.UserName for user in iam.pages("ListUsers", "Users")] == ["a", "B", "c", "d", "e"]
    inner = iam.pages("ListUsers", "Users", PathPrefix="/x/y/")
    assert [user.UserName for user in inner] == ["c", "d"]


def test_listings_leave_out_tags_and_boundary(iam):
    iam.user("bob", Tags=[{"Key": "a", "Value": "1"}], PermissionsBoundary=iam.policy())
    (listed,) = iam.ask("ListUsers").Users
    assert listed.Tags is None
    assert listed.PermissionsBoundary is None


def test_a_page_has_a_hundred_users_where_nothing_is_said(iam):
    for number in range(101):
        iam.user(f"user{number:03}")
    first = iam.ask("ListUsers")
    assert len(first.Users) == 100
    assert first.IsTruncated is True
    (last,) = iam.ask("ListUsers", Marker=first.Marker).Users
    assert last.UserName == "user100"


def test_a_marker_must_be_one(refused):
    for marker in ("*", "é", "gA=="):
        refused(ValidationException, "Invalid Marker.", "ListUsers", Marker=marker)


def test_a_page_goes_on_where_the_marker_was_deleted(iam):
    for name in "abcd":
        iam.user(name)
    marker = iam.ask("ListUsers", MaxItems=2).Marker
    iam.ask("DeleteUser", UserName="b")
    assert [user.UserName for user in iam.ask("ListUsers", Marker=marker).Users] == ["c", "d"]


def test_a_rename_keeps_everything(iam):
    made = iam.user("bob", Tags=[{"Key": "a", "Value": "1"}])
    iam.group("staff")
    iam.ask("AddUserToGroup", GroupName="staff", UserName="bob")
    iam.ask("AttachUserPolicy", UserName="bob", PolicyArn=iam.policy())
    iam.ask("PutUserPolicy", UserName="bob", PolicyName="p", PolicyDocument=ALLOW_ALL)
    key = iam.ask("CreateAccessKey", UserName="bob").AccessKey
    iam.ask("UpdateUser", UserName="bob", NewUserName="robert", NewPath="/new/")
    got = iam.ask("GetUser", UserName="robert").User
    assert got.UserId == made.UserId
    assert got.Arn == f"arn:aws:iam::{iam.account}:user/new/robert"
    assert iam.entities.find(User, iam.account, "bob") is None
    assert iam.entities.find(AccessKey, "", key.AccessKeyId).user == "robert"
    assert [each.UserName for each in iam.ask("GetGroup", GroupName="staff").Users] == ["robert"]
    assert iam.ask("ListUserPolicies", UserName="robert").PolicyNames == ["p"]
    assert len(iam.ask("ListAttachedUserPolicies", UserName="robert").AttachedPolicies) == 1
    (listed,) = iam.ask("ListAccessKeys", UserName="robert").AccessKeyMetadata
    assert listed.UserName == "robert"


def test_a_rename_may_change_the_case_only(iam):
    iam.user("bob")
    iam.ask("UpdateUser", UserName="bob", NewUserName="Bob")
    assert iam.ask("GetUser", UserName="bob").User.UserName == "Bob"


def test_a_rename_needs_a_free_name(iam, refused):
    iam.user("bob")
    iam.user("Eve")
    refused(
        EntityAlreadyExistsException,
        "User with name eve already exists.",
        "UpdateUser",
        UserName="bob",
        NewUserName="eve",
    )


def test_an_update_of_nothing_writes_nothing(iam):
    iam.user("bob")
    records = iam.records
    iam.ask("UpdateUser", UserName="bob")
    assert iam.records == records


def test_a_user_is_deleted(iam, refused):
    iam.user("bob", PermissionsBoundary=iam.policy())
    iam.ask("DeleteUser", UserName="bob")
    refused(
        NoSuchEntityException,
        "The user with name bob cannot be found.",
        "DeleteUser",
        UserName="bob",
    )


@pytest.mark.parametrize(
    ("operation", "parameters", "text"),
    [
        (
            "AddUserToGroup",
            {"GroupName": "staff"},
            "Cannot delete entity, must remove users from group first.",
        ),
        (
            "AttachUserPolicy",
            {"PolicyArn": "arn:aws:iam::aws:policy/IAMFullAccess"},
            "Cannot delete entity, must detach all policies first.",
        ),
        (
            "PutUserPolicy",
            {"PolicyName": "p", "PolicyDocument": ALLOW_ALL},
            "Cannot delete entity, must delete policies first.",
        ),
        ("CreateAccessKey", {}, "Cannot delete entity, must delete access keys first."),
    ],
)
def test_a_user_with_something_stays(iam, refused, operation, parameters, text):
    iam.user("bob")
    iam.group("staff")
    iam.ask(operation, UserName="bob", **parameters)
    refused(DeleteConflictException, text, "DeleteUser", UserName="bob")


@pytest.mark.parametrize("operation", ["UpdateUser", "DeleteUser", "ListGroupsForUser"])
def test_a_user_must_be_there(refused, operation):
    refused(
        NoSuchEntityException, "The user with name eve cannot be found.", operation, UserName="eve"
    )


def test_users_come_back_from_the_log(iam):
    iam.user("bob", Tags=[{"Key": "a", "Value": "1"}])
    iam.ask("CreateAccessKey", UserName="bob")
    replayed = iam.node.engine.replayed().entities
    assert {name_of(each): each for each in replayed} == {
        name_of(each): each for each in iam.entities
    }
