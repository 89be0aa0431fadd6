"""Encryption and decryption with a key that was found and may be used."""

from collections.abc import Mapping

import msgspec

from tidegate.base.refusals import (
    InvalidCiphertextException,
    InvalidKeyUsageException,
    ValidationException,
)
from tidegate.catalog.key_states import SYMMETRIC
from tidegate.catalog.keys import KmsKey
from tidegate.kms import symmetric
from tidegate.kms.errors import InvalidCiphertext, PlaintextTooLong
from tidegate.kms.secret import Secret
from tidegate.kms.specs import KEY_SPECS
from tidegate.services.kms.materials import Materials

EncryptionContext = Mapping[str, str] | None


class Opened(msgspec.Struct, frozen=True):
    plaintext: Secret
    material_id: str | None
    """Of symmetric keys only."""


class Ciphers:
    def __init__(self, materials: Materials) -> None:
        self._materials = materials

    def encrypt(
        self, key: KmsKey, algorithm: str, plaintext: bytes, context: EncryptionContext
    ) -> bytes:
        """Raises InvalidKeyUsageException, ValidationException."""
        check_algorithm(key, algorithm, KEY_SPECS[key.spec].encryption)
        if key.spec == SYMMETRIC:
            return self.seal(key, plaintext, context)
        _check_no_context(context)
        try:
            return self._materials.asymmetric(key).encrypt(algorithm, plaintext)
        except PlaintextTooLong as error:
            raise ValidationException(
                f"Algorithm {algorithm} and key spec {key.spec} cannot encrypt data larger than "
                f"{error.most_bytes} bytes."
            ) from None

    def seal(self, key: KmsKey, plaintext: bytes, context: EncryptionContext) -> bytes:
        """A ciphertext blob of a symmetric key."""
        material = key.materials[-1]
        secret = self._materials.opened(key, material)
        return symmetric.encrypt(key.arn, material.number, secret, plaintext, context)

    def decrypt(
        self, key: KmsKey, algorithm: str, ciphertext: bytes, context: EncryptionContext
    ) -> Opened:
        """Raises InvalidKeyUsageException, ValidationException, InvalidCiphertextException."""
        check_algorithm(key, algorithm, KEY_SPECS[key.spec].encryption)
        try:
            if key.spec == SYMMETRIC:
                return self._open(key, ciphertext, context)
            _check_no_context(context)
            return Opened(self._materials.asymmetric(key).decrypt(algorithm, ciphertext), None)
        except InvalidCiphertext:
            raise InvalidCiphertextException from None

    def _open(self, key: KmsKey, blob: bytes, context: EncryptionContext) -> Opened:
        material = key.material(symmetric.read_head(blob).generation)
        if material is None:
            raise InvalidCiphertextException
        secret = self._materials.opened(key, material)
        return Opened(symmetric.decrypt(blob, secret, context), material.id)


def check_algorithm(key: KmsKey, algorithm: str, offered: tuple[str, ...]) -> None:
    """Raises InvalidKeyUsageException."""
    if algorithm not in offered:
        raise InvalidKeyUsageException(
            f"Algorithm {algorithm} and key spec {key.spec} are incompatible."
        )


def _check_no_context(context: EncryptionContext) -> None:
    if context:
        raise ValidationException(
            "EncryptionContext is valid only with symmetric encryption KMS keys."
        )
