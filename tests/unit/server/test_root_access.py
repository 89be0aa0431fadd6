"""The root's own access key."""

from __future__ import annotations

import pytest

from tidegate.catalog.entities import Entities
from tidegate.catalog.identities import AccessKey, AccountSettings, User
from tidegate.server.root_access import TooManyRootKeys, is_unreachable, new_root_access
from tidegate.server.settings import load

ACCOUNT = "111122223333"


def seal(secret: bytes, associated_data: bytes) -> bytes:
    return b"sealed:" + secret[::-1] + associated_data


def made(entities: Entities, *, replace: bool = False) -> tuple[str, str]:
    changes, access = new_root_access(entities, ACCOUNT, seal, 7, replace=replace)
    entities.apply(entities.version + 1, changes.puts, changes.removed)
    return access.access_key, access.secret_key


def test_a_key_is_a_key_of_the_root_and_only_its_seal_is_kept() -> None:
    entities = Entities()
    key_id, secret = made(entities)
    key = entities.find(AccessKey, "", key_id)
    assert key == AccessKey(key_id, ACCOUNT, None, 7, seal(secret.encode(), key_id.encode()))
    assert entities.find(AccountSettings, ACCOUNT, "") == AccountSettings(
        ACCOUNT, root_keys=(key_id,)
    )
    assert len(secret) == 40


def test_a_second_one_is_added_and_a_third_refused() -> None:
    entities = Entities()
    first, second = made(entities)[0], made(entities)[0]
    settings = entities.find(AccountSettings, ACCOUNT, "")
    assert settings is not None
    assert settings.root_keys == (first, second)
    with pytest.raises(TooManyRootKeys):
        made(entities)


def test_others_are_replaced_where_that_is_wanted() -> None:
    entities = Entities()
    made(entities)
    made(entities)
    only = made(entities, replace=True)[0]
    assert set(entities.all_of(AccessKey, "")) == {only}


@pytest.mark.parametrize(
    ("flags", "variables", "unreachable"),
    [
        ({}, {}, False),
        ({"development_keys": "false"}, {}, True),
        ({"host": "0.0.0.0"}, {}, True),
        ({"host": "0.0.0.0"}, {"TIDEGATE_CREDENTIALS": f"a:bcd:{ACCOUNT}"}, False),
    ],
)
def test_when_nobody_could_call(
    flags: dict[str, str], variables: dict[str, str], unreachable: bool
) -> None:
    entities = Entities()
    assert is_unreachable(load(flags, variables), entities) is unreachable
    made(entities)
    assert not is_unreachable(load(flags, variables), entities)


def test_a_users_key_lets_nobody_administer() -> None:
    entities = Entities()
    entities.apply(1, [User(ACCOUNT, "ann", "/", "AIDA1", 1)], [])
    entities.apply(2, [AccessKey("AKIA1", ACCOUNT, "ann", 1, b"")], [])
    assert is_unreachable(load({"host": "0.0.0.0"}, {}), entities)
