"""KMS as other services see it: data keys for what they keep for their clients.

The refusals are those of KMS; each service has errors of its own for them.
"""

import os
from collections.abc import Mapping
from typing import Final

import msgspec

from tidegate.base.call import Principal
from tidegate.base.refusals import InvalidCiphertextException
from tidegate.catalog.grants import grant_allows
from tidegate.catalog.key_states import (
    ENCRYPT_DECRYPT,
    SYMMETRIC,
    check_encrypts_data_keys,
    check_usable,
)
from tidegate.catalog.keys import KmsKey
from tidegate.kms.secret import Secret
from tidegate.services.kms.ciphers import Ciphers
from tidegate.services.kms.conditions import Conditions
from tidegate.services.kms.cryptography import key_of_blob
from tidegate.services.kms.lookup import KeyLookup, read_key_id
from tidegate.services.kms.permissions import Permissions

_DATA_KEY_BYTES: Final = 32


class ServiceCaller(msgspec.Struct, frozen=True):
    """A principal for whom a service such as `sqs` works in a region."""

    principal: Principal
    service: str
    region: str


class KmsForServices:
    """Uses a key for a principal, if that may.

    A data key may be used at once: the record of its KMS key stands in the log before whatever it
    protects.
    """

    def __init__(
        self,
        lookup: KeyLookup,
        ciphers: Ciphers,
        permissions: Permissions,
        conditions: Conditions,
    ) -> None:
        self._lookup = lookup
        self._ciphers = ciphers
        self._permissions = permissions
        self._conditions = conditions

    def key_arn(self, account: str, region: str, key_id: str) -> str:
        """The ARN of the key that a queue of this account names in any way, such as
        `alias/aws/sqs`; an AWS managed key of the account is made at its first use.

        Raises NotFoundException, InvalidArnException.
        """
        named = read_key_id(key_id, account, region)
        find = self._lookup.for_service if named.account == account else self._lookup.named
        return find(named).arn

    def generate(
        self, caller: ServiceCaller, key_arn: str, context: Mapping[str, str]
    ) -> tuple[Secret, bytes]:
        """GenerateDataKey of 32 bytes: the plaintext and its ciphertext blob.

        Raises NotFoundException, AccessDeniedException, DisabledException,
        KMSInvalidStateException, InvalidKeyUsageException.
        """
        named = read_key_id(key_arn, caller.principal.account, caller.region)
        key = self._lookup.named(named)
        self._require(caller, "kms:GenerateDataKey", key, context)
        check_encrypts_data_keys(key, "GenerateDataKey")
        plaintext = os.urandom(_DATA_KEY_BYTES)
        return Secret(plaintext), self._ciphers.seal(key, plaintext, context)

    def decrypt(self, caller: ServiceCaller, blob: bytes, context: Mapping[str, str]) -> Secret:
        """Raises as `generate`, and InvalidCiphertextException.

        A key that is gone reads as AccessDeniedException, as in Decrypt.
        """
        key = key_of_blob(self._lookup, blob, caller.region)
        self._require(caller, "kms:Decrypt", key, context)
        check_usable(key, ENCRYPT_DECRYPT, "Decrypt")
        if key.spec != SYMMETRIC:
            raise InvalidCiphertextException
        return self._ciphers.decrypt(key, SYMMETRIC, blob, context).plaintext

    def _require(
        self, caller: ServiceCaller, action: str, key: KmsKey, context: Mapping[str, str]
    ) -> None:
        principal = caller.principal
        values = self._conditions.through_service(principal, caller.service, key, context)

        def granted() -> bool:
            return grant_allows(self._lookup.entities, key.arn, principal, action, values)

        self._permissions.require(principal, action, key.arn, values, granted, None)
