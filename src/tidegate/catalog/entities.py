"""All entities of a partition, and how a change is told."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, TypeVar, cast

import msgspec

from tidegate.catalog.entity import Entity, EntityName
from tidegate.catalog.identities import (
    AccessKey,
    AccessKeyUse,
    AccountSettings,
    Group,
    InstanceProfile,
    ManagedPolicy,
    OidcProvider,
    Role,
    RoleUse,
    User,
)
from tidegate.catalog.keys import KmsAlias, KmsGrant, KmsKey
from tidegate.catalog.push import MovedToken, PlatformApplication, PlatformEndpoint
from tidegate.catalog.sms import OptedOutNumber, SandboxNumber, SmsSettings, SmsSpending
from tidegate.catalog.topics import CancelledSubscription, ReplayProgress, Subscription, Topic

AnyEntity = (
    User
    | Group
    | Role
    | ManagedPolicy
    | InstanceProfile
    | OidcProvider
    | AccountSettings
    | AccessKey
    | AccessKeyUse
    | RoleUse
    | KmsKey
    | KmsAlias
    | KmsGrant
    | Topic
    | Subscription
    | CancelledSubscription
    | ReplayProgress
    | PlatformApplication
    | PlatformEndpoint
    | MovedToken
    | SmsSettings
    | OptedOutNumber
    | SandboxNumber
    | SmsSpending
)

_KINDS: dict[str, type[Entity]] = {kind.__name__: kind for kind in AnyEntity.__args__}
_NONE: Mapping[str, Any] = MappingProxyType({})

E = TypeVar("E", bound=Entity)


class Changes(msgspec.Struct, frozen=True):
    """What is to be put (in the place of what has the same name) and what is to go."""

    puts: tuple[Entity, ...] = ()
    removed: tuple[EntityName, ...] = ()


class Entities:
    """Entities by kind, scope and key."""

    __slots__ = ("_by_kind", "_versions", "version")

    def __init__(self) -> None:
        self.version = 0
        """Grows with every change.  What was derived from entities holds while it stands."""
        self._by_kind: dict[tuple[type[Entity], str], dict[str, Entity]] = {}
        self._versions: dict[tuple[type[Entity], str], int] = {}

    def find(self, kind: type[E], scope: str, key: str) -> E | None:
        return self.all_of(kind, scope).get(key)

    def has(self, name: EntityName) -> bool:
        return name.key in self.all_of(_KINDS[name.kind], name.scope)

    def all_of(self, kind: type[E], scope: str) -> Mapping[str, E]:
        """By key, in no particular order.  To be read only, and not to be kept."""
        return cast("Mapping[str, E]", self._by_kind.get((kind, scope), _NONE))

    def version_of(self, kind: type[Entity], scope: str) -> int:
        """The version at which anything of this kind changed in the scope; 0 for never since the
        start."""
        return self._versions.get((kind, scope), 0)

    def scopes(self, kind: type[Entity]) -> list[str]:
        """The scopes that hold any of a kind."""
        return [scope for each, scope in self._by_kind if each is kind]

    def apply(self, version: int, puts: Iterable[Entity], removed: Iterable[EntityName]) -> None:
        """Removals come first, so that a rename can be one change."""
        for name in removed:
            place = (_KINDS[name.kind], name.scope)
            self._versions[place] = version
            of_scope = self._by_kind.get(place, {})
            of_scope.pop(name.key, None)
            if not of_scope:
                self._by_kind.pop(place, None)
                self._versions.pop(place, None)
        for entity in puts:
            place = (type(entity), entity.scope)
            self._versions[place] = version
            self._by_kind.setdefault(place, {})[entity.key] = entity
        self.version = version

    def __iter__(self) -> Iterator[Entity]:
        for of_scope in self._by_kind.values():
            yield from of_scope.values()
