"""Key material that clients bring: the parameters to wrap it with, its import and its deletion."""

from functools import partial
from typing import Final

from tidegate.api.kms import (
    DeleteImportedKeyMaterialRequest,
    DeleteImportedKeyMaterialResponse,
    GetParametersForImportRequest,
    GetParametersForImportResponse,
    ImportKeyMaterialRequest,
    ImportKeyMaterialResponse,
)
from tidegate.base.call import Call
from tidegate.base.kms_limits import IMPORTED_MATERIAL_DAYS
from tidegate.base.refusals import (
    ExpiredImportTokenException,
    IncorrectKeyMaterialException,
    InvalidCiphertextException,
    InvalidImportTokenException,
    UnsupportedOperationException,
    ValidationException,
)
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.imported_material import (
    is_import_of_new,
    number_for,
    with_imported,
    without_imported,
)
from tidegate.catalog.key_states import SYMMETRIC, check_origin, check_standing
from tidegate.catalog.key_times import DAY_MS
from tidegate.catalog.keys import KmsKey
from tidegate.kms.errors import (
    BadImportToken,
    BadKeyMaterial,
    ExpiredImportToken,
    InvalidCiphertext,
)
from tidegate.kms.importing import (
    WRAPPING_SPECS,
    ImportParameters,
    finish_import,
    start_import,
    wrapping_algorithms,
)
from tidegate.kms.material import key_material_id
from tidegate.kms.secret import Secret
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.kms.elsewhere import Elsewhere
from tidegate.services.kms.key_change import change_key
from tidegate.services.kms.lookup import KeyLookup
from tidegate.services.kms.materials import Materials
from tidegate.services.kms.metadata import DOES_NOT_EXPIRE, EXPIRES, seconds

_EXTERNAL: Final = "EXTERNAL"


class Imports:
    def __init__(
        self,
        definitions: Definitions,
        lookup: KeyLookup,
        materials: Materials,
        elsewhere: Elsewhere,
    ) -> None:
        self._definitions = definitions
        self._lookup = lookup
        self._materials = materials
        self._elsewhere = elsewhere

    def get_parameters(self, call: Call, request: GetParametersForImportRequest) -> None:
        key = self._importing_key(call, request.KeyId)
        wrapping, algorithm = request.WrappingKeySpec, request.WrappingAlgorithm
        if wrapping not in WRAPPING_SPECS:
            raise UnsupportedOperationException(f"WrappingKeySpec {wrapping} is not supported.")
        if algorithm not in wrapping_algorithms(key.spec, wrapping):
            raise UnsupportedOperationException(
                f"WrappingAlgorithm {algorithm} with a {wrapping} key is not valid for key "
                f"material of the spec {key.spec}."
            )
        work = partial(
            start_import,
            self._materials.sealer,
            key.arn,
            key.spec,
            wrapping,
            algorithm,
            self._definitions.now_ms(),
        )

        def tell(parameters: ImportParameters) -> None:
            answer = GetParametersForImportResponse(
                KeyId=key.arn,
                ImportToken=parameters.token,
                PublicKey=parameters.public_der,
                ParametersValidTo=seconds(parameters.valid_until),
            )
            self._definitions.tell(call, answer)

        self._elsewhere(call, work, tell)

    def _importing_key(self, call: Call, key_id: str) -> KmsKey:
        key = self._lookup.own(call, key_id)
        check_origin(key, _EXTERNAL)
        check_standing(key)
        return key

    def import_material(self, call: Call, request: ImportKeyMaterialRequest) -> None:
        key = self._importing_key(call, request.KeyId)
        now = self._definitions.now_ms()
        _check_symmetric_members(key, request, is_import_of_new(key, request.ImportType))
        expires_at = _expiry(request, now)

        def keep(secret: Secret) -> None:
            # The key as it is by now.
            self._keep(call, request, self._importing_key(call, request.KeyId), secret, expires_at)

        # An RSA key that a client brings takes up to seconds to check.
        self._elsewhere(call, partial(self._unwrapped, key, request, now), keep)

    def _keep(
        self,
        call: Call,
        request: ImportKeyMaterialRequest,
        key: KmsKey,
        secret: Secret,
        expires_at: int | None,
    ) -> None:
        material_id = key_material_id(key.id, secret)
        if request.KeyMaterialId not in (None, material_id):
            raise IncorrectKeyMaterialException(f"The key material is not {request.KeyMaterialId}.")
        material = self._materials.sealed(
            key.arn,
            number_for(key, material_id, is_import_of_new(key, request.ImportType)),
            secret,
            self._definitions.now_ms(),
            expires_at=expires_at,
            description=request.KeyMaterialDescription or "",
        )
        answer = ImportKeyMaterialResponse(
            KeyId=key.arn, KeyMaterialId=material_id if key.spec == SYMMETRIC else None
        )
        change_key(
            self._definitions,
            call,
            key,
            lambda key, now: with_imported(key, material),
            lambda key: answer,
        )

    def _unwrapped(self, key: KmsKey, request: ImportKeyMaterialRequest, now: int) -> Secret:
        token, wrapped = request.ImportToken, request.EncryptedKeyMaterial
        try:
            return finish_import(self._materials.sealer, key.arn, key.spec, token, wrapped, now)
        except BadImportToken:
            raise InvalidImportTokenException("The import token is not valid.") from None
        except ExpiredImportToken:
            raise ExpiredImportTokenException("The import token is expired.") from None
        except InvalidCiphertext:
            raise InvalidCiphertextException from None
        except BadKeyMaterial as error:
            raise IncorrectKeyMaterialException(
                f"The key material is not valid for {key.spec}: {error}."
            ) from None

    def delete_material(self, call: Call, request: DeleteImportedKeyMaterialRequest) -> None:
        """Also of a key that is pending deletion, whose state stays."""
        key = self._lookup.own(call, request.KeyId)
        check_origin(key, _EXTERNAL)

        def decide(entities: Entities, now: int) -> Decision:
            changed, material_id = without_imported(key, request.KeyMaterialId)
            puts = () if changed == key else (changed,)
            answer = DeleteImportedKeyMaterialResponse(
                KeyId=key.arn, KeyMaterialId=material_id if key.spec == SYMMETRIC else None
            )
            return Decision(Changes(puts=puts), answer)

        self._definitions.change(call, decide)


def _check_symmetric_members(key: KmsKey, request: ImportKeyMaterialRequest, as_new: bool) -> None:
    """Raises ValidationException."""
    if key.spec != SYMMETRIC and (request.KeyMaterialId or request.KeyMaterialDescription):
        raise ValidationException(
            "KeyMaterialId and KeyMaterialDescription are valid only with symmetric encryption KMS "
            "keys."
        )
    if as_new and request.KeyMaterialId is not None:
        raise ValidationException(
            "You cannot specify a KeyMaterialId with ImportType NEW_KEY_MATERIAL."
        )


def _expiry(request: ImportKeyMaterialRequest, now: int) -> int | None:
    """When the material is to go; raises ValidationException."""
    model = request.ExpirationModel or EXPIRES
    if model == DOES_NOT_EXPIRE:
        if request.ValidTo is not None:
            raise ValidationException(f"ValidTo is not valid with ExpirationModel {model}.")
        return None
    if request.ValidTo is None:
        raise ValidationException(f"ValidTo is required with ExpirationModel {model}.")
    at = int(request.ValidTo * 1000)
    if not now < at <= now + IMPORTED_MATERIAL_DAYS * DAY_MS:
        raise ValidationException(
            f"ValidTo must be in the future, and at most {IMPORTED_MATERIAL_DAYS} days ahead."
        )
    return at
