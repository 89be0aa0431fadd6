"""Users."""

import msgspec

from tidegate.api.iam import (
    CreateUserRequest,
    CreateUserResponse,
    DeleteUserRequest,
    GetUserRequest,
    GetUserResponse,
    ListUsersRequest,
    ListUsersResponse,
    UpdateUserRequest,
    User_,
)
from tidegate.base import iam_limits as limits
from tidegate.base.call import Call
from tidegate.base.refusals import DeleteConflictException, EntityAlreadyExistsException
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.entity import name_of
from tidegate.catalog.identities import AccessKey, User, root_arn
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.iam import finding, ids
from tidegate.services.iam.documents import over_quota
from tidegate.services.iam.ids import Ids
from tidegate.services.iam.pages import page_of
from tidegate.services.iam.permissions import MayAlso
from tidegate.services.iam.shapes import instant, user_shown
from tidegate.services.iam.tags import first_tags


class Users:
    def __init__(self, definitions: Definitions, ids: Ids, may_also: MayAlso) -> None:
        self._definitions = definitions
        self._ids = ids
        self._may_also = may_also

    def create(self, call: Call, request: CreateUserRequest) -> None:
        account = call.principal.account
        new_id = self._ids.of(ids.USER)

        def decide(entities: Entities, now_ms: int) -> Decision:
            tags = first_tags(request.Tags)
            boundary = request.PermissionsBoundary
            if boundary is not None:
                finding.boundary_policy(entities, account, boundary)
            _check_name_is_free(entities, account, request.UserName)
            if len(entities.all_of(User, account)) >= limits.USERS:
                raise over_quota("UsersPerAccount", limits.USERS)
            user = User(
                account,
                request.UserName,
                request.Path or "/",
                new_id,
                now_ms,
                tags=tags,
                boundary=boundary,
            )
            return Decision(Changes(puts=(user,)), CreateUserResponse(User=user_shown(user)))

        self._definitions.change(call, decide)

    def get(self, call: Call, request: GetUserRequest) -> None:
        entities, account = self._definitions.entities, call.principal.account
        name = finding.user_name(call, request.UserName)
        if name is None:
            shown = _root_shown(entities, account)
        else:
            shown = user_shown(finding.user(entities, account, name))
        self._definitions.tell(call, GetUserResponse(User=shown))

    def list(self, call: Call, request: ListUsersRequest) -> None:
        prefix = request.PathPrefix or "/"
        users = self._definitions.entities.all_of(User, call.principal.account).values()
        found = (user for user in users if user.path.startswith(prefix))
        page = page_of(found, request, lambda user: user.key)
        answer = ListUsersResponse(
            Users=[user_shown(user, listed=True) for user in page.items],
            IsTruncated=page.is_truncated,
            Marker=page.marker,
        )
        self._definitions.tell(call, answer)

    def update(self, call: Call, request: UpdateUserRequest) -> None:
        account = call.principal.account

        def decide(entities: Entities, _now_ms: int) -> Decision:
            user = finding.user(entities, account, request.UserName)
            name = request.NewUserName or user.name
            if name.lower() != user.key:
                _check_name_is_free(entities, account, name)
            changed = msgspec.structs.replace(user, name=name, path=request.NewPath or user.path)
            if changed == user:
                return Decision(Changes())
            self._may_also(call, "iam:UpdateUser", changed.arn)
            return Decision(_renamed(entities, user, changed))

        self._definitions.change(call, decide)

    def delete(self, call: Call, request: DeleteUserRequest) -> None:
        def decide(entities: Entities, _now_ms: int) -> Decision:
            user = finding.user(entities, call.principal.account, request.UserName)
            _check_is_bare(user)
            return Decision(Changes(removed=(name_of(user),)))

        self._definitions.change(call, decide)


def _check_name_is_free(entities: Entities, account: str, name: str) -> None:
    if entities.find(User, account, name.lower()) is not None:
        raise EntityAlreadyExistsException(f"User with name {name} already exists.")


def _renamed(entities: Entities, user: User, changed: User) -> Changes:
    """Access keys name their user."""
    keys = (entities.find(AccessKey, "", id_) for id_ in user.access_keys)
    moved = [msgspec.structs.replace(key, user=changed.name) for key in keys if key is not None]
    return Changes(puts=(changed, *moved), removed=(name_of(user),))


def _check_is_bare(user: User) -> None:
    """A permissions boundary does not stand in the way of a deletion."""
    if user.groups:
        raise DeleteConflictException("Cannot delete entity, must remove users from group first.")
    if user.attached:
        raise DeleteConflictException("Cannot delete entity, must detach all policies first.")
    if user.inline:
        raise DeleteConflictException("Cannot delete entity, must delete policies first.")
    if user.access_keys:
        raise DeleteConflictException("Cannot delete entity, must delete access keys first.")


def _root_shown(entities: Entities, account: str) -> User_:
    """AWS leaves out name and path of the root, which its model says are always there."""
    settings = finding.settings(entities, account)
    keys = (entities.find(AccessKey, "", id_) for id_ in settings.root_keys)
    return User_(
        Path="/",
        UserName=settings.alias or "root",
        UserId=account,
        Arn=root_arn(account),
        CreateDate=instant(min((key.created_at for key in keys if key is not None), default=0)),
    )
