"""The account's alias, its summary, and all of it."""

from urllib.parse import unquote

from tidegate.base import iam_limits as limits
from tidegate.base.refusals import EntityAlreadyExistsException, NoSuchEntityException

ALLOW_ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


def test_an_account_has_one_alias(iam, refused):
    assert iam.ask("ListAccountAliases").AccountAliases == []
    for alias in ("first", "second"):
        iam.ask("CreateAccountAlias", AccountAlias=alias)
    assert iam.ask("ListAccountAliases").AccountAliases == ["second"]
    refused(
        NoSuchEntityException,
        "The account alias first does not exist.",
        "DeleteAccountAlias",
        AccountAlias="first",
    )
    iam.ask("DeleteAccountAlias", AccountAlias="second")
    assert iam.ask("ListAccountAliases").AccountAliases == []


def test_an_alias_is_one_accounts(iam, refused):
    iam.ask("CreateAccountAlias", AccountAlias="ours")
    iam.ask("CreateAccountAlias", AccountAlias="ours")
    iam.as_other_account()
    refused(
        EntityAlreadyExistsException,
        "The account alias ours already exists.",
        "CreateAccountAlias",
        AccountAlias="ours",
    )


def test_an_alias_leaves_the_roots_keys_alone(iam):
    key = iam.ask("CreateAccessKey").AccessKey.AccessKeyId
    iam.ask("CreateAccountAlias", AccountAlias="ours")
    iam.ask("DeleteAccountAlias", AccountAlias="ours")
    (listed,) = iam.ask("ListAccessKeys").AccessKeyMetadata
    assert listed.AccessKeyId == key


def test_the_summary_counts(iam):
    empty = iam.ask("GetAccountSummary").SummaryMap
    assert {key for key, value in empty.items() if value} == {
        key for key in empty if key.endswith("Quota")
    }
    arn = iam.policy()
    iam.policy("other")
    iam.user("bob", PermissionsBoundary=arn)
    iam.group()
    iam.role()
    iam.ask("AttachUserPolicy", UserName="bob", PolicyArn=arn)
    iam.ask("AttachRolePolicy", RoleName="worker", PolicyArn=ADMIN)
    iam.ask("CreateInstanceProfile", InstanceProfileName="one")
    iam.ask("CreateOpenIDConnectProvider", Url="https://one.example")
    iam.ask("CreateAccessKey")
    summary = iam.ask("GetAccountSummary").SummaryMap
    counted = {key: value for key, value in summary.items() if value != empty[key]}
    assert counted == {
        "Users": 1,
        "Groups": 1,
        "Roles": 1,
        "Policies": 2,
        "PolicyVersionsInUse": 2,
        "InstanceProfiles": 1,
        "Providers": 1,
        "AccountAccessKeysPresent": 1,
    }
    assert summary["UsersQuota"] == limits.USERS == 5000


def everything(iam):
    own = iam.policy("mine")
    iam.ask("CreatePolicyVersion", PolicyArn=own, PolicyDocument=ALLOW_ALL)
    iam.user("bob", PermissionsBoundary=own, Tags=[{"Key": "a", "Value": "1"}])
    iam.group()
    iam.ask("AddUserToGroup", GroupName="staff", UserName="bob")
    iam.role()
    iam.ask("CreateInstanceProfile", InstanceProfileName="one")
    iam.ask("AddRoleToInstanceProfile", InstanceProfileName="one", RoleName="worker")
    for kind, name in (("User", "bob"), ("Group", "staff"), ("Role", "worker")):
        who = {f"{kind}Name": name}
        iam.ask(f"Put{kind}Policy", PolicyName="p", PolicyDocument=ALLOW_ALL, **who)
        iam.ask(f"Attach{kind}Policy", PolicyArn=ADMIN, **who)


def test_all_details_are_told(iam):
    everything(iam)
    details = iam.ask("GetAccountAuthorizationDetails")
    assert details.IsTruncated is False
    (user,) = details.UserDetailList
    assert (user.UserName, user.GroupList) == ("bob", ["staff"])
    assert user.PermissionsBoundary.PermissionsBoundaryArn.endswith("policy/mine")
    assert [(tag.Key, tag.Value) for tag in user.Tags] == [("a", "1")]
    (group,) = details.GroupDetailList
    (role,) = details.RoleDetailList
    assert [each.InstanceProfileName for each in role.InstanceProfileList] == ["one"]
    assert "sts:AssumeRole" in unquote(role.AssumeRolePolicyDocument)
    for inline in (user.UserPolicyList, group.GroupPolicyList, role.RolePolicyList):
        assert [(each.PolicyName, unquote(each.PolicyDocument)) for each in inline] == [
            ("p", ALLOW_ALL)
        ]
    for detail in (user, group, role):
        assert [each.PolicyArn for each in detail.AttachedManagedPolicies] == [ADMIN]
    of_aws, own = details.Policies
    assert (of_aws.Arn, of_aws.AttachmentCount) == (ADMIN, 3)
    assert (own.PolicyName, own.PermissionsBoundaryUsageCount) == ("mine", 1)
    shown = [(each.VersionId, unquote(each.Document)) for each in own.PolicyVersionList]
    assert shown == [("v2", ALLOW_ALL), ("v1", ALLOW_ALL)]


def test_details_are_filtered(iam):
    everything(iam)

    def counts(*wanted):
        details = iam.ask("GetAccountAuthorizationDetails", Filter=list(wanted))
        return (
            len(details.UserDetailList),
            len(details.GroupDetailList),
            len(details.RoleDetailList),
            [each.PolicyName for each in details.Policies],
        )

    assert counts("User", "Role") == (1, 0, 1, [])
    assert counts("Group") == (0, 1, 0, [])
    assert counts("LocalManagedPolicy") == (0, 0, 0, ["mine"])
    assert counts("AWSManagedPolicy") == (0, 0, 0, ["AdministratorAccess"])


def test_details_share_the_pages(iam):
    everything(iam)
    seen, marker = [], {}
    while True:
        page = iam.ask("GetAccountAuthorizationDetails", MaxItems=1, **marker)
        seen += page.UserDetailList + page.GroupDetailList + page.RoleDetailList + page.Policies
        if page.Marker is None:
            break
        marker = {"Marker": page.Marker}
    assert len(seen) == 5
    assert len({each.Arn for each in seen}) == 5
