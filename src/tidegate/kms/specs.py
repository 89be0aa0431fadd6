"""The key specs of KMS and the algorithms of each, as data.

Sources: the KMS service model (botocore 1.44.5: KeySpec, KeyUsageType and the three kinds of
algorithm) and the developer guide's page "Key spec reference".  SM2 is for the China Regions alone;
ML-KEM, ED25519_PH_SHA_512 and RSAES_PKCS1_V1_5 are not offered.
"""

from collections.abc import Callable
from typing import Final

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

ENCRYPT_DECRYPT: Final = "ENCRYPT_DECRYPT"
SIGN_VERIFY: Final = "SIGN_VERIFY"
GENERATE_VERIFY_MAC: Final = "GENERATE_VERIFY_MAC"
KEY_AGREEMENT: Final = "KEY_AGREEMENT"

SYMMETRIC_DEFAULT: Final = "SYMMETRIC_DEFAULT"

RAW: Final = "RAW"
DIGEST: Final = "DIGEST"
EXTERNAL_MU: Final = "EXTERNAL_MU"


class KeySpec(msgspec.Struct, frozen=True, kw_only=True):
    """What a key of one spec can do."""

    name: str
    family: str
    """`symmetric`, `rsa`, `ec`, `ed25519`, `mldsa` or `hmac`."""
    usages: tuple[str, ...]
    """The first is the only one that CreateKey may leave out, and that for SYMMETRIC_DEFAULT."""
    bits: int = 0
    """Of a symmetric or HMAC key, or of an RSA modulus; 0 for the others."""
    encryption: tuple[str, ...] = ()
    signing: tuple[str, ...] = ()
    mac: tuple[str, ...] = ()
    key_agreement: tuple[str, ...] = ()

    @property
    def asymmetric(self) -> bool:
        return self.family not in ("symmetric", "hmac")


HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "SHA_1": hashes.SHA1(),
    "SHA_224": hashes.SHA224(),
    "SHA_256": hashes.SHA256(),
    "SHA_384": hashes.SHA384(),
    "SHA_512": hashes.SHA512(),
}

CURVES: Final[dict[str, Callable[[], ec.EllipticCurve]]] = {
    "ECC_NIST_P256": ec.SECP256R1,
    "ECC_NIST_P384": ec.SECP384R1,
    "ECC_NIST_P521": ec.SECP521R1,
    "ECC_SECG_P256K1": ec.SECP256K1,
}

_RSA_SIGNING: Final = tuple(
    f"{padding}_SHA_{bits}"
    for padding in ("RSASSA_PKCS1_V1_5", "RSASSA_PSS")
    for bits in (256, 384, 512)
)


def _rsa(bits: int) -> KeySpec:
    return KeySpec(
        name=f"RSA_{bits}",
        family="rsa",
        bits=bits,
        usages=(ENCRYPT_DECRYPT, SIGN_VERIFY),
        encryption=("RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"),
        signing=_RSA_SIGNING,
    )


def _nist_curve(name: str, hash_bits: int) -> KeySpec:
    return KeySpec(
        name=name,
        family="ec",
        usages=(SIGN_VERIFY, KEY_AGREEMENT),
        signing=(f"ECDSA_SHA_{hash_bits}",),
        key_agreement=("ECDH",),
    )


def _mldsa(size: int) -> KeySpec:
    return KeySpec(
        name=f"ML_DSA_{size}",
        family="mldsa",
        usages=(SIGN_VERIFY,),
        signing=("ML_DSA_SHAKE_256",),
    )


def _hmac(bits: int) -> KeySpec:
    return KeySpec(
        name=f"HMAC_{bits}",
        family="hmac",
        bits=bits,
        usages=(GENERATE_VERIFY_MAC,),
        mac=(f"HMAC_SHA_{bits}",),
    )


KEY_SPECS: Final[dict[str, KeySpec]] = {
    spec.name: spec
    for spec in (
        KeySpec(
            name=SYMMETRIC_DEFAULT,
            family="symmetric",
            bits=256,
            usages=(ENCRYPT_DECRYPT,),
            encryption=(SYMMETRIC_DEFAULT,),
        ),
        _rsa(2048),
        _rsa(3072),
        _rsa(4096),
        _nist_curve("ECC_NIST_P256", 256),
        _nist_curve("ECC_NIST_P384", 384),
        _nist_curve("ECC_NIST_P521", 512),
        KeySpec(
            name="ECC_SECG_P256K1",
            family="ec",
            usages=(SIGN_VERIFY,),
            signing=("ECDSA_SHA_256",),
        ),
        KeySpec(
            name="ECC_NIST_EDWARDS25519",
            family="ed25519",
            usages=(SIGN_VERIFY,),
            signing=("ED25519_SHA_512",),
        ),
        _mldsa(44),
        _mldsa(65),
        _mldsa(87),
        _hmac(224),
        _hmac(256),
        _hmac(384),
        _hmac(512),
    )
}

PAIR_SPECS: Final = tuple(
    name for name, spec in KEY_SPECS.items() if spec.family in ("rsa", "ec", "ed25519")
)
"""What GenerateDataKeyPair makes (DataKeyPairSpec)."""


def hash_of(algorithm: str) -> hashes.HashAlgorithm:
    """The hash that the name of an algorithm ends with."""
    return HASHES["_".join(algorithm.split("_")[-2:])]
