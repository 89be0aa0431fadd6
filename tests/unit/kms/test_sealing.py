"""Sealed bytes open for what they were sealed, and for nothing else."""

import pytest

from tidegate.kms.errors import Unsealable
from tidegate.kms.keyring import DomainKey
from tidegate.kms.sealing import OVERHEAD_BYTES, Sealer
from tidegate.kms.secret import Secret


def sealer(*values: int, purpose: str = "identity") -> Sealer:
    keys = {number: Secret(bytes([value]) * 32) for number, value in enumerate(values, 1)}
    return Sealer(DomainKey(purpose, keys))


def test_a_secret_opens_as_what_it_was_sealed() -> None:
    sealed = sealer(1).seal(b"wJalrXUtnFEMI", b"AKIAIOSFODNN7EXAMPLE")
    assert len(sealed) == 13 + OVERHEAD_BYTES
    assert b"wJal" not in sealed
    assert sealer(1).open(sealed, b"AKIAIOSFODNN7EXAMPLE") == Secret(b"wJalrXUtnFEMI")


def test_the_same_secret_is_never_sealed_the_same_way() -> None:
    one = sealer(1)
    assert len({one.seal(b"x", b"") for _ in range(100)}) == 100


def test_another_place_another_key_and_another_generation_do_not_open() -> None:
    sealed = sealer(1).seal(b"secret", b"mine")
    for other, data in ((sealer(1), b"yours"), (sealer(2), b"mine"), (sealer(1), b"")):
        with pytest.raises(Unsealable) as raised:
            other.open(sealed, data)
        assert raised.value.__cause__ is None
    moved = sealed[:2] + b"\x02" + sealed[3:]
    with pytest.raises(Unsealable):
        sealer(1, 1).open(moved, b"mine")


def test_a_generation_that_is_not_there_does_not_open() -> None:
    with pytest.raises(Unsealable, match="not on the keyring"):
        sealer(1).open(sealer(1, 2).seal(b"secret", b""), b"")
