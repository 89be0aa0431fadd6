"""What happens to a key by itself: it goes when its deletion is due, its imported material expires,
and its material is rotated."""

from collections.abc import Iterator

import msgspec

from tidegate.catalog.entities import Entities
from tidegate.catalog.entity import EntityName, name_of
from tidegate.catalog.grants import grants_of
from tidegate.catalog.keys import KmsAlias, KmsKey, Material

DAY_MS = 86_400_000


def due_at(key: KmsKey) -> int | None:
    """When the next thing happens to the key; None for never.  Instants are in ms."""
    return min(_instants(key), default=None)


def _instants(key: KmsKey) -> Iterator[int]:
    if key.deletion_at is not None:
        yield key.deletion_at
    elif key.enabled and key.next_rotation_at is not None:
        # A disabled key is not rotated; one that is enabled again is, as soon as it is due.
        yield key.next_rotation_at
    for material in key.all_materials:
        if material.there and material.expires_at is not None:
            yield material.expires_at


def is_gone(key: KmsKey, now: int) -> bool:
    return key.deletion_at is not None and key.deletion_at <= now


def is_rotation_due(key: KmsKey, now: int) -> bool:
    due = key.next_rotation_at
    return due is not None and due <= now and key.enabled and key.deletion_at is None


def rotated(key: KmsKey, material: Material, now: int) -> KmsKey:
    """The key after an automatic rotation, with the next one a period after the one that was due,
    or the first after that which is still to come."""
    assert key.next_rotation_at is not None
    assert key.rotation_period_days is not None
    period = key.rotation_period_days * DAY_MS
    missed = (now - key.next_rotation_at) // period
    return msgspec.structs.replace(
        key,
        materials=(*key.materials, material),
        next_rotation_at=key.next_rotation_at + (missed + 1) * period,
    )


def without_expired(key: KmsKey, now: int) -> KmsKey:
    """The key without the imported material whose time is over."""
    pending = key.pending_material
    return msgspec.structs.replace(
        key,
        materials=tuple(_kept(each, now) for each in key.materials),
        pending_material=None if pending is None else _kept(pending, now),
    )


def _kept(material: Material, now: int) -> Material:
    if material.expires_at is None or material.expires_at > now:
        return material
    return emptied(material)


def emptied(material: Material) -> Material:
    """What is left of material that is deleted: its id, by which it can be imported again."""
    return msgspec.structs.replace(material, sealed=b"", expires_at=None)


def names_with(entities: Entities, key: KmsKey) -> tuple[EntityName, ...]:
    """What goes with a key: itself, its aliases and its grants."""
    aliases = entities.all_of(KmsAlias, key.scope).values()
    grants = grants_of(entities, key.account, key.region, key.id)
    return (
        name_of(key),
        *(name_of(alias) for alias in aliases if alias.target == key.id),
        *(name_of(grant) for grant in grants),
    )
