"""Groups, and who is in them."""

import msgspec

from tidegate.api.iam import (
    AddUserToGroupRequest,
    CreateGroupRequest,
    CreateGroupResponse,
    DeleteGroupRequest,
    GetGroupRequest,
    GetGroupResponse,
    ListGroupsForUserRequest,
    ListGroupsForUserResponse,
    ListGroupsRequest,
    ListGroupsResponse,
    RemoveUserFromGroupRequest,
    UpdateGroupRequest,
)
from tidegate.base import iam_limits as limits
from tidegate.base.call import Call
from tidegate.base.refusals import DeleteConflictException, EntityAlreadyExistsException
from tidegate.catalog import attachments
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.entity import name_of
from tidegate.catalog.identities import Group, User
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.iam import finding, ids
from tidegate.services.iam.documents import over_quota
from tidegate.services.iam.ids import Ids
from tidegate.services.iam.pages import page_of
from tidegate.services.iam.permissions import MayAlso
from tidegate.services.iam.shapes import group_shown, user_shown


class Groups:
    def __init__(self, definitions: Definitions, ids: Ids, may_also: MayAlso) -> None:
        self._definitions = definitions
        self._ids = ids
        self._may_also = may_also

    def create(self, call: Call, request: CreateGroupRequest) -> None:
        account = call.principal.account
        new_id = self._ids.of(ids.GROUP)

        def decide(entities: Entities, now_ms: int) -> Decision:
            _check_name_is_free(entities, account, request.GroupName)
            if len(entities.all_of(Group, account)) >= limits.GROUPS:
                raise over_quota("GroupsPerAccount", limits.GROUPS)
            group = Group(account, request.GroupName, request.Path or "/", new_id, now_ms)
            return Decision(Changes(puts=(group,)), CreateGroupResponse(Group=group_shown(group)))

        self._definitions.change(call, decide)

    def get(self, call: Call, request: GetGroupRequest) -> None:
        entities = self._definitions.entities
        group = finding.group(entities, call.principal.account, request.GroupName)
        page = page_of(members(entities, group), request, lambda user: user.key)
        answer = GetGroupResponse(
            Group=group_shown(group),
            Users=[user_shown(user, listed=True) for user in page.items],
            IsTruncated=page.is_truncated,
            Marker=page.marker,
        )
        self._definitions.tell(call, answer)

    def list(self, call: Call, request: ListGroupsRequest) -> None:
        prefix = request.PathPrefix or "/"
        groups = self._definitions.entities.all_of(Group, call.principal.account).values()
        found = (group for group in groups if group.path.startswith(prefix))
        page = page_of(found, request, lambda group: group.key)
        answer = ListGroupsResponse(
            Groups=[group_shown(group) for group in page.items],
            IsTruncated=page.is_truncated,
            Marker=page.marker,
        )
        self._definitions.tell(call, answer)

    def list_of_user(self, call: Call, request: ListGroupsForUserRequest) -> None:
        entities = self._definitions.entities
        user = finding.user(entities, call.principal.account, request.UserName)
        page = page_of(attachments.groups_of(entities, user), request, lambda group: group.key)
        answer = ListGroupsForUserResponse(
            Groups=[group_shown(group) for group in page.items],
            IsTruncated=page.is_truncated,
            Marker=page.marker,
        )
        self._definitions.tell(call, answer)

    def update(self, call: Call, request: UpdateGroupRequest) -> None:
        account = call.principal.account

        def decide(entities: Entities, _now_ms: int) -> Decision:
            group = finding.group(entities, account, request.GroupName)
            name = request.NewGroupName or group.name
            if name.lower() != group.key:
                _check_name_is_free(entities, account, name)
            changed = msgspec.structs.replace(group, name=name, path=request.NewPath or group.path)
            if changed == group:
                return Decision(Changes())
            self._may_also(call, "iam:UpdateGroup", changed.arn)
            return Decision(_renamed(entities, group, changed))

        self._definitions.change(call, decide)

    def delete(self, call: Call, request: DeleteGroupRequest) -> None:
        def decide(entities: Entities, _now_ms: int) -> Decision:
            group = finding.group(entities, call.principal.account, request.GroupName)
            if members(entities, group):
                raise DeleteConflictException(
                    "Cannot delete entity, must remove users from group first."
                )
            if group.attached:
                raise DeleteConflictException(
                    "Cannot delete entity, must detach all policies first."
                )
            if group.inline:
                raise DeleteConflictException("Cannot delete entity, must delete policies first.")
            return Decision(Changes(removed=(name_of(group),)))

        self._definitions.change(call, decide)

    # --- Members ---------------------------------------------------------------------------------

    def add_user(self, call: Call, request: AddUserToGroupRequest) -> None:
        account = call.principal.account

        def decide(entities: Entities, _now_ms: int) -> Decision:
            group = finding.group(entities, account, request.GroupName)
            user = finding.user(entities, account, request.UserName)
            if group.name in user.groups:
                return Decision(Changes())
            if len(user.groups) >= limits.GROUPS_OF_USER:
                raise over_quota("GroupsPerUser", limits.GROUPS_OF_USER)
            joined = msgspec.structs.replace(user, groups=(*user.groups, group.name))
            return Decision(Changes(puts=(joined,)))

        self._definitions.change(call, decide)

    def remove_user(self, call: Call, request: RemoveUserFromGroupRequest) -> None:
        """Who is not in the group need not leave it."""
        account = call.principal.account

        def decide(entities: Entities, _now_ms: int) -> Decision:
            group = finding.group(entities, account, request.GroupName)
            user = finding.user(entities, account, request.UserName)
            if group.name not in user.groups:
                return Decision(Changes())
            left = tuple(name for name in user.groups if name != group.name)
            return Decision(Changes(puts=(msgspec.structs.replace(user, groups=left),)))

        self._definitions.change(call, decide)


def members(entities: Entities, group: Group) -> list[User]:
    users = entities.all_of(User, group.account).values()
    return [user for user in users if group.name in user.groups]


def _check_name_is_free(entities: Entities, account: str, name: str) -> None:
    if entities.find(Group, account, name.lower()) is not None:
        raise EntityAlreadyExistsException(f"Group with name {name} already exists.")


def _renamed(entities: Entities, group: Group, changed: Group) -> Changes:
    """Users name their groups."""
    moved = [
        msgspec.structs.replace(
            user,
            groups=tuple(changed.name if name == group.name else name for name in user.groups),
        )
        for user in members(entities, group)
    ]
    return Changes(puts=(changed, *moved), removed=(name_of(group),))
