"""Errors, limits and pages of IAM, as its model documents them."""

import json

import pytest

from sdk.access.expect import denied
from sdk.access.principals import HOME, allow, policy, trust, unique
from sdk.refusals import refused

MISSING = "no-such-one"
MISSING_POLICY = f"arn:aws:iam::{HOME}:policy/{MISSING}"
DOCUMENT = policy(allow("sqs:SendMessage"))
TRUST = trust(HOME)


@pytest.fixture(scope="module")
def iam(home):
    return home.iam


@pytest.fixture(scope="module")
def careless(home):
    """A client that sends what the model forbids."""
    return home.client("iam", parameter_validation=False)


@pytest.fixture
def user(iam):
    name = unique("user")
    iam.create_user(UserName=name)
    return name


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("get_user", {"UserName": MISSING}),
        ("delete_user", {"UserName": MISSING}),
        ("update_user", {"UserName": MISSING, "NewUserName": "x"}),
        ("tag_user", {"UserName": MISSING, "Tags": [{"Key": "a", "Value": "b"}]}),
        ("create_access_key", {"UserName": MISSING}),
        ("list_access_keys", {"UserName": MISSING}),
        ("put_user_policy", {"UserName": MISSING, "PolicyName": "p", "PolicyDocument": DOCUMENT}),
        ("attach_user_policy", {"UserName": MISSING, "PolicyArn": MISSING_POLICY}),
        ("list_groups_for_user", {"UserName": MISSING}),
        ("get_group", {"GroupName": MISSING}),
        ("delete_group", {"GroupName": MISSING}),
        ("add_user_to_group", {"GroupName": MISSING, "UserName": MISSING}),
        ("get_role", {"RoleName": MISSING}),
        ("delete_role", {"RoleName": MISSING}),
        ("update_assume_role_policy", {"RoleName": MISSING, "PolicyDocument": TRUST}),
        ("list_role_policies", {"RoleName": MISSING}),
        ("get_policy", {"PolicyArn": MISSING_POLICY}),
        ("get_policy_version", {"PolicyArn": MISSING_POLICY, "VersionId": "v1"}),
        ("delete_policy", {"PolicyArn": MISSING_POLICY}),
        ("create_policy_version", {"PolicyArn": MISSING_POLICY, "PolicyDocument": DOCUMENT}),
        ("list_entities_for_policy", {"PolicyArn": MISSING_POLICY}),
        ("get_instance_profile", {"InstanceProfileName": MISSING}),
        (
            "get_open_id_connect_provider",
            {"OpenIDConnectProviderArn": f"arn:aws:iam::{HOME}:oidc-provider/none.example"},
        ),
        ("delete_account_alias", {"AccountAlias": MISSING}),
    ],
)
def test_what_does_not_exist(iam, method, parameters):
    with refused("NoSuchEntity", status=404):
        getattr(iam, method)(**parameters)


def test_parts_that_do_not_exist(iam, user):
    for ask in (
        lambda: iam.get_user_policy(UserName=user, PolicyName="p"),
        lambda: iam.delete_user_policy(UserName=user, PolicyName="p"),
        lambda: iam.detach_user_policy(UserName=user, PolicyArn=MISSING_POLICY),
        lambda: iam.attach_user_policy(UserName=user, PolicyArn=MISSING_POLICY),
        lambda: iam.delete_access_key(UserName=user, AccessKeyId="AKIAIOSFODNN7EXAMPLE"),
        lambda: iam.update_access_key(
            UserName=user, AccessKeyId="AKIAIOSFODNN7EXAMPLE", Status="Active"
        ),
        lambda: iam.put_user_permissions_boundary(
            UserName=user, PermissionsBoundary=MISSING_POLICY
        ),
    ):
        with refused("NoSuchEntity", status=404):
            ask()


def test_the_text_names_what_is_missing(iam):
    with refused("NoSuchEntity", f"The user with name {MISSING} cannot be found.", status=404):
        iam.get_user(UserName=MISSING)
    with refused("NoSuchEntity", f"The role with name {MISSING} cannot be found.", status=404):
        iam.get_role(RoleName=MISSING)


