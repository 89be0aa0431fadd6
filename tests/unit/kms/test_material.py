"""Material is made, kept and checked per spec."""

import gzip
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    load_der_public_key,
)

from tidegate.kms.errors import BadKeyMaterial
from tidegate.kms.material import (
    checked_material,
    generate_material,
    generate_pair,
    key_material_id,
    load_private_key,
    public_bytes,
)
from tidegate.kms.secret import Secret
from tidegate.kms.specs import KEY_SPECS, PAIR_SPECS


@pytest.mark.parametrize("name", KEY_SPECS)
def test_material_of_every_spec_passes_for_its_own_and_is_fresh(name: str) -> None:
    material = generate_material(name)
    assert checked_material(name, material) == material
    if name not in ("RSA_3072", "RSA_4096"):  # These take half a second each.
        assert generate_material(name) != material


@pytest.mark.parametrize("name", [name for name, spec in KEY_SPECS.items() if spec.asymmetric])
def test_material_of_a_pair_does_not_pass_for_another_spec(name: str) -> None:
    material = generate_material("RSA_2048" if name.startswith("ECC") else "ECC_NIST_P256")
    if name != "ECC_NIST_P256":
        with pytest.raises(BadKeyMaterial):
            checked_material(name, material)


@pytest.mark.parametrize("name", PAIR_SPECS)
def test_a_pair_is_in_the_forms_that_aws_names(name: str) -> None:
    public, private = generate_pair(name)
    key = load_der_private_key(private.reveal(), None)
    assert load_der_public_key(public) == key.public_key()
    assert public_bytes(load_private_key(KEY_SPECS[name], private)) == public


def test_material_of_the_wrong_length_is_refused() -> None:
    for name in ("SYMMETRIC_DEFAULT", "HMAC_224", "HMAC_512"):
        for wrong in (-1, 1):
            with pytest.raises(BadKeyMaterial):
                checked_material(name, Secret(bytes(KEY_SPECS[name].bits // 8 + wrong)))


def test_keys_in_other_forms_are_refused() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    encrypted = key.private_bytes(
        Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(b"password")
    )
    other = ed448.Ed448PrivateKey.generate().private_bytes(
        Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
    )
    small = rsa.generate_private_key(65537, 1024).private_bytes(
        Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
    )
    for name in ("ECC_NIST_P256", "ECC_NIST_EDWARDS25519", "RSA_2048", "ML_DSA_44"):
        for wrong in (b"", b"0", encrypted, other, small, bytes(500)):
            with pytest.raises(BadKeyMaterial):
                checked_material(name, Secret(wrong))


def test_the_id_of_material_is_that_of_the_same_material_in_the_same_key() -> None:
    one, other = generate_material("SYMMETRIC_DEFAULT"), generate_material("SYMMETRIC_DEFAULT")
    first = key_material_id("a", one)
    assert len(first) == 64
    assert first == key_material_id("a", Secret(one.reveal()))
    assert len({first, key_material_id("b", one), key_material_id("a", other)}) == 3


def test_the_algorithms_are_named_as_in_the_model() -> None:
    import botocore

    path = Path(botocore.__file__).parent / "data/kms/2014-11-01/service-2.json.gz"
    shapes = json.loads(gzip.decompress(path.read_bytes()))["shapes"]

    def names(shape: str) -> set[str]:
        return set(shapes[shape]["enum"])

    specs = KEY_SPECS.values()
    assert set(KEY_SPECS) <= names("KeySpec")
    assert set(PAIR_SPECS) <= names("DataKeyPairSpec")
    assert {usage for spec in specs for usage in spec.usages} <= names("KeyUsageType")
    assert {a for spec in specs for a in spec.encryption} <= names("EncryptionAlgorithmSpec")
    assert {a for spec in specs for a in spec.signing} <= names("SigningAlgorithmSpec")
    assert {a for spec in specs for a in spec.mac} == names("MacAlgorithmSpec")
    not_offered = {"SM2", "ML_KEM_512", "ML_KEM_768", "ML_KEM_1024"}
    assert names("KeySpec") - set(KEY_SPECS) <= not_offered
