"""The entities of IAM: who there is, and what they may do.

The scope of an entity is its account.  Names are unique in an account whatever their case (IAM user
guide, "IAM identifiers"), so a key is the name in lower case.  Instants are integer milliseconds.
"""

import msgspec

from tidegate.catalog.entity import Entity

DocumentsByName = dict[str, str]
"""Inline policies: the name of each, and its document as the client wrote it."""


def root_arn(account: str) -> str:
    """The ARN of an account's root, which in a policy stands for the account."""
    return f"arn:aws:iam::{account}:root"


class User(Entity, frozen=True):
    account: str
    name: str
    path: str
    id: str
    """`AIDA...`: never given twice, unlike the name."""
    created_at: int
    tags: dict[str, str] = msgspec.field(default_factory=dict)
    inline: DocumentsByName = msgspec.field(default_factory=dict)
    attached: tuple[str, ...] = ()
    """ARNs of managed policies, in the order in which they were attached."""
    boundary: str | None = None
    """ARN of the managed policy that bounds what the user may do."""
    groups: tuple[str, ...] = ()
    """Names of the groups that the user is in."""
    access_keys: tuple[str, ...] = ()

    @property
    def scope(self) -> str:
        return self.account

    @property
    def key(self) -> str:
        return self.name.lower()

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account}:user{self.path}{self.name}"


class Group(Entity, frozen=True):
    account: str
    name: str
    path: str
    id: str
    """`AGPA...`"""
    created_at: int
    inline: DocumentsByName = msgspec.field(default_factory=dict)
    attached: tuple[str, ...] = ()

    @property
    def scope(self) -> str:
        return self.account

    @property
    def key(self) -> str:
        return self.name.lower()

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account}:group{self.path}{self.name}"


class Role(Entity, frozen=True):
    account: str
    name: str
    path: str
    id: str
    """`AROA...`"""
    created_at: int
    trust: str
    """The document that says who may assume the role."""
    description: str = ""
    max_session_s: int = 3600
    tags: dict[str, str] = msgspec.field(default_factory=dict)
    inline: DocumentsByName = msgspec.field(default_factory=dict)
    attached: tuple[str, ...] = ()
    boundary: str | None = None
    trusted_ids: dict[str, str] = msgspec.field(default_factory=dict)
    """By ARN, the ids of the users and roles that the trust policy names, as they were when it was
    set."""

    @property
    def scope(self) -> str:
        return self.account

    @property
    def key(self) -> str:
        return self.name.lower()

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account}:role{self.path}{self.name}"


class PolicyVersion(msgspec.Struct, frozen=True, omit_defaults=True):
    """One version of a managed policy."""

    number: int
    document: str
    created_at: int


class ManagedPolicy(Entity, frozen=True):
    account: str
    name: str
    path: str
    id: str
    """`ANPA...`"""
    created_at: int
    updated_at: int
    versions: tuple[PolicyVersion, ...]
    """At most five, oldest first."""
    default: int
    """The number of the version in force."""
    next_number: int
    description: str = ""
    tags: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def scope(self) -> str:
        return self.account

    @property
    def key(self) -> str:
        return self.name.lower()

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account}:policy{self.path}{self.name}"

    @property
    def document(self) -> str:
        """The version in force."""
        return next(each.document for each in self.versions if each.number == self.default)


class InstanceProfile(Entity, frozen=True):
    account: str
    name: str
    path: str
    id: str
    """`AIPA...`"""
    created_at: int
    role: str | None = None
    """The name of its role."""
    tags: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def scope(self) -> str:
        return self.account

    @property
    def key(self) -> str:
        return self.name.lower()

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account}:instance-profile{self.path}{self.name}"


class OidcProvider(Entity, frozen=True):
    account: str
    url: str
    """Without the scheme, as in its ARN: host and path."""
    created_at: int
    client_ids: tuple[str, ...] = ()
    thumbprints: tuple[str, ...] = ()
    tags: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def scope(self) -> str:
        return self.account

    @property
    def key(self) -> str:
        return self.url

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account}:oidc-provider/{self.url}"


class AccountSettings(Entity, frozen=True):
    """What an account has once."""

    account: str
    alias: str | None = None
    root_keys: tuple[str, ...] = ()
    """Ids of the access keys of the account's root."""

    @property
    def scope(self) -> str:
        return self.account

    @property
    def key(self) -> str:
        return ""


class AccessKey(Entity, frozen=True):
    """A long-lived access key.  Its id is unique over all accounts."""

    id: str
    """`AKIA...`"""
    account: str
    user: str | None
    """The user's name; None for the account's root."""
    created_at: int
    sealed_secret: bytes
    """The secret, sealed under the domain key `identity` with the key's id as associated data."""
    active: bool = True

    @property
    def scope(self) -> str:
        return ""

    @property
    def key(self) -> str:
        return self.id

    def __repr__(self) -> str:
        return f"AccessKey({self.id!r}, account {self.account!r})"


class AccessKeyUse(Entity, frozen=True):
    """When an access key was last used, as far as that has been noted down."""

    id: str
    at: int
    region: str
    service: str

    @property
    def scope(self) -> str:
        return ""

    @property
    def key(self) -> str:
        return self.id


class RoleUse(Entity, frozen=True):
    """When a role was last used, as far as that has been noted down."""

    account: str
    role: str
    at: int
    region: str

    @property
    def scope(self) -> str:
        return self.account

    @property
    def key(self) -> str:
        return self.role.lower()
