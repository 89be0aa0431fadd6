"""The table of KMS's operations: handler, IAM action, resource and condition keys of each.

Not offered, and without a row: custom key stores, Multi-Region replicas, key encapsulation
(ML-KEM), and GetKeyLastUsage.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from tidegate.api import kms
from tidegate.base.call import Call, Operation
from tidegate.catalog.grants import grant_allows
from tidegate.catalog.keys import KmsKey
from tidegate.kms.sealing import Sealer
from tidegate.runtime.definitions import Definitions
from tidegate.services.kms.aliases import Aliases
from tidegate.services.kms.ciphers import Ciphers
from tidegate.services.kms.conditions import Conditions, Values, check_context
from tidegate.services.kms.cryptography import Cryptography
from tidegate.services.kms.data_keys import DataKeys
from tidegate.services.kms.deletion import Deletion
from tidegate.services.kms.elsewhere import Elsewhere
from tidegate.services.kms.for_services import KmsForServices
from tidegate.services.kms.grant_tokens import GrantTokens
from tidegate.services.kms.grants import Grants
from tidegate.services.kms.imports import Imports
from tidegate.services.kms.key_policies import KeyPolicies, PolicyChecks
from tidegate.services.kms.keys import Keys
from tidegate.services.kms.lookup import KeyLookup
from tidegate.services.kms.macs import Macs
from tidegate.services.kms.managed import ManagedKeys
from tidegate.services.kms.materials import Materials
from tidegate.services.kms.permissions import Permissions
from tidegate.services.kms.rotation import Rotation
from tidegate.services.kms.signing import Signing
from tidegate.services.kms.tags import Tags
from tidegate.services.kms.upkeep import Upkeep

_Resource = Callable[[Any, Any], str]
_Find = Callable[[Call, str], KmsKey]


class KmsService:
    """All of KMS.  `sealer` is of the domain key `kms`."""

    def __init__(
        self,
        definitions: Definitions,
        sealer: Sealer,
        permissions: Permissions,
        elsewhere: Elsewhere,
    ) -> None:
        materials = Materials(sealer)
        self.upkeep = Upkeep(definitions, materials)
        """What is due for keys that nobody asks for."""
        lookup = KeyLookup(definitions, self.upkeep, ManagedKeys(definitions, materials))
        conditions = Conditions(lookup)
        tokens = GrantTokens(sealer)
        ciphers = Ciphers(materials)
        checks = PolicyChecks(definitions, permissions, conditions)
        self._lookup = lookup
        self._conditions = conditions
        self._keys = Keys(
            definitions, lookup, materials, checks, permissions, conditions, elsewhere
        )
        self._aliases = Aliases(definitions, lookup, permissions, conditions)
        self._cryptography = Cryptography(
            definitions, lookup, ciphers, tokens, permissions, conditions
        )
        self._data_keys = DataKeys(definitions, lookup, ciphers, tokens, elsewhere)
        self._deletion = Deletion(definitions, lookup)
        self._grants = Grants(definitions, lookup, tokens, permissions, conditions)
        self._imports = Imports(definitions, lookup, materials, elsewhere)
        self._macs = Macs(definitions, lookup, materials, tokens)
        self._policies = KeyPolicies(definitions, lookup, checks)
        self._rotation = Rotation(definitions, lookup, materials)
        self._signing = Signing(definitions, lookup, materials, tokens)
        self._tags = Tags(definitions, lookup)
        self.for_services = KmsForServices(lookup, ciphers, permissions, conditions)
        """The port of other services, such as SQS."""

    def operations(self) -> list[Operation]:
        return [
            *self._on_keys(),
            *self._on_aliases(),
            *self._on_policies_and_grants(),
            *self._on_material(),
            *self._with_symmetric_keys(),
            *self._with_other_keys(),
        ]

    def _on_keys(self) -> list[Operation]:
        keys, deletion, tags, row = self._keys, self._deletion, self._tags, self._row
        own = self._key(self._lookup.own)
        return [
            row("CreateKey", keys.create, _none),
            row("DescribeKey", keys.describe, self._described_key),
            row("ListKeys", keys.list, _none),
            row("EnableKey", keys.enable, own),
            row("DisableKey", keys.disable, own),
            row("UpdateKeyDescription", keys.update_description, own),
            row("ScheduleKeyDeletion", deletion.schedule, own),
            row("CancelKeyDeletion", deletion.cancel, own),
            row("TagResource", tags.add, own),
            row("UntagResource", tags.remove, own),
            row("ListResourceTags", tags.list, own),
        ]

    def _on_aliases(self) -> list[Operation]:
        aliases, row = self._aliases, self._row
        target = self._key(self._lookup.own, "TargetKeyId")
        return [
            row("CreateAlias", aliases.create, target),
            row("UpdateAlias", aliases.update, target),
            row("DeleteAlias", aliases.delete, aliases.arn),
            row("ListAliases", aliases.list, _none),
        ]

    def _on_policies_and_grants(self) -> list[Operation]:
        policies, grants, row = self._policies, self._grants, self._row
        own = self._key(self._lookup.own)
        by_key_id = self._key(self._lookup.by_key_id)
        return [
            row("GetKeyPolicy", policies.get, own),
            row("PutKeyPolicy", policies.put, own),
            row("ListKeyPolicies", policies.list, own),
            row("CreateGrant", grants.create, by_key_id),
            row("ListGrants", grants.list, by_key_id),
            row("ListRetirableGrants", grants.list_retirable, _none),
            row("RetireGrant", grants.retire, grants.retired, decides_itself=True),
            row("RevokeGrant", grants.revoke, by_key_id),
        ]

    def _on_material(self) -> list[Operation]:
        rotation, imports, row = self._rotation, self._imports, self._row
        own = self._key(self._lookup.own)
        return [
            row("EnableKeyRotation", rotation.enable, own),
            row("DisableKeyRotation", rotation.disable, own),
            row("GetKeyRotationStatus", rotation.status, own),
            row("RotateKeyOnDemand", rotation.rotate, own),
            row("ListKeyRotations", rotation.list, own),
            row("GetParametersForImport", imports.get_parameters, own),
            row("ImportKeyMaterial", imports.import_material, own),
            row("DeleteImportedKeyMaterial", imports.delete_material, own),
        ]

    def _with_symmetric_keys(self) -> list[Operation]:
        cryptography, data_keys, row = self._cryptography, self._data_keys, self._row
        any_key = self._key(self._lookup.any)
        return [
            row("Encrypt", cryptography.encrypt, any_key),
            row("Decrypt", cryptography.decrypt, self._decrypting_key),
            self._reencrypt(),
            row("GenerateDataKey", data_keys.generate, any_key),
            row("GenerateDataKeyWithoutPlaintext", data_keys.generate_sealed, any_key),
            row("GenerateDataKeyPair", data_keys.generate_pair, any_key),
            row("GenerateDataKeyPairWithoutPlaintext", data_keys.generate_sealed_pair, any_key),
            row("GenerateRandom", data_keys.generate_random, _none),
        ]

    def _with_other_keys(self) -> list[Operation]:
        signing, macs, row = self._signing, self._macs, self._row
        any_key = self._key(self._lookup.any)
        return [
            row("Sign", signing.sign, any_key),
            row("Verify", signing.verify, any_key),
            row("GetPublicKey", signing.get_public_key, any_key),
            row("DeriveSharedSecret", signing.derive_shared_secret, any_key),
            row("GenerateMac", macs.generate, any_key),
            row("VerifyMac", macs.verify, any_key),
        ]

    def _row(
        self,
        name: str,
        handler: Callable[[Any, Any], None],
        resource: _Resource,
        *,
        decides_itself: bool = False,
    ) -> Operation:
        action = f"kms:{name}"
        return Operation(
            name=name,
            input=kms.OPERATIONS[name].input,
            handler=handler,
            action=action,
            resource=resource,
            context=self._conditions.of,
            grants=partial(self._is_granted, action, self._conditions.of),
            decides_itself=decides_itself,
        )

    def _reencrypt(self) -> Operation:
        """The one operation on two keys, each with an action of its own."""
        action, context = "kms:ReEncryptFrom", self._cryptography.source_context
        return Operation(
            name="ReEncrypt",
            input=kms.ReEncryptRequest,
            handler=self._cryptography.reencrypt,
            action=action,
            resource=self._source_key,
            context=context,
            grants=partial(self._is_granted, action, context),
        )

    def _is_granted(
        self,
        action: str,
        context: Callable[[Call, Any], Values],
        call: Call,
        request: Any,
    ) -> bool:
        return grant_allows(
            self._lookup.entities, call.resource, call.principal, action, context(call, request)
        )

    def _key(self, find: _Find, member: str = "KeyId") -> _Resource:
        """The ARN of the key that a member of the request names."""

        def arn(call: Call, request: Any) -> str:
            check_context(getattr(request, "EncryptionContext", None))
            return find(call, getattr(request, member)).arn

        return arn

    def _described_key(self, call: Call, request: kms.DescribeKeyRequest) -> str:
        return self._lookup.described_arn(call, request.KeyId)

    def _decrypting_key(self, call: Call, request: kms.DecryptRequest) -> str:
        check_context(request.EncryptionContext)
        return self._cryptography.decrypting_key(call, request).arn

    def _source_key(self, call: Call, request: kms.ReEncryptRequest) -> str:
        check_context(request.SourceEncryptionContext)
        check_context(request.DestinationEncryptionContext)
        return self._cryptography.source_key(call, request).arn


def _none(call: Call, request: Any) -> str:
    return "*"