def test_what_exists_already(home, iam, user):
    group, role, profile = unique("group"), home.new_role(TRUST), unique("profile")
    iam.create_group(GroupName=group)
    iam.create_instance_profile(InstanceProfileName=profile)
    managed = home.new_policy(allow("*"))
    for ask in (
        lambda: iam.create_user(UserName=user),
        lambda: iam.create_user(UserName=user.upper()),
        lambda: iam.create_group(GroupName=group),
        lambda: iam.create_role(RoleName=role.name, AssumeRolePolicyDocument=TRUST),
        lambda: iam.create_instance_profile(InstanceProfileName=profile),
        lambda: iam.create_policy(PolicyName=managed.rpartition("/")[2], PolicyDocument=DOCUMENT),
    ):
        with refused("EntityAlreadyExists", containing="already exists", status=409):
            ask()


def test_what_others_hang_on_cannot_be_deleted(home, iam, user):
    iam.create_access_key(UserName=user)
    with refused("DeleteConflict", status=409):
        iam.delete_user(UserName=user)
    member, group = unique("user"), unique("group")
    iam.create_user(UserName=member)
    iam.create_group(GroupName=group)
    iam.add_user_to_group(GroupName=group, UserName=member)
    role = home.new_role(TRUST, allow("*"))
    profile = unique("profile")
    iam.create_instance_profile(InstanceProfileName=profile)
    iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=role.name)
    managed = home.new_policy(allow("*"))
    iam.attach_group_policy(GroupName=group, PolicyArn=managed)
    other = home.new_policy(allow("*"))
    iam.create_policy_version(PolicyArn=other, PolicyDocument=DOCUMENT)
    for ask in (
        lambda: iam.delete_user(UserName=member),
        lambda: iam.delete_group(GroupName=group),
        lambda: iam.delete_role(RoleName=role.name),
        lambda: iam.delete_instance_profile(InstanceProfileName=profile),
        lambda: iam.delete_policy(PolicyArn=managed),
        lambda: iam.delete_policy(PolicyArn=other),
        lambda: iam.delete_policy_version(PolicyArn=other, VersionId="v1"),
    ):
        with refused("DeleteConflict", status=409):
            ask()


def test_limits_of_what_hangs_on_a_user(home, iam, user):
    for _ in range(10):
        iam.attach_user_policy(UserName=user, PolicyArn=home.new_policy(allow("*")))
        iam.add_user_to_group(GroupName=home.new_group(), UserName=user)
    with refused("LimitExceeded", containing="PoliciesPerUser: 10", status=409):
        iam.attach_user_policy(UserName=user, PolicyArn=home.new_policy(allow("*")))
    with refused("LimitExceeded", containing="GroupsPerUser: 10", status=409):
        iam.add_user_to_group(GroupName=home.new_group(), UserName=user)
    long = policy(allow("sqs:*", [f"arn:aws:sqs:*:*:{'q' * 60}{i}" for i in range(30)]))
    with refused("LimitExceeded", containing="2048", status=409):
        iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=long)


def test_limits_of_managed_policies(home, iam):
    managed = home.new_policy(allow("*"))
    for _ in range(4):
        iam.create_policy_version(PolicyArn=managed, PolicyDocument=DOCUMENT)
    with refused("LimitExceeded", status=409):
        iam.create_policy_version(PolicyArn=managed, PolicyDocument=DOCUMENT)
    long = policy(allow("sqs:*", [f"arn:aws:sqs:*:*:{'q' * 60}{i}" for i in range(80)]))
    with refused("LimitExceeded", containing="6144", status=409):
        iam.create_policy(PolicyName=unique("policy"), PolicyDocument=long)


def test_fifty_tags_and_no_more(iam, user):
    iam.tag_user(UserName=user, Tags=[{"Key": f"k{i}", "Value": "v"} for i in range(50)])
    with refused("LimitExceeded", status=409):
        iam.tag_user(UserName=user, Tags=[{"Key": "k50", "Value": "v"}])
    iam.tag_user(UserName=user, Tags=[{"Key": "k0", "Value": "changed"}])
    tags = iam.list_user_tags(UserName=user, MaxItems=100)["Tags"]
    assert {"Key": "k0", "Value": "changed"} in tags


