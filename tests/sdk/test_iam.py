"""IAM by boto3: what is made takes effect at once, and what is refused reads like AWS's."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from sdk.clients import REGION, SETTINGS
from sdk.refusals import refused
from server_process import ServerProcess

_accounts = itertools.count(7_000_000_000)

Caller = Callable[..., Any]


def document(effect: str, action: str | list[str], resource: str = "*", **more: Any) -> str:
    statement = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Account:
    """An account of the test's own, and clients of whoever is in it."""

    def __init__(self, endpoint: str, number: str) -> None:
        self.number = number
        self._endpoint = endpoint
        self._made: list[Any] = []
        self.iam = self.client("iam", number, "test")
        """The root's."""

    def client(self, service: str, access_key: str, secret: str) -> Any:
        made = boto3.client(
            service,
            endpoint_url=self._endpoint,
            region_name=REGION,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret,
            config=Config(**SETTINGS),
        )
        self._made.append(made)
        return made

    def user(self, name: str, *services: str) -> list[Any]:
        """Clients of a new user."""
        self.iam.create_user(UserName=name)
        key = self.iam.create_access_key(UserName=name)["AccessKey"]
        return [
            self.client(service, key["AccessKeyId"], key["SecretAccessKey"]) for service in services
        ]

    def close(self) -> None:
        for client in self._made:
            client.close()


@pytest.fixture
def account(server: ServerProcess) -> Iterator[Account]:
    made = Account(server.endpoint, f"{next(_accounts):012}")
    yield made
    made.close()


def test_a_user_may_do_what_its_policies_say_from_now_on(account: Account) -> None:
    iam = account.iam
    (bob,) = account.user("bob", "sqs")
    with refused("AccessDenied", status=403, containing="sqs:createqueue"):
        bob.create_queue(QueueName="jobs")
    iam.put_user_policy(
        UserName="bob",
        PolicyName="jobs",
        PolicyDocument=document("Allow", "sqs:*", f"arn:aws:sqs:*:{account.number}:jobs"),
    )
    url = bob.create_queue(QueueName="jobs")["QueueUrl"]
    bob.send_message(QueueUrl=url, MessageBody="x")
    with refused("AccessDenied", status=403):
        bob.create_queue(QueueName="other")
    iam.delete_user_policy(UserName="bob", PolicyName="jobs")
    with refused("AccessDenied", status=403):
        bob.send_message(QueueUrl=url, MessageBody="x")


def test_groups_managed_policies_versions_and_boundaries_take_effect(account: Account) -> None:
    iam = account.iam
    (bob,) = account.user("bob", "sqs")
    iam.create_group(GroupName="staff")
    iam.add_user_to_group(GroupName="staff", UserName="bob")
    arn = iam.create_policy(
        PolicyName="queues", PolicyDocument=document("Allow", "sqs:ListQueues")
    )["Policy"]["Arn"]
    iam.attach_group_policy(GroupName="staff", PolicyArn=arn)
    bob.list_queues()
    iam.create_policy_version(
        PolicyArn=arn, PolicyDocument=document("Deny", "sqs:*"), SetAsDefault=True
    )
    with refused("AccessDenied", status=403, containing="with an explicit deny in"):
        bob.list_queues()
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    bob.list_queues()
    boundary = "arn:aws:iam::aws:policy/AmazonSNSFullAccess"
    iam.put_user_permissions_boundary(UserName="bob", PermissionsBoundary=boundary)
    with refused("AccessDenied", status=403, containing="permissions boundary"):
        bob.list_queues()
    iam.delete_user_permissions_boundary(UserName="bob")
    iam.update_group(GroupName="staff", NewGroupName="crew")
    bob.list_queues()


def test_keys_are_rotated_and_follow_their_user(account: Account) -> None:
    iam = account.iam
    iam.create_user(UserName="bob")
    iam.attach_user_policy(UserName="bob", PolicyArn="arn:aws:iam::aws:policy/IAMFullAccess")
    keys = [iam.create_access_key(UserName="bob")["AccessKey"] for _ in range(2)]
    old, new = (account.client("iam", key["AccessKeyId"], key["SecretAccessKey"]) for key in keys)
    iam.update_user(UserName="bob", NewUserName="robert")
    assert old.get_user()["User"]["UserName"] == "robert"
    new.update_access_key(AccessKeyId=keys[0]["AccessKeyId"], Status="Inactive")
    with refused("InvalidClientTokenId", status=403):
        old.get_user()
    statuses = {
        each["AccessKeyId"]: each["Status"] for each in new.list_access_keys()["AccessKeyMetadata"]
    }
    assert statuses == {keys[0]["AccessKeyId"]: "Inactive", keys[1]["AccessKeyId"]: "Active"}
    new.delete_access_key(AccessKeyId=keys[0]["AccessKeyId"])
    with refused("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", status=409):
        for _ in range(2):
            new.create_access_key()


