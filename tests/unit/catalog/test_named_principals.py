"""Users and roles that a policy names are meant for good."""

from __future__ import annotations

import json

from tidegate.catalog.entities import Entities
from tidegate.catalog.entity import Entity, name_of
from tidegate.catalog.identities import Role, User
from tidegate.catalog.named_principals import (
    arns_now,
    document_now,
    find_principal,
    named_ids,
    principal_exists,
)

BOB = "arn:aws:iam::111122223333:user/x/Bob"


def having(*entities: Entity) -> Entities:
    store = Entities()
    store.apply(1, entities, ())
    return store


def bob(id_: str = "AIDA1", name: str = "Bob") -> User:
    return User("111122223333", name, "/x/", id_, 1)


def naming(*arns: str, element: str = "Principal") -> str:
    given = arns[0] if len(arns) == 1 else list(arns)
    statement = {"Effect": "Allow", element: {"AWS": given}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


def now(store: Entities, document: str, ids: dict[str, str]) -> object:
    return json.loads(document_now(store, document, ids))


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


def test_users_and_roles_must_exist_and_nobody_else() -> None:
    store = having(bob())
    assert principal_exists(store, "User", BOB)
    for kind, arn in (
        ("User", BOB.lower()),
        ("User", BOB.replace("aws", "aws-cn")),
        ("Role", "arn:aws:iam::111122223333:role/Worker"),
    ):
        assert not principal_exists(store, kind, arn)
    for kind, name in (("Account", "444455556666"), ("Service", "sns.amazonaws.com")):
        assert principal_exists(store, kind, name)


def test_a_policy_stays_as_it_was_written_while_those_whom_it_names_stand() -> None:
    store = having(bob())
    document = naming(BOB, "444455556666", "*").replace(",", " ,\n")
    ids = named_ids(store, document)
    assert ids == {BOB: "AIDA1"}
    assert document_now(store, document, ids) == document


def test_a_namesake_is_not_named() -> None:
    for element in ("Principal", "NotPrincipal"):
        document = naming(BOB, element=element)
        ids = named_ids(having(bob()), document)
        by_id = json.loads(naming("AIDA1", element=element))
        assert now(having(bob("AIDA2")), document, ids) == by_id
        assert now(having(), document, ids) == by_id


def test_whoever_is_renamed_stays_named() -> None:
    document = naming(BOB, "444455556666")
    ids = named_ids(having(bob()), document)
    renamed = bob(name="Robert")
    store = having(renamed, bob("AIDA2"))
    assert now(store, document, ids) == json.loads(naming(renamed.arn, "444455556666"))


def test_a_role_is_another_when_it_is_made_again() -> None:
    other = Role("444455556666", "Other", "/", "AROA7", 1, "{}")
    store = having(other)
    document = naming(other.arn)
    ids = named_ids(store, document)
    store.apply(2, (), (name_of(other),))
    assert now(store, document, ids) == json.loads(naming("AROA7"))


def test_ids_have_the_arns_of_those_who_stand() -> None:
    other = Role("444455556666", "Other", "/", "AROA7", 1, "{}")
    renamed = bob("AIDA3", "Robert")
    store = having(bob("AIDA2"), renamed, other)
    named = [(BOB, "AIDA1"), (BOB, "AIDA2"), (BOB, "AIDA3"), (other.arn, "AROA7")]
    assert {id_: arns_now(store, named).get(id_) for _, id_ in named} == {
        "AIDA1": None,
        "AIDA2": BOB,
        "AIDA3": renamed.arn,
        "AROA7": other.arn,
    }


def test_numbers_of_conditions_are_compared_as_they_were_written() -> None:
    """As text, which a number of a condition may be as well (grammar notes)."""
    number = "0.00001000000000000000000000000001"
    document = (
        naming(BOB)[:-2] + f', "Condition": {{"NumericEquals": {{"a:b": [{number}, 7]}}}}}}}}'
    )
    ids = named_ids(having(bob()), document)
    shown = now(having(), document, ids)
    assert shown["Statement"]["Condition"] == {  # type: ignore[index]
        "NumericEquals": {"a:b": [number, 7]}
    }


def test_what_names_nobody_stays() -> None:
    """Also what only an earlier version took for a policy."""
    for principal in ("*", {"Service": "sns.amazonaws.com"}, {"AWS": [{}, 1]}, {"AWS": None}):
        document = json.dumps(
            {"Statement": [{"Principal": principal}, {"Principal": {"AWS": BOB}}]}
        )
        ids = named_ids(having(bob()), document)
        assert ids == {BOB: "AIDA1"}
        (shown, by_id) = now(having(), document, ids)["Statement"]  # type: ignore[index]
        assert shown == {"Principal": principal}
        assert by_id == {"Principal": {"AWS": "AIDA1"}}
    assert named_ids(having(bob()), "{}") == {}
