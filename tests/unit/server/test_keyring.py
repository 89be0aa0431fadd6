"""How a data directory comes to its keyring, and what a start without its root key says."""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path

import pytest

from tidegate.kms.errors import KeyringMissing, RootKeyMissing, RootKeyWrong
from tidegate.kms.keyring import SSE_SQS, Keyring
from tidegate.kms.root_key import RootKey
from tidegate.log.files.directory import open_directory
from tidegate.server.keyring import open_data_keyring
from tidegate.server.settings import load

LOST = "nobody can recover them without it"


def start(data: Path, environment: dict[str, str] | None = None, **flags: str) -> Keyring:
    directory = open_directory(os.fspath(data))
    try:
        settings = load({"data": os.fspath(data), **flags}, environment or {})
        return open_data_keyring(settings, directory)
    finally:
        directory.lock.release()


def secrets(keyring: Keyring) -> dict[int, bytes]:
    generations = keyring.domain(SSE_SQS).generations
    return {number: secret.reveal() for number, secret in generations.items()}


def text(key: RootKey) -> str:
    return key.text().reveal().decode()


def test_the_first_start_makes_both_and_says_what_the_key_is_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = start(tmp_path)
    key = tmp_path / "root.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    (said,) = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert str(key) in said.getMessage()
    assert "Keep a copy somewhere else" in said.getMessage()
    caplog.clear()
    assert secrets(start(tmp_path)) == secrets(first)
    assert caplog.records == []


def test_a_directory_of_an_earlier_version_gets_its_keyring(tmp_path: Path) -> None:
    open_directory(os.fspath(tmp_path)).lock.release()
    start(tmp_path)
    directory = open_directory(os.fspath(tmp_path))
    directory.lock.release()
    assert directory.meta.is_sealed


def test_a_lost_root_key_is_not_replaced_and_the_loss_is_told(tmp_path: Path) -> None:
    start(tmp_path)
    (tmp_path / "root.key").unlink()
    with pytest.raises(RootKeyMissing, match=LOST):
        start(tmp_path)
    assert not (tmp_path / "root.key").exists()


def test_a_key_file_that_cannot_be_made_is_told_with_what_names_it(tmp_path: Path) -> None:
    file = tmp_path / "absent" / "root.key"
    with pytest.raises(RootKeyMissing) as told:
        start(tmp_path / "data", root_key_file=str(file))
    assert str(told.value) == (
        f"The key file {file} cannot be made: there is no directory {file.parent}. Make it, or let "
        "root_key_file name another file."
    )
    assert not (tmp_path / "data" / "keyring").exists()


def test_a_lost_keyring_is_not_replaced(tmp_path: Path) -> None:
    start(tmp_path)
    (tmp_path / "keyring").unlink()
    with pytest.raises(KeyringMissing, match=LOST):
        start(tmp_path)


def test_a_start_that_was_stopped_half_way_is_gone_on_with(tmp_path: Path) -> None:
    """The keyring was made, and the directory does not say so yet."""
    first = start(tmp_path)
    meta = tmp_path / "meta.json"
    meta.write_text(meta.read_text().replace('"format_version": 2', '"format_version": 1'))
    assert secrets(start(tmp_path)) == secrets(first)


def test_a_wrong_root_key_is_refused(tmp_path: Path) -> None:
    right, wrong = RootKey.random(), RootKey.random()
    start(tmp_path, {"TIDEGATE_ROOT_KEY": text(right)})
    with pytest.raises(RootKeyWrong, match=f"gives the root key {wrong.id}.*wrapped by {right.id}"):
        start(tmp_path, {"TIDEGATE_ROOT_KEY": text(wrong)})
    assert not (tmp_path / "root.key").exists()


def test_a_command_may_print_the_root_key(tmp_path: Path) -> None:
    key = tmp_path / "printed"
    key.write_text(text(RootKey.random()))
    data = tmp_path / "data"
    first = start(data, root_key_command=f"cat {key}")
    assert secrets(start(data, root_key_command=f"cat {key}")) == secrets(first)
    assert not (data / "root.key").exists()


def test_a_root_key_file_may_stand_elsewhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "key"
    first = start(tmp_path / "data", root_key_file=os.fspath(elsewhere))
    assert elsewhere.exists()
    moved = elsewhere.rename(tmp_path / "moved")
    assert secrets(start(tmp_path / "data", root_key_file=os.fspath(moved))) == secrets(first)
