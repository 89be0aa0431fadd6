"""The refusals of KMS as SQS passes them on: under names of its own, with KMS's text.

Source: the errors of SendMessage and ReceiveMessage in the SQS service model.
"""

from typing import Final

from tidegate.base.refusals import (
    AccessDeniedException,
    DisabledException,
    InvalidArnException,
    InvalidCiphertextException,
    InvalidKeyUsageException,
    KeyUnavailableException,
    KmsAccessDenied,
    KmsDisabled,
    KmsInvalidKeyUsage,
    KmsInvalidState,
    KMSInvalidStateException,
    KmsNotFound,
    KmsThrottled,
    LimitExceededException,
    NotFoundException,
    Refusal,
    ThrottlingException,
)

_NAMES: Final[dict[type[Refusal], type[Refusal]]] = {
    AccessDeniedException: KmsAccessDenied,
    DisabledException: KmsDisabled,
    InvalidArnException: KmsNotFound,
    # The key is there and is not the one that it was: material that was imported is gone, say.
    InvalidCiphertextException: KmsInvalidState,
    InvalidKeyUsageException: KmsInvalidKeyUsage,
    KMSInvalidStateException: KmsInvalidState,
    KeyUnavailableException: KmsInvalidState,
    LimitExceededException: KmsThrottled,
    NotFoundException: KmsNotFound,
    ThrottlingException: KmsThrottled,
}


def as_sqs(refusal: Refusal) -> Refusal:
    """What SQS says where KMS says this."""
    name = _NAMES.get(type(refusal))
    return refusal if name is None else name(refusal.message)
