"""The entities of KMS: keys, their aliases, and grants.

The scope is `account/region`.  Instants are integer milliseconds.  Key material is sealed under the
domain key `kms`; nothing here can be used without it.
"""

from typing import Literal

import msgspec

from tidegate.catalog.entity import Entity


def key_scope(account: str, region: str) -> str:
    return f"{account}/{region}"


class Material(msgspec.Struct, frozen=True, omit_defaults=True):
    """One generation of a key's material."""

    number: int
    sealed: bytes
    created_at: int
    on_demand: bool = False
    """Made by RotateKeyOnDemand."""

    def __repr__(self) -> str:
        return f"Material({self.number})"


class KmsKey(Entity, frozen=True):
    account: str
    region: str
    id: str
    """A UUID."""
    created_at: int
    spec: str
    """AWS's KeySpec, such as SYMMETRIC_DEFAULT."""
    usage: str
    """AWS's KeyUsage, such as ENCRYPT_DECRYPT."""
    policy: str
    materials: tuple[Material, ...]
    """Oldest first; the last one is in use.  Empty once the key is deleted for good, or before
    material was imported."""
    description: str = ""
    manager: Literal["CUSTOMER", "AWS"] = "CUSTOMER"
    origin: str = "AWS_KMS"
    enabled: bool = True
    deletion_at: int | None = None
    """When a key whose deletion is scheduled goes."""
    rotation_period_days: int | None = None
    """None: no automatic rotation."""
    next_rotation_at: int | None = None
    tags: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def scope(self) -> str:
        return key_scope(self.account, self.region)

    @property
    def key(self) -> str:
        return self.id

    @property
    def arn(self) -> str:
        return f"arn:aws:kms:{self.region}:{self.account}:key/{self.id}"


class KmsAlias(Entity, frozen=True):
    account: str
    region: str
    name: str
    """With its `alias/`."""
    target: str
    """The id of a key."""
    created_at: int
    updated_at: int

    @property
    def scope(self) -> str:
        return key_scope(self.account, self.region)

    @property
    def key(self) -> str:
        return self.name

    @property
    def arn(self) -> str:
        return f"arn:aws:kms:{self.region}:{self.account}:{self.name}"


class KmsGrant(Entity, frozen=True):
    account: str
    region: str
    id: str
    token: str
    key_id: str
    grantee: str
    created_at: int
    operations: tuple[str, ...]
    issuer: str
    retiring: str | None = None
    name: str | None = None
    context_equals: dict[str, str] | None = None
    context_subset: dict[str, str] | None = None

    @property
    def scope(self) -> str:
        return key_scope(self.account, self.region)

    @property
    def key(self) -> str:
        return self.id
