"""Which policies an identity has."""

from __future__ import annotations

from tidegate.catalog.attachments import (
    Source,
    all_policies,
    boundary_policy,
    managed_policy,
)
from tidegate.catalog.entities import Entities
from tidegate.catalog.entity import Entity
from tidegate.catalog.identities import Group, ManagedPolicy, PolicyVersion, Role, User

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
OWN = "arn:aws:iam::1:policy/x/Mine"
POLICY = ManagedPolicy(
    "1",
    "Mine",
    "/x/",
    "ANPA1",
    1,
    1,
    (PolicyVersion(1, "old", 1), PolicyVersion(2, "new", 1)),
    2,
    3,
)


def having(*entities: Entity) -> Entities:
    store = Entities()
    store.apply(1, entities, ())
    return store


def user(**parameters: object) -> User:
    return User("1", "Bob", "/", "AIDA1", 1, **parameters)  # type: ignore[arg-type]


def test_a_users_policies_are_its_own_then_those_of_its_groups() -> None:
    staff = Group("1", "Staff", "/", "AGPA1", 1, {"p": "of staff"}, (OWN,))
    bob = user(inline={"p": "of bob"}, attached=(ADMIN,), groups=("Staff", "gone"))
    sources = all_policies(having(bob, staff, POLICY), bob)
    assert [source[:1] + source[2:] for source in sources] == [
        ("p", "inline", bob.arn),
        (ADMIN, "aws-managed", bob.arn),
        ("p", "inline", staff.arn),
        (OWN, "user-managed", staff.arn),
    ]
    documents = [source.document for source in sources]
    assert documents[0] == "of bob"
    assert documents[2:] == ["of staff", "new"]


def test_a_roles_policies() -> None:
    role = Role("1", "Worker", "/", "AROA1", 1, "{}", inline={"p": "inline"}, attached=(OWN,))
    assert all_policies(having(role, POLICY), role) == [
        Source("p", "inline", "inline", role.arn),
        Source(OWN, "new", "user-managed", role.arn),
    ]


def test_a_policy_that_is_gone_allows_nothing() -> None:
    assert all_policies(having(), user(attached=(OWN,))) == []


def test_a_boundary_is_a_managed_policy() -> None:
    store = having(POLICY)
    assert boundary_policy(store, user()) is None
    bob = user(boundary=OWN)
    assert boundary_policy(store, bob) == Source(OWN, "new", "user-managed", bob.arn)
    admin = boundary_policy(store, user(boundary=ADMIN))
    assert admin is not None
    assert admin.kind == "aws-managed"


def test_managed_policies_are_found_by_their_whole_arn() -> None:
    store = having(POLICY)
    assert managed_policy(store, OWN) == POLICY
    for arn in (OWN.lower(), "arn:aws:iam::1:policy/Mine", "arn:aws:iam::2:policy/x/Mine", "x", ""):
        assert managed_policy(store, arn) is None
