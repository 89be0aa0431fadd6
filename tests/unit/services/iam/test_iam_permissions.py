"""What needs a permission besides the one that the gateway asks for."""

import pytest

from tidegate.base.refusals import AccessDeniedException


@pytest.fixture
def filled(iam):
    iam.user("ann")
    iam.ask("CreateGroup", GroupName="ops")
    iam.role("worker")
    iam.ask("CreateInstanceProfile", InstanceProfileName="host")
    return iam


@pytest.mark.parametrize(
    ("operation", "parameters", "action", "path"),
    [
        ("UpdateUser", {"UserName": "ann", "NewUserName": "bob"}, "iam:UpdateUser", "user/bob"),
        ("UpdateUser", {"UserName": "ann", "NewPath": "/a/"}, "iam:UpdateUser", "user/a/ann"),
        ("UpdateGroup", {"GroupName": "ops", "NewGroupName": "x"}, "iam:UpdateGroup", "group/x"),
        (
            "AddRoleToInstanceProfile",
            {"InstanceProfileName": "host", "RoleName": "worker"},
            "iam:PassRole",
            "role/worker",
        ),
    ],
)
def test_a_second_permission_is_asked_for(filled, operation, parameters, action, path):
    filled.may_not_also = True
    before = filled.records
    with pytest.raises(AccessDeniedException):
        filled.ask(operation, **parameters)
    assert filled.records == before
    assert filled.asked == [(action, f"arn:aws:iam::{filled.account}:{path}")]
    filled.may_not_also = False
    filled.ask(operation, **parameters)
