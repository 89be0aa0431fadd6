"""Which policies an identity has."""

from __future__ import annotations

import json

from tidegate.catalog.attachments import (
    Source,
    all_policies,
    boundary_policy,
    find_principal,
    identity_policies,
    managed_policy,
    role_policies,
    trust_document,
    trusted_ids,
)
from tidegate.catalog.entities import Entities
from tidegate.catalog.entity import Entity, name_of
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
BOB = "arn:aws:iam::111122223333:user/x/Bob"


def having(*entities: Entity) -> Entities:
    store = Entities()
    store.apply(1, entities, ())
    return store


def user(**parameters: object) -> User:
    return User("1", "Bob", "/", "AIDA1", 1, **parameters)  # type: ignore[arg-type]


def test_a_users_policies_are_its_own_then_those_of_its_groups() -> None:
    staff = Group("1", "Staff", "/", "AGPA1", 1, {"p": "of staff"}, (OWN,))
    bob = user(inline={"p": "of bob"}, attached=(ADMIN,), groups=("Staff", "gone"))
    sources = identity_policies(having(bob, staff, POLICY), "1", "BOB")
    assert sources is not None
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
    assert role_policies(having(role, POLICY), "1", "worker") == [
        Source("p", "inline", "inline", role.arn),
        Source(OWN, "new", "user-managed", role.arn),
    ]


def test_nobody_has_no_policies() -> None:
    assert identity_policies(having(), "1", "bob") is None
    assert role_policies(having(), "1", "worker") is None


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


# --- Trust policies -------------------------------------------------------------------------------


def trust(*arns: str) -> str:
    given = arns[0] if len(arns) == 1 else list(arns)
    statement = {"Effect": "Allow", "Principal": {"AWS": given}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


def trusting(store: Entities, document: str) -> Role:
    ids = trusted_ids(store, document)
    return Role("111122223333", "Worker", "/", "AROA1", 1, document, trusted_ids=ids)


def bob(id_: str = "AIDA1", name: str = "Bob") -> User:
    return User("111122223333", name, "/x/", id_, 1)


def test_principals_are_found_by_their_arn() -> None:
    role = Role("111122223333", "Worker", "/", "AROA1", 1, "{}")
    store = having(bob(), role)
    assert find_principal(store, BOB) == bob()
    assert find_principal(store, "arn:aws:iam::111122223333:role/Worker") == role
    for arn in (
        BOB.lower(),
        "arn:aws:iam::111122223333:user/Bob",
        "arn:aws:iam::111122223333:role/x/Bob",
        "arn:aws:iam::111122223333:root",
        "111122223333",
        "*",
    ):
        assert find_principal(store, arn) is None


def test_a_trust_policy_stays_as_it_was_written() -> None:
    store = having(bob())
    document = trust(BOB, "444455556666", "*").replace(",", " ,\n")
    role = trusting(store, document)
    assert role.trusted_ids == {BOB: "AIDA1"}
    assert trust_document(store, role) == document


def test_a_namesake_is_not_trusted() -> None:
    role = trusting(having(bob()), trust(BOB))
    assert json.loads(trust_document(having(bob("AIDA2")), role)) == json.loads(trust("AIDA1"))
    assert json.loads(trust_document(having(), role)) == json.loads(trust("AIDA1"))


def test_whoever_is_renamed_stays_trusted() -> None:
    role = trusting(having(bob()), trust(BOB, "444455556666"))
    renamed = bob(name="Robert")
    store = having(renamed, bob("AIDA2"))
    assert json.loads(trust_document(store, role)) == json.loads(trust(renamed.arn, "444455556666"))


def test_a_role_is_another_when_it_is_made_again() -> None:
    other = Role("444455556666", "Other", "/", "AROA7", 1, "{}")
    store = having(other)
    role = trusting(store, trust(other.arn))
    store.apply(2, (), (name_of(other),))
    assert json.loads(trust_document(store, role)) == json.loads(trust("AROA7"))
