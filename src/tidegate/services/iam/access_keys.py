"""Access keys: a user's, or those of the account's root where the root itself asks."""

from collections.abc import Callable, Iterable

import msgspec

from tidegate.api.iam import (
    AccessKey_,
    AccessKeyLastUsed_,
    AccessKeyMetadata,
    CreateAccessKeyRequest,
    CreateAccessKeyResponse,
    DeleteAccessKeyRequest,
    GetAccessKeyLastUsedRequest,
    GetAccessKeyLastUsedResponse,
    ListAccessKeysRequest,
    ListAccessKeysResponse,
    UpdateAccessKeyRequest,
)
from tidegate.base import iam_limits as limits
from tidegate.base.call import Call
from tidegate.base.refusals import InvalidInputException, NoSuchEntityException
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.entity import EntityName, name_of
from tidegate.catalog.identities import AccessKey, AccessKeyUse, AccountSettings, User
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.iam import finding
from tidegate.services.iam.documents import over_quota
from tidegate.services.iam.ids import Ids
from tidegate.services.iam.pages import page_in_order
from tidegate.services.iam.shapes import instant

Seal = Callable[[bytes, bytes], bytes]
"""seal(secret, associated_data): what only this server opens again."""

_NEVER = "N/A"


class AccessKeys:
    def __init__(self, definitions: Definitions, ids: Ids, seal: Seal) -> None:
        self._definitions = definitions
        self._ids = ids
        self._seal = seal

    def create(self, call: Call, request: CreateAccessKeyRequest) -> None:
        """The one answer that has the secret."""
        account = call.principal.account
        name = finding.user_name(call, request.UserName)
        key_id, secret = self._ids.access_key(), self._ids.secret()
        sealed = self._seal(secret.encode(), key_id.encode())

        def decide(entities: Entities, now_ms: int) -> Decision:
            owner = _owner(entities, account, name)
            if len(_ids_of(owner)) >= limits.ACCESS_KEYS:
                raise over_quota("AccessKeysPerUser", limits.ACCESS_KEYS)
            user = owner.name if isinstance(owner, User) else None
            key = AccessKey(key_id, account, user, now_ms, sealed)
            shown = AccessKey_(
                UserName=user or "",
                AccessKeyId=key_id,
                Status="Active",
                SecretAccessKey=secret,
                CreateDate=instant(now_ms),
            )
            changed = _with_ids(owner, (*_ids_of(owner), key_id))
            return Decision(Changes(puts=(key, changed)), CreateAccessKeyResponse(AccessKey=shown))

        self._definitions.change(call, decide)

    def update(self, call: Call, request: UpdateAccessKeyRequest) -> None:
        account = call.principal.account
        name = finding.user_name(call, request.UserName)
        if request.Status == "Expired":
            # The model has it, for listings; the operation does not take it.
            raise InvalidInputException("Status must be Active or Inactive.")

        def decide(entities: Entities, _now_ms: int) -> Decision:
            key = _key_of(entities, _owner(entities, account, name), request.AccessKeyId)
            changed = msgspec.structs.replace(key, active=request.Status == "Active")
            return Decision(Changes(puts=(changed,) if changed != key else ()))

        self._definitions.change(call, decide)

    def delete(self, call: Call, request: DeleteAccessKeyRequest) -> None:
        account = call.principal.account
        name = finding.user_name(call, request.UserName)

        def decide(entities: Entities, _now_ms: int) -> Decision:
            owner = _owner(entities, account, name)
            key = _key_of(entities, owner, request.AccessKeyId)
            left = _with_ids(owner, (each for each in _ids_of(owner) if each != key.id))
            use = EntityName(AccessKeyUse.__name__, "", key.id)
            return Decision(Changes(puts=(left,), removed=(name_of(key), use)))

        self._definitions.change(call, decide)

    def list(self, call: Call, request: ListAccessKeysRequest) -> None:
        entities = self._definitions.entities
        name = finding.user_name(call, request.UserName)
        owner = _owner(entities, call.principal.account, name)
        page = page_in_order(_keys(entities, owner), request)
        answer = ListAccessKeysResponse(
            AccessKeyMetadata=[_shown(key) for key in page.items],
            IsTruncated=page.is_truncated,
            Marker=page.marker,
        )
        self._definitions.tell(call, answer)

    def last_used(self, call: Call, request: GetAccessKeyLastUsedRequest) -> None:
        entities = self._definitions.entities
        key = entities.find(AccessKey, "", request.AccessKeyId)
        if key is None or key.account != call.principal.account:
            raise _no_such_key(request.AccessKeyId)
        use = entities.find(AccessKeyUse, "", key.id)
        shown = AccessKeyLastUsed_(ServiceName=_NEVER, Region=_NEVER)
        if use is not None:
            shown = AccessKeyLastUsed_(
                LastUsedDate=instant(use.at), ServiceName=use.service, Region=use.region
            )
        answer = GetAccessKeyLastUsedResponse(UserName=key.user, AccessKeyLastUsed=shown)
        self._definitions.tell(call, answer)


Owner = User | AccountSettings


def _owner(entities: Entities, account: str, name: str | None) -> Owner:
    if name is None:
        return finding.settings(entities, account)
    return finding.user(entities, account, name)


def _ids_of(owner: Owner) -> tuple[str, ...]:
    return owner.access_keys if isinstance(owner, User) else owner.root_keys


def _with_ids(owner: Owner, ids: Iterable[str]) -> Owner:
    if isinstance(owner, User):
        return msgspec.structs.replace(owner, access_keys=tuple(ids))
    return msgspec.structs.replace(owner, root_keys=tuple(ids))


def _keys(entities: Entities, owner: Owner) -> list[AccessKey]:
    keys = (entities.find(AccessKey, "", id_) for id_ in _ids_of(owner))
    return [key for key in keys if key is not None]


def _key_of(entities: Entities, owner: Owner, key_id: str) -> AccessKey:
    for key in _keys(entities, owner):
        if key.id == key_id:
            return key
    raise _no_such_key(key_id)


def _no_such_key(key_id: str) -> NoSuchEntityException:
    return NoSuchEntityException(f"The Access Key with id {key_id} cannot be found.")


def _shown(key: AccessKey) -> AccessKeyMetadata:
    return AccessKeyMetadata(
        UserName=key.user,
        AccessKeyId=key.id,
        Status="Active" if key.active else "Inactive",
        CreateDate=instant(key.created_at),
    )