MALFORMED = {
    "no json": "no json",
    "empty": "{}",
    "list": "[]",
    "version": policy(allow("*")).replace("2012-10-17", "2012-10-18"),
    "effect": policy({"Effect": "Maybe", "Action": "*", "Resource": "*"}),
    "no effect": policy({"Action": "*", "Resource": "*"}),
    "no action": policy({"Effect": "Allow", "Resource": "*"}),
    "two actions": policy({**allow("*"), "NotAction": "sqs:*"}),
    "no resource": policy({"Effect": "Allow", "Action": "*"}),
    "resource is no arn": policy(allow("*", "queue")),
    "action has no service": policy(allow("SendMessage")),
    "principal": policy(allow("*", Principal="*")),
    "unknown element": policy(allow("*", Color="blue")),
    "unknown operator": policy(allow("*", Condition={"SoundsLike": {"aws:username": "x"}})),
    "condition is a list": policy(allow("*", Condition=["x"])),
    "same sid twice": policy(allow("*", Sid="a"), allow("*", Sid="a")),
    "illegal sid": policy(allow("*", Sid="a-b")),
    "duplicate key": '{"Version": "2012-10-17", "Version": "2012-10-17", "Statement": []}',
    "number": policy({**allow("*"), "Action": 7}),
}


@pytest.mark.parametrize("kind", MALFORMED)
def test_documents_that_are_no_policy(iam, user, kind):
    with refused("MalformedPolicyDocument"):
        iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=MALFORMED[kind])
    with refused("MalformedPolicyDocument"):
        iam.create_policy(PolicyName=unique("policy"), PolicyDocument=MALFORMED[kind])


def test_values_that_the_model_forbids(careless, user):
    for method, parameters in (
        ("create_user", {"UserName": "with space"}),
        ("create_user", {"UserName": "a" * 65}),
        ("create_user", {"UserName": "a/b"}),
        ("create_user", {"UserName": unique("user"), "Path": "no/slashes"}),
        ("create_group", {"GroupName": "a" * 129}),
        ("create_role", {"RoleName": "ä", "AssumeRolePolicyDocument": TRUST}),
        ("create_policy", {"PolicyName": "a b", "PolicyDocument": DOCUMENT}),
        ("update_access_key", {"UserName": user, "AccessKeyId": "short", "Status": "Active"}),
        (
            "update_access_key",
            {"UserName": user, "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Sleeping"},
        ),
        ("list_users", {"MaxItems": 0}),
        ("list_users", {"MaxItems": 1001}),
        ("get_policy", {"PolicyArn": "short"}),
        (
            "create_role",
            {
                "RoleName": unique("role"),
                "AssumeRolePolicyDocument": TRUST,
                "MaxSessionDuration": 3599,
            },
        ),
        ("create_account_alias", {"AccountAlias": "UPPER"}),
        ("tag_user", {"UserName": user, "Tags": [{"Key": "a", "Value": "v" * 257}]}),
    ):
        with refused(("ValidationError", "InvalidInput")):
            getattr(careless, method)(**parameters)


def test_tags_of_aws_are_not_for_users(iam, user):
    with refused(("InvalidInput", "ValidationError")):
        iam.tag_user(UserName=user, Tags=[{"Key": "aws:a", "Value": "b"}])


def test_users_are_listed_in_pages_and_by_path(iam):
    path = f"/{unique('path')}/"
    names = [unique("user") for _ in range(5)]
    for name in names:
        iam.create_user(UserName=name, Path=path)
    first = iam.list_users(PathPrefix=path, MaxItems=2)
    assert (first["IsTruncated"], len(first["Users"])) == (True, 2)
    pages = list(
        iam.get_paginator("list_users").paginate(PathPrefix=path, PaginationConfig={"PageSize": 2})
    )
    assert [len(page["Users"]) for page in pages] == [2, 2, 1]
    assert [one["UserName"] for page in pages for one in page["Users"]] == sorted(names)
    assert "Marker" not in pages[-1]
    assert iam.list_users(PathPrefix=path + "other")["Users"] == []


