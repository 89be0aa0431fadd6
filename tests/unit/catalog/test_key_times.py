"""What happens to a key by itself."""

import msgspec
import pytest

from tidegate.catalog.key_states import state_of
from tidegate.catalog.key_times import DAY_MS, due_at, is_gone, is_rotation_due, rotated
from tidegate.catalog.key_times import without_expired as without
from tidegate.catalog.keys import KmsKey, Material, seal_name

NOW = 1_000 * DAY_MS
FIRST = Material(1, b"sealed", 0)
KEY = KmsKey("1", "r", "k", 0, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "{}", (FIRST,))


def key(**fields):
    return msgspec.structs.replace(KEY, **fields)


@pytest.mark.parametrize(
    ("fields", "due"),
    [
        ({}, None),
        ({"deletion_at": 5}, 5),
        ({"next_rotation_at": 7, "rotation_period_days": 90}, 7),
        ({"next_rotation_at": 7, "enabled": False}, None),
        ({"next_rotation_at": 3, "deletion_at": 5}, 5),
        ({"materials": (Material(1, b"s", 0, expires_at=9),)}, 9),
        ({"materials": (Material(1, b"", 0, expires_at=9),)}, None),
        ({"pending_material": Material(2, b"s", 0, expires_at=4), "deletion_at": 5}, 4),
    ],
)
def test_when_the_next_thing_is_due(fields, due):
    assert due_at(key(**fields)) == due


def test_a_key_is_gone_from_the_instant_on():
    assert not is_gone(key(), NOW)
    assert not is_gone(key(deletion_at=NOW + 1), NOW)
    assert is_gone(key(deletion_at=NOW), NOW)


@pytest.mark.parametrize(
    ("late_days", "next_days"), [(0, 90), (89, 90), (90, 180), (91, 180), (1_000, 1_080)]
)
def test_missed_rotations_are_one(late_days, next_days):
    due = NOW
    given = key(next_rotation_at=due, rotation_period_days=90)
    now = due + late_days * DAY_MS
    assert is_rotation_due(given, now)
    after = rotated(given, Material(2, b"new", now), now)
    assert [each.number for each in after.materials] == [1, 2]
    assert after.next_rotation_at == due + next_days * DAY_MS
    assert not is_rotation_due(after, now)


def test_expired_material_leaves_its_name_only():
    pending = Material(2, b"s2", 0, id="b", expires_at=NOW + 1)
    given = key(
        materials=(Material(1, b"s1", 0, id="a", expires_at=NOW),), pending_material=pending
    )
    after = without(given, NOW)
    assert after.materials == (Material(1, b"", 0, id="a"),)
    assert after.pending_material == pending
    assert (state_of(given), state_of(after)) == ("Enabled", "PendingImport")
    assert (given.material(1) is None, after.material(1), after.material(9)) == (False, None, None)


def test_sealed_material_is_bound_to_its_key_and_number():
    names = {seal_name(arn, number) for arn in ("a", "b") for number in (1, 2)}
    assert len(names) == 4


def test_no_material_is_seen_in_a_repr():
    assert "sealed" not in repr(KEY)
