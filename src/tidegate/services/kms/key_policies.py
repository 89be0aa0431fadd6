"""Key policies: the one document of each key that says who may use it."""

from typing import Final

import msgspec

from tidegate.api.kms import (
    CreateKeyRequest,
    GetKeyPolicyRequest,
    GetKeyPolicyResponse,
    ListKeyPoliciesRequest,
    ListKeyPoliciesResponse,
    PutKeyPolicyRequest,
)
from tidegate.auth.policy.evaluation import PolicySet, ResourceRule, prepare
from tidegate.auth.policy.malformed import InvalidPrincipal, MalformedPolicy
from tidegate.auth.policy.principals import Named
from tidegate.auth.policy.rules import identity_rules, resource_rules
from tidegate.auth.policy.statements import CompiledPolicy, compile_policy
from tidegate.base.call import Call
from tidegate.base.kms_limits import POLICY_BYTES
from tidegate.base.refusals import (
    LimitExceededException,
    MalformedPolicyDocumentException,
    NotFoundException,
    ValidationException,
)
from tidegate.catalog.entities import Entities
from tidegate.catalog.identities import Role
from tidegate.catalog.key_policies import POLICY_NAME, default_policy
from tidegate.catalog.key_states import check_customer_managed
from tidegate.catalog.keys import KmsKey
from tidegate.catalog.named_principals import document_now, named_ids, principal_exists
from tidegate.runtime.definitions import Definitions
from tidegate.services.kms.conditions import Conditions, Values
from tidegate.services.kms.key_change import change_key
from tidegate.services.kms.lookup import KeyLookup
from tidegate.services.kms.pages import page_of
from tidegate.services.kms.permissions import Permissions

_RAM: Final = "AWS_RAM"
_RULES: Final = resource_rules()
_MAY_ALL: Final = compile_policy(
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
    identity_rules(),
)
"""Stands for whatever the caller's own policies say, where only the key policy is in question."""


class PolicyChecks:
    """What a key policy must be, whoever sets it."""

    def __init__(
        self, definitions: Definitions, permissions: Permissions, conditions: Conditions
    ) -> None:
        self._definitions = definitions
        self._permissions = permissions
        self._conditions = conditions

    def of_new_key(self, call: Call, request: CreateKeyRequest) -> str:
        """The policy for a new key; raises as `check`."""
        if request.Policy is None:
            return default_policy(call.principal.account)
        self.check(call, request, request.Policy, "*")
        return request.Policy

    def check(
        self,
        call: Call,
        request: CreateKeyRequest | PutKeyPolicyRequest,
        text: str,
        arn: str,
    ) -> None:
        """Raises LimitExceededException, MalformedPolicyDocumentException."""
        if len(text.encode()) > POLICY_BYTES:
            raise LimitExceededException(
                f"The key policy exceeds the maximum length of {POLICY_BYTES} bytes."
            )
        compiled = _compiled(text, self._definitions.entities)
        if request.BypassPolicyLockoutSafetyCheck:
            return
        values = self._conditions.of(call, request) | {"kms:PolicyName": POLICY_NAME}
        if not self._lets_change(call, compiled, arn, values):
            raise MalformedPolicyDocumentException(
                "The new key policy will not allow you to update the key policy in the future."
            )

    def _lets_change(self, call: Call, policy: CompiledPolicy, arn: str, values: Values) -> bool:
        """Whether the caller could set another policy under this one, as far as it is up to it."""
        policies = PolicySet(
            identity=(_MAY_ALL,),
            resource=policy,
            resource_account=call.principal.account,
            rule=ResourceRule.KEY,
        )
        caller = self._permissions.caller(call.principal)
        context = {name.lower(): value for name, value in values.items()}
        return prepare(caller, "kms:PutKeyPolicy", arn, policies).decide(context.get).allowed


def _compiled(text: str, entities: Entities) -> CompiledPolicy:
    def exists(named: Named) -> bool:
        if named.kind == "AssumedRole":
            return entities.find(Role, named.account, named.name.lower()) is not None
        return principal_exists(entities, named.kind, named.value)

    try:
        return compile_policy(text, _RULES, exists=exists)
    except InvalidPrincipal:
        raise MalformedPolicyDocumentException(
            "Policy contains a statement with one or more invalid principals."
        ) from None
    except MalformedPolicy as error:
        raise MalformedPolicyDocumentException(error.text) from None


class KeyPolicies:
    def __init__(self, definitions: Definitions, lookup: KeyLookup, checks: PolicyChecks) -> None:
        self._definitions = definitions
        self._lookup = lookup
        self._checks = checks

    def get(self, call: Call, request: GetKeyPolicyRequest) -> None:
        key = self._lookup.own(call, request.KeyId)
        name = request.PolicyName or POLICY_NAME
        if name != POLICY_NAME:
            raise NotFoundException(f"No such policy exists: {name}")
        policy = document_now(self._definitions.entities, key.policy, key.policy_ids)
        answer = GetKeyPolicyResponse(Policy=policy, PolicyName=name)
        self._definitions.tell(call, answer)

    def put(self, call: Call, request: PutKeyPolicyRequest) -> None:
        key = self._lookup.own(call, request.KeyId)
        name = request.PolicyName or POLICY_NAME
        if name == _RAM:
            raise ValidationException("The AWS_RAM policy can only be managed by the RAM service.")
        if name != POLICY_NAME:
            raise ValidationException(f"Invalid policy name {name}")
        check_customer_managed(key)
        self._checks.check(call, request, request.Policy, key.arn)

        ids = named_ids(self._definitions.entities, request.Policy)

        def change(key: KmsKey, now: int) -> KmsKey:
            return msgspec.structs.replace(key, policy=request.Policy, policy_ids=ids)

        change_key(self._definitions, call, key, change)

    def list(self, call: Call, request: ListKeyPoliciesRequest) -> None:
        self._lookup.own(call, request.KeyId)
        page = page_of([POLICY_NAME], str, request.Limit, request.Marker, default=100, most=1000)
        answer = ListKeyPoliciesResponse(
            PolicyNames=page.entries, NextMarker=page.next_marker, Truncated=page.truncated
        )
        self._definitions.tell(call, answer)
