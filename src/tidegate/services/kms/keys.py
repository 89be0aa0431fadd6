"""Keys: create, describe, list, enable, disable, describe anew."""

import uuid
from functools import partial
from typing import Final

import msgspec

from tidegate.api.kms import (
    CreateKeyRequest,
    CreateKeyResponse,
    DescribeKeyRequest,
    DescribeKeyResponse,
    DisableKeyRequest,
    EnableKeyRequest,
    KeyListEntry,
    ListKeysRequest,
    ListKeysResponse,
    UpdateKeyDescriptionRequest,
)
from tidegate.base.call import Call
from tidegate.base.kms_limits import KEYS
from tidegate.base.refusals import (
    CustomKeyStoreNotFoundException,
    LimitExceededException,
    UnsupportedOperationException,
    ValidationException,
)
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.key_states import (
    SYMMETRIC,
    check_complete,
    check_customer_managed,
    check_standing,
)
from tidegate.catalog.key_tags import checked_tags, with_tags
from tidegate.catalog.keys import KmsKey, Material
from tidegate.catalog.named_principals import named_ids
from tidegate.kms.secret import Secret
from tidegate.kms.specs import KEY_SPECS
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.kms.conditions import Conditions
from tidegate.services.kms.elsewhere import Elsewhere
from tidegate.services.kms.key_change import change_key
from tidegate.services.kms.key_policies import PolicyChecks
from tidegate.services.kms.lookup import KeyLookup
from tidegate.services.kms.materials import Materials
from tidegate.services.kms.metadata import described
from tidegate.services.kms.pages import page_of
from tidegate.services.kms.permissions import Permissions

_IN_KEY_STORES: Final = ("AWS_CLOUDHSM", "EXTERNAL_KEY_STORE")


