"""Instance profiles."""

import re

import pytest

from tidegate.base import iam_limits as limits
from tidegate.base.refusals import (
    DeleteConflictException,
    EntityAlreadyExistsException,
    LimitExceededException,
    NoSuchEntityException,
)


def profile(iam, name="one", **parameters):
    return iam.ask("CreateInstanceProfile", InstanceProfileName=name, **parameters).InstanceProfile


def test_a_profile_is_made_and_found(iam):
    made = profile(iam, "One", Path="/x/", Tags=[{"Key": "a", "Value": "1"}])
    assert made.Arn == f"arn:aws:iam::{iam.account}:instance-profile/x/One"
    assert re.fullmatch(r"AIPA[A-Z2-7]{17}", made.InstanceProfileId)
    assert made.Roles == []
    assert iam.ask("GetInstanceProfile", InstanceProfileName="one").InstanceProfile == made


def test_names_are_taken_whatever_their_case(iam, refused):
    profile(iam, "One")
    refused(
        EntityAlreadyExistsException,
        "Instance Profile one already exists.",
        "CreateInstanceProfile",
        InstanceProfileName="one",
    )


def test_an_account_has_a_limit_of_profiles(iam, refused, monkeypatch):
    monkeypatch.setattr(limits, "INSTANCE_PROFILES", 1)
    profile(iam, "a")
    refused(
        LimitExceededException,
        "Cannot exceed quota for InstanceProfilesPerAccount: 1",
        "CreateInstanceProfile",
        InstanceProfileName="b",
    )


def test_a_role_comes_and_goes(iam):
    profile(iam)
    iam.role("Worker")
    iam.ask("AddRoleToInstanceProfile", InstanceProfileName="one", RoleName="worker")
    got = iam.ask("GetInstanceProfile", InstanceProfileName="one").InstanceProfile
    assert [role.RoleName for role in got.Roles] == ["Worker"]
    iam.ask("RemoveRoleFromInstanceProfile", InstanceProfileName="one", RoleName="worker")
    got = iam.ask("GetInstanceProfile", InstanceProfileName="one").InstanceProfile
    assert got.Roles == []


def test_a_profile_has_one_role(iam, refused):
    profile(iam)
    iam.role("a")
    iam.role("b")
    iam.ask("AddRoleToInstanceProfile", InstanceProfileName="one", RoleName="a")
    for name in "ab":
        refused(
            LimitExceededException,
            "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
            "AddRoleToInstanceProfile",
            InstanceProfileName="one",
            RoleName=name,
        )
    refused(
        NoSuchEntityException,
        "The role with name b cannot be found in instance profile one.",
        "RemoveRoleFromInstanceProfile",
        InstanceProfileName="one",
        RoleName="b",
    )


def test_profiles_are_listed_by_path_role_and_in_pages(iam):
    iam.role("worker")
    for name in "cab":
        profile(iam, name, Path="/x/")
    profile(iam, "d")
    for name in "bd":
        iam.ask("AddRoleToInstanceProfile", InstanceProfileName=name, RoleName="worker")

    def names(operation, **parameters):
        listed = iam.pages(operation, "InstanceProfiles", 1, **parameters)
        return [each.InstanceProfileName for each in listed]

    assert names("ListInstanceProfiles") == list("abcd")
    assert names("ListInstanceProfiles", PathPrefix="/x/") == list("abc")
    assert names("ListInstanceProfilesForRole", RoleName="worker") == ["b", "d"]


def test_a_profile_is_deleted_without_its_role(iam, refused):
    profile(iam)
    iam.role("worker")
    iam.ask("AddRoleToInstanceProfile", InstanceProfileName="one", RoleName="worker")
    refused(
        DeleteConflictException,
        "Cannot delete entity, must remove roles from instance profile first.",
        "DeleteInstanceProfile",
        InstanceProfileName="one",
    )
    iam.ask("RemoveRoleFromInstanceProfile", InstanceProfileName="one", RoleName="worker")
    iam.ask("DeleteInstanceProfile", InstanceProfileName="one")
    assert iam.ask("ListInstanceProfiles").InstanceProfiles == []


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("GetInstanceProfile", {}),
        ("DeleteInstanceProfile", {}),
        ("AddRoleToInstanceProfile", {"RoleName": "worker"}),
        ("RemoveRoleFromInstanceProfile", {"RoleName": "worker"}),
    ],
)
def test_profile_and_role_must_be_there(iam, refused, operation, more):
    text = "Instance Profile one cannot be found."
    refused(NoSuchEntityException, text, operation, InstanceProfileName="one", **more)
    if more:
        profile(iam)
        text = "The role with name worker cannot be found."
        refused(NoSuchEntityException, text, operation, InstanceProfileName="one", **more)
    text = "The role with name none cannot be found."
    refused(NoSuchEntityException, text, "ListInstanceProfilesForRole", RoleName="none")
