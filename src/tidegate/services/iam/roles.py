"""Roles, and the trust policies that say who may assume them."""

from typing import Final

import msgspec

from tidegate.api.iam import (
    CreateRoleRequest,
    CreateRoleResponse,
    DeleteRoleRequest,
    GetRoleRequest,
    GetRoleResponse,
    ListRolesRequest,
    ListRolesResponse,
    UpdateAssumeRolePolicyRequest,
    UpdateRoleDescriptionRequest,
    UpdateRoleDescriptionResponse,
    UpdateRoleRequest,
    UpdateRoleResponse,
)
from tidegate.base import iam_limits as limits
from tidegate.base.call import Call
from tidegate.base.refusals import DeleteConflictException, EntityAlreadyExistsException
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.entity import EntityName, name_of
from tidegate.catalog.identities import InstanceProfile, Role, RoleUse
from tidegate.catalog.named_principals import named_ids
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.iam import finding, ids
from tidegate.services.iam.documents import check_trust_policy, over_quota
from tidegate.services.iam.ids import Ids
from tidegate.services.iam.pages import page_of
from tidegate.services.iam.shapes import role_shown
from tidegate.services.iam.tags import first_tags

_DEFAULT_SESSION_S: Final = 3_600


class Roles:
    def __init__(self, definitions: Definitions, ids: Ids) -> None:
        self._definitions = definitions
        self._ids = ids

    def create(self, call: Call, request: CreateRoleRequest) -> None:
        account = call.principal.account
        new_id = self._ids.of(ids.ROLE)

        def decide(entities: Entities, now_ms: int) -> Decision:
            role = _new_role(entities, account, request, new_id, now_ms)
            answer = CreateRoleResponse(Role=role_shown(entities, role))
            return Decision(Changes(puts=(role,)), answer)

        self._definitions.change(call, decide)

    def get(self, call: Call, request: GetRoleRequest) -> None:
        entities = self._definitions.entities
        role = finding.role(entities, call.principal.account, request.RoleName)
        self._definitions.tell(call, GetRoleResponse(Role=role_shown(entities, role)))

    def list(self, call: Call, request: ListRolesRequest) -> None:
        prefix = request.PathPrefix or "/"
        entities = self._definitions.entities
        roles = entities.all_of(Role, call.principal.account).values()
        found = (role for role in roles if role.path.startswith(prefix))
        page = page_of(found, request, lambda role: role.key)
        answer = ListRolesResponse(
            Roles=[role_shown(entities, role, listed=True) for role in page.items],
            IsTruncated=page.is_truncated,
            Marker=page.marker,
        )
        self._definitions.tell(call, answer)

    def update(self, call: Call, request: UpdateRoleRequest) -> None:
        """A duration that is not given becomes an hour again (API reference, UpdateRole)."""

        def decide(entities: Entities, _now_ms: int) -> Decision:
            role = finding.role(entities, call.principal.account, request.RoleName)
            description = request.Description
            changed = msgspec.structs.replace(
                role,
                description=role.description if description is None else description,
                max_session_s=request.MaxSessionDuration or _DEFAULT_SESSION_S,
            )
            return Decision(Changes(puts=(changed,)), UpdateRoleResponse())

        self._definitions.change(call, decide)

    def update_description(self, call: Call, request: UpdateRoleDescriptionRequest) -> None:
        def decide(entities: Entities, _now_ms: int) -> Decision:
            role = finding.role(entities, call.principal.account, request.RoleName)
            changed = msgspec.structs.replace(role, description=request.Description)
            answer = UpdateRoleDescriptionResponse(Role=role_shown(entities, changed))
            return Decision(Changes(puts=(changed,)), answer)

        self._definitions.change(call, decide)

    def update_trust(self, call: Call, request: UpdateAssumeRolePolicyRequest) -> None:
        def decide(entities: Entities, _now_ms: int) -> Decision:
            role = finding.role(entities, call.principal.account, request.RoleName)
            check_trust_policy(entities, request.PolicyDocument)
            changed = msgspec.structs.replace(
                role,
                trust=request.PolicyDocument,
                trusted_ids=named_ids(entities, request.PolicyDocument),
            )
            return Decision(Changes(puts=(changed,)))

        self._definitions.change(call, decide)

    def delete(self, call: Call, request: DeleteRoleRequest) -> None:
        def decide(entities: Entities, _now_ms: int) -> Decision:
            role = finding.role(entities, call.principal.account, request.RoleName)
            _check_is_bare(entities, role)
            use = EntityName(RoleUse.__name__, role.account, role.key)
            return Decision(Changes(removed=(name_of(role), use)))

        self._definitions.change(call, decide)


def _new_role(
    entities: Entities, account: str, request: CreateRoleRequest, new_id: str, now_ms: int
) -> Role:
    tags = first_tags(request.Tags)
    document = request.AssumeRolePolicyDocument
    check_trust_policy(entities, document)
    boundary = request.PermissionsBoundary
    if boundary is not None:
        finding.boundary_policy(entities, account, boundary)
    if entities.find(Role, account, request.RoleName.lower()) is not None:
        raise EntityAlreadyExistsException(f"Role with name {request.RoleName} already exists.")
    if len(entities.all_of(Role, account)) >= limits.ROLES:
        raise over_quota("RolesPerAccount", limits.ROLES)
    return Role(
        account,
        request.RoleName,
        request.Path or "/",
        new_id,
        now_ms,
        document,
        description=request.Description or "",
        max_session_s=request.MaxSessionDuration or _DEFAULT_SESSION_S,
        tags=tags,
        boundary=boundary,
        trusted_ids=named_ids(entities, document),
    )


def _check_is_bare(entities: Entities, role: Role) -> None:
    """A permissions boundary does not stand in the way of a deletion."""
    profiles = entities.all_of(InstanceProfile, role.account).values()
    if any(profile.role == role.name for profile in profiles):
        raise DeleteConflictException(
            "Cannot delete entity, must remove roles from instance profile first."
        )
    if role.attached:
        raise DeleteConflictException("Cannot delete entity, must detach all policies first.")
    if role.inline:
        raise DeleteConflictException("Cannot delete entity, must delete policies first.")
