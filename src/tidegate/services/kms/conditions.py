"""The condition keys of KMS: what a policy may ask of a request beside AWS's global keys.

Source: developer guide, "AWS KMS condition keys".
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tidegate.base.call import Call, Principal
from tidegate.base.kms_limits import ENCRYPTION_CONTEXT_CHARACTERS
from tidegate.base.refusals import Refusal, ValidationException
from tidegate.catalog.grants import CONTEXT_PREFIX, SOURCE_ARN
from tidegate.catalog.key_policies import POLICY_NAME
from tidegate.catalog.keys import KmsAlias, KmsKey
from tidegate.services.kms.lookup import KeyLookup, read_key_id

Values = dict[str, str | list[str]]

_MEMBERS: Final = {
    "DataKeyPairSpec": "KeyPairSpec",
    "ExpirationModel": "ExpirationModel",
    "GranteePrincipal": "GranteePrincipal",
    "KeyAgreementAlgorithm": "KeyAgreementAlgorithm",
    "MacAlgorithm": "MacAlgorithm",
    "RetiringPrincipal": "RetiringPrincipal",
    "RotationPeriodInDays": "RotationPeriodInDays",
    "ScheduleKeyDeletionPendingWindowInDays": "PendingWindowInDays",
    "SigningAlgorithm": "SigningAlgorithm",
    "WrappingAlgorithm": "WrappingAlgorithm",
    "WrappingKeySpec": "WrappingKeySpec",
}
"""Condition keys that are a member of the request, by the member's name."""
_KEY_ID_MEMBERS: Final = ("KeyId", "SourceKeyId", "DestinationKeyId", "TargetKeyId")
_WITH_ALGORITHM: Final = ("EncryptRequest", "DecryptRequest")
_WITH_MESSAGE_TYPE: Final = ("SignRequest", "VerifyRequest")
_WITH_POLICY: Final = ("PutKeyPolicyRequest", "CreateKeyRequest")
_WITH_POLICY_NAME: Final = ("PutKeyPolicyRequest", "GetKeyPolicyRequest")


