"""Managed and inline policies, versions, groups and boundaries: what adds up and what limits."""

import pytest

from sdk.access.expect import denied
from sdk.access.principals import VERSION, allow, deny, policy, unique

SQS_FULL_ACCESS = "arn:aws:iam::aws:policy/AmazonSQSFullAccess"
SQS_READ_ONLY = "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


@pytest.fixture
def user(home):
    return home.new_user()


def send(who, queue):
    who.sqs.send_message(QueueUrl=queue.url, MessageBody="x")


def receive(who, queue):
    who.sqs.receive_message(QueueUrl=queue.url)


def test_managed_policy_acts_while_it_is_attached(home, user, queue):
    arn = home.new_policy(allow("sqs:SendMessage", queue.arn))
    home.iam.attach_user_policy(UserName=user.name, PolicyArn=arn)
    send(user, queue)
    home.iam.detach_user_policy(UserName=user.name, PolicyArn=arn)
    with denied("sqs:SendMessage"):
        send(user, queue)


def test_the_default_version_is_the_one_that_acts(home, user, queue):
    arn = home.new_policy(allow("sqs:SendMessage", queue.arn))
    home.iam.attach_user_policy(UserName=user.name, PolicyArn=arn)
    home.iam.create_policy_version(
        PolicyArn=arn, PolicyDocument=policy(allow("sqs:ReceiveMessage", queue.arn))
    )
    send(user, queue)
    home.iam.set_default_policy_version(PolicyArn=arn, VersionId="v2")
    receive(user, queue)
    with denied("sqs:SendMessage"):
        send(user, queue)
    home.iam.create_policy_version(
        PolicyArn=arn,
        PolicyDocument=policy(allow("sqs:SendMessage", queue.arn)),
        SetAsDefault=True,
    )
    send(user, queue)
    versions = home.iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert [(one["VersionId"], one["IsDefaultVersion"]) for one in versions] == [
        ("v3", True),
        ("v2", False),
        ("v1", False),
    ]


def test_a_version_number_is_not_used_twice(home):
    arn = home.new_policy(allow("sqs:SendMessage"))
    document = policy(allow("sqs:ReceiveMessage"))
    home.iam.create_policy_version(PolicyArn=arn, PolicyDocument=document)
    home.iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    made = home.iam.create_policy_version(PolicyArn=arn, PolicyDocument=document)
    assert made["PolicyVersion"]["VersionId"] == "v3"


def test_policies_add_up_and_one_deny_is_enough(home, user, queue):
    user.may(allow("sqs:SendMessage", queue.arn), name="send")
    user.may(allow("sqs:ReceiveMessage", queue.arn), name="receive")
    send(user, queue)
    receive(user, queue)
    arn = home.new_policy(deny("sqs:SendMessage"))
    home.iam.attach_user_policy(UserName=user.name, PolicyArn=arn)
    with denied("explicit deny in an identity-based policy"):
        send(user, queue)
    receive(user, queue)


def test_inline_policy_is_gone_when_deleted(home, user, queue):
    user.may(allow("sqs:SendMessage"), name="send")
    send(user, queue)
    home.iam.delete_user_policy(UserName=user.name, PolicyName="send")
    with denied("sqs:SendMessage"):
        send(user, queue)


def test_a_member_has_the_policies_of_the_group(home, user, queue):
    group = home.new_group(user)
    home.iam.put_group_policy(
        GroupName=group, PolicyName="send", PolicyDocument=policy(allow("sqs:SendMessage"))
    )
    arn = home.new_policy(allow("sqs:ReceiveMessage"))
    home.iam.attach_group_policy(GroupName=group, PolicyArn=arn)
    send(user, queue)
    receive(user, queue)
    home.iam.detach_group_policy(GroupName=group, PolicyArn=arn)
    with denied("sqs:ReceiveMessage"):
        receive(user, queue)
    home.iam.remove_user_from_group(GroupName=group, UserName=user.name)
    with denied("sqs:SendMessage"):
        send(user, queue)


def test_a_deny_of_one_group_wins_over_the_allow_of_another(home, user, queue):
    senders, blocked = home.new_group(user), home.new_group(user)
    for group, statement in ((senders, allow("sqs:*")), (blocked, deny("sqs:SendMessage"))):
        home.iam.put_group_policy(GroupName=group, PolicyName="p", PolicyDocument=policy(statement))
    receive(user, queue)
    with denied("explicit deny"):
        send(user, queue)


def test_a_boundary_limits_and_grants_nothing(home, user, queue):
    boundary = home.new_policy(allow("sqs:SendMessage"))
    home.iam.put_user_permissions_boundary(UserName=user.name, PermissionsBoundary=boundary)
    with denied("sqs:SendMessage", "no identity-based policy allows"):
        send(user, queue)
    user.may(allow("sqs:*"))
    send(user, queue)
    with denied("sqs:ReceiveMessage", "no permissions boundary allows"):
        receive(user, queue)
    home.iam.delete_user_permissions_boundary(UserName=user.name)
    receive(user, queue)


