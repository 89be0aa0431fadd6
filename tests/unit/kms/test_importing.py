"""Material comes in wrapped, with its token, within a day."""

import os

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tidegate.kms.errors import (
    BadImportToken,
    BadKeyMaterial,
    ExpiredImportToken,
    InvalidCiphertext,
    WrongAlgorithm,
)
from tidegate.kms.importing import (
    TOKEN_LIFETIME_MS,
    ImportParameters,
    finish_import,
    start_import,
    wrapping_algorithms,
)
from tidegate.kms.keyring import DomainKey
from tidegate.kms.material import generate_material
from tidegate.kms.sealing import Sealer
from tidegate.kms.secret import Secret

ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SEALER = Sealer(DomainKey("kms", {1: Secret(os.urandom(32))}))
NOW = 1_700_000_000_000


def rsa_encrypted(parameters: ImportParameters, algorithm: str, plaintext: bytes) -> bytes:
    public = load_der_public_key(parameters.public_der)
    assert isinstance(public, rsa.RSAPublicKey)
    hashing = hashes.SHA1() if algorithm.endswith("SHA_1") else hashes.SHA256()
    return public.encrypt(plaintext, padding.OAEP(padding.MGF1(hashing), hashing, None))


def wrapped(parameters: ImportParameters, algorithm: str, material: bytes) -> bytes:
    """As somebody with OpenSSL does it."""
    if algorithm.startswith("RSAES"):
        return rsa_encrypted(parameters, algorithm, material)
    aes_key = os.urandom(32)
    return rsa_encrypted(parameters, algorithm, aes_key) + aes_key_wrap_with_padding(
        aes_key, material
    )


@pytest.mark.parametrize(
    ("spec", "algorithm"),
    [
        (spec, algorithm)
        for spec in ("SYMMETRIC_DEFAULT", "HMAC_384", "ECC_NIST_P521", "RSA_2048")
        for algorithm in wrapping_algorithms(spec, "RSA_2048")
    ],
)
def test_material_comes_in_as_it_was_wrapped(spec: str, algorithm: str) -> None:
    material = generate_material(spec)
    started = start_import(SEALER, ARN, spec, "RSA_2048", algorithm, NOW)
    assert started.valid_until == NOW + 24 * 3_600_000
    assert len(started.token) <= 6144
    blob = wrapped(started, algorithm, material.reveal())
    assert finish_import(SEALER, ARN, spec, started.token, blob, NOW) == material


def test_the_longest_token_is_within_the_limit() -> None:
    started = start_import(SEALER, ARN, "RSA_4096", "RSA_4096", "RSA_AES_KEY_WRAP_SHA_256", NOW)
    assert len(started.token) <= 6144


def test_a_wrapping_that_is_not_for_this_material_is_refused() -> None:
    for spec, wrapping_spec, algorithm in (
        ("RSA_2048", "RSA_4096", "RSAES_OAEP_SHA_256"),
        ("ECC_NIST_P521", "RSA_2048", "RSAES_OAEP_SHA_256"),
        ("SYMMETRIC_DEFAULT", "RSA_2048", "RSAES_PKCS1_V1_5"),
        ("SYMMETRIC_DEFAULT", "RSA_2048", "RSA_AES_KEY_WRAP_SHA_256"),
    ):
        with pytest.raises(WrongAlgorithm):
            start_import(SEALER, ARN, spec, wrapping_spec, algorithm, NOW)
    assert "RSAES_OAEP_SHA_256" in wrapping_algorithms("ECC_NIST_P521", "RSA_3072")


def test_what_is_wrong_with_an_import_is_told_apart() -> None:
    spec, algorithm = "ECC_NIST_P256", "RSA_AES_KEY_WRAP_SHA_256"
    started = start_import(SEALER, ARN, spec, "RSA_2048", algorithm, NOW)
    token = started.token
    good = wrapped(started, algorithm, generate_material(spec).reveal())

    with pytest.raises(ExpiredImportToken):
        finish_import(SEALER, ARN, spec, token, good, NOW + TOKEN_LIFETIME_MS + 1)
    for wrong in (b"", token[:-1] + bytes([token[-1] ^ 1])):
        with pytest.raises(BadImportToken):
            finish_import(SEALER, ARN, spec, wrong, good, NOW)
    with pytest.raises(BadImportToken):
        finish_import(SEALER, ARN + "x", spec, token, good, NOW)
    for damaged in (b"", good[:256], good[:-1], good[:-8], good + bytes(8), bytes(400)):
        with pytest.raises(InvalidCiphertext):
            finish_import(SEALER, ARN, spec, token, damaged, NOW)
    with pytest.raises(InvalidCiphertext):
        finish_import(SEALER, ARN, spec, token, rsa_encrypted(started, algorithm, b"x"), NOW)
    other = wrapped(started, algorithm, generate_material("ECC_NIST_P384").reveal())
    with pytest.raises(BadKeyMaterial):
        finish_import(SEALER, ARN, spec, token, other, NOW)