class Conditions:
    def __init__(self, lookup: KeyLookup) -> None:
        self._lookup = lookup

    def of(self, call: Call, request: Any) -> Values:
        """The condition keys of a request, by their names as AWS writes them.

        Names of an encryption context stand as they are, for grants tell them apart by their case.
        """
        values = self._of_request(call, request)
        values.update(_encryption_context(getattr(request, "EncryptionContext", None)))
        key = self._key_of(call, request)
        if key is not None:
            values.update(self._of_key(key))
        return values

    def of_reencryption(
        self, call: Call, request: Any, key: KmsKey, *, to: bool, same_key: bool
    ) -> Values:
        """Those of ReEncrypt on one of its two keys."""
        values = self._of_request(call, request)
        side = "Destination" if to else "Source"
        values.update(_encryption_context(getattr(request, f"{side}EncryptionContext")))
        algorithm = getattr(request, f"{side}EncryptionAlgorithm")
        values["kms:EncryptionAlgorithm"] = algorithm or "SYMMETRIC_DEFAULT"
        values["kms:ReEncryptOnSameKey"] = _bool(same_key)
        values.update(self._of_key(key))
        return values

    def through_service(
        self, principal: Principal, service: str, key: KmsKey, context: Mapping[str, str]
    ) -> Values:
        """Those of a request that a service such as `sqs` makes for a principal."""
        values: Values = {
            "kms:CallerAccount": principal.account,
            "kms:ViaService": f"{service}.{key.region}.amazonaws.com",
            "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        }
        source = context.get(f"aws:{service}:arn")
        if source is not None:
            values[SOURCE_ARN] = source
        values.update(_encryption_context(context))
        values.update(self._of_key(key))
        return values

    def _of_request(self, call: Call, request: Any) -> Values:
        values: Values = {}
        if call.principal.account:
            values["kms:CallerAccount"] = call.principal.account
        for name, member in _MEMBERS.items():
            value = getattr(request, member, None)
            if value is not None:
                values[f"kms:{name}"] = str(value)
        values.update(_by_kind(request))
        for member in _KEY_ID_MEMBERS:
            alias = _alias_in(getattr(request, member, None))
            if alias is not None:
                values["kms:RequestAlias"] = alias
        return values

    def _of_key(self, key: KmsKey) -> Values:
        aliases = self._lookup.entities.all_of(KmsAlias, key.scope).values()
        values: Values = {
            "kms:KeyOrigin": key.origin,
            "kms:KeySpec": key.spec,
            "kms:KeyUsage": key.usage,
            "kms:CustomerMasterKeySpec": key.spec,
            "kms:CustomerMasterKeyUsage": key.usage,
            "kms:MultiRegion": "false",
        }
        names = sorted(alias.name for alias in aliases if alias.target == key.id)
        if names:
            values["kms:ResourceAliases"] = names
        return values

    def _key_of(self, call: Call, request: Any) -> KmsKey | None:
        """The key that the call is about; it was found when its resource was."""
        arn = call.resource
        if ":key/" not in arn:
            return None
        try:
            return self._lookup.named(read_key_id(arn, call.principal.account, call.region))
        except Refusal:
            return None


def _by_kind(request: Any) -> Iterator[tuple[str, str | list[str]]]:
    """What depends on which request it is."""
    kind = type(request).__name__
    if kind in _WITH_ALGORITHM:
        yield "kms:EncryptionAlgorithm", request.EncryptionAlgorithm or "SYMMETRIC_DEFAULT"
    elif kind in _WITH_MESSAGE_TYPE:
        yield "kms:MessageType", request.MessageType or "RAW"
    elif kind == "CreateGrantRequest":
        yield from _of_grant(request)
    elif kind == "ImportKeyMaterialRequest" and request.ValidTo is not None:
        yield "kms:ValidTo", str(int(request.ValidTo))
    if kind == "CreateKeyRequest":
        yield from _of_new_key(request)
    if kind in _WITH_POLICY:
        yield "kms:BypassPolicyLockoutSafetyCheck", _bool(request.BypassPolicyLockoutSafetyCheck)
    if kind in _WITH_POLICY_NAME:
        yield "kms:PolicyName", request.PolicyName or POLICY_NAME


def _of_new_key(request: Any) -> Iterator[tuple[str, str | list[str]]]:
    spec = request.KeySpec or request.CustomerMasterKeySpec or "SYMMETRIC_DEFAULT"
    usage = request.KeyUsage or "ENCRYPT_DECRYPT"
    yield "kms:KeyOrigin", request.Origin or "AWS_KMS"
    yield "kms:KeySpec", spec
    yield "kms:KeyUsage", usage
    yield "kms:CustomerMasterKeySpec", spec
    yield "kms:CustomerMasterKeyUsage", usage
    yield "kms:MultiRegion", _bool(request.MultiRegion)


def _of_grant(request: Any) -> Iterator[tuple[str, str | list[str]]]:
    yield "kms:GrantOperations", list(request.Operations)
    # Only AWS's services, for which nobody speaks through this door, set it.
    yield "kms:GrantIsForAWSResource", "false"
    constraints = request.Constraints
    if constraints is None:
        return
    for kind in ("EncryptionContextEquals", "EncryptionContextSubset"):
        context = getattr(constraints, kind)
        if context is not None:
            yield "kms:GrantConstraintType", kind
            yield from _encryption_context(context)


def check_context(context: Mapping[str, str] | None) -> None:
    """Before policies look at it, which takes longer the longer it is.

    Raises ValidationException for an encryption context that is too large.
    """
    size = sum(len(name) + len(value) for name, value in (context or {}).items())
    if size > ENCRYPTION_CONTEXT_CHARACTERS:
        raise ValidationException(
            f"The encryption context exceeds the maximum of {ENCRYPTION_CONTEXT_CHARACTERS} "
            "characters."
        )


def _encryption_context(
    context: Mapping[str, str] | None,
) -> Iterable[tuple[str, str | list[str]]]:
    if not context:
        return
    for name, value in context.items():
        yield f"{CONTEXT_PREFIX}{name}", value
    yield "kms:EncryptionContextKeys", list(context)


def _alias_in(key_id: str | None) -> str | None:
    """The name of the alias that a KeyId is, as kms:RequestAlias has it."""
    if key_id is None:
        return None
    if key_id.startswith("alias/"):
        return key_id
    _, is_alias, name = key_id.partition(":alias/")
    return f"alias/{name}" if is_alias else None


def _bool(value: bool | None) -> str:
    return "true" if value else "false"
