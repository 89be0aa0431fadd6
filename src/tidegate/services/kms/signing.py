"""Asymmetric keys: signatures, public keys, and secrets shared with a peer."""

from typing import Any

from tidegate.api.kms import (
    DeriveSharedSecretRequest,
    DeriveSharedSecretResponse,
    GetPublicKeyRequest,
    GetPublicKeyResponse,
    SignRequest,
    SignResponse,
    VerifyRequest,
    VerifyResponse,
)
from tidegate.base.call import Call
from tidegate.base.refusals import (
    KMSInvalidSignatureException,
    UnsupportedOperationException,
    ValidationException,
)
from tidegate.catalog.key_states import check_enabled, check_usable
from tidegate.catalog.keys import KmsKey
from tidegate.kms.errors import BadDigestLength, BadMessageType, BadPublicKey
from tidegate.kms.specs import KEY_AGREEMENT, KEY_SPECS, RAW, SIGN_VERIFY
from tidegate.runtime.definitions import Definitions
from tidegate.services.kms.attestation import refuse_attestation
from tidegate.services.kms.ciphers import check_algorithm
from tidegate.services.kms.dry_runs import stop_dry_run
from tidegate.services.kms.grant_tokens import GrantTokens
from tidegate.services.kms.lookup import KeyLookup
from tidegate.services.kms.materials import Materials
from tidegate.services.kms.metadata import algorithms, old_spec


class Signing:
    def __init__(
        self,
        definitions: Definitions,
        lookup: KeyLookup,
        materials: Materials,
        tokens: GrantTokens,
    ) -> None:
        self._definitions = definitions
        self._lookup = lookup
        self._materials = materials
        self._tokens = tokens

    def sign(self, call: Call, request: SignRequest) -> None:
        key = self._signing_key(call, request, "Sign")
        algorithm = request.SigningAlgorithm
        try:
            signature = self._materials.asymmetric(key).sign(
                algorithm, request.Message, request.MessageType or RAW
            )
        except (BadDigestLength, BadMessageType) as error:
            raise _bad_message(error, request) from None
        stop_dry_run(request)
        answer = SignResponse(KeyId=key.arn, Signature=signature, SigningAlgorithm=algorithm)
        self._definitions.tell(call, answer)

    def verify(self, call: Call, request: VerifyRequest) -> None:
        """A bad signature is an error (API reference)."""
        key = self._signing_key(call, request, "Verify")
        algorithm = request.SigningAlgorithm
        try:
            good = self._materials.asymmetric(key).verify(
                algorithm, request.Message, request.Signature, request.MessageType or RAW
            )
        except (BadDigestLength, BadMessageType) as error:
            raise _bad_message(error, request) from None
        if not good:
            raise KMSInvalidSignatureException
        stop_dry_run(request)
        answer = VerifyResponse(KeyId=key.arn, SignatureValid=True, SigningAlgorithm=algorithm)
        self._definitions.tell(call, answer)

    def _signing_key(self, call: Call, request: SignRequest | VerifyRequest, name: str) -> KmsKey:
        key = self._lookup.any(call, request.KeyId)
        check_usable(key, SIGN_VERIFY, name)
        self._tokens.check(request.GrantTokens)
        check_algorithm(key, request.SigningAlgorithm, KEY_SPECS[key.spec].signing)
        return key

    def get_public_key(self, call: Call, request: GetPublicKeyRequest) -> None:
        key = self._lookup.any(call, request.KeyId)
        if not KEY_SPECS[key.spec].asymmetric:
            raise UnsupportedOperationException(
                f"{key.arn} key spec is {key.spec} which is not valid for GetPublicKey."
            )
        check_enabled(key)
        self._tokens.check(request.GrantTokens)
        answer = GetPublicKeyResponse(
            KeyId=key.arn,
            PublicKey=self._materials.asymmetric(key).public_der,
            CustomerMasterKeySpec=old_spec(key),
            KeySpec=key.spec,
            KeyUsage=key.usage,
            **algorithms(key),
        )
        self._definitions.tell(call, answer)

    def derive_shared_secret(self, call: Call, request: DeriveSharedSecretRequest) -> None:
        refuse_attestation(request)
        key = self._lookup.any(call, request.KeyId)
        check_usable(key, KEY_AGREEMENT, "DeriveSharedSecret")
        self._tokens.check(request.GrantTokens)
        algorithm = request.KeyAgreementAlgorithm
        check_algorithm(key, algorithm, KEY_SPECS[key.spec].key_agreement)
        try:
            secret = self._materials.asymmetric(key).agree(algorithm, request.PublicKey)
        except BadPublicKey:
            raise ValidationException(
                f"PublicKey is not a DER-encoded public key on the curve of {key.spec}."
            ) from None
        stop_dry_run(request)
        answer = DeriveSharedSecretResponse(
            KeyId=key.arn,
            SharedSecret=secret.reveal(),
            KeyAgreementAlgorithm=algorithm,
            KeyOrigin=key.origin,
        )
        self._definitions.tell(call, answer)


def _bad_message(error: Exception, request: Any) -> ValidationException:
    if isinstance(error, BadDigestLength):
        return ValidationException(
            f"Digest is invalid length for algorithm {request.SigningAlgorithm}."
        )
    return ValidationException(
        f"MessageType {request.MessageType or RAW} is not valid for algorithm "
        f"{request.SigningAlgorithm}."
    )
