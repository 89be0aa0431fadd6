"""Ciphertext blobs of symmetric KMS keys (SYMMETRIC_DEFAULT).

    0        version, 1
    1..2     generation of the key's material     unsigned, big endian
    3..4     length of the key's ARN              unsigned, big endian
    5..      ARN of the key, UTF-8
    16       salt, random
    12       nonce, random
    ..       ciphertext and tag (16 bytes) of AES-256-GCM

The head tells Decrypt, without a KeyId, which key and which material it needs.  Everything before
the ciphertext and the canonical encryption context are the associated data.  Each blob has a key of
its own, derived from the material and the salt by HKDF with SHA-256, so that there is no number of
blobs after which a key's nonces might repeat.  The structure is that of AWS's page "Customer data
operations" (KMS cryptographic details); the layout is ours, AWS's is not published.
"""

import os
from collections.abc import Mapping
from struct import Struct
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tidegate.kms.context import canonical_context
from tidegate.kms.errors import InvalidCiphertext
from tidegate.kms.secret import Secret

_VERSION: Final = 1
_HEAD: Final = Struct(">BHH")
_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_INFO: Final = b"tidegate kms blob 1"


class BlobHead(NamedTuple):
    """What a blob says of itself; nothing of it is proven before the blob is decrypted."""

    key_arn: str
    generation: int
    size_bytes: int


def encrypt(
    key_arn: str,
    generation: int,
    material: Secret,
    plaintext: bytes,
    context: Mapping[str, str] | None = None,
) -> bytes:
    """A ciphertext blob of any plaintext; KMS's limit of 4,096 bytes is the caller's."""
    arn = key_arn.encode()
    salt = os.urandom(_SALT_BYTES)
    nonce = os.urandom(_NONCE_BYTES)
    clear = _HEAD.pack(_VERSION, generation, len(arn)) + arn + salt + nonce
    cipher = _cipher(material, salt)
    return clear + cipher.encrypt(nonce, plaintext, clear + canonical_context(context))


def read_head(blob: bytes) -> BlobHead:
    """Which key and which of its material a blob needs; raises InvalidCiphertext for what is no
    blob."""
    if len(blob) < _HEAD.size:
        raise InvalidCiphertext("too short")
    version, generation, arn_bytes = _HEAD.unpack_from(blob)
    size = _HEAD.size + arn_bytes
    if version != _VERSION or len(blob) < size + _SALT_BYTES + _NONCE_BYTES + _TAG_BYTES:
        raise InvalidCiphertext("no ciphertext blob")
    try:
        return BlobHead(blob[_HEAD.size : size].decode(), generation, size)
    except UnicodeDecodeError:
        raise InvalidCiphertext("no ciphertext blob") from None


def decrypt(blob: bytes, material: Secret, context: Mapping[str, str] | None = None) -> Secret:
    """The plaintext; raises InvalidCiphertext where the blob is damaged, or was made with other
    material or for another context."""
    salt_at = read_head(blob).size_bytes
    nonce_at = salt_at + _SALT_BYTES
    sealed_at = nonce_at + _NONCE_BYTES
    clear = blob[:sealed_at]
    cipher = _cipher(material, clear[salt_at:nonce_at])
    try:
        return Secret(
            cipher.decrypt(clear[nonce_at:], blob[sealed_at:], clear + canonical_context(context))
        )
    except InvalidTag:
        raise InvalidCiphertext("damaged, or of another key or context") from None


def _cipher(material: Secret, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, _INFO).derive(material.reveal()))
