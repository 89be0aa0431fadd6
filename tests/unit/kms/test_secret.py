"""Secrets do not show themselves."""

import copy
import pickle

import pytest

from tidegate.kms.keyring import DomainKey, Keyring
from tidegate.kms.root_key import GivenKey, RootKey
from tidegate.kms.secret import Secret

VALUE = b"0123456789abcdefghijklmnopqrstuv"


def test_only_reveal_gives_the_value() -> None:
    secret = Secret(VALUE)
    assert secret.reveal() == VALUE
    assert len(secret) == 32
    for text in (repr(secret), str(secret), f"{secret}", f"{[secret]}"):
        assert "0123" not in text


def test_secrets_of_the_same_value_are_equal() -> None:
    assert Secret(VALUE) == Secret(VALUE)
    assert Secret(VALUE) != Secret(VALUE[:-1])
    assert Secret(VALUE) != VALUE


@pytest.mark.parametrize("act", [pickle.dumps, copy.copy, copy.deepcopy, hash])
def test_a_secret_is_not_copied_pickled_or_hashed(act) -> None:
    with pytest.raises(TypeError):
        act(Secret(VALUE))


def test_what_holds_keys_does_not_show_them() -> None:
    root = RootKey(Secret(VALUE))
    domain = DomainKey("kms", {1: Secret(VALUE)})
    shown = f"{root!r} {domain!r} {Keyring(root.id, [domain])!r} {root.text()!r}"
    shown += repr(GivenKey(root.text().reveal().decode(), "The variable"))
    for trace in ("0123", root.text().reveal().decode()[:8], VALUE.hex()[:8]):
        assert trace not in shown
