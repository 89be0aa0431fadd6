"""What every definition beside the queues has in common.

An entity is a value: a change puts a whole new one in its place.  It is told apart from others of
its kind by a scope (an account, or an account and a region; "" for what is unique everywhere) and
by a key within the scope.
"""

import msgspec


class Entity(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="kind", tag=True):
    """Base of all entities.  The log and snapshots hold them by the names of their fields, so a
    field with a default may be added; a field may not change its meaning."""

    @property
    def scope(self) -> str:
        raise NotImplementedError

    @property
    def key(self) -> str:
        raise NotImplementedError


class EntityName(msgspec.Struct, frozen=True, array_like=True):
    """Which entity: the name of its class, its scope and its key."""

    kind: str
    scope: str
    key: str


def name_of(entity: Entity) -> EntityName:
    return EntityName(type(entity).__name__, entity.scope, entity.key)
