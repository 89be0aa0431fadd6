"""Entities as IAM's answers show them."""

from tidegate.api.iam import (
    AttachedPermissionsBoundary,
    AttachedPolicy,
    Group_,
    InstanceProfile_,
    Policy_,
    PolicyDetail,
    PolicyVersion_,
    Role_,
    RoleLastUsed_,
    Tag,
    User_,
)
from tidegate.catalog.entities import Entities
from tidegate.catalog.identities import (
    Group,
    InstanceProfile,
    ManagedPolicy,
    PolicyVersion,
    Role,
    RoleUse,
    User,
)
from tidegate.catalog.named_principals import document_now
from tidegate.services.iam.documents import url_encoded


def instant(at: int) -> float:
    """IAM tells full seconds."""
    return float(at // 1000)


def tags_shown(tags: dict[str, str]) -> list[Tag]:
    return [Tag(Key=key, Value=value) for key, value in tags.items()]


def boundary_shown(arn: str | None) -> AttachedPermissionsBoundary | None:
    if arn is None:
        return None
    return AttachedPermissionsBoundary(PermissionsBoundaryType="Policy", PermissionsBoundaryArn=arn)


def user_shown(user: User, *, listed: bool = False) -> User_:
    """Listings leave out the boundary and the tags (API reference, ListUsers)."""
    return User_(
        Path=user.path,
        UserName=user.name,
        UserId=user.id,
        Arn=user.arn,
        CreateDate=instant(user.created_at),
        PermissionsBoundary=None if listed else boundary_shown(user.boundary),
        Tags=(tags_shown(user.tags) or None) if not listed else None,
    )


def group_shown(group: Group) -> Group_:
    return Group_(
        Path=group.path,
        GroupName=group.name,
        GroupId=group.id,
        Arn=group.arn,
        CreateDate=instant(group.created_at),
    )


def role_shown(entities: Entities, role: Role, *, listed: bool = False) -> Role_:
    """Listings leave out boundary, last use and tags (API reference, ListRoles)."""
    return Role_(
        Path=role.path,
        RoleName=role.name,
        RoleId=role.id,
        Arn=role.arn,
        CreateDate=instant(role.created_at),
        AssumeRolePolicyDocument=url_encoded(document_now(entities, role.trust, role.trusted_ids)),
        Description=role.description or None,
        MaxSessionDuration=role.max_session_s,
        PermissionsBoundary=None if listed else boundary_shown(role.boundary),
        Tags=(tags_shown(role.tags) or None) if not listed else None,
        RoleLastUsed=None if listed else role_last_used(entities, role),
    )


def role_last_used(entities: Entities, role: Role) -> RoleLastUsed_:
    use = entities.find(RoleUse, role.account, role.key)
    if use is None:
        return RoleLastUsed_()
    return RoleLastUsed_(LastUsedDate=instant(use.at), Region=use.region)


def version_id(number: int) -> str:
    return f"v{number}"


def policy_shown(
    policy: ManagedPolicy, attached: int, bounding: int, *, listed: bool = False
) -> Policy_:
    """`attached` and `bounding`: how many identities have it as a policy, and as a boundary.
    Listings leave out description and tags (API reference, ListPolicies and Policy)."""
    return Policy_(
        PolicyName=policy.name,
        PolicyId=policy.id,
        Arn=policy.arn,
        Path=policy.path,
        DefaultVersionId=version_id(policy.default),
        AttachmentCount=attached,
        PermissionsBoundaryUsageCount=bounding,
        IsAttachable=True,
        Description=None if listed else policy.description or None,
        CreateDate=instant(policy.created_at),
        UpdateDate=instant(policy.updated_at),
        Tags=None if listed else tags_shown(policy.tags) or None,
    )


def version_shown(
    policy: ManagedPolicy, version: PolicyVersion, *, with_document: bool = False
) -> PolicyVersion_:
    return PolicyVersion_(
        Document=url_encoded(version.document) if with_document else None,
        VersionId=version_id(version.number),
        IsDefaultVersion=version.number == policy.default,
        CreateDate=instant(version.created_at),
    )


def profile_shown(entities: Entities, profile: InstanceProfile) -> InstanceProfile_:
    role = None
    if profile.role is not None:
        role = entities.find(Role, profile.account, profile.role.lower())
    return InstanceProfile_(
        Path=profile.path,
        InstanceProfileName=profile.name,
        InstanceProfileId=profile.id,
        Arn=profile.arn,
        CreateDate=instant(profile.created_at),
        Roles=[] if role is None else [role_shown(entities, role, listed=True)],
        Tags=tags_shown(profile.tags) or None,
    )


def attached_shown(arn: str) -> AttachedPolicy:
    return AttachedPolicy(PolicyName=arn.rpartition("/")[2], PolicyArn=arn)


def inline_shown(inline: dict[str, str]) -> list[PolicyDetail]:
    return [
        PolicyDetail(PolicyName=name, PolicyDocument=url_encoded(document))
        for name, document in sorted(inline.items())
    ]