@pytest.mark.parametrize(
    ("operation", "field", "make"),
    [
        (
            "list_groups",
            "Groups",
            lambda home, path: home.iam.create_group(GroupName=unique("g"), Path=path),
        ),
        (
            "list_roles",
            "Roles",
            lambda home, path: home.iam.create_role(
                RoleName=unique("r"), Path=path, AssumeRolePolicyDocument=TRUST
            ),
        ),
        (
            "list_policies",
            "Policies",
            lambda home, path: home.iam.create_policy(
                PolicyName=unique("p"), Path=path, PolicyDocument=DOCUMENT
            ),
        ),
        (
            "list_instance_profiles",
            "InstanceProfiles",
            lambda home, path: home.iam.create_instance_profile(
                InstanceProfileName=unique("i"), Path=path
            ),
        ),
    ],
)
def test_pages_of_other_lists(home, iam, operation, field, make):
    path = f"/{unique('path')}/"
    for _ in range(3):
        make(home, path)
    pages = list(
        iam.get_paginator(operation).paginate(PathPrefix=path, PaginationConfig={"PageSize": 2})
    )
    assert [len(page[field]) for page in pages] == [2, 1]


def test_a_marker_that_the_server_has_not_given(iam):
    with refused(("ValidationError", "InvalidInput")):
        iam.list_users(Marker="nonsense")


def test_policies_of_aws_cannot_be_changed(iam):
    arn = "arn:aws:iam::aws:policy/AmazonSQSFullAccess"
    assert "sqs:*" in json.dumps(
        iam.get_policy_version(
            PolicyArn=arn, VersionId=iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        )["PolicyVersion"]["Document"]
    )
    for ask in (
        lambda: iam.delete_policy(PolicyArn=arn),
        lambda: iam.create_policy_version(PolicyArn=arn, PolicyDocument=DOCUMENT),
    ):
        with refused(("AccessDenied", "InvalidInput", "NoSuchEntity"), status=None):
            ask()


def test_ids_and_arns(home, iam):
    user = iam.create_user(UserName=unique("user"), Path="/a/b/")["User"]
    assert user["Arn"] == f"arn:aws:iam::{HOME}:user/a/b/{user['UserName']}"
    group = iam.create_group(GroupName=unique("group"))["Group"]
    role = iam.create_role(RoleName=unique("role"), AssumeRolePolicyDocument=TRUST)["Role"]
    managed = iam.create_policy(PolicyName=unique("p"), PolicyDocument=DOCUMENT)["Policy"]
    profile = iam.create_instance_profile(InstanceProfileName=unique("i"))["InstanceProfile"]
    prefixes = [
        (user["UserId"], "AIDA"),
        (group["GroupId"], "AGPA"),
        (role["RoleId"], "AROA"),
        (managed["PolicyId"], "ANPA"),
        (profile["InstanceProfileId"], "AIPA"),
    ]
    for identity, prefix in prefixes:
        assert identity.startswith(prefix)
        assert len(identity) == 21


def test_a_policy_comes_back_as_it_was_given(home, iam, user):
    document = {
        "Version": "2012-10-17",
        "Statement": {"Sid": "One", "Effect": "Allow", "Action": "sqs:*", "Resource": "*"},
    }
    iam.put_user_policy(
        UserName=user, PolicyName="p", PolicyDocument=json.dumps(document, indent=3)
    )
    assert iam.get_user_policy(UserName=user, PolicyName="p")["PolicyDocument"] == document


def test_account_alias(abroad):
    alias = unique("alias")
    abroad.iam.create_account_alias(AccountAlias=alias)
    assert abroad.iam.list_account_aliases()["AccountAliases"] == [alias]
    abroad.iam.create_account_alias(AccountAlias=alias + "-2")
    assert abroad.iam.list_account_aliases()["AccountAliases"] == [alias + "-2"]
    abroad.iam.delete_account_alias(AccountAlias=alias + "-2")
    assert abroad.iam.list_account_aliases()["AccountAliases"] == []


def test_accounts_do_not_see_each_other(abroad, iam, user):
    with refused("NoSuchEntity", status=404):
        abroad.iam.get_user(UserName=user)
    names = [one["UserName"] for one in abroad.iam.list_users(MaxItems=1000)["Users"]]
    assert user not in names
    abroad.iam.create_user(UserName=user)


