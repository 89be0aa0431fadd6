"""Sealed messages, and the one data key that seals them."""

import os
import subprocess
import sys

import pytest

from tidegate.kms.envelope import MESSAGES_PER_KEY, OVERHEAD_BYTES, DataKey, OpeningKey
from tidegate.kms.errors import DataKeyRetired, Unsealable
from tidegate.kms.secret import Secret

KEY = Secret(bytes(range(32)))
SIZES = [0, 1, 1200, 65_535, 65_536, 262_144]


@pytest.mark.parametrize("size", SIZES)
def test_a_message_opens_with_the_same_key(size: int) -> None:
    payload = os.urandom(size)
    data_key = DataKey(KEY, b"reference")
    sealed = data_key.seal(payload, b"queue")
    assert len(sealed) == size + OVERHEAD_BYTES
    for key in (data_key, OpeningKey(KEY)):
        assert key.open(bytes(sealed), b"queue") == payload
        assert key.open(sealed, b"queue") == payload
    with pytest.raises(Unsealable):
        data_key.open(bytes(sealed), b"another queue")
    with pytest.raises(Unsealable):
        OpeningKey(Secret(bytes(32))).open(bytes(sealed), b"queue")


@pytest.mark.parametrize("sealed", [b"", b"x" * 7, b"x" * 12, b"x" * 27, b"x" * 28, b"x" * 70_000])
def test_what_is_not_sealed_is_refused(sealed: bytes) -> None:
    with pytest.raises(Unsealable):
        OpeningKey(KEY).open(sealed, b"")


def test_no_nonce_repeats_under_a_key() -> None:
    data_key = DataKey(KEY, b"")
    payloads = [b"x", bytes(70_000)] * 500
    nonces = [bytes(data_key.seal(payload, b"")[:12]) for payload in payloads]
    assert len(set(nonces)) == 1000
    assert len({nonce[:4] for nonce in nonces}) == 1


def test_two_data_keys_have_nonces_of_their_own() -> None:
    assert len({DataKey(KEY, b"").seal(b"x", b"")[:12] for _ in range(20)}) == 20


def test_a_data_key_retires_and_still_opens() -> None:
    data_key = DataKey(KEY, b"")
    sealed = data_key.seal(b"x", b"")
    assert not data_key.retired
    assert data_key.until > 0
    data_key._sealed = MESSAGES_PER_KEY - 64
    data_key.seal(b"x", b"")
    assert data_key.until == 0, "another one takes its place before it fails anybody"
    data_key._sealed = MESSAGES_PER_KEY - 1
    assert data_key.open(data_key.seal(b"last", b""), b"") == b"last"
    assert data_key.retired
    with pytest.raises(DataKeyRetired):
        data_key.seal(b"one too many", b"")
    assert data_key.open(sealed, b"") == b"x"


FORKS = """
import os
from tidegate.kms.envelope import DataKey
from tidegate.kms.secret import Secret

data_key = DataKey(Secret(bytes(32)), b"")
child = os.fork()
if child == 0:
    os._exit(42 if data_key.retired else 1)
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print(status, data_key.retired)
"""


def test_a_forked_child_seals_nothing_with_the_key_of_its_parent() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKS],
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "42 False\n"


def test_keys_do_not_show_themselves() -> None:
    assert "0001" not in repr(DataKey(KEY, b"")) + repr(OpeningKey(KEY))
    assert not hasattr(DataKey(KEY, b""), "__dict__")