def test_a_deny_in_a_boundary(home, user, queue):
    boundary = home.new_policy(allow("*"), deny("sqs:SendMessage"))
    home.iam.put_user_permissions_boundary(UserName=user.name, PermissionsBoundary=boundary)
    user.may(allow("sqs:*"))
    receive(user, queue)
    with denied("explicit deny in a permissions boundary"):
        send(user, queue)


def test_a_boundary_limits_a_role_too(home, queue):
    user = home.new_user(allow("sts:AssumeRole"))
    boundary = home.new_policy(allow("sqs:SendMessage"))
    role = home.new_role(
        policy(
            {"Effect": "Allow", "Principal": {"AWS": user.arn}, "Action": "sts:AssumeRole"},
        ),
        allow("sqs:*"),
        PermissionsBoundary=boundary,
    )
    worker = user.assume(role.arn)
    send(worker, queue)
    with denied("no permissions boundary allows"):
        receive(worker, queue)


@pytest.mark.parametrize(
    ("arn", "may_send"), [(SQS_FULL_ACCESS, True), (SQS_READ_ONLY, False), (ADMINISTRATOR, True)]
)
def test_policies_that_aws_manages(home, user, queue, arn, may_send):
    home.iam.attach_user_policy(UserName=user.name, PolicyArn=arn)
    user.sqs.get_queue_attributes(QueueUrl=queue.url, AttributeNames=["All"])
    user.sqs.list_queues()
    if may_send:
        send(user, queue)
    else:
        with denied("sqs:SendMessage"):
            send(user, queue)


def test_not_resource(user, queue, new_queue_of, home):
    other = new_queue_of(home)
    user.may({"Effect": "Allow", "Action": "sqs:*", "NotResource": other.arn})
    send(user, queue)
    with denied(other.arn):
        send(user, other)


@pytest.mark.parametrize(
    ("region", "number", "works"),
    [("*", "*", True), ("us-east-1", "*", True), ("eu-west-1", "*", False), ("*", "1*", False)],
)
def test_wildcards_in_resources(user, queue, region, number, works):
    user.may(allow("sqs:SendMessage", f"arn:aws:sqs:{region}:{number}:{queue.name[:-1]}?"))
    if works:
        send(user, queue)
    else:
        with denied("sqs:SendMessage"):
            send(user, queue)


def test_a_policy_of_the_old_version_knows_no_variables(nobody, queue):
    """Without Version 2012-10-17 a variable stands for itself, letter by letter."""
    condition = {"StringEquals": {"aws:username": "${aws:username}"}}
    statement = allow("sqs:SendMessage", queue.arn, Principal="*", Condition=condition)
    queue.set(Policy=policy(statement))
    send(nobody, queue)
    queue.set(Policy=policy(statement).replace(VERSION, "2008-10-17"))
    with denied("sqs:SendMessage"):
        send(nobody, queue)


def test_a_user_may_change_iam_only_where_a_policy_says_so(home, user):
    other = unique("user")
    with denied("iam:CreateUser", user.arn, f"user/{other}"):
        user.iam.create_user(UserName=other)
    user.may(allow("iam:CreateUser", f"arn:aws:iam::{home.number}:user/{other}"))
    user.iam.create_user(UserName=other)
    with denied("iam:DeleteUser"):
        user.iam.delete_user(UserName=other)


def test_one_who_may_delegate_can_be_held_to_a_boundary(home):
    """As in AWS's page "Permissions boundaries for IAM entities", delegating with a condition."""
    boundary = home.new_policy(allow("sqs:*"))
    other = home.new_policy(allow("*"))
    admin = home.new_user(
        allow(
            "iam:CreateUser",
            Condition={"StringEquals": {"iam:PermissionsBoundary": boundary}},
        )
    )
    with denied("iam:CreateUser"):
        admin.iam.create_user(UserName=unique("user"))
    with denied("iam:CreateUser"):
        admin.iam.create_user(UserName=unique("user"), PermissionsBoundary=other)
    admin.iam.create_user(UserName=unique("user"), PermissionsBoundary=boundary)


def test_a_renamed_user_keeps_keys_and_policies(home, user, queue):
    user.may(allow("sqs:SendMessage", queue.arn))
    send(user, queue)
    new = unique("user")
    home.iam.update_user(UserName=user.name, NewUserName=new)
    send(user, queue)
    assert user.sts.get_caller_identity()["Arn"].endswith(f":user/{new}")


def test_a_deleted_user_is_gone_with_all_that_it_could(home, user, queue):
    user.may(allow("sqs:SendMessage", queue.arn))
    send(user, queue)
    home.iam.delete_user_policy(UserName=user.name, PolicyName="inline")
    home.iam.delete_access_key(UserName=user.name, AccessKeyId=user.access_key)
    home.iam.delete_user(UserName=user.name)
    again = home.iam.create_user(UserName=user.name)["User"]
    assert again["Arn"] == user.arn
    key = home.iam.create_access_key(UserName=user.name)
    namesake = home.with_key(key)
    with denied("sqs:SendMessage"):
        send(namesake, queue)
