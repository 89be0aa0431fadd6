"""Encrypt, Decrypt, ReEncrypt."""

from typing import Final

from tidegate.api.kms import (
    DecryptRequest,
    DecryptResponse,
    EncryptRequest,
    EncryptResponse,
    ReEncryptRequest,
    ReEncryptResponse,
)
from tidegate.base.call import Call
from tidegate.base.refusals import (
    AccessDeniedException,
    IncorrectKeyException,
    InvalidCiphertextException,
    NotFoundException,
    ValidationException,
)
from tidegate.catalog.grants import grant_allows
from tidegate.catalog.key_states import ENCRYPT_DECRYPT, SYMMETRIC, check_usable
from tidegate.catalog.keys import KmsKey
from tidegate.kms import symmetric
from tidegate.kms.errors import InvalidCiphertext
from tidegate.runtime.definitions import Definitions
from tidegate.services.kms.attestation import refuse_attestation
from tidegate.services.kms.ciphers import Ciphers
from tidegate.services.kms.conditions import Conditions, Values
from tidegate.services.kms.dry_runs import stop_dry_run
from tidegate.services.kms.grant_tokens import GrantTokens
from tidegate.services.kms.lookup import KeyLookup, Named, read_arn
from tidegate.services.kms.permissions import Permissions

_IGNORE_CIPHERTEXT: Final = "IGNORE_CIPHERTEXT"


class Cryptography:
    def __init__(
        self,
        definitions: Definitions,
        lookup: KeyLookup,
        ciphers: Ciphers,
        tokens: GrantTokens,
        permissions: Permissions,
        conditions: Conditions,
    ) -> None:
        self._definitions = definitions
        self._lookup = lookup
        self._ciphers = ciphers
        self._tokens = tokens
        self._permissions = permissions
        self._conditions = conditions

    def encrypt(self, call: Call, request: EncryptRequest) -> None:
        key = self._lookup.any(call, request.KeyId)
        check_usable(key, ENCRYPT_DECRYPT, "Encrypt")
        self._tokens.check(request.GrantTokens)
        algorithm = request.EncryptionAlgorithm or SYMMETRIC
        context = request.EncryptionContext
        blob = self._ciphers.encrypt(key, algorithm, request.Plaintext, context)
        stop_dry_run(request)
        answer = EncryptResponse(CiphertextBlob=blob, KeyId=key.arn, EncryptionAlgorithm=algorithm)
        self._definitions.tell(call, answer)

    # --- Decrypt ---------------------------------------------------------------------------------

    def decrypt(self, call: Call, request: DecryptRequest) -> None:
        refuse_attestation(request)
        key = self.decrypting_key(call, request)
        check_usable(key, ENCRYPT_DECRYPT, "Decrypt")
        self._tokens.check(request.GrantTokens)
        algorithm = request.EncryptionAlgorithm or SYMMETRIC
        blob = _ciphertext(request)
        _check_key(key, blob)
        opened = self._ciphers.decrypt(key, algorithm, blob, request.EncryptionContext)
        stop_dry_run(request)
        answer = DecryptResponse(
            KeyId=key.arn,
            Plaintext=opened.plaintext.reveal(),
            EncryptionAlgorithm=algorithm,
            KeyMaterialId=opened.material_id,
        )
        self._definitions.tell(call, answer)

    def decrypting_key(self, call: Call, request: DecryptRequest) -> KmsKey:
        """The key that a request names, or else its ciphertext."""
        return self._key_for(
            call, request.KeyId, request.CiphertextBlob, request.EncryptionAlgorithm
        )

    def _key_for(
        self, call: Call, key_id: str | None, blob: bytes | None, algorithm: str | None
    ) -> KmsKey:
        if key_id is not None:
            return self._lookup.any(call, key_id)
        if blob is None or (algorithm or SYMMETRIC) != SYMMETRIC:
            raise ValidationException("A key ID must be specified.")
        return key_of_blob(self._lookup, blob, call.region)

    # --- ReEncrypt -------------------------------------------------------------------------------

    def reencrypt(self, call: Call, request: ReEncryptRequest) -> None:
        source = self.source_key(call, request)
        target = self._lookup.any(call, request.DestinationKeyId)
        self._require_target(call, request, source, target)
        check_usable(source, ENCRYPT_DECRYPT, "ReEncrypt")
        check_usable(target, ENCRYPT_DECRYPT, "ReEncrypt")
        self._tokens.check(request.GrantTokens)
        ciphertext = _ciphertext(request)
        _check_key(source, ciphertext)
        source_algorithm = request.SourceEncryptionAlgorithm or SYMMETRIC
        target_algorithm = request.DestinationEncryptionAlgorithm or SYMMETRIC
        opened = self._ciphers.decrypt(
            source, source_algorithm, ciphertext, request.SourceEncryptionContext
        )
        blob = self._ciphers.encrypt(
            target,
            target_algorithm,
            opened.plaintext.reveal(),
            request.DestinationEncryptionContext,
        )
        stop_dry_run(request)
        answer = ReEncryptResponse(
            CiphertextBlob=blob,
            SourceKeyId=source.arn,
            KeyId=target.arn,
            SourceEncryptionAlgorithm=source_algorithm,
            DestinationEncryptionAlgorithm=target_algorithm,
            SourceKeyMaterialId=opened.material_id,
            DestinationKeyMaterialId=material_id(target),
        )
        self._definitions.tell(call, answer)

    def source_key(self, call: Call, request: ReEncryptRequest) -> KmsKey:
        return self._key_for(
            call, request.SourceKeyId, request.CiphertextBlob, request.SourceEncryptionAlgorithm
        )

    def source_context(self, call: Call, request: ReEncryptRequest) -> Values:
        """The condition keys of kms:ReEncryptFrom."""
        source = self.source_key(call, request)
        target = self._lookup.any(call, request.DestinationKeyId)
        return self._conditions.of_reencryption(
            call, request, source, to=False, same_key=source.arn == target.arn
        )

    def _require_target(
        self, call: Call, request: ReEncryptRequest, source: KmsKey, target: KmsKey
    ) -> None:
        """ReEncrypt takes permission on both keys; that on the source was asked for already."""
        action = "kms:ReEncryptTo"
        context = self._conditions.of_reencryption(
            call, request, target, to=True, same_key=source.arn == target.arn
        )

        def granted() -> bool:
            entities = self._lookup.entities
            return grant_allows(entities, target.arn, call.principal, action, context)

        self._permissions.require(call.principal, action, target.arn, context, granted, call)


