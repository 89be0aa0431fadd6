"""Asymmetric keys do what AWS's texts of Sign, Encrypt and DeriveSharedSecret say."""

import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from tidegate.kms.asymmetric import AsymmetricKey, most_plaintext_bytes
from tidegate.kms.errors import (
    BadDigestLength,
    BadMessageType,
    BadPublicKey,
    InvalidCiphertext,
    PlaintextTooLong,
    WrongAlgorithm,
)
from tidegate.kms.material import generate_material
from tidegate.kms.specs import DIGEST, EXTERNAL_MU, KEY_SPECS, RAW, hash_of

KEYS: dict[str, AsymmetricKey] = {}


def key(name: str) -> AsymmetricKey:
    if name not in KEYS:
        KEYS[name] = AsymmetricKey(name, generate_material(name))
    return KEYS[name]


SIGNING = [
    (name, algorithm)
    for name, spec in KEY_SPECS.items()
    for algorithm in spec.signing
    if name not in ("RSA_3072", "RSA_4096")
]
HASHED = [pair for pair in SIGNING if pair[1].startswith(("RSASSA", "ECDSA"))]


@pytest.mark.parametrize(("name", "algorithm"), SIGNING)
def test_a_signature_verifies_for_its_message_alone(name: str, algorithm: str) -> None:
    signature = key(name).sign(algorithm, b"message")
    assert key(name).verify(algorithm, b"message", signature)
    assert not key(name).verify(algorithm, b"massage", signature)
    assert not key(name).verify(algorithm, b"message", signature[:-1])
    assert not key(name).verify(algorithm, b"message", b"")
    other = AsymmetricKey(name, generate_material(name)) if "RSA" not in name else None
    if other:
        assert not other.verify(algorithm, b"message", signature)


@pytest.mark.parametrize(("name", "algorithm"), HASHED)
def test_a_digest_gives_the_signature_of_its_message(name: str, algorithm: str) -> None:
    digest = hashlib.new(hash_of(algorithm).name, b"message").digest()
    signature = key(name).sign(algorithm, digest, DIGEST)
    assert key(name).verify(algorithm, b"message", signature, RAW)
    assert key(name).verify(algorithm, digest, signature, DIGEST)
    assert not key(name).verify(algorithm, digest, signature, RAW)


@pytest.mark.parametrize(("name", "algorithm"), HASHED)
def test_a_digest_of_another_length_is_refused(name: str, algorithm: str) -> None:
    size = hash_of(algorithm).digest_size
    for length in (0, size - 1, size + 1):
        with pytest.raises(BadDigestLength) as raised:
            key(name).sign(algorithm, bytes(length), DIGEST)
        assert (raised.value.expected_bytes, raised.value.got_bytes) == (size, length)
        with pytest.raises(BadDigestLength):
            key(name).verify(algorithm, bytes(length), b"signature", DIGEST)


def test_whoever_has_the_public_key_verifies_elsewhere() -> None:
    public = load_der_public_key(key("RSA_2048").public_der)
    assert isinstance(public, rsa.RSAPublicKey)
    signature = key("RSA_2048").sign("RSASSA_PSS_SHA_256", b"message")
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    public.verify(signature, b"message", pss, hashes.SHA256())
    signature = key("RSA_2048").sign("RSASSA_PKCS1_V1_5_SHA_512", b"message")
    public.verify(signature, b"message", padding.PKCS1v15(), hashes.SHA512())
    with pytest.raises(InvalidSignature):
        public.verify(signature, b"message", padding.PKCS1v15(), hashes.SHA256())
    curve = load_der_public_key(key("ECC_NIST_P384").public_der)
    assert isinstance(curve, ec.EllipticCurvePublicKey)
    signature = key("ECC_NIST_P384").sign("ECDSA_SHA_384", b"message")
    curve.verify(signature, b"message", ec.ECDSA(hashes.SHA384()))


def test_message_types_are_those_of_the_algorithm() -> None:
    for name, algorithm, wrong in (
        ("ECC_NIST_EDWARDS25519", "ED25519_SHA_512", DIGEST),
        ("ML_DSA_44", "ML_DSA_SHAKE_256", DIGEST),
        ("RSA_2048", "RSASSA_PSS_SHA_256", EXTERNAL_MU),
        ("ECC_NIST_P256", "ECDSA_SHA_256", "raw"),
    ):
        with pytest.raises(BadMessageType):
            key(name).sign(algorithm, bytes(64), wrong)
        with pytest.raises(BadMessageType):
            key(name).verify(algorithm, bytes(64), b"signature", wrong)


