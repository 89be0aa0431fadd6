"""Which policies an identity has: its inline policies, managed ones, and those of its groups."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from tidegate.catalog import aws_managed
from tidegate.catalog.entities import Entities
from tidegate.catalog.identities import Group, ManagedPolicy, Role, User

Identity = User | Group | Role

Kind = Literal["inline", "user-managed", "aws-managed"]

_PRINCIPAL: Final = re.compile(r"arn:aws:iam::(\d{12}):(user|role)/(?:.*/)?([^/]+)")


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


def identity_policies(entities: Entities, account: str, user_name: str) -> list[Source] | None:
    """The policies of a user; None where there is no such user."""
    user = entities.find(User, account, user_name.lower())
    return None if user is None else all_policies(entities, user)


def role_policies(entities: Entities, account: str, role_name: str) -> list[Source] | None:
    """The policies of a role; None where there is no such role."""
    role = entities.find(Role, account, role_name.lower())
    return None if role is None else all_policies(entities, role)


def boundary_policy(entities: Entities, identity: User | Role) -> Source | None:
    """The permissions boundary of an identity; None where it has none."""
    if identity.boundary is None:
        return None
    policy = managed_policy(entities, identity.boundary)
    # A policy that bounds an identity cannot be deleted.
    assert policy is not None
    kind: Kind = "aws-managed" if policy.account == aws_managed.ACCOUNT else "user-managed"
    return Source(policy.arn, policy.document, kind, identity.arn)


# --- Trust policies ------------------------------------------------------------------------------
#
# A user or role that a trust policy names is meant for good: AWS keeps its id.  One that is made
# later under the same name is somebody else, and the policy shows the id of the deleted one (user
# guide, "AWS JSON policy elements: Principal").  So a role keeps the ids of those whom it names.


def find_principal(entities: Entities, arn: str) -> User | Role | None:
    """The user or role with an ARN."""
    parts = _PRINCIPAL.fullmatch(arn)
    if parts is None:
        return None
    account, kind, name = parts.groups()
    found: User | Role | None
    if kind == "user":
        found = entities.find(User, account, name.lower())
    else:
        found = entities.find(Role, account, name.lower())
    return found if found is not None and found.arn == arn else None


def trusted_ids(entities: Entities, document: str) -> dict[str, str]:
    """The ids of the users and roles that a trust policy names, by ARN."""
    named = ((arn, find_principal(entities, arn)) for arn in sorted(_named_arns(document)))
    return {arn: entity.id for arn, entity in named if entity is not None}


def trust_document(entities: Entities, role: Role) -> str:
    """The trust policy of a role as it is now: a principal that was renamed has its new ARN, and
    one that was deleted has its id, which nobody has any more."""
    now = {arn: _now(entities, arn, id_) for arn, id_ in role.trusted_ids.items()}
    if all(arn == shown for arn, shown in now.items()):
        return role.trust
    policy = json.loads(role.trust)
    for statement in _statements(policy):
        for element in ("Principal", "NotPrincipal"):
            names = statement.get(element)
            if isinstance(names, dict) and "AWS" in names:
                given = names["AWS"]
                names["AWS"] = (
                    [now.get(arn, arn) for arn in given]
                    if isinstance(given, list)
                    else now.get(given, given)
                )
    return json.dumps(policy, separators=(",", ":"))


def _now(entities: Entities, arn: str, id_: str) -> str:
    found = find_principal(entities, arn)
    if found is not None and found.id == id_:
        return arn
    account = arn.split(":")[4]
    candidates: Iterable[Mapping[str, User | Role]] = (
        entities.all_of(User, account),
        entities.all_of(Role, account),
    )
    for of_kind in candidates:
        for entity in of_kind.values():
            if entity.id == id_:
                return entity.arn
    return id_


def _named_arns(document: str) -> set[str]:
    arns: set[str] = set()
    for statement in _statements(json.loads(document)):
        for element in ("Principal", "NotPrincipal"):
            names = statement.get(element)
            if isinstance(names, dict) and "AWS" in names:
                given = names["AWS"]
                arns.update(given if isinstance(given, list) else [given])
    return arns


def _statements(policy: Any) -> list[Any]:
    statements = policy["Statement"]
    return statements if isinstance(statements, list) else [statements]
