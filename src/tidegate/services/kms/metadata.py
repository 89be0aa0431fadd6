"""A key as clients see it."""

from typing import Any, Final

from tidegate.api.kms import KeyMetadata_
from tidegate.catalog.key_states import ENABLED, PENDING_IMPORT, SYMMETRIC, state_of
from tidegate.catalog.keys import KmsKey
from tidegate.kms.specs import KEY_SPECS

EXPIRES: Final = "KEY_MATERIAL_EXPIRES"
DOES_NOT_EXPIRE: Final = "KEY_MATERIAL_DOES_NOT_EXPIRE"

_NEWER_SPECS: Final = frozenset({"ML_DSA_44", "ML_DSA_65", "ML_DSA_87", "ECC_NIST_EDWARDS25519"})
"""Specs that CustomerMasterKeySpec, which is deprecated, does not have."""


def seconds(at_ms: int) -> float:
    """An instant as KMS writes it."""
    return at_ms / 1000


def described(key: KmsKey) -> KeyMetadata_:
    state = state_of(key)
    material = key.materials[-1] if key.materials else None
    expires, valid_to = _expiry(key)
    return KeyMetadata_(
        AWSAccountId=key.account,
        KeyId=key.id,
        Arn=key.arn,
        CreationDate=seconds(key.created_at),
        Enabled=state == ENABLED,
        Description=key.description,
        KeyUsage=key.usage,
        KeyState=state,
        DeletionDate=None if key.deletion_at is None else seconds(key.deletion_at),
        ValidTo=valid_to if state != PENDING_IMPORT else None,
        Origin=key.origin,
        ExpirationModel=expires if state != PENDING_IMPORT else None,
        KeyManager=key.manager,
        CustomerMasterKeySpec=old_spec(key),
        KeySpec=key.spec,
        MultiRegion=False,
        CurrentKeyMaterialId=material.id if material and key.spec == SYMMETRIC else None,
        **algorithms(key),
    )


def old_spec(key: KmsKey) -> str | None:
    return None if key.spec in _NEWER_SPECS else key.spec


def algorithms(key: KmsKey) -> dict[str, Any]:
    """The algorithms that the key may be used with, by the name of the member that lists them."""
    spec = KEY_SPECS[key.spec]
    match key.usage:
        case "ENCRYPT_DECRYPT":
            return {"EncryptionAlgorithms": list(spec.encryption)}
        case "SIGN_VERIFY":
            return {"SigningAlgorithms": list(spec.signing)}
        case "GENERATE_VERIFY_MAC":
            return {"MacAlgorithms": list(spec.mac)}
        case _:
            return {"KeyAgreementAlgorithms": list(spec.key_agreement)}


def _expiry(key: KmsKey) -> tuple[str | None, float | None]:
    """ExpirationModel and ValidTo of imported material; of several the one that goes first."""
    if key.origin != "EXTERNAL" or not key.materials:
        return None, None
    instants = [each.expires_at for each in key.materials if each.expires_at is not None]
    if not instants:
        return DOES_NOT_EXPIRE, None
    return EXPIRES, seconds(min(instants))
