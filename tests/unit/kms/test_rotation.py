"""Rotation keeps everything readable, whatever is interrupted."""

import pytest

from key_disk import DATA, KEY_PATH, KEYRING_PATH, Crash, KeyDisk, keys, opened
from tidegate.kms.errors import KeyringMissing, RootKeyWrong
from tidegate.kms.keyring import open_keyring
from tidegate.kms.root_key import GivenKey, KeyFile, RootKey
from tidegate.kms.rotation import rotate_domain, rotate_given, rotate_key_file
from tidegate.kms.sealing import Sealer


def given(key: RootKey) -> GivenKey:
    return GivenKey(key.text().reveal().decode(), "The variable X")


def test_a_key_file_is_rotated_and_the_domain_keys_stay() -> None:
    disk = KeyDisk()
    before = opened(disk, create=True)
    old_file = disk.files[KEY_PATH]
    new = rotate_key_file(DATA, KeyFile(KEY_PATH, disk), disk)
    assert new.id != before.root_key_id
    assert [key.id for key in KeyFile(KEY_PATH, disk).read()] == [new.id]
    after = opened(disk)
    assert after.root_key_id == new.id
    assert keys(after) == keys(before)
    disk.files[KEY_PATH] = old_file
    with pytest.raises(RootKeyWrong):
        opened(disk)


@pytest.mark.parametrize("crash_at", [1, 2, 3])
def test_a_crash_between_any_two_steps_leaves_a_state_that_opens(crash_at: int) -> None:
    disk = KeyDisk()
    before = opened(disk, create=True)
    disk.crash_at = disk.changes + crash_at
    with pytest.raises(Crash):
        rotate_key_file(DATA, KeyFile(KEY_PATH, disk), disk)
    disk = KeyDisk(disk.files)
    after = opened(disk)
    assert keys(after) == keys(before)
    assert (after.root_key_id == before.root_key_id) == (crash_at < 3)

    new = rotate_key_file(DATA, KeyFile(KEY_PATH, disk), disk)
    assert [key.id for key in KeyFile(KEY_PATH, disk).read()] == [new.id]
    assert keys(opened(disk)) == keys(before)


def test_every_step_of_a_second_rotation_after_a_crash_may_crash_too() -> None:
    first = KeyDisk()
    before = keys(opened(first, create=True))
    for one in (1, 2, 3):
        for two in (1, 2, 3):
            disk = KeyDisk(first.files)
            for crash_at in (one, two):
                disk.crash_at = disk.changes + crash_at
                with pytest.raises(Crash):
                    rotate_key_file(DATA, KeyFile(KEY_PATH, disk), disk)
            assert keys(opened(KeyDisk(disk.files))) == before


def test_a_given_key_is_replaced_by_another() -> None:
    disk = KeyDisk()
    old, new = RootKey.random(), RootKey.random()
    before = open_keyring(DATA, given(old), create=True, files=disk)
    rotate_given(DATA, given(old), new, disk)
    assert keys(open_keyring(DATA, given(new), create=False, files=disk)) == keys(before)
    with pytest.raises(RootKeyWrong):
        open_keyring(DATA, given(old), create=False, files=disk)
    with pytest.raises(RootKeyWrong):
        rotate_given(DATA, given(old), old, disk)


def test_a_fresh_generation_seals_and_the_old_ones_open() -> None:
    disk = KeyDisk()
    running = opened(disk, create=True)
    sealer = Sealer(running.domain("identity"))
    old = sealer.seal(b"secret", b"AKIA")
    assert rotate_domain(DATA, KeyFile(KEY_PATH, disk), "identity", disk) == 2

    assert sealer.seal(b"secret", b"AKIA")[2] == 1, "a running server has not read it yet"
    running.adopt(opened(disk))
    new = sealer.seal(b"secret", b"AKIA")
    assert new[2] == 2
    for sealed in (old, new):
        assert sealer.open(sealed, b"AKIA").reveal() == b"secret"
        restarted = Sealer(opened(disk).domain("identity"))
        assert restarted.open(sealed, b"AKIA").reveal() == b"secret"
    assert opened(disk).domain("kms").current == 1


def test_a_crash_while_a_generation_is_added_changes_nothing() -> None:
    disk = KeyDisk()
    before = keys(opened(disk, create=True))
    disk.crash_at = disk.changes + 1
    with pytest.raises(Crash):
        rotate_domain(DATA, KeyFile(KEY_PATH, disk), "kms", disk)
    assert keys(opened(KeyDisk(disk.files))) == before


def test_what_is_not_there_is_not_rotated() -> None:
    disk = KeyDisk()
    with pytest.raises(KeyringMissing, match="no keyring yet"):
        rotate_key_file(DATA, KeyFile(KEY_PATH, disk), disk)
    assert KEYRING_PATH not in disk.files
