"""`tidegate keyring`: shows no key, and rotates so that everything still opens."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from tidegate.cli.keyring import run
from tidegate.kms.keyring import PURPOSES, Keyring, open_keyring
from tidegate.kms.root_key import GivenKey, KeyFile, RootKey
from tidegate.log.files.directory import note_keyring, open_directory

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("TIDEGATE_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory of a server whose root key is in its file."""
    path = tmp_path / "data"
    open_directory(str(path)).lock.release()
    open_keyring(str(path), KeyFile(str(path / "root.key")), create=True)
    note_keyring(str(path))
    return path


def text(key: RootKey) -> str:
    return key.text().reveal().decode()


def by_file(data: Path) -> Keyring:
    return open_keyring(str(data), KeyFile(str(data / "root.key")), create=False)


def secrets(keyring: Keyring, generation: int = 1) -> list[bytes]:
    return [keyring.domain(each).generations[generation].reveal() for each in PURPOSES]


def test_show_tells_what_there_is_and_no_key(data: Path, capsys: Capture) -> None:
    assert run(["show", "--data", str(data)]) == 0
    said = capsys.readouterr().out
    assert by_file(data).root_key_id in said
    assert f"the key file {data}/root.key gives it" in said
    for purpose in PURPOSES:
        assert f"{purpose:<12}generation 1\n" in said
    assert text(KeyFile(str(data / "root.key")).read()[0]) not in said


def test_rotate_replaces_the_key_file_and_everything_opens(data: Path, capsys: Capture) -> None:
    before, key = by_file(data), (data / "root.key").read_bytes()
    assert run(["rotate", "--data", str(data)]) == 0
    said = capsys.readouterr().out
    after = by_file(data)
    assert (data / "root.key").read_bytes() != key
    assert f"{after.root_key_id} has taken the place of {before.root_key_id}" in said
    assert secrets(after) == secrets(before)


def test_rotate_can_make_the_keys_below_anew(data: Path, capsys: Capture) -> None:
    before = by_file(data)
    assert run(["rotate", "--data", str(data), "--domain-keys"]) == 0
    assert "a server that runs takes them at once" in capsys.readouterr().out
    after = by_file(data)
    assert secrets(after) == secrets(before)
    assert set(secrets(after, 2)).isdisjoint(secrets(after))
    assert [after.domain(each).current for each in PURPOSES] == [2] * len(PURPOSES)
    run(["show", "--data", str(data)])
    assert "sse-sqs     generation 2 of 2\n" in capsys.readouterr().out


def test_a_given_root_key_is_replaced_by_the_one_on_standard_input(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    old = KeyFile(str(data / "root.key")).read()[0]
    new = RootKey.random()
    monkeypatch.setenv("TIDEGATE_ROOT_KEY", text(old))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(f"{text(new)}\n".encode())))
    before = by_file(data)
    assert run(["rotate", "--data", str(data), "--domain-keys"]) == 0
    said = capsys.readouterr().out
    assert "TIDEGATE_ROOT_KEY must give it from the next start on" in said
    assert "takes them at its next start" in said
    after = open_keyring(str(data), GivenKey(text(new), "new"), create=False)
    assert secrets(after) == secrets(before)
    assert run(["show", "--data", str(data)]) == 1
    assert old.id in capsys.readouterr().err


def test_nothing_on_standard_input_is_no_root_key(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    old = KeyFile(str(data / "root.key")).read()[0]
    monkeypatch.setenv("TIDEGATE_ROOT_KEY", text(old))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert run(["rotate", "--data", str(data)]) == 1
    assert "Standard input holds no root key" in capsys.readouterr().err
    assert by_file(data).root_key_id == old.id


def test_a_lost_key_file_is_told_as_a_loss(data: Path, capsys: Capture) -> None:
    (data / "root.key").unlink()
    for action in ("show", "rotate"):
        assert run([action, "--data", str(data)]) == 1
        assert "nobody can recover them without it" in capsys.readouterr().err
    assert not (data / "root.key").exists()


def test_what_is_no_data_directory_is_left_alone(tmp_path: Path, capsys: Capture) -> None:
    assert run(["rotate", "--data", str(tmp_path)]) == 1
    assert "no data directory" in capsys.readouterr().err
    assert os.listdir(tmp_path) == []


def test_a_directory_without_a_keyring_is_told_how_it_gets_one(
    tmp_path: Path, capsys: Capture
) -> None:
    open_directory(str(tmp_path)).lock.release()
    assert run(["rotate", "--data", str(tmp_path)]) == 1
    assert "the first start of a server makes it" in capsys.readouterr().err
    assert not (tmp_path / "keyring.lock").exists()


def test_a_lost_keyring_is_told_as_a_loss(data: Path, capsys: Capture) -> None:
    """As a start of the server tells it; nothing would make another."""
    (data / "keyring").unlink()
    for action in ("show", "rotate"):
        assert run([action, "--data", str(data)]) == 1
        said = capsys.readouterr().err
        assert f"The keyring {data}/keyring is missing" in said
        assert "nobody can recover them without it" in said
        assert "makes it" not in said
    assert not (data / "keyring").exists()
