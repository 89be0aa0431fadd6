"""Which policies an identity has: its inline policies, managed ones, and those of its groups."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from tidegate.catalog import aws_managed
from tidegate.catalog.entities import Entities
from tidegate.catalog.identities import Group, ManagedPolicy, Role, User

Identity = User | Group | Role

Kind = Literal["inline", "user-managed", "aws-managed"]


class Source(NamedTuple):
    """A policy of an identity, as it is in force."""

    name: str
    """The ARN of a managed policy, the name of an inline one."""
    document: str
    kind: Kind
    owner: str
    """ARN of the user, group or role that has it."""


def managed_policy(entities: Entities, arn: str) -> ManagedPolicy | None:
    """The policy with an ARN, be it a customer's or AWS's."""
    aws_policy = aws_managed.POLICIES.get(arn)
    if aws_policy is not None:
        return aws_policy
    account = arn.partition("arn:aws:iam::")[2].partition(":")[0]
    policy = entities.find(ManagedPolicy, account, arn.rpartition("/")[2].lower())
    return policy if policy is not None and policy.arn == arn else None


def own_policies(entities: Entities, identity: Identity) -> Iterator[Source]:
    """The policies that an identity has itself."""
    for name, document in identity.inline.items():
        yield Source(name, document, "inline", identity.arn)
    for arn in identity.attached:
        policy = managed_policy(entities, arn)
        if policy is not None:
            kind: Kind = "aws-managed" if policy.account == aws_managed.ACCOUNT else "user-managed"
            yield Source(arn, policy.document, kind, identity.arn)


def groups_of(entities: Entities, user: User) -> list[Group]:
    groups = (entities.find(Group, user.account, name.lower()) for name in user.groups)
    return [group for group in groups if group is not None]


def all_policies(entities: Entities, identity: Identity) -> list[Source]:
    """What an identity may do: its own policies, and for a user those of its groups."""
    sources = list(own_policies(entities, identity))
    if isinstance(identity, User):
        for group in groups_of(entities, identity):
            sources += own_policies(entities, group)
    return sources


def boundary_policy(entities: Entities, identity: User | Role) -> Source | None:
    """The permissions boundary of an identity; None where it has none."""
    if identity.boundary is None:
        return None
    policy = managed_policy(entities, identity.boundary)
    # A policy that bounds an identity cannot be deleted.
    assert policy is not None
    kind: Kind = "aws-managed" if policy.account == aws_managed.ACCOUNT else "user-managed"
    return Source(policy.arn, policy.document, kind, identity.arn)
