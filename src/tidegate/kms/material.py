"""The material of KMS keys: how it is made, kept and checked.

As bytes, which a `Sealer` of the purpose `kms` seals, material is the raw key (symmetric, HMAC) or
the private key as PKCS #8 in DER (the others).  What is done with it stands in `symmetric`,
`asymmetric` and `mac`; all take and give plain bytes, know no state of a key, and block for up to
a second where an RSA key is made (without holding the interpreter's lock).
"""

import os
from collections.abc import Callable
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa, rsa
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from tidegate.kms.errors import BadKeyMaterial
from tidegate.kms.secret import Secret
from tidegate.kms.specs import CURVES, KEY_SPECS, KeySpec

_PUBLIC_EXPONENT: Final = 65_537
_MLDSA: Final[dict[str, Any]] = {
    "ML_DSA_44": mldsa.MLDSA44PrivateKey,
    "ML_DSA_65": mldsa.MLDSA65PrivateKey,
    "ML_DSA_87": mldsa.MLDSA87PrivateKey,
}

PrivateKey = (
    rsa.RSAPrivateKey
    | ec.EllipticCurvePrivateKey
    | ed25519.Ed25519PrivateKey
    | mldsa.MLDSA44PrivateKey
    | mldsa.MLDSA65PrivateKey
    | mldsa.MLDSA87PrivateKey
)


def generate_material(spec_name: str) -> Secret:
    """New material for a key of this spec (a key of `KEY_SPECS`)."""
    spec = KEY_SPECS[spec_name]
    if not spec.asymmetric:
        return Secret(os.urandom(spec.bits // 8))
    return _private_bytes(_GENERATE[spec.family](spec))


def generate_pair(spec_name: str) -> tuple[bytes, Secret]:
    """A data key pair: public key (SubjectPublicKeyInfo in DER), private key (PKCS #8 in DER)."""
    spec = KEY_SPECS[spec_name]
    key = _GENERATE[spec.family](spec)
    return public_bytes(key), _private_bytes(key)


def key_material_id(key_id: str, material: Secret) -> str:
    """The id of material of a key: 64 hexadecimal digits that depend on both, so that the same
    material imported again has the same id (KeyMaterialId in the service model)."""
    digest = Hash(SHA256())
    digest.update(b"tidegate key material id 1\0" + key_id.encode() + b"\0" + material.reveal())
    return digest.finalize().hex()


def load_private_key(spec: KeySpec, material: Secret) -> PrivateKey:
    """The private key of material that was made or checked here."""
    # The numbers of an RSA key were checked when it was made or imported; to do it again, at each
    # load, costs a thousand times what the load does.
    key: PrivateKey = load_der_private_key(  # type: ignore[assignment]
        material.reveal(), None, unsafe_skip_rsa_key_validation=True
    )
    assert _is_of(spec, key), "material of another spec"
    return key


def checked_material(spec_name: str, material: Secret) -> Secret:
    """Imported material, if it is a key of this spec, in the form that is kept here.

    Symmetric keys have 32 bytes, HMAC keys as many as their hash; others are PKCS #8 in DER (the
    developer guide's page "Requirements for imported key material").  Raises BadKeyMaterial.
    """
    spec = KEY_SPECS[spec_name]
    if not spec.asymmetric:
        if len(material) != spec.bits // 8:
            raise BadKeyMaterial(f"a key of {spec.bits // 8} bytes is expected")
        return material
    try:
        key = load_der_private_key(material.reveal(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadKeyMaterial("no private key in PKCS #8") from None
    if not _is_of(spec, key):
        raise BadKeyMaterial(f"no key of the spec {spec.name}")
    return _private_bytes(key)


def public_bytes(key: PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _private_bytes(key: Any) -> Secret:
    return Secret(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def _is_of(spec: KeySpec, key: object) -> bool:
    match spec.family:
        case "rsa":
            return isinstance(key, rsa.RSAPrivateKey) and key.key_size == spec.bits
        case "ec":
            return isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(
                key.curve, type(CURVES[spec.name]())
            )
        case "ed25519":
            return isinstance(key, ed25519.Ed25519PrivateKey)
        case _:
            return isinstance(key, _MLDSA[spec.name])


_GENERATE: Final[dict[str, Callable[[KeySpec], PrivateKey]]] = {
    "rsa": lambda spec: rsa.generate_private_key(_PUBLIC_EXPONENT, spec.bits),
    "ec": lambda spec: ec.generate_private_key(CURVES[spec.name]()),
    "ed25519": lambda spec: ed25519.Ed25519PrivateKey.generate(),
    "mldsa": lambda spec: _MLDSA[spec.name].generate(),
}
