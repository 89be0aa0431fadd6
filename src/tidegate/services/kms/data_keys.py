"""Data keys and data key pairs, sealed under a key, and plain randomness."""

import os
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from tidegate.api.kms import (
    GenerateDataKeyPairRequest,
    GenerateDataKeyPairResponse,
    GenerateDataKeyPairWithoutPlaintextRequest,
    GenerateDataKeyPairWithoutPlaintextResponse,
    GenerateDataKeyRequest,
    GenerateDataKeyResponse,
    GenerateDataKeyWithoutPlaintextRequest,
    GenerateDataKeyWithoutPlaintextResponse,
    GenerateRandomRequest,
    GenerateRandomResponse,
)
from tidegate.base.call import Call
from tidegate.base.refusals import (
    CustomKeyStoreNotFoundException,
    UnsupportedOperationException,
    ValidationException,
)
from tidegate.catalog.key_states import check_encrypts_data_keys
from tidegate.catalog.keys import KmsKey
from tidegate.kms.material import generate_pair
from tidegate.kms.secret import Secret
from tidegate.kms.specs import KEY_SPECS, PAIR_SPECS
from tidegate.runtime.definitions import Definitions
from tidegate.services.kms.attestation import refuse_attestation
from tidegate.services.kms.ciphers import Ciphers
from tidegate.services.kms.cryptography import material_id
from tidegate.services.kms.dry_runs import stop_dry_run
from tidegate.services.kms.elsewhere import Elsewhere
from tidegate.services.kms.grant_tokens import GrantTokens
from tidegate.services.kms.lookup import KeyLookup

_BYTES: Final = {"AES_128": 16, "AES_256": 32}

_DataKeyRequest = GenerateDataKeyRequest | GenerateDataKeyWithoutPlaintextRequest
_PairRequest = GenerateDataKeyPairRequest | GenerateDataKeyPairWithoutPlaintextRequest


class DataKeys:
    def __init__(
        self,
        definitions: Definitions,
        lookup: KeyLookup,
        ciphers: Ciphers,
        tokens: GrantTokens,
        elsewhere: Elsewhere,
    ) -> None:
        self._definitions = definitions
        self._lookup = lookup
        self._ciphers = ciphers
        self._tokens = tokens
        self._elsewhere = elsewhere

    def generate(self, call: Call, request: GenerateDataKeyRequest) -> None:
        refuse_attestation(request)
        key, plaintext = self._data_key(call, request, "GenerateDataKey")
        answer = GenerateDataKeyResponse(
            CiphertextBlob=self._ciphers.seal(key, plaintext, request.EncryptionContext),
            Plaintext=plaintext,
            KeyId=key.arn,
            KeyMaterialId=material_id(key),
        )
        self._definitions.tell(call, answer)

    def generate_sealed(self, call: Call, request: GenerateDataKeyWithoutPlaintextRequest) -> None:
        key, plaintext = self._data_key(call, request, "GenerateDataKeyWithoutPlaintext")
        answer = GenerateDataKeyWithoutPlaintextResponse(
            CiphertextBlob=self._ciphers.seal(key, plaintext, request.EncryptionContext),
            KeyId=key.arn,
            KeyMaterialId=material_id(key),
        )
        self._definitions.tell(call, answer)

    def _data_key(self, call: Call, request: _DataKeyRequest, name: str) -> tuple[KmsKey, bytes]:
        if (request.KeySpec is None) == (request.NumberOfBytes is None):
            raise ValidationException("Please specify either number of bytes or key spec.")
        key = self._sealing_key(call, request, name)
        stop_dry_run(request)
        size = request.NumberOfBytes or _BYTES[request.KeySpec or ""]
        return key, os.urandom(size)

    def _sealing_key(
        self, call: Call, request: _DataKeyRequest | _PairRequest, name: str
    ) -> KmsKey:
        key = self._lookup.any(call, request.KeyId)
        check_encrypts_data_keys(key, name)
        self._tokens.check(request.GrantTokens)
        return key

    # --- Pairs -----------------------------------------------------------------------------------

    def generate_pair(self, call: Call, request: GenerateDataKeyPairRequest) -> None:
        refuse_attestation(request)
        self._pair(call, request, "GenerateDataKeyPair", _with_private_key)

    def generate_sealed_pair(
        self, call: Call, request: GenerateDataKeyPairWithoutPlaintextRequest
    ) -> None:
        self._pair(call, request, "GenerateDataKeyPairWithoutPlaintext", _without_private_key)

    def _pair(
        self,
        call: Call,
        request: _PairRequest,
        name: str,
        answer: Callable[[dict[str, Any], Secret], Any],
    ) -> None:
        spec = request.KeyPairSpec
        if spec not in PAIR_SPECS:
            raise UnsupportedOperationException(f"KeyPairSpec {spec} is not supported.")
        key = self._sealing_key(call, request, name)
        stop_dry_run(request)

        def tell(pair: tuple[bytes, Secret]) -> None:
            public, private = pair
            members = {
                "PrivateKeyCiphertextBlob": self._ciphers.seal(
                    key, private.reveal(), request.EncryptionContext
                ),
                "PublicKey": public,
                "KeyId": key.arn,
                "KeyPairSpec": spec,
                "KeyMaterialId": material_id(key),
            }
            self._definitions.tell(call, answer(members, private))

        if KEY_SPECS[spec].family == "rsa":
            self._elsewhere(call, partial(generate_pair, spec), tell)
        else:
            tell(generate_pair(spec))

    # --- Randomness ------------------------------------------------------------------------------

    def generate_random(self, call: Call, request: GenerateRandomRequest) -> None:
        refuse_attestation(request)
        if request.CustomKeyStoreId is not None:
            raise CustomKeyStoreNotFoundException(
                f"Custom key store {request.CustomKeyStoreId} is not found."
            )
        if request.NumberOfBytes is None:
            raise ValidationException(
                "1 validation error detected: Value null at 'numberOfBytes' failed to satisfy "
                "constraint: Member must not be null"
            )
        plaintext = os.urandom(request.NumberOfBytes)
        self._definitions.tell(call, GenerateRandomResponse(Plaintext=plaintext))


def _with_private_key(members: dict[str, Any], private: Secret) -> GenerateDataKeyPairResponse:
    return GenerateDataKeyPairResponse(PrivateKeyPlaintext=private.reveal(), **members)


def _without_private_key(
    members: dict[str, Any], private: Secret
) -> GenerateDataKeyPairWithoutPlaintextResponse:
    return GenerateDataKeyPairWithoutPlaintextResponse(**members)
