"""Groups, and who is in them."""

import re

import pytest

from tidegate.base import iam_limits as limits
from tidegate.base.refusals import (
    DeleteConflictException,
    EntityAlreadyExistsException,
    LimitExceededException,
    NoSuchEntityException,
)

ALLOW_ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


def test_a_group_is_made_and_found(iam):
    made = iam.group("Staff", Path="/x/")
    assert made.Arn == f"arn:aws:iam::{iam.account}:group/x/Staff"
    assert re.fullmatch(r"AGPA[A-Z2-7]{17}", made.GroupId)
    answer = iam.ask("GetGroup", GroupName="staff")
    assert (answer.Group, answer.Users, answer.IsTruncated) == (made, [], False)


def test_names_are_taken_whatever_their_case(iam, refused):
    iam.group("Staff")
    refused(
        EntityAlreadyExistsException,
        "Group with name STAFF already exists.",
        "CreateGroup",
        GroupName="STAFF",
    )


def test_an_account_has_a_limit_of_groups(iam, refused, monkeypatch):
    monkeypatch.setattr(limits, "GROUPS", 1)
    iam.group("a")
    refused(
        LimitExceededException,
        "Cannot exceed quota for GroupsPerAccount: 1",
        "CreateGroup",
        GroupName="b",
    )


def test_groups_are_listed_by_path_and_in_pages(iam):
    for name in "cab":
        iam.group(name, Path="/x/")
    iam.group("d")
    assert [group.GroupName for group in iam.pages("ListGroups", "Groups")] == list("abcd")
    inner = iam.pages("ListGroups", "Groups", PathPrefix="/x/")
    assert [group.GroupName for group in inner] == list("abc")


def test_members_come_and_go(iam):
    iam.group("staff")
    for name in "cab":
        iam.user(name)
        iam.ask("AddUserToGroup", GroupName="staff", UserName=name)
    members = iam.pages("GetGroup", "Users", GroupName="staff")
    assert [user.UserName for user in members] == list("abc")
    iam.ask("RemoveUserFromGroup", GroupName="Staff", UserName="B")
    members = iam.ask("GetGroup", GroupName="staff").Users
    assert [user.UserName for user in members] == ["a", "c"]


def test_joining_and_leaving_twice_changes_nothing(iam):
    iam.group("staff")
    iam.user("bob")
    iam.ask("AddUserToGroup", GroupName="staff", UserName="bob")
    records = iam.records
    iam.ask("AddUserToGroup", GroupName="staff", UserName="bob")
    assert iam.records == records
    iam.ask("RemoveUserFromGroup", GroupName="staff", UserName="bob")
    records = iam.records
    iam.ask("RemoveUserFromGroup", GroupName="staff", UserName="bob")
    assert iam.records == records


def test_groups_of_a_user_are_listed_in_pages(iam):
    iam.user("bob")
    for name in "cab":
        iam.group(name)
        iam.ask("AddUserToGroup", GroupName=name, UserName="bob")
    groups = iam.pages("ListGroupsForUser", "Groups", UserName="bob")
    assert [group.GroupName for group in groups] == list("abc")


def test_a_user_is_in_ten_groups_at_most(iam, refused):
    iam.user("bob")
    for number in range(11):
        iam.group(f"g{number}")
    for number in range(10):
        iam.ask("AddUserToGroup", GroupName=f"g{number}", UserName="bob")
    refused(
        LimitExceededException,
        "Cannot exceed quota for GroupsPerUser: 10",
        "AddUserToGroup",
        GroupName="g10",
        UserName="bob",
    )


def test_a_rename_keeps_members_and_policies(iam):
    made = iam.group("staff")
    iam.group("other")
    for name in ("ann", "bob"):
        iam.user(name)
        iam.ask("AddUserToGroup", GroupName="other", UserName=name)
        iam.ask("AddUserToGroup", GroupName="staff", UserName=name)
    iam.ask("AttachGroupPolicy", GroupName="staff", PolicyArn=iam.policy())
    iam.ask("UpdateGroup", GroupName="staff", NewGroupName="crew", NewPath="/sea/")
    answer = iam.ask("GetGroup", GroupName="crew")
    assert answer.Group.GroupId == made.GroupId
    assert answer.Group.Arn == f"arn:aws:iam::{iam.account}:group/sea/crew"
    assert [user.UserName for user in answer.Users] == ["ann", "bob"]
    groups = iam.ask("ListGroupsForUser", UserName="ann").Groups
    assert [group.GroupName for group in groups] == ["crew", "other"]
    assert len(iam.ask("ListAttachedGroupPolicies", GroupName="crew").AttachedPolicies) == 1
    assert [group.GroupName for group in iam.ask("ListGroups").Groups] == ["crew", "other"]


def test_a_rename_needs_a_free_name(iam, refused):
    iam.group("a")
    iam.group("b")
    refused(
        EntityAlreadyExistsException,
        "Group with name B already exists.",
        "UpdateGroup",
        GroupName="a",
        NewGroupName="B",
    )


def test_an_update_of_nothing_writes_nothing(iam):
    iam.group("a")
    records = iam.records
    iam.ask("UpdateGroup", GroupName="a")
    assert iam.records == records


def test_a_group_is_deleted(iam, refused):
    iam.group("staff")
    iam.ask("DeleteGroup", GroupName="staff")
    refused(
        NoSuchEntityException,
        "The group with name staff cannot be found.",
        "GetGroup",
        GroupName="staff",
    )


@pytest.mark.parametrize(
    ("operation", "parameters", "text"),
    [
        (
            "AddUserToGroup",
            {"UserName": "bob"},
            "Cannot delete entity, must remove users from group first.",
        ),
        (
            "AttachGroupPolicy",
            {"PolicyArn": "arn:aws:iam::aws:policy/IAMFullAccess"},
            "Cannot delete entity, must detach all policies first.",
        ),
        (
            "PutGroupPolicy",
            {"PolicyName": "p", "PolicyDocument": ALLOW_ALL},
            "Cannot delete entity, must delete policies first.",
        ),
    ],
)
def test_a_group_with_something_stays(iam, refused, operation, parameters, text):
    iam.group("staff")
    iam.user("bob")
    iam.ask(operation, GroupName="staff", **parameters)
    refused(DeleteConflictException, text, "DeleteGroup", GroupName="staff")


@pytest.mark.parametrize("operation", ["AddUserToGroup", "RemoveUserFromGroup"])
def test_both_must_be_there(iam, refused, operation):
    iam.user("bob")
    refused(
        NoSuchEntityException,
        "The group with name staff cannot be found.",
        operation,
        GroupName="staff",
        UserName="bob",
    )
    iam.group("staff")
    refused(
        NoSuchEntityException,
        "The user with name eve cannot be found.",
        operation,
        GroupName="staff",
        UserName="eve",
    )


@pytest.mark.parametrize("operation", ["UpdateGroup", "DeleteGroup"])
def test_a_group_must_be_there(refused, operation):
    refused(
        NoSuchEntityException, "The group with name x cannot be found.", operation, GroupName="x"
    )
