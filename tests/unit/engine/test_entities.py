"""Entities: changed by a command, kept by the log and by snapshots."""

from __future__ import annotations

from engine_harness import Engine
from tidegate.base.refusals import StorageFull
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


def full(engine: Engine, command: ChangeEntities) -> bool:
    """Whether a full disk refuses a change."""
    engine.full = True
    try:
        engine.run(command)
    except StorageFull:
        return True
    finally:
        engine.full = False
    return False


def test_a_full_disk_refuses_what_adds_entities_only(engine: Engine) -> None:
    """Permissions must not outlast a disk that fills."""
    put(engine, ANN, KEY)
    off = AccessKey("AKIA1", "1", "Ann", 5, b"sealed", active=False)
    renamed = User("1", "Anna", "/", "AIDA1", 5)

    def asked(puts: list[Entity], removed: list[EntityName] | None = None) -> ChangeEntities:
        return ChangeEntities(engine.state.entities.version, puts, removed or [])  # type: ignore[arg-type]

    assert full(engine, asked([BOB]))
    assert full(engine, asked([off, BOB]))
    assert full(engine, asked([BOB, renamed], [name_of(ANN)]))
    assert full(engine, asked([BOB], [name_of(renamed)])), "what is not there makes no room"
    assert not full(engine, asked([off]))
    assert not full(engine, asked([renamed], [name_of(ANN)]))
    assert not full(engine, asked([], [name_of(renamed)]))
    assert engine.state.entities.find(AccessKey, "", "AKIA1") == off


def test_changes_on_a_full_disk_leave_half_of_the_reserve(engine: Engine) -> None:
    put(engine, ANN)
    engine.spent.clear()
    put(engine, ANN)
    change(engine, [], [name_of(ANN)])
    put(engine, ANN)
    assert engine.spent == [0.5, 1, 0]


def test_a_full_disk_does_not_note_uses(engine: Engine) -> None:
    """They come each minute, and would spend what is kept for what somebody waits for."""
    use = AccessKeyUse("AKIA1", 7, "eu-west-1", "sqs")
    put(engine, use)
    assert full(engine, ChangeEntities(1, [use], []))


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
