"""The root key comes from exactly one source, and no error shows it."""

import base64
import errno
import os
import shlex
import sys
from pathlib import Path

import pytest

from tidegate.kms.errors import KeysUnusable, RootKeyMissing, RootKeyUnreadable
from tidegate.kms.files import OsKeyFiles
from tidegate.kms.root_key import GivenKey, KeyCommand, KeyFile, RootKey, root_key_source

KEY = bytes(range(32))
TEXT = base64.b64encode(KEY).decode()


def command(program: str) -> str:
    return shlex.join([sys.executable, "-c", program])


def test_the_id_tells_keys_apart_and_tells_nothing_else() -> None:
    key = RootKey.from_text(TEXT, "x")
    assert key.id == RootKey.from_text(TEXT + "\n", "y").id
    assert key.id != RootKey.random().id
    assert len(key.id) == 16
    assert key.id not in KEY.hex()


@pytest.mark.parametrize(
    "text", ["", "abc", TEXT[:-4], TEXT + TEXT, "!" + TEXT, "é" * 44, KEY.hex()]
)
def test_what_is_no_key_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(RootKeyUnreadable) as raised:
        GivenKey(text, "The variable TIDEGATE_ROOT_KEY").read()
    assert "TIDEGATE_ROOT_KEY" in str(raised.value)
    assert not text or text not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_key_file_holds_one_key_or_two(tmp_path: Path) -> None:
    file = KeyFile(str(tmp_path / "root.key"))
    new, old = RootKey.random(), RootKey.random()
    file.write(new)
    assert [key.id for key in file.read()] == [new.id]
    file.write(new, old)
    assert [key.id for key in file.read()] == [new.id, old.id]
    assert (tmp_path / "root.key").read_text().startswith("# The root key of a Tidegate")


def test_a_key_file_may_be_made_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "root.key"
    OsKeyFiles().replace(str(path), TEXT.encode())
    assert KeyFile(str(path)).read()[0].id == RootKey.from_text(TEXT, "x").id


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "root.key"
    path.write_text(TEXT)
    path.chmod(0o644)
    with pytest.raises(RootKeyUnreadable, match=r"mode 0644.*chmod 600"):
        KeyFile(str(path)).read()


@pytest.mark.parametrize("content", [b"", b"# only a comment\n", b"\xff\xfe\n", b"a\nb\nc\n"])
def test_a_damaged_key_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = str(tmp_path / "root.key")
    OsKeyFiles().replace(path, content)
    with pytest.raises(RootKeyUnreadable, match=r"root\.key"):
        KeyFile(path).read()


def test_a_key_file_that_is_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RootKeyUnreadable, match="cannot be read"):
        KeyFile(str(tmp_path)).read()


def test_a_missing_key_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(RootKeyMissing, match="does not exist"):
        KeyFile(str(tmp_path / "root.key")).read()


class ReadOnly(OsKeyFiles):
    def replace(self, path: str, content: bytes) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), path + ".tmp")


def test_a_key_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    file = tmp_path / "root.key"
    with pytest.raises(RootKeyUnreadable) as told:
        KeyFile(str(file), ReadOnly()).write(RootKey.random())
    assert str(told.value) == f"The key file {file} cannot be written: Read-only file system."


def test_a_command_prints_the_key() -> None:
    source = KeyCommand(command(f"print({TEXT!r})"))
    assert source.read()[0].id == RootKey.from_text(TEXT, "x").id


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (command(f"print({TEXT!r}); raise SystemExit(3)"), "status 3"),
        (command("print('no key')"), "holds no root key"),
        ("/nowhere/vault read key", "cannot be run"),
        ("", "cannot be run"),
        ("'unclosed", "cannot be run"),
    ],
)
def test_a_command_that_gives_no_key_says_why_and_shows_nothing(line: str, says: str) -> None:
    with pytest.raises(KeysUnusable, match=says) as raised:
        KeyCommand(line).read()
    assert TEXT not in str(raised.value)


def test_a_command_that_does_not_end_is_given_up() -> None:
    with pytest.raises(RootKeyMissing, match="longer than"):
        KeyCommand(command("import signal; signal.pause()"), timeout_s=0.05).read()


def test_there_is_one_source() -> None:
    assert isinstance(root_key_source("/data/root.key"), KeyFile)
    given = root_key_source("/data/root.key", value=TEXT, value_name="The variable X")
    assert given.name == "The variable X"
    assert isinstance(root_key_source("/data/root.key", command="vault"), KeyCommand)
    with pytest.raises(RootKeyUnreadable, match="more than one source"):
        root_key_source("/data/root.key", key_file="/k", value=TEXT)
