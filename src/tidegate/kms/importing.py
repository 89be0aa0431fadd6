"""Import of key material: wrapping keys, import tokens, and the material that comes back.

GetParametersForImport gives an RSA public key and a token; ImportKeyMaterial brings the material
encrypted under that key, and the token.  The token holds the private key, sealed, so that nothing
is kept between the two and every process can finish what another began:

    seal of MessagePack {algorithm, private key in DER, valid_until in ms}, associated data: the
    ARN of the KMS key

With RSAES_OAEP_SHA_* the material itself is encrypted by RSA; with RSA_AES_KEY_WRAP_SHA_* an AES
key is, and wraps the material behind it (AES key wrap with padding, RFC 5649).
"""

from typing import Final

import msgspec
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap_with_padding

from tidegate.kms.asymmetric import AsymmetricKey
from tidegate.kms.errors import (
    BadImportToken,
    ExpiredImportToken,
    InvalidCiphertext,
    Unsealable,
    WrongAlgorithm,
)
from tidegate.kms.material import checked_material, generate_material
from tidegate.kms.sealing import Sealer
from tidegate.kms.secret import Secret
from tidegate.kms.specs import KEY_SPECS

WRAPPING_SPECS: Final = ("RSA_2048", "RSA_3072", "RSA_4096")
TOKEN_LIFETIME_MS: Final = 24 * 3_600_000
_DIRECT: Final = ("RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256")
_BY_AES: Final = {
    "RSA_AES_KEY_WRAP_SHA_1": "RSAES_OAEP_SHA_1",
    "RSA_AES_KEY_WRAP_SHA_256": "RSAES_OAEP_SHA_256",
}


class _Token(msgspec.Struct, frozen=True, array_like=True):
    spec: str
    algorithm: str
    private_der: bytes
    valid_until: int

    def __repr__(self) -> str:
        return "_Token()"


class ImportParameters(msgspec.Struct, frozen=True):
    """What GetParametersForImport gives."""

    public_der: bytes
    token: bytes
    valid_until: int
    """ms since the epoch."""


def wrapping_algorithms(spec_name: str, wrapping_spec: str) -> tuple[str, ...]:
    """How material of this spec may be wrapped (the text of WrappingAlgorithm in the model)."""
    family = KEY_SPECS[spec_name].family
    if family == "rsa":
        return tuple(_BY_AES)
    if spec_name == "ECC_NIST_P521" and wrapping_spec == "RSA_2048":
        return tuple(_BY_AES)
    if family in ("symmetric", "hmac"):
        return _DIRECT
    return _DIRECT + tuple(_BY_AES)


def start_import(
    sealer: Sealer, key_arn: str, spec_name: str, wrapping_spec: str, algorithm: str, now: int
) -> ImportParameters:
    """A fresh wrapping key, good for 24 hours from `now` (ms since the epoch).

    Raises WrongAlgorithm where this wrapping is not for material of this spec.
    """
    if algorithm not in wrapping_algorithms(spec_name, wrapping_spec):
        raise WrongAlgorithm(algorithm)
    private = generate_material(wrapping_spec)
    valid_until = now + TOKEN_LIFETIME_MS
    content = msgspec.msgpack.encode(
        _Token(wrapping_spec, algorithm, private.reveal(), valid_until)
    )
    token = sealer.seal(content, _associated(key_arn))
    return ImportParameters(AsymmetricKey(wrapping_spec, private).public_der, token, valid_until)


def finish_import(
    sealer: Sealer, key_arn: str, spec_name: str, token: bytes, wrapped: bytes, now: int
) -> Secret:
    """The material that was wrapped, checked to be a key of the spec.

    Raises BadImportToken, ExpiredImportToken, InvalidCiphertext (it does not unwrap),
    BadKeyMaterial.
    """
    try:
        opened = sealer.open(token, _associated(key_arn))
    except Unsealable:
        raise BadImportToken("damaged, or of another key") from None
    content = msgspec.msgpack.decode(opened.reveal(), type=_Token)
    if now > content.valid_until:
        raise ExpiredImportToken("older than 24 hours")
    key = AsymmetricKey(content.spec, Secret(content.private_der))
    return checked_material(spec_name, _unwrap(key, content.algorithm, wrapped))


def _unwrap(key: AsymmetricKey, algorithm: str, wrapped: bytes) -> Secret:
    if algorithm in _DIRECT:
        return key.decrypt(algorithm, wrapped)
    first = key.spec.bits // 8
    aes_key = key.decrypt(_BY_AES[algorithm], wrapped[:first])
    try:
        return Secret(aes_key_unwrap_with_padding(aes_key.reveal(), wrapped[first:]))
    except (InvalidUnwrap, ValueError):
        raise InvalidCiphertext("the material does not unwrap") from None


def _associated(key_arn: str) -> bytes:
    return b"import token of " + key_arn.encode()
