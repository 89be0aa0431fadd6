"""The keyring opens with its root key alone, and says what is lost without it."""

import base64
import json

import pytest

from key_disk import DATA, KEY_PATH, KEYRING_PATH, Crash, KeyDisk, keys, opened
from tidegate.kms.errors import (
    KeyringDamaged,
    KeyringMissing,
    KeysUnusable,
    RootKeyMissing,
    RootKeyWrong,
)
from tidegate.kms.keyring import PURPOSES, open_keyring
from tidegate.kms.root_key import GivenKey, RootKey


def test_the_first_start_makes_keys_and_the_next_finds_them() -> None:
    disk = KeyDisk()
    first = keys(opened(disk, create=True))
    assert set(disk.files) == {KEY_PATH, KEYRING_PATH}
    assert keys(opened(disk)) == first
    assert keys(opened(disk, create=True)) == first
    all_keys = [key for generations in first.values() for key in generations.values()]
    assert len(set(all_keys)) == len(PURPOSES)
    assert {len(key) for key in all_keys} == {32}


@pytest.mark.parametrize("crash_at", [1, 2])
def test_a_crash_in_the_first_start_does_not_prevent_the_next(crash_at: int) -> None:
    disk = KeyDisk()
    disk.crash_at = crash_at
    with pytest.raises(Crash):
        opened(disk, create=True)
    left = dict(disk.files)
    disk = KeyDisk(left)
    first = keys(opened(disk, create=True))
    assert keys(opened(disk)) == first
    if KEY_PATH in left:
        assert disk.files[KEY_PATH] == left[KEY_PATH], "the key that was made is kept"


def test_the_file_holds_no_key_in_the_clear() -> None:
    disk = KeyDisk()
    keyring = opened(disk, create=True)
    content = json.loads(disk.files[KEYRING_PATH])
    assert content["format"] == 1
    assert content["root_key_id"] == keyring.root_key_id
    assert {key["purpose"] for key in content["keys"]} == set(PURPOSES)
    for wrapped in content["keys"]:
        raw = base64.b64decode(wrapped["wrapped"])
        assert keyring.domain(wrapped["purpose"]).generations[1].reveal() not in raw


def test_a_missing_root_key_says_what_is_lost() -> None:
    disk = KeyDisk()
    root_id = opened(disk, create=True).root_key_id
    del disk.files[KEY_PATH]
    with pytest.raises(RootKeyMissing) as raised:
        opened(disk, create=True)
    text = str(raised.value)
    for part in (KEY_PATH, root_id, "messages of encrypted queues", "nobody can recover"):
        assert part in text
    assert KEY_PATH not in disk.files, "no other key is made in its place"


def test_a_wrong_root_key_says_which_is_wanted() -> None:
    disk = KeyDisk()
    root_id = opened(disk, create=True).root_key_id
    other = RootKey.random()
    source = GivenKey(other.text().reveal().decode(), "The variable X")
    with pytest.raises(RootKeyWrong) as raised:
        open_keyring(DATA, source, create=False, files=disk)
    for part in ("The variable X", other.id, root_id, "nobody can recover"):
        assert part in str(raised.value)


def test_a_missing_keyring_is_an_error_where_something_may_be_sealed() -> None:
    disk = KeyDisk()
    opened(disk, create=True)
    del disk.files[KEYRING_PATH]
    with pytest.raises(KeyringMissing, match="nobody can recover"):
        opened(disk)


def test_a_given_key_is_not_made_up() -> None:
    disk = KeyDisk()
    source = GivenKey("", "The variable X")
    with pytest.raises(KeysUnusable, match="The variable X"):
        open_keyring(DATA, source, create=True, files=disk)
    assert disk.files == {}


def changed(disk: KeyDisk, change: object) -> KeyDisk:
    content = json.loads(disk.files[KEYRING_PATH])
    change(content)  # type: ignore[operator]
    return KeyDisk(disk.files | {KEYRING_PATH: json.dumps(content).encode()})


def swap(content: dict) -> None:
    first, second = content["keys"][:2]
    first["wrapped"], second["wrapped"] = second["wrapped"], first["wrapped"]


def renumber(content: dict) -> None:
    content["keys"][0]["generation"] = 2


def drop(content: dict) -> None:
    del content["keys"][0]


def cut(content: dict) -> None:
    content["keys"][0]["wrapped"] = "AAAA"


def later(content: dict) -> None:
    content["format"] = 2


@pytest.mark.parametrize("change", [swap, renumber, drop, cut, later])
def test_a_changed_keyring_is_refused(change: object) -> None:
    disk = KeyDisk()
    opened(disk, create=True)
    with pytest.raises(KeyringDamaged):
        opened(changed(disk, change))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xff", b'{"format":1}'])
def test_what_is_no_keyring_is_refused(content: bytes) -> None:
    disk = KeyDisk()
    opened(disk, create=True)
    disk.files[KEYRING_PATH] = content
    with pytest.raises(KeyringDamaged, match="/data/keyring"):
        opened(disk)


def test_a_derived_key_depends_on_all_that_it_is_for() -> None:
    domain = opened(KeyDisk(), create=True).domain("sts")
    found = {
        domain.derive(1, info, salt).reveal()
        for info in (b"a", b"b")
        for salt in (None, b"1", b"2")
    }
    assert len(found) == 6
    with pytest.raises(KeyError):
        domain.derive(2, b"a")
