"""What has policies: users, groups and roles, and how requests name them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import msgspec

from tidegate.base import iam_limits as limits
from tidegate.catalog.entities import Entities
from tidegate.catalog.identities import Group, Role, User
from tidegate.services.iam import finding

Owner = User | Group | Role


class OwnerKind(msgspec.Struct, frozen=True):
    name: str
    """As it stands in names of operations: User, Group or Role."""
    find: Callable[[Entities, str, str], Owner]
    all_of: Callable[[Entities, str], Mapping[str, Owner]]
    inline_characters: int

    @property
    def noun(self) -> str:
        return self.name.lower()

    @property
    def member(self) -> str:
        """The member of shapes that has the name."""
        return f"{self.name}Name"

    def named(self, entities: Entities, account: str, request: Any) -> Owner:
        """Whom a request is about; raises NoSuchEntityException."""
        return self.find(entities, account, getattr(request, self.member))


USER: Final = OwnerKind(
    "User",
    finding.user,
    lambda entities, account: entities.all_of(User, account),
    limits.USER_INLINE_CHARACTERS,
)
GROUP: Final = OwnerKind(
    "Group",
    finding.group,
    lambda entities, account: entities.all_of(Group, account),
    limits.GROUP_INLINE_CHARACTERS,
)
ROLE: Final = OwnerKind(
    "Role",
    finding.role,
    lambda entities, account: entities.all_of(Role, account),
    limits.ROLE_INLINE_CHARACTERS,
)
KINDS: Final = (USER, GROUP, ROLE)


def owners(entities: Entities, account: str) -> Iterable[Owner]:
    """All that may have policies in an account."""
    for kind in KINDS:
        yield from kind.all_of(entities, account).values()


def boundary_of(owner: Owner) -> str | None:
    return None if isinstance(owner, Group) else owner.boundary


class Uses:
    """How many identities of an account have each managed policy, and are bounded by it."""

    def __init__(self, entities: Entities, account: str) -> None:
        self.attached: dict[str, int] = {}
        self.bounding: dict[str, int] = {}
        for owner in owners(entities, account):
            for arn in owner.attached:
                self.attached[arn] = self.attached.get(arn, 0) + 1
            bound = boundary_of(owner)
            if bound is not None:
                self.bounding[bound] = self.bounding.get(bound, 0) + 1

    def of(self, arn: str) -> tuple[int, int]:
        """(attached, bounding)"""
        return self.attached.get(arn, 0), self.bounding.get(arn, 0)