def test_a_representative_of_ml_dsa_has_64_bytes() -> None:
    signature = key("ML_DSA_44").sign("ML_DSA_SHAKE_256", bytes(64), EXTERNAL_MU)
    assert key("ML_DSA_44").verify("ML_DSA_SHAKE_256", bytes(64), signature, EXTERNAL_MU)
    assert not key("ML_DSA_44").verify("ML_DSA_SHAKE_256", bytes(64), signature, RAW)
    with pytest.raises(BadDigestLength):
        key("ML_DSA_44").sign("ML_DSA_SHAKE_256", bytes(63), EXTERNAL_MU)


@pytest.mark.parametrize(
    ("name", "algorithm"),
    [
        ("ECC_NIST_P256", "ECDSA_SHA_384"),
        ("ECC_NIST_P256", "RSASSA_PSS_SHA_256"),
        ("RSA_2048", "ECDSA_SHA_256"),
        ("ECC_NIST_EDWARDS25519", "ED25519_PH_SHA_512"),
        ("RSA_2048", "nothing"),
    ],
)
def test_an_algorithm_of_another_spec_signs_nothing(name: str, algorithm: str) -> None:
    with pytest.raises(WrongAlgorithm):
        key(name).sign(algorithm, b"message")
    with pytest.raises(WrongAlgorithm):
        key(name).verify(algorithm, b"message", b"signature")


@pytest.mark.parametrize("algorithm", ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"])
def test_rsa_encrypts_up_to_its_limit(algorithm: str) -> None:
    most = most_plaintext_bytes("RSA_2048", algorithm)
    for size in (1, most):
        ciphertext = key("RSA_2048").encrypt(algorithm, bytes(size))
        assert len(ciphertext) == 256
        assert key("RSA_2048").decrypt(algorithm, ciphertext).reveal() == bytes(size)
    with pytest.raises(PlaintextTooLong) as raised:
        key("RSA_2048").encrypt(algorithm, bytes(most + 1))
    assert raised.value.most_bytes == most


def test_the_limits_are_those_of_the_text_of_encrypt() -> None:
    assert [
        (most_plaintext_bytes(name, "RSAES_OAEP_SHA_1"), most_plaintext_bytes(name, sha256))
        for sha256 in ("RSAES_OAEP_SHA_256",)
        for name in ("RSA_2048", "RSA_3072", "RSA_4096")
    ] == [(214, 190), (342, 318), (470, 446)]


def test_what_rsa_did_not_encrypt_is_refused() -> None:
    ciphertext = key("RSA_2048").encrypt("RSAES_OAEP_SHA_1", b"hello")
    for wrong in (b"", b"x", bytes(256), b"\xff" * 256, ciphertext[:-1], ciphertext + b"x"):
        with pytest.raises(InvalidCiphertext):
            key("RSA_2048").decrypt("RSAES_OAEP_SHA_1", wrong)
    with pytest.raises(InvalidCiphertext):
        key("RSA_2048").decrypt("RSAES_OAEP_SHA_256", ciphertext)
    with pytest.raises(WrongAlgorithm):
        key("RSA_2048").decrypt("SYMMETRIC_DEFAULT", ciphertext)
    with pytest.raises(WrongAlgorithm):
        key("ECC_NIST_P256").encrypt("RSAES_OAEP_SHA_1", b"hello")


@pytest.mark.parametrize("name", ["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"])
def test_two_keys_of_a_curve_agree(name: str) -> None:
    one, other = key(name), AsymmetricKey(name, generate_material(name))
    assert one.agree("ECDH", other.public_der) == other.agree("ECDH", one.public_der)


def test_a_peer_of_another_kind_is_refused() -> None:
    brainpool = ec.generate_private_key(ec.BrainpoolP256R1()).public_key()
    der = brainpool.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    peers = [key("ECC_NIST_P384").public_der, key("RSA_2048").public_der, der, b"", bytes(91)]
    for peer in peers:
        with pytest.raises(BadPublicKey):
            key("ECC_NIST_P256").agree("ECDH", peer)
    with pytest.raises(WrongAlgorithm):
        key("ECC_SECG_P256K1").agree("ECDH", key("ECC_SECG_P256K1").public_der)


def test_a_key_does_not_show_itself() -> None:
    assert repr(key("RSA_2048")) == "AsymmetricKey(RSA_2048)"
