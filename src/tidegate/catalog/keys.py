"""The entities of KMS: keys, their aliases, and grants.

The scope is `account/region`.  Instants are integer milliseconds.  Key material is sealed under the
domain key `kms`; nothing here can be used without it.
"""

from typing import Literal

import msgspec

from tidegate.catalog.entity import Entity


def key_scope(account: str, region: str) -> str:
    return f"{account}/{region}"


def key_arn(account: str, region: str, key_id: str) -> str:
    return f"arn:aws:kms:{region}:{account}:key/{key_id}"


def alias_arn(account: str, region: str, name: str) -> str:
    """The ARN of an alias, whose name has its `alias/`."""
    return f"arn:aws:kms:{region}:{account}:{name}"


def seal_name(arn: str, number: int) -> bytes:
    """The associated data with which a material of a key is sealed: no material opens as that of
    another key or number."""
    return f"{arn}#{number}".encode()


class Material(msgspec.Struct, frozen=True, omit_defaults=True):
    """One generation of a key's material."""

    number: int
    """From 1; what ciphertexts name it by.  Never given twice."""
    sealed: bytes
    """Sealed as `seal_name(key, number)`.  Empty while imported material is deleted or expired."""
    created_at: int
    on_demand: bool = False
    """Made by RotateKeyOnDemand."""
    id: str = ""
    """AWS's KeyMaterialId: 64 hexadecimal digits."""
    description: str = ""
    """Of imported material."""
    expires_at: int | None = None
    """When imported material goes; None: it stays."""

    @property
    def there(self) -> bool:
        return self.sealed != b""

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
    """Oldest first; the last one is in use.  Empty before material was imported."""
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
    pending_material: Material | None = None
    """Imported, and in use from the next RotateKeyOnDemand on."""
    policy_ids: dict[str, str] = msgspec.field(default_factory=dict)
    """By ARN, the ids of the users and roles that the policy names, as when it was set; see
    `catalog.named_principals`."""

    @property
    def scope(self) -> str:
        return key_scope(self.account, self.region)

    @property
    def key(self) -> str:
        return self.id

    @property
    def arn(self) -> str:
        return key_arn(self.account, self.region, self.id)

    @property
    def all_materials(self) -> tuple[Material, ...]:
        """With the one that is pending, last."""
        pending = self.pending_material
        return self.materials if pending is None else (*self.materials, pending)

    def material(self, number: int) -> Material | None:
        """The material that a ciphertext names; None where there is none, or it is gone."""
        for each in self.materials:
            if each.number == number and each.there:
                return each
        return None


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
        return alias_arn(self.account, self.region, self.name)


class KmsGrant(Entity, frozen=True):
    account: str
    region: str
    id: str
    """64 hexadecimal digits.  Grant tokens are made of it and kept nowhere."""
    key_id: str
    grantee: str
    """A principal's ARN, or the name of a service such as `lambda.amazonaws.com`."""
    created_at: int
    operations: tuple[str, ...]
    issuer: str
    """The account in which the grant was made."""
    retiring: str | None = None
    """As `grantee`."""
    name: str | None = None
    context_equals: dict[str, str] | None = None
    context_subset: dict[str, str] | None = None
    source_arn: str | None = None
    """The resource on whose behalf a request must be made."""
    grantee_id: str | None = None
    """The id of the user or role that the grant is for, as `grantee` named it when the grant was
    made; see `catalog.named_principals`.  None: of other principals, and from before ids were
    kept."""
    retiring_id: str | None = None
    """As `grantee_id`."""

    @property
    def scope(self) -> str:
        return key_scope(self.account, self.region)

    @property
    def key(self) -> str:
        return self.id