def test_conditions_see_tags_policies_and_boundaries(account: Account) -> None:
    iam = account.iam
    (deputy,) = account.user("deputy", "iam")
    bound = iam.create_policy(PolicyName="bound", PolicyDocument=document("Allow", "sqs:*"))
    bound_arn = bound["Policy"]["Arn"]
    conditions = {
        "iam:CreateUser": {"iam:PermissionsBoundary": bound_arn, "aws:RequestTag/team": "red"},
        "iam:DeleteUser": {"aws:ResourceTag/team": "red"},
        "iam:AttachUserPolicy": {"iam:PolicyARN": bound_arn},
    }
    for number, (action, keys) in enumerate(conditions.items()):
        iam.put_user_policy(
            UserName="deputy",
            PolicyName=f"p{number}",
            PolicyDocument=document("Allow", action, Condition={"StringEquals": keys}),
        )
    red = [{"Key": "team", "Value": "red"}]
    with refused("AccessDenied", status=403):
        deputy.create_user(UserName="new", Tags=red)
    deputy.create_user(UserName="new", Tags=red, PermissionsBoundary=bound_arn)
    with refused("AccessDenied", status=403):
        deputy.attach_user_policy(
            UserName="new", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
        )
    deputy.attach_user_policy(UserName="new", PolicyArn=bound_arn)
    iam.detach_user_policy(UserName="new", PolicyArn=bound_arn)
    with refused("AccessDenied", status=403):
        deputy.delete_user(UserName="deputy")
    deputy.delete_user(UserName="new")


def test_documents_come_back_as_documents(account: Account) -> None:
    iam = account.iam
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(trust))
    assert iam.get_role(RoleName="worker")["Role"]["AssumeRolePolicyDocument"] == trust
    policy = document("Allow", "sqs:*", "arn:aws:sqs:*:*:${aws:username}-ü+ %2B")
    iam.put_role_policy(RoleName="worker", PolicyName="p", PolicyDocument=policy)
    got = iam.get_role_policy(RoleName="worker", PolicyName="p")["PolicyDocument"]
    assert got == json.loads(policy)
    (detail,) = iam.get_account_authorization_details()["RoleDetailList"]
    assert detail["RolePolicyList"][0]["PolicyDocument"] == json.loads(policy)


def test_listings_are_walked_by_paginators(account: Account) -> None:
    for number in range(7):
        account.iam.create_user(UserName=f"user{number}")
    pages = account.iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 3})
    names = [[user["UserName"] for user in page["Users"]] for page in pages]
    assert [len(page) for page in names] == [3, 3, 1]
    assert [name for page in names for name in page] == [f"user{number}" for number in range(7)]
    pages = account.iam.get_paginator("list_policies").paginate(Scope="AWS")
    listed = [policy["PolicyName"] for page in pages for policy in page["Policies"]]
    assert "AdministratorAccess" in listed


def test_refusals_read_like_awss(account: Account) -> None:
    iam = account.iam
    iam.create_user(UserName="bob")
    text = "The user with name eve cannot be found."
    with refused("NoSuchEntity", text, status=404):
        iam.get_user(UserName="eve")
    text = "User with name BOB already exists."
    with refused("EntityAlreadyExists", text, status=409):
        iam.create_user(UserName="BOB")
    iam.create_access_key(UserName="bob")
    text = "Cannot delete entity, must delete access keys first."
    with refused("DeleteConflict", text, status=409):
        iam.delete_user(UserName="bob")
    with refused("MalformedPolicyDocument", "Syntax errors in policy.", status=400):
        iam.create_policy(PolicyName="p", PolicyDocument="{")
    with refused("InvalidInput", status=400):
        iam.attach_user_policy(UserName="bob", PolicyArn="arn:aws:iam::nobody:policy")
    with refused("ValidationError", "Invalid Marker.", status=400):
        iam.list_users(Marker="*")
    with refused("ValidationError", status=400, containing="'maxItems'"):
        iam.list_users(MaxItems=1001)


def test_a_simulation_tells_what_happens(account: Account) -> None:
    iam = account.iam
    (bob,) = account.user("bob", "sqs")
    iam.put_user_policy(
        UserName="bob", PolicyName="p", PolicyDocument=document("Allow", "sqs:ListQueues")
    )
    arn = iam.get_user(UserName="bob")["User"]["Arn"]
    results = iam.simulate_principal_policy(
        PolicySourceArn=arn, ActionNames=["sqs:ListQueues", "sqs:CreateQueue"]
    )["EvaluationResults"]
    assert [each["EvalDecision"] for each in results] == ["allowed", "implicitDeny"]
    bob.list_queues()
    with refused("AccessDenied", status=403):
        bob.create_queue(QueueName="q")


def test_identities_outlive_the_server(new_server: Callable[..., ServerProcess]) -> None:
    process = new_server()
    account = Account(process.endpoint, "000000000000")
    account.iam = account.client("iam", "test", "test")
    (bob,) = account.user("bob", "iam")
    account.iam.attach_user_policy(
        UserName="bob", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess"
    )
    process.kill()
    process.start()
    assert bob.get_user()["User"]["UserName"] == "bob"
    account.close()


def test_no_secret_is_on_the_disk_or_in_the_log(
    new_server: Callable[..., ServerProcess],
) -> None:
    process = new_server()
    account = Account(process.endpoint, "000000000000")
    account.iam = account.client("iam", "test", "test")
    account.iam.create_user(UserName="bob")
    secret = account.iam.create_access_key(UserName="bob")["AccessKey"]["SecretAccessKey"]
    account.close()
    process.stop()
    files = [path for path in process.data.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if secret.encode() in path.read_bytes()]
    assert secret not in process.errors()