def _ciphertext(request: DecryptRequest | ReEncryptRequest) -> bytes:
    """Only a dry run may come without, and then ends here.

    Raises DryRunOperationException, ValidationException.
    """
    if request.CiphertextBlob is not None:
        return request.CiphertextBlob
    if request.DryRun and _IGNORE_CIPHERTEXT in (request.DryRunModifiers or ()):
        stop_dry_run(request)
    raise ValidationException(
        "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: "
        "Member must not be null"
    )


def key_of_blob(lookup: KeyLookup, blob: bytes, region: str) -> KmsKey:
    """The key that a symmetric ciphertext says it is of.

    Raises InvalidCiphertextException, and AccessDeniedException where the region has no such key.
    """
    named = _named_in(blob)
    try:
        if named.region == region:
            return lookup.named(named)
    except NotFoundException:
        pass
    raise AccessDeniedException(
        "The ciphertext refers to a customer master key that does not exist, does not exist in "
        "this region, or you are not allowed to access."
    )


def _named_in(blob: bytes) -> Named:
    try:
        named = read_arn(symmetric.read_head(blob).key_arn)
    except InvalidCiphertext:
        named = None
    if named is None or named.kind != "key":
        raise InvalidCiphertextException
    return named


def _check_key(key: KmsKey, blob: bytes) -> None:
    """Whether a ciphertext is of the key that the client named.

    Raises IncorrectKeyException, InvalidCiphertextException.
    """
    if key.spec == SYMMETRIC and _named_in(blob).arn != key.arn:
        raise IncorrectKeyException(
            "The key ID in the request does not identify a CMK that can perform this operation."
        )


def material_id(key: KmsKey) -> str | None:
    """The id of the material in use, which is told of symmetric keys only."""
    return key.materials[-1].id if key.spec == SYMMETRIC else None
