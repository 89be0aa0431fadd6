"""Entities: changed by a command, kept by the log and by snapshots."""

from __future__ import annotations

from engine_harness import Engine
from tidegate.catalog.entities import Entities
from tidegate.catalog.entity import Entity, EntityName, name_of
from tidegate.catalog.identities import AccessKey, AccessKeyUse, Group, RoleUse, User
from tidegate.engine.commands import STALE, ChangeEntities, Observe
from tidegate.engine.state import State

ANN = User("1", "Ann", "/", "AIDA1", 5)
BOB = User("1", "Bob", "/", "AIDA2", 6)
KEY = AccessKey("AKIA1", "1", "Ann", 5, b"sealed")


def put(engine: Engine, *puts: Entity) -> int:
    return change(engine, puts=list(puts))


def change(
    engine: Engine, puts: list[Entity], removed: list[EntityName] | None = None, back: int = 0
) -> int:
    version = engine.state.entities.version - back
    result: int = engine.run(ChangeEntities(version, puts, removed or []))  # type: ignore[arg-type]
    return result


def seen(state: State) -> tuple[int, set[tuple[str, str, str]], list[Entity]]:
    entities = state.entities
    names = {(each.kind, each.scope, each.key) for each in map(name_of, entities)}
    return entities.version, names, sorted(entities, key=lambda each: (each.scope, each.key))


def test_what_was_put_is_found_by_scope_and_key(engine: Engine) -> None:
    assert put(engine, ANN, BOB, KEY) == 1
    entities = engine.state.entities
    assert entities.find(User, "1", "ann") == ANN
    assert entities.find(User, "2", "ann") is None
    assert entities.find(Group, "1", "ann") is None
    assert entities.find(AccessKey, "", "AKIA1") == KEY
    assert dict(entities.all_of(User, "1")) == {"ann": ANN, "bob": BOB}


def test_a_rename_is_one_change(engine: Engine) -> None:
    put(engine, ANN)
    renamed = User("1", "ANN", "/", "AIDA1", 5)
    change(engine, [renamed], [name_of(ANN)])
    assert engine.state.entities.find(User, "1", "ann") == renamed


def test_what_is_removed_leaves_nothing(engine: Engine) -> None:
    put(engine, ANN)
    change(engine, [], [name_of(ANN), EntityName("Group", "1", "none")])
    assert list(engine.state.entities) == []
    assert engine.state.entities.scopes(User) == []


def test_a_decision_on_what_no_longer_stands_changes_nothing(engine: Engine) -> None:
    put(engine, ANN)
    before = seen(engine.state)
    assert change(engine, [BOB], back=1) == STALE
    assert seen(engine.state) == before


def test_no_change_writes_nothing(engine: Engine) -> None:
    put(engine, ANN)
    assert change(engine, []) == 1
    assert engine.run(Observe()) is None
    assert engine.state.entities.version == 1


def test_entities_come_back_from_log_and_snapshot(engine: Engine) -> None:
    put(engine, ANN, BOB, KEY)
    change(engine, [], [name_of(BOB)])
    assert seen(engine.replayed()) == seen(engine.state)
    assert seen(engine.restored(1)) == seen(engine.state)


def test_the_version_outlives_a_snapshot_of_nothing(engine: Engine) -> None:
    put(engine, ANN)
    change(engine, [], [name_of(ANN)])
    assert seen(engine.restored(1)) == seen(engine.state)


def test_versions_of_definitions_tell_of_queues(engine: Engine) -> None:
    state = engine.state
    seen_versions = [state.definitions_version]
    for act in (
        lambda: engine.create("q"),
        lambda: engine.set("q", DelaySeconds="1"),
        lambda: engine.remove("q"),
    ):
        act()
        seen_versions.append(state.definitions_version)
    assert seen_versions == sorted(set(seen_versions))


def test_versions_of_definitions_do_not_tell_when_a_key_was_used(engine: Engine) -> None:
    """Policies and data keys that are ready would be made ready again each time."""
    put(engine, ANN, KEY)
    before = engine.state.definitions_version
    put(engine, AccessKeyUse("AKIA1", 7, "eu-west-1", "sqs"), RoleUse("1", "r", 7, "eu-west-1"))
    assert engine.state.definitions_version == before
    put(engine, AccessKeyUse("AKIA1", 8, "eu-west-1", "sqs"), BOB)
    assert engine.state.definitions_version == before + 1
    change(engine, [], [name_of(BOB)])
    assert engine.state.definitions_version == before + 2


def test_an_empty_store_has_nothing() -> None:
    entities = Entities()
    assert entities.find(User, "1", "ann") is None
    assert list(entities) == []
