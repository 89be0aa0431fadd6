"""Ciphertext blobs say which key they need, and open with nothing else."""

import pytest

from tidegate.kms.errors import InvalidCiphertext
from tidegate.kms.material import generate_material
from tidegate.kms.symmetric import decrypt, encrypt, read_head

ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
CONTEXT = {"Department": "IT", "Purpose": "Test"}


def test_a_blob_names_its_key_and_generation_and_opens_with_them() -> None:
    materials = {number: generate_material("SYMMETRIC_DEFAULT") for number in (1, 2)}
    for number, material in materials.items():
        blob = encrypt(ARN, number, material, b"hello", CONTEXT)
        head = read_head(blob)
        assert (head.key_arn, head.generation) == (ARN, number)
        assert decrypt(blob, materials[head.generation], CONTEXT).reveal() == b"hello"


def test_a_rotated_key_opens_what_its_old_material_encrypted() -> None:
    old, new = generate_material("SYMMETRIC_DEFAULT"), generate_material("SYMMETRIC_DEFAULT")
    blob = encrypt(ARN, 1, old, b"hello")
    assert decrypt(blob, old).reveal() == b"hello"
    with pytest.raises(InvalidCiphertext):
        decrypt(blob, new)


@pytest.mark.parametrize(
    "context", [None, {}, {"Department": "IT"}, {"Department": "it", "Purpose": "Test"}]
)
def test_another_context_does_not_open(context: dict[str, str] | None) -> None:
    material = generate_material("SYMMETRIC_DEFAULT")
    with pytest.raises(InvalidCiphertext):
        decrypt(encrypt(ARN, 1, material, b"hello", CONTEXT), material, context)


def test_a_blob_does_not_pass_for_one_of_another_key_or_generation() -> None:
    material = generate_material("SYMMETRIC_DEFAULT")
    blob = encrypt(ARN, 1, material, b"hello")
    renamed = blob.replace(b"111122223333", b"999922223333")
    renumbered = blob[:2] + b"\x02" + blob[3:]
    for forged in (renamed, renumbered):
        read_head(forged)
        with pytest.raises(InvalidCiphertext):
            decrypt(forged, material)


@pytest.mark.parametrize("blob", [b"", b"\x01", bytes(200), b"\x01\x00\x01\xff\xff" + bytes(99)])
def test_what_is_no_blob_is_refused(blob: bytes) -> None:
    with pytest.raises(InvalidCiphertext):
        read_head(blob)


def test_a_name_that_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidCiphertext):
        read_head(b"\x01\x00\x01\x00\x02\xff\xff" + bytes(60))


def test_the_longest_plaintext_stays_within_the_longest_ciphertext() -> None:
    blob = encrypt(ARN, 1, generate_material("SYMMETRIC_DEFAULT"), bytes(4096))
    assert len(blob) <= 6144
