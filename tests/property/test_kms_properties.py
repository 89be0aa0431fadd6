"""What is sealed opens as it was, and does not once any bit or condition is changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from key_disk import DATA, KEY_PATH, Crash, KeyDisk, keys, opened
from tidegate.kms.context import canonical_context, context_of
from tidegate.kms.envelope import DataKey
from tidegate.kms.errors import CryptoRefused, InvalidCiphertext, Unsealable
from tidegate.kms.keyring import PURPOSES, DomainKey
from tidegate.kms.root_key import KeyFile
from tidegate.kms.rotation import rotate_domain, rotate_key_file
from tidegate.kms.sealing import Sealer
from tidegate.kms.secret import Secret
from tidegate.kms.symmetric import decrypt, encrypt, read_head

ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

key_bytes = st.binary(min_size=32, max_size=32)
any_text = st.text(st.characters(exclude_categories=()), max_size=12)  # Lone surrogates too.
contexts = st.dictionaries(any_text, any_text, max_size=4)


def with_a_bit_flipped(data: bytes, choose: int) -> bytes:
    bit = choose % (len(data) * 8)
    flipped = bytearray(data)
    flipped[bit // 8] ^= 1 << bit % 8
    return bytes(flipped)


def refuses(refusal: type[CryptoRefused], act: Callable[[], object]) -> None:
    with pytest.raises(refusal):
        act()


@given(key_bytes, st.binary(max_size=300), st.binary(max_size=40), st.integers(0))
def test_sealed_secrets(key: bytes, plaintext: bytes, data: bytes, flip: int) -> None:
    sealer = Sealer(DomainKey("sts", {1: Secret(key)}))
    sealed = sealer.seal(plaintext, data)
    assert sealer.open(sealed, data).reveal() == plaintext
    refuses(Unsealable, lambda: sealer.open(with_a_bit_flipped(sealed, flip), data))
    refuses(Unsealable, lambda: sealer.open(sealed[: flip % len(sealed)], data))
    refuses(Unsealable, lambda: sealer.open(sealed, data + b"x"))


@given(key_bytes, st.binary(max_size=300), contexts, contexts, st.integers(0))
def test_ciphertext_blobs(
    key: bytes, plaintext: bytes, context: dict[str, str], other: dict[str, str], flip: int
) -> None:
    material = Secret(key)
    blob = encrypt(ARN, 7, material, plaintext, context)
    assert read_head(blob)[:2] == (ARN, 7)
    assert decrypt(blob, material, context).reveal() == plaintext
    flipped = with_a_bit_flipped(blob, flip)
    refuses(InvalidCiphertext, lambda: decrypt(flipped, material, context))
    refuses(InvalidCiphertext, lambda: decrypt(blob[: flip % len(blob)], material, context))
    if other != context:
        refuses(InvalidCiphertext, lambda: decrypt(blob, material, other))


@given(key_bytes, st.binary(max_size=300), st.binary(max_size=40), st.integers(0))
def test_sealed_messages(key: bytes, payload: bytes, data: bytes, flip: int) -> None:
    data_key = DataKey(Secret(key), b"")
    sealed = bytes(data_key.seal(payload, data))
    assert data_key.open(sealed, data) == payload
    refuses(Unsealable, lambda: data_key.open(with_a_bit_flipped(sealed, flip), data))
    refuses(Unsealable, lambda: data_key.open(sealed[: flip % len(sealed)], data))
    refuses(Unsealable, lambda: data_key.open(sealed, data + b"x"))


@given(st.binary(max_size=120))
def test_any_bytes_are_opened_or_refused(data: bytes) -> None:
    material = Secret(bytes(32))
    for open_it in (
        lambda: Sealer(DomainKey("sts", {1: material})).open(data, b""),
        lambda: DataKey(material, b"").open(data, b""),
        lambda: decrypt(data, material),
        lambda: decrypt(b"\x01\x00\x01\x00\x04" + data, material),
    ):
        refuses(CryptoRefused, open_it)


@given(contexts, contexts)
def test_contexts_are_the_same_exactly_when_their_bytes_are(
    one: dict[str, str], other: dict[str, str]
) -> None:
    assert context_of(canonical_context(one)) == one
    assert (canonical_context(one) == canonical_context(other)) == (one == other)


rotations = st.lists(st.tuples(st.sampled_from(("root", *PURPOSES)), st.integers(0, 3)), max_size=8)


@given(rotations)
def test_no_rotation_and_no_crash_loses_what_was_sealed(
    steps: list[tuple[str, int]],
) -> None:
    disk = KeyDisk()
    opened(disk, create=True)
    sealed: list[tuple[str, bytes]] = []
    for what, crash_after in steps:
        keyring = opened(disk)
        sealed += [(p, Sealer(keyring.domain(p)).seal(b"secret", b"")) for p in PURPOSES]
        before = keys(keyring)
        # 0 is no crash; a crash comes before that many changes more.
        disk.crash_at = disk.changes + crash_after if crash_after else 0
        try:
            if what == "root":
                rotate_key_file(DATA, KeyFile(KEY_PATH, disk), disk)
            else:
                rotate_domain(DATA, KeyFile(KEY_PATH, disk), what, disk)
        except Crash:
            pass
        disk = KeyDisk(disk.files)
        after = keys(opened(disk))
        for purpose, generations in before.items():
            assert generations.items() <= after[purpose].items()
    keyring = opened(disk)
    for purpose, blob in sealed:
        assert Sealer(keyring.domain(purpose)).open(blob, b"").reveal() == b"secret"
