"""A keyring that somebody rotates while the server runs."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tidegate.kms.keyring import IDENTITY, PURPOSES, STS, Keyring, open_keyring
from tidegate.kms.root_key import GivenKey, KeyFile, RootKey
from tidegate.kms.rotation import rotate_domain, rotate_given, rotate_key_file
from tidegate.kms.sealing import Sealer
from tidegate.server.keyring_watch import KeyringWatch
from tidegate.testing.executors import InlineExecutor
from tidegate.testing.loop import SimLoop


class Running:
    """A server's keyring, and what it has logged of it."""

    def __init__(self, directory: Path, source: GivenKey | KeyFile | None = None) -> None:
        self.directory = os.fspath(directory)
        self.source = source or KeyFile(os.path.join(self.directory, "root.key"))
        self.keyring = self.read(create=True)
        self.loop = SimLoop()
        self.watch = KeyringWatch(
            self.directory, self.source, self.keyring, self.loop, InlineExecutor()
        )
        self.watch.start()

    def read(self, *, create: bool = False) -> Keyring:
        return open_keyring(self.directory, self.source, create=create)

    def current(self) -> list[int]:
        """The generation of each purpose that seals now, once a moment has passed."""
        self.loop.run_for(1.5)
        return [self.keyring.domain(each).current for each in PURPOSES]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    server = Running(tmp_path)
    yield server
    server.watch.stop()


def test_new_domain_keys_seal_within_a_second(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    sealer = Sealer(running.keyring.domain(IDENTITY))
    old = sealer.seal(b"secret", b"AKIA")
    assert running.current() == [1, 1, 1, 1]
    for purpose in PURPOSES:
        rotate_domain(running.directory, running.source, purpose)
    assert running.current() == [2, 2, 2, 2]
    new = sealer.seal(b"secret", b"AKIA")
    assert new[:3] != old[:3]
    restarted = Sealer(running.read().domain(IDENTITY))
    for sealed in (old, new):
        assert sealer.open(sealed, b"AKIA").reveal() == b"secret"
        assert restarted.open(sealed, b"AKIA").reveal() == b"secret"
    assert running.current() == [2, 2, 2, 2]
    assert [each.levelname for each in caplog.records] == ["INFO"]


def test_another_root_key_is_followed(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert isinstance(running.source, KeyFile)
    new = rotate_key_file(running.directory, running.source)
    assert running.current() == [1, 1, 1, 1]
    assert running.keyring.root_key_id == new.id
    rotate_domain(running.directory, running.source, STS)
    assert running.current() == [1, 1, 1, 2]
    assert len(caplog.records) == 1


def test_a_root_key_that_the_settings_do_not_give_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old, new = RootKey.random(), RootKey.random()

    def given(key: RootKey) -> GivenKey:
        return GivenKey(key.text().reveal().decode(), "TIDEGATE_ROOT_KEY")

    running = Running(tmp_path, given(old))
    rotate_given(running.directory, given(old), new)
    rotate_domain(running.directory, given(new), STS)
    assert running.current() == [1, 1, 1, 1]
    assert running.current() == [1, 1, 1, 1]
    (told,) = caplog.messages
    assert told.startswith("the server goes on with the keyring from before: TIDEGATE_ROOT_KEY")
    running.watch.stop()


def test_a_keyring_that_is_gone_or_another_one_changes_nothing(
    running: Running, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sealer = Sealer(running.keyring.domain(IDENTITY))
    sealed = sealer.seal(b"secret", b"AKIA")
    file = tmp_path / "keyring"
    file.unlink()
    assert running.current() == [1, 1, 1, 1]
    other = tmp_path / "other"
    other.mkdir()
    open_keyring(os.fspath(other), running.source, create=True)
    rotate_domain(os.fspath(other), running.source, IDENTITY)
    (other / "keyring").rename(file)
    assert running.current() == [1, 1, 1, 1]
    gone, another = caplog.messages
    assert f"The keyring {file} is missing" in gone
    assert "is not the one" in another
    fresh = Sealer(running.keyring.domain(IDENTITY))
    assert fresh.open(sealed, b"AKIA").reveal() == b"secret"


def test_a_server_that_stops_takes_nothing_more(running: Running) -> None:
    running.watch.stop()
    rotate_domain(running.directory, running.source, STS)
    assert running.current() == [1, 1, 1, 1]
