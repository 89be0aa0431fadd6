"""Rotation of symmetric keys: by the calendar, and on demand.  Older material stays, for what it
encrypted."""

from typing import Any, Final

import msgspec

from tidegate.api.kms import (
    DisableKeyRotationRequest,
    EnableKeyRotationRequest,
    GetKeyRotationStatusRequest,
    GetKeyRotationStatusResponse,
    ListKeyRotationsRequest,
    ListKeyRotationsResponse,
    RotateKeyOnDemandRequest,
    RotateKeyOnDemandResponse,
    RotationsListEntry,
)
from tidegate.base.call import Call
from tidegate.base.kms_limits import ON_DEMAND_ROTATIONS, ROTATION_PERIOD_DAYS
from tidegate.base.refusals import KMSInvalidStateException, LimitExceededException
from tidegate.catalog.key_states import (
    SYMMETRIC,
    check_customer_managed,
    check_enabled,
    check_origin,
    check_rotates,
)
from tidegate.catalog.key_times import DAY_MS
from tidegate.catalog.keys import KmsKey, Material
from tidegate.runtime.definitions import Definitions
from tidegate.services.kms.key_change import change_key
from tidegate.services.kms.lookup import KeyLookup
from tidegate.services.kms.materials import Materials, next_material_number
from tidegate.services.kms.metadata import DOES_NOT_EXPIRE, EXPIRES, seconds
from tidegate.services.kms.pages import page_of

_ALL_MATERIAL: Final = "ALL_KEY_MATERIAL"


class Rotation:
    def __init__(self, definitions: Definitions, lookup: KeyLookup, materials: Materials) -> None:
        self._definitions = definitions
        self._lookup = lookup
        self._materials = materials

    def enable(self, call: Call, request: EnableKeyRotationRequest) -> None:
        """The first rotation comes one period from now, also where another period was set."""
        days = request.RotationPeriodInDays or ROTATION_PERIOD_DAYS

        def change(key: KmsKey, now: int) -> KmsKey:
            _check_calendar(key)
            return msgspec.structs.replace(
                key, rotation_period_days=days, next_rotation_at=now + days * DAY_MS
            )

        change_key(self._definitions, call, self._lookup.own(call, request.KeyId), change)

    def disable(self, call: Call, request: DisableKeyRotationRequest) -> None:
        def change(key: KmsKey, now: int) -> KmsKey:
            _check_calendar(key)
            return msgspec.structs.replace(key, rotation_period_days=None, next_rotation_at=None)

        change_key(self._definitions, call, self._lookup.own(call, request.KeyId), change)

    def status(self, call: Call, request: GetKeyRotationStatusRequest) -> None:
        """A key that is pending deletion shows no rotation (developer guide, "Rotate AWS KMS
        keys")."""
        key = self._lookup.own(call, request.KeyId)
        check_rotates(key)
        due = None if key.deletion_at is not None else key.next_rotation_at
        answer = GetKeyRotationStatusResponse(
            KeyRotationEnabled=due is not None,
            KeyId=key.arn,
            RotationPeriodInDays=None if due is None else key.rotation_period_days,
            NextRotationDate=None if due is None else seconds(due),
        )
        self._definitions.tell(call, answer)

    def rotate(self, call: Call, request: RotateKeyOnDemandRequest) -> None:
        key = self._lookup.own(call, request.KeyId)
        check_customer_managed(key)
        check_rotates(key)
        check_enabled(key)
        if sum(each.on_demand for each in key.materials) >= ON_DEMAND_ROTATIONS:
            raise LimitExceededException(
                f"{key.arn} has been rotated on demand {ON_DEMAND_ROTATIONS} times, which is the "
                "most."
            )
        new = self._next_material(key)

        def change(key: KmsKey, now: int) -> KmsKey:
            return msgspec.structs.replace(
                key,
                materials=(*key.materials, msgspec.structs.replace(new, created_at=now)),
                pending_material=None,
            )

        change_key(
            self._definitions,
            call,
            key,
            change,
            lambda key: RotateKeyOnDemandResponse(KeyId=key.arn),
        )

    def _next_material(self, key: KmsKey) -> Material:
        """Fresh material; with imported material, that which waits to be rotated in."""
        if key.origin == "EXTERNAL":
            if key.pending_material is None or not key.pending_material.there:
                raise KMSInvalidStateException(
                    f"{key.arn} has no imported key material that is pending rotation."
                )
            return msgspec.structs.replace(key.pending_material, on_demand=True)
        secret = self._materials.generate(SYMMETRIC)
        number = next_material_number(key)
        return self._materials.sealed(key.arn, number, secret, 0, on_demand=True)

    def list(self, call: Call, request: ListKeyRotationsRequest) -> None:
        key = self._lookup.own(call, request.KeyId)
        check_rotates(key)
        everything = request.IncludeKeyMaterial == _ALL_MATERIAL
        shown = list(key.materials if everything else key.materials[1:])
        if everything and key.pending_material is not None:
            shown.append(key.pending_material)
        page = page_of(
            shown,
            lambda material: f"{material.number:010}",
            request.Limit,
            request.Marker,
            default=100,
            most=1000,
        )
        answer = ListKeyRotationsResponse(
            Rotations=[_entry(key, material) for material in page.entries],
            NextMarker=page.next_marker,
            Truncated=page.truncated,
        )
        self._definitions.tell(call, answer)


def _check_calendar(key: KmsKey) -> None:
    """Whether automatic rotation may be set.

    Raises UnsupportedOperationException, DisabledException, KMSInvalidStateException.
    """
    check_customer_managed(key)
    check_rotates(key)
    check_origin(key, "AWS_KMS")
    check_enabled(key)


def _entry(key: KmsKey, material: Material) -> RotationsListEntry:
    is_first = key.materials[:1] == (material,)
    is_pending = material is key.pending_material
    dated = not (is_first or is_pending)
    return RotationsListEntry(
        KeyId=key.arn,
        KeyMaterialId=material.id,
        RotationDate=seconds(material.created_at) if dated else None,
        RotationType=("ON_DEMAND" if material.on_demand else "AUTOMATIC") if dated else None,
        KeyMaterialState=_state(key, material),
        **_imported(key, material),
    )


def _state(key: KmsKey, material: Material) -> str:
    if material is key.pending_material:
        return "PENDING_ROTATION"
    return "CURRENT" if material is key.materials[-1] else "NON_CURRENT"


def _imported(key: KmsKey, material: Material) -> dict[str, Any]:
    """What is told of imported material only."""
    if key.origin != "EXTERNAL":
        return {}
    told: dict[str, Any] = {"ImportState": "IMPORTED" if material.there else "PENDING_IMPORT"}
    if material.description:
        told["KeyMaterialDescription"] = material.description
    if material.there:
        told["ExpirationModel"] = DOES_NOT_EXPIRE if material.expires_at is None else EXPIRES
        if material.expires_at is not None:
            told["ValidTo"] = seconds(material.expires_at)
    return told
