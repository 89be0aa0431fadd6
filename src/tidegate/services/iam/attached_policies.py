"""Managed policies on users, groups and roles."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from tidegate.api import iam
from tidegate.api.iam import (
    ListEntitiesForPolicyRequest,
    ListEntitiesForPolicyResponse,
    PolicyGroup,
    PolicyRole,
    PolicyUser,
)
from tidegate.base import iam_limits as limits
from tidegate.base.call import Call
from tidegate.base.refusals import NoSuchEntityException
from tidegate.catalog import attachments
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.identities import Group, Role, User
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.iam import finding
from tidegate.services.iam.documents import over_quota
from tidegate.services.iam.pages import page_of
from tidegate.services.iam.policy_owners import KINDS, Owner, OwnerKind, boundary_of
from tidegate.services.iam.shapes import attached_shown

_LISTED: dict[str, type[Any]] = {
    "User": iam.ListAttachedUserPoliciesResponse,
    "Group": iam.ListAttachedGroupPoliciesResponse,
    "Role": iam.ListAttachedRolePoliciesResponse,
}


class AttachedPolicies:
    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions

    def attach(self, kind: OwnerKind, call: Call, request: Any) -> None:
        account = call.principal.account

        def decide(entities: Entities, _now_ms: int) -> Decision:
            owner = kind.named(entities, account, request)
            policy = finding.attachable_policy(entities, account, request.PolicyArn)
            if policy.arn in owner.attached:
                return Decision(Changes())
            if len(owner.attached) >= limits.ATTACHED_POLICIES:
                raise over_quota(f"PoliciesPer{kind.name}", limits.ATTACHED_POLICIES)
            return Decision(Changes(puts=(_with(owner, (*owner.attached, policy.arn)),)))

        self._definitions.change(call, decide)

    def detach(self, kind: OwnerKind, call: Call, request: Any) -> None:
        arn = request.PolicyArn

        def decide(entities: Entities, _now_ms: int) -> Decision:
            owner = kind.named(entities, call.principal.account, request)
            finding.check_policy_arn(arn)
            if arn not in owner.attached:
                raise NoSuchEntityException(f"Policy {arn} was not found.")
            left = (each for each in owner.attached if each != arn)
            return Decision(Changes(puts=(_with(owner, left),)))

        self._definitions.change(call, decide)

    def list(self, kind: OwnerKind, call: Call, request: Any) -> None:
        entities = self._definitions.entities
        owner = kind.named(entities, call.principal.account, request)
        prefix = request.PathPrefix or "/"
        found = [arn for arn in owner.attached if _path(entities, arn).startswith(prefix)]
        page = page_of(found, request, _page_key)
        answer = _LISTED[kind.name](
            AttachedPolicies=[attached_shown(arn) for arn in page.items],
            IsTruncated=page.is_truncated,
            Marker=page.marker,
        )
        self._definitions.tell(call, answer)

    def list_entities(self, call: Call, request: ListEntitiesForPolicyRequest) -> None:
        """Users, groups and roles share the pages."""
        entities, account = self._definitions.entities, call.principal.account
        policy = finding.policy(entities, account, request.PolicyArn)
        found = _users_of_policy(entities, account, policy.arn, request)
        page = page_of(found, request, lambda used: used.key)
        owners = [used.owner for used in page.items]
        answer = ListEntitiesForPolicyResponse(
            PolicyGroups=[
                PolicyGroup(GroupName=owner.name, GroupId=owner.id)
                for owner in owners
                if isinstance(owner, Group)
            ],
            PolicyUsers=[
                PolicyUser(UserName=owner.name, UserId=owner.id)
                for owner in owners
                if isinstance(owner, User)
            ],
            PolicyRoles=[
                PolicyRole(RoleName=owner.name, RoleId=owner.id)
                for owner in owners
                if isinstance(owner, Role)
            ],
            IsTruncated=page.is_truncated,
            Marker=page.marker,
        )
        self._definitions.tell(call, answer)


class _Used(NamedTuple):
    key: str
    owner: Owner


def _users_of_policy(
    entities: Entities, account: str, arn: str, request: ListEntitiesForPolicyRequest
) -> Iterator[_Used]:
    prefix, usage = request.PathPrefix or "/", request.PolicyUsageFilter
    for kind in KINDS:
        if request.EntityFilter not in (None, kind.name):
            continue
        for owner in kind.all_of(entities, account).values():
            attached = arn in owner.attached and usage != "PermissionsBoundary"
            bounded = boundary_of(owner) == arn and usage != "PermissionsPolicy"
            if (attached or bounded) and owner.path.startswith(prefix):
                yield _Used(f"{kind.noun}/{owner.key}", owner)


def _with(owner: Owner, attached: Iterable[str]) -> Owner:
    return msgspec.structs.replace(owner, attached=tuple(attached))


def _path(entities: Entities, arn: str) -> str:
    policy = attachments.managed_policy(entities, arn)
    return "" if policy is None else policy.path


def _page_key(arn: str) -> str:
    """Names are unique among an account's own policies, and among AWS's."""
    account, name = arn.split(":")[4], arn.rpartition("/")[2]
    return f"{name.lower()}/{'aws' if account == 'aws' else ''}"
