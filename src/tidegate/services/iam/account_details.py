"""GetAccountAuthorizationDetails: everybody in the account, and what each has."""

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from tidegate.api.iam import (
    GetAccountAuthorizationDetailsRequest,
    GetAccountAuthorizationDetailsResponse,
    GroupDetail,
    ManagedPolicyDetail,
    RoleDetail,
    UserDetail,
)
from tidegate.base.call import Call
from tidegate.catalog import aws_managed
from tidegate.catalog.entities import Entities
from tidegate.catalog.identities import Group, InstanceProfile, ManagedPolicy, Role, User
from tidegate.catalog.named_principals import document_now
from tidegate.runtime.definitions import Definitions
from tidegate.services.iam.documents import url_encoded
from tidegate.services.iam.managed_policies import page_key
from tidegate.services.iam.pages import page_of
from tidegate.services.iam.policy_owners import Uses
from tidegate.services.iam.shapes import (
    attached_shown,
    boundary_shown,
    inline_shown,
    instant,
    profile_shown,
    role_last_used,
    tags_shown,
    version_id,
    version_shown,
)

Detailed = User | Group | Role | ManagedPolicy


class AccountDetails:
    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions

    def get(self, call: Call, request: GetAccountAuthorizationDetailsRequest) -> None:
        """The four lists share the pages."""
        entities, account = self._definitions.entities, call.principal.account
        uses = Uses(entities, account)
        rows = _rows(entities, account, frozenset(request.Filter or ()), uses)
        page = page_of(rows, request, lambda row: row.key)
        shown = [row.entity for row in page.items]
        answer = GetAccountAuthorizationDetailsResponse(
            UserDetailList=[_user(each) for each in shown if isinstance(each, User)],
            GroupDetailList=[_group(each) for each in shown if isinstance(each, Group)],
            RoleDetailList=[_role(entities, each) for each in shown if isinstance(each, Role)],
            Policies=[_policy(each, uses) for each in shown if isinstance(each, ManagedPolicy)],
            IsTruncated=page.is_truncated,
            Marker=page.marker,
        )
        self._definitions.tell(call, answer)


class _Row(NamedTuple):
    key: str
    entity: Detailed


def _rows(entities: Entities, account: str, wanted: frozenset[str], uses: Uses) -> Iterator[_Row]:
    """Of AWS's policies those that are in use."""
    if not wanted or "User" in wanted:
        for user in entities.all_of(User, account).values():
            yield _Row(f"1/{user.key}", user)
    if not wanted or "Group" in wanted:
        for group in entities.all_of(Group, account).values():
            yield _Row(f"2/{group.key}", group)
    if not wanted or "Role" in wanted:
        for role in entities.all_of(Role, account).values():
            yield _Row(f"3/{role.key}", role)
    own = entities.all_of(ManagedPolicy, account).values()
    of_aws = (policy for arn, policy in aws_managed.POLICIES.items() if any(uses.of(arn)))
    for policy in chain(
        own if not wanted or "LocalManagedPolicy" in wanted else (),
        of_aws if not wanted or "AWSManagedPolicy" in wanted else (),
    ):
        yield _Row(f"4/{page_key(policy)}", policy)


def _user(user: User) -> UserDetail:
    return UserDetail(
        Path=user.path,
        UserName=user.name,
        UserId=user.id,
        Arn=user.arn,
        CreateDate=instant(user.created_at),
        UserPolicyList=inline_shown(user.inline) or None,
        GroupList=list(user.groups),
        AttachedManagedPolicies=[attached_shown(arn) for arn in user.attached],
        PermissionsBoundary=boundary_shown(user.boundary),
        Tags=tags_shown(user.tags),
    )


def _group(group: Group) -> GroupDetail:
    return GroupDetail(
        Path=group.path,
        GroupName=group.name,
        GroupId=group.id,
        Arn=group.arn,
        CreateDate=instant(group.created_at),
        GroupPolicyList=inline_shown(group.inline),
        AttachedManagedPolicies=[attached_shown(arn) for arn in group.attached],
    )


def _role(entities: Entities, role: Role) -> RoleDetail:
    profiles = entities.all_of(InstanceProfile, role.account).values()
    return RoleDetail(
        Path=role.path,
        RoleName=role.name,
        RoleId=role.id,
        Arn=role.arn,
        CreateDate=instant(role.created_at),
        AssumeRolePolicyDocument=url_encoded(document_now(entities, role.trust, role.trusted_ids)),
        InstanceProfileList=[
            profile_shown(entities, profile) for profile in profiles if profile.role == role.name
        ],
        RolePolicyList=inline_shown(role.inline),
        AttachedManagedPolicies=[attached_shown(arn) for arn in role.attached],
        PermissionsBoundary=boundary_shown(role.boundary),
        Tags=tags_shown(role.tags),
        RoleLastUsed=role_last_used(entities, role),
    )


def _policy(policy: ManagedPolicy, uses: Uses) -> ManagedPolicyDetail:
    attached, bounding = uses.of(policy.arn)
    return ManagedPolicyDetail(
        PolicyName=policy.name,
        PolicyId=policy.id,
        Arn=policy.arn,
        Path=policy.path,
        DefaultVersionId=version_id(policy.default),
        AttachmentCount=attached,
        PermissionsBoundaryUsageCount=bounding,
        IsAttachable=True,
        Description=policy.description or None,
        CreateDate=instant(policy.created_at),
        UpdateDate=instant(policy.updated_at),
        PolicyVersionList=[
            version_shown(policy, version, with_document=True)
            for version in reversed(policy.versions)
        ],
    )