class Keys:
    def __init__(
        self,
        definitions: Definitions,
        lookup: KeyLookup,
        materials: Materials,
        policies: PolicyChecks,
        permissions: Permissions,
        conditions: Conditions,
        elsewhere: Elsewhere,
    ) -> None:
        self._definitions = definitions
        self._lookup = lookup
        self._materials = materials
        self._policies = policies
        self._permissions = permissions
        self._conditions = conditions
        self._elsewhere = elsewhere

    def create(self, call: Call, request: CreateKeyRequest) -> None:
        _check_store(request)
        spec, usage = checked_spec(request)
        tags = with_tags({}, checked_tags((tag.TagKey, tag.TagValue) for tag in request.Tags or ()))
        if tags:
            self._require_tagging(call, request)
        account = call.principal.account
        policy = self._policies.of_new_key(call, request)
        key = KmsKey(
            account=account,
            region=call.region,
            id=str(uuid.uuid4()),
            created_at=self._definitions.now_ms(),
            spec=spec,
            usage=usage,
            policy=policy,
            materials=(),
            description=request.Description or "",
            origin=request.Origin or "AWS_KMS",
            tags=tags,
            policy_ids=named_ids(self._definitions.entities, policy),
        )
        if key.origin == "EXTERNAL":
            self._add(call, key)
        elif KEY_SPECS[spec].family == "rsa":
            generate = partial(self._materials.generate, spec)
            self._elsewhere(call, generate, partial(self._add_with_material, call, key))
        else:
            self._add_with_material(call, key, self._materials.generate(spec))

    def _require_tagging(self, call: Call, request: CreateKeyRequest) -> None:
        """Tags on a new key need the permission to tag keys (API reference, CreateKey)."""
        context = self._conditions.of(call, request)
        self._permissions.require(
            call.principal, "kms:TagResource", "*", context, lambda: False, call
        )

    def _add_with_material(self, call: Call, key: KmsKey, secret: Secret) -> None:
        material = self._materials.sealed(key.arn, 1, secret, key.created_at)
        self._add(call, key, material)

    def _add(self, call: Call, key: KmsKey, *materials: Material) -> None:
        def decide(entities: Entities, now: int) -> Decision:
            standing = entities.all_of(KmsKey, key.scope).values()
            if sum(each.manager == "CUSTOMER" for each in standing) >= KEYS:
                raise LimitExceededException(f"An account cannot have more than {KEYS} keys.")
            made = msgspec.structs.replace(key, created_at=now, materials=materials)
            return Decision(Changes((made,)), CreateKeyResponse(KeyMetadata=described(made)))

        self._definitions.change(call, decide)

    def describe(self, call: Call, request: DescribeKeyRequest) -> None:
        key = self._lookup.described(call, request.KeyId)
        self._definitions.tell(call, DescribeKeyResponse(KeyMetadata=described(key)))

    def list(self, call: Call, request: ListKeysRequest) -> None:
        # Nothing is shared through RAM here, so that one owner's list stays empty.
        owners = request.ResourceOwners or ["SELF"]
        keys = self._lookup.all_keys(call.principal.account, call.region)
        page = page_of(
            keys if "SELF" in owners else (),
            lambda key: key.id,
            request.Limit,
            request.Marker,
            default=100,
            most=1000,
        )
        answer = ListKeysResponse(
            Keys=[KeyListEntry(KeyId=key.id, KeyArn=key.arn) for key in page.entries],
            NextMarker=page.next_marker,
            Truncated=page.truncated,
        )
        self._definitions.tell(call, answer)

    def enable(self, call: Call, request: EnableKeyRequest) -> None:
        self._set_enabled(call, request.KeyId, True)

    def disable(self, call: Call, request: DisableKeyRequest) -> None:
        self._set_enabled(call, request.KeyId, False)

    def _set_enabled(self, call: Call, key_id: str, enabled: bool) -> None:
        def change(key: KmsKey, now: int) -> KmsKey:
            check_customer_managed(key)
            check_complete(key)
            return msgspec.structs.replace(key, enabled=enabled)

        change_key(self._definitions, call, self._lookup.own(call, key_id), change)

    def update_description(self, call: Call, request: UpdateKeyDescriptionRequest) -> None:
        def change(key: KmsKey, now: int) -> KmsKey:
            check_customer_managed(key)
            check_standing(key)
            return msgspec.structs.replace(key, description=request.Description)

        change_key(self._definitions, call, self._lookup.own(call, request.KeyId), change)


def checked_spec(request: CreateKeyRequest) -> tuple[str, str]:
    """KeySpec and KeyUsage of a new key.

    Raises ValidationException, UnsupportedOperationException.
    """
    if request.KeySpec is not None and request.CustomerMasterKeySpec is not None:
        raise ValidationException(
            "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. "
            "CustomerMasterKeySpec is deprecated."
        )
    spec = request.KeySpec or request.CustomerMasterKeySpec or SYMMETRIC
    if spec not in KEY_SPECS:
        raise UnsupportedOperationException(f"KeySpec {spec} is not supported in this region.")
    usages = KEY_SPECS[spec].usages
    if request.KeyUsage is None and spec != SYMMETRIC:
        raise ValidationException(
            "You must specify a KeyUsage value for all KMS keys except for symmetric encryption "
            "keys."
        )
    usage = request.KeyUsage or usages[0]
    if usage not in usages:
        raise ValidationException(f"KeyUsage {usage} is not compatible with KeySpec {spec}")
    return spec, usage


def _check_store(request: CreateKeyRequest) -> None:
    """There are no custom key stores and no replicas here."""
    if request.CustomKeyStoreId is not None:
        raise CustomKeyStoreNotFoundException(
            f"Custom key store {request.CustomKeyStoreId} is not found."
        )
    if request.Origin in _IN_KEY_STORES:
        raise ValidationException(f"Origin {request.Origin} requires a CustomKeyStoreId.")
    if request.XksKeyId is not None:
        raise ValidationException("XksKeyId is valid only for Origin EXTERNAL_KEY_STORE.")
    if request.MultiRegion:
        raise UnsupportedOperationException("Multi-Region keys are not supported.")
