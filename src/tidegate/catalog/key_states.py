"""The states of a KMS key, and what each allows.

    Enabled           may be used
    Disabled          may not be used until it is enabled
    PendingImport     its imported material has not come yet, is deleted or has expired
    PendingDeletion   may not be used; only CancelKeyDeletion brings it back, as Disabled

The state follows from the key's fields.  Source: developer guide, "Key states of AWS KMS keys".
"""

from typing import Final

from tidegate.base.refusals import (
    DisabledException,
    InvalidKeyUsageException,
    KMSInvalidStateException,
    UnsupportedOperationException,
)
from tidegate.catalog.keys import KmsKey

ENABLED: Final = "Enabled"
DISABLED: Final = "Disabled"
PENDING_IMPORT: Final = "PendingImport"
PENDING_DELETION: Final = "PendingDeletion"

SYMMETRIC: Final = "SYMMETRIC_DEFAULT"
ENCRYPT_DECRYPT: Final = "ENCRYPT_DECRYPT"


def state_of(key: KmsKey) -> str:
    if key.deletion_at is not None:
        return PENDING_DELETION
    if not key.materials or not all(each.there for each in key.materials):
        return PENDING_IMPORT
    return ENABLED if key.enabled else DISABLED


def check_usable(key: KmsKey, usage: str, operation: str) -> None:
    """Whether a cryptographic operation may use the key.

    Raises DisabledException, KMSInvalidStateException, InvalidKeyUsageException.
    """
    check_enabled(key)
    if key.usage != usage:
        raise InvalidKeyUsageException(
            f"{key.arn} key usage is {key.usage} which is not valid for {operation}."
        )


def check_encrypts_data_keys(key: KmsKey, operation: str) -> None:
    """As `check_usable`, for what only symmetric encryption keys do."""
    check_usable(key, ENCRYPT_DECRYPT, operation)
    if key.spec != SYMMETRIC:
        raise InvalidKeyUsageException("You cannot generate a data key with an asymmetric CMK")


def check_enabled(key: KmsKey) -> None:
    """Raises DisabledException, KMSInvalidStateException."""
    state = state_of(key)
    if state == DISABLED:
        raise DisabledException(f"{key.arn} is disabled.")
    if state != ENABLED:
        raise _pending(key, state)


def check_standing(key: KmsKey) -> None:
    """For changes that a key which is about to go does not take; raises
    KMSInvalidStateException."""
    if key.deletion_at is not None:
        raise _pending(key, PENDING_DELETION)


def check_complete(key: KmsKey) -> None:
    """As `check_standing`, for changes that need material too."""
    state = state_of(key)
    if state in (PENDING_DELETION, PENDING_IMPORT):
        raise _pending(key, state)


def check_rotates(key: KmsKey) -> None:
    """Whether the key is of a kind that is rotated; raises UnsupportedOperationException."""
    if key.spec != SYMMETRIC:
        raise UnsupportedOperationException(
            f"{key.arn} key spec is {key.spec} which is not valid for this operation."
        )


def check_origin(key: KmsKey, origin: str) -> None:
    """Raises UnsupportedOperationException."""
    if key.origin != origin:
        raise UnsupportedOperationException(
            f"{key.arn} origin is {key.origin} which is not valid for this operation."
        )


def check_customer_managed(key: KmsKey) -> None:
    """AWS managed keys are AWS's to change; raises UnsupportedOperationException."""
    if key.manager != "CUSTOMER":
        raise UnsupportedOperationException(
            f"{key.arn} is an AWS managed key, which does not support this operation."
        )


def _pending(key: KmsKey, state: str) -> KMSInvalidStateException:
    what = "import" if state == PENDING_IMPORT else "deletion"
    return KMSInvalidStateException(f"{key.arn} is pending {what}.")