def test_details_of_the_account(home, iam):
    user = home.new_user(allow("sqs:*"), Tags=[{"Key": "a", "Value": "b"}])
    group = home.new_group(user)
    managed = home.new_policy(allow("sqs:SendMessage"))
    iam.attach_user_policy(UserName=user.name, PolicyArn=managed)
    role = home.new_role(TRUST, allow("sqs:ReceiveMessage"))
    found = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    for page in iam.get_paginator("get_account_authorization_details").paginate(
        Filter=["User", "Group", "Role", "LocalManagedPolicy"], PaginationConfig={"PageSize": 100}
    ):
        for field, items in found.items():
            items += page[field]
    (one,) = [item for item in found["UserDetailList"] if item["UserName"] == user.name]
    assert one["GroupList"] == [group]
    assert one["Tags"] == [{"Key": "a", "Value": "b"}]
    assert [attached["PolicyArn"] for attached in one["AttachedManagedPolicies"]] == [managed]
    assert one["UserPolicyList"][0]["PolicyDocument"]["Statement"][0]["Action"] == "sqs:*"
    assert [item["Arn"] for item in found["RoleDetailList"] if item["RoleName"] == role.name] == [
        role.arn
    ]
    (policy_detail,) = [item for item in found["Policies"] if item["Arn"] == managed]
    assert policy_detail["AttachmentCount"] == 1
    assert policy_detail["PolicyVersionList"][0]["IsDefaultVersion"] is True


# Why, asked of the server.


@pytest.mark.parametrize(
    ("action", "decision"),
    [
        ("sqs:SendMessage", "allowed"),
        ("sqs:PurgeQueue", "explicitDeny"),
        ("sqs:DeleteQueue", "implicitDeny"),
    ],
)
def test_simulation_of_a_user(home, iam, action, decision):
    user = home.new_user()
    user.may(
        allow(["sqs:SendMessage", "sqs:PurgeQueue"]),
        {"Effect": "Deny", "Action": "sqs:PurgeQueue", "Resource": "*"},
    )
    (result,) = iam.simulate_principal_policy(
        PolicySourceArn=user.arn,
        ActionNames=[action],
        ResourceArns=[home.queue_arn("any")],
    )["EvaluationResults"]
    assert result["EvalDecision"] == decision
    assert result["EvalActionName"] == action
    matched = {statement["SourcePolicyType"] for statement in result.get("MatchedStatements", [])}
    assert bool(matched) == (decision != "implicitDeny")


def test_simulation_says_which_context_keys_are_missing(iam):
    condition = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    ask = {
        "PolicyInputList": [policy(allow("sqs:SendMessage", Condition=condition))],
        "ActionNames": ["sqs:SendMessage"],
    }
    (result,) = iam.simulate_custom_policy(**ask)["EvaluationResults"]
    assert result["EvalDecision"] == "implicitDeny"
    assert result["MissingContextValues"] == ["aws:SourceIp"]
    given = {
        "ContextKeyName": "aws:SourceIp",
        "ContextKeyType": "ip",
        "ContextKeyValues": ["10.1.2.3"],
    }
    (result,) = iam.simulate_custom_policy(**ask, ContextEntries=[given])["EvaluationResults"]
    assert result["EvalDecision"] == "allowed"
    assert result["MissingContextValues"] == []


def test_a_simulation_agrees_with_what_happens(home, iam, queue):
    boundary = home.new_policy(allow("sqs:SendMessage"))
    user = home.new_user(allow("sqs:*"), PermissionsBoundary=boundary)
    results = iam.simulate_principal_policy(
        PolicySourceArn=user.arn,
        ActionNames=["sqs:SendMessage", "sqs:ReceiveMessage"],
        ResourceArns=[queue.arn],
    )["EvaluationResults"]
    assert [result["EvalDecision"] for result in results] == ["allowed", "implicitDeny"]
    detail = results[1]["PermissionsBoundaryDecisionDetail"]
    assert detail["AllowedByPermissionsBoundary"] is False
    user.sqs.send_message(QueueUrl=queue.url, MessageBody="x")
    with denied("sqs:ReceiveMessage"):
        user.sqs.receive_message(QueueUrl=queue.url)


def test_keys_that_policies_ask_for(home, iam):
    condition = {"StringEquals": {"aws:username": "x"}, "Bool": {"aws:SecureTransport": "true"}}
    document = policy(allow("sqs:*", home.queue_arn("${aws:userid}"), Condition=condition))
    answer = iam.get_context_keys_for_custom_policy(PolicyInputList=[document])
    assert {name.lower() for name in answer["ContextKeyNames"]} == {
        "aws:username",
        "aws:securetransport",
        "aws:userid",
    }
