"""Whether a caller may have a session, for the operations of STS that decide it themselves.

A role's trust policy is the policy of the resource that AssumeRole is about; what that is worth
beside the caller's own policies `auth.policy` knows (ResourceRule.TRUST).  To pass tags or a source
identity takes permissions of their own on both sides (user guide, "Passing session tags in AWS
STS", "Monitor and control actions taken with assumed roles").
"""

import logging
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, Protocol

import msgspec

from tidegate.auth.policy.caller import Caller
from tidegate.auth.policy.decision import denial_text
from tidegate.auth.policy.evaluation import PolicySet, ResourceRule, prepare
from tidegate.auth.policy.malformed import MalformedPolicy
from tidegate.auth.policy.rules import TRUST
from tidegate.auth.policy.statements import CompiledPolicy, compile_policy
from tidegate.auth.policy.variables import Context, Value
from tidegate.base.call import Call, Principal
from tidegate.base.refusals import AccessDeniedException
from tidegate.catalog.entities import Entities
from tidegate.catalog.identities import Role
from tidegate.catalog.named_principals import document_now

ASSUME_ROLE: Final = "sts:AssumeRole"
WITH_WEB_IDENTITY: Final = "sts:AssumeRoleWithWebIdentity"
TAG_SESSION: Final = "sts:TagSession"
SET_SOURCE_IDENTITY: Final = "sts:SetSourceIdentity"

_log = logging.getLogger(__name__)


class Standing(Protocol):
    """What policies say about a caller, and what a request tells them."""

    def caller(self, principal: Principal) -> Caller: ...

    def about(self, principal: Principal, resource: str) -> PolicySet:
        """All policies that apply to what `principal` does to `resource`, but trust policies."""

    def keys(self, call: Call, request: Any) -> Context:
        """The condition keys of a request, those of the operation's own row among them."""


class Authority:
    def __init__(self, standing: Standing) -> None:
        self._standing = standing

    def check(self, call: Call, request: Any, actions: Iterable[str], resource: str) -> None:
        """Raises AccessDeniedException where the caller's policies do not allow all actions on a
        resource that has no policy."""
        policies = self._standing.about(call.principal, resource)
        keys = self._standing.keys(call, request)
        self._check(self._standing.caller(call.principal), policies, keys, actions, resource)

    def check_trust(
        self,
        call: Call,
        request: Any,
        actions: Iterable[str],
        role_arn: str,
        entities: Entities,
        role: Role | None,
    ) -> None:
        """Raises AccessDeniedException where the caller may not do all actions to the role.

        A role that does not exist (None) is denied like one that trusts nobody.
        """
        policies = msgspec.structs.replace(
            self._standing.about(call.principal, role_arn),
            resource=trust_policy(entities, role),
            resource_account=role_arn.split(":", 5)[4],
            rule=ResourceRule.TRUST,
        )
        keys = _with_role_tags(self._standing.keys(call, request), role)
        self._check(self._standing.caller(call.principal), policies, keys, actions, role_arn)

    def _check(
        self,
        caller: Caller,
        policies: PolicySet,
        keys: Context,
        actions: Iterable[str],
        resource: str,
    ) -> None:
        for action in actions:
            decision = prepare(caller, action, resource, policies).decide(keys)
            if not decision.allowed:
                owner = policies.resource_account
                raise AccessDeniedException(denial_text(caller, action, resource, decision, owner))

    def check_federated(
        self,
        caller: Caller,
        keys: Context,
        actions: Iterable[str],
        role_arn: str,
        entities: Entities,
        role: Role | None,
    ) -> None:
        """Raises AccessDeniedException where the role does not trust somebody for whom an identity
        provider speaks; nobody else's policies have a say."""
        policies = PolicySet(
            resource=trust_policy(entities, role),
            resource_account=role_arn.split(":", 5)[4],
            rule=ResourceRule.TRUST,
        )
        keys = _with_role_tags(keys, role)
        for action in actions:
            if not prepare(caller, action, role_arn, policies).decide(keys).allowed:
                raise AccessDeniedException(f"Not authorized to perform {action}")


def trust_policy(entities: Entities, role: Role | None) -> CompiledPolicy:
    """A role's trust policy as it stands; one that trusts nobody for no role."""
    if role is None:
        return CompiledPolicy("", ())
    return _compiled(role.arn, document_now(entities, role.trust, role.trusted_ids))


@lru_cache(maxsize=1024)
def _compiled(name: str, document: str) -> CompiledPolicy:
    try:
        return compile_policy(document, TRUST, name=name)
    except MalformedPolicy as error:
        # It was checked when it was set, perhaps by a version that checked less.
        _log.error("the trust policy of %s cannot be read (%s) and allows nothing", name, error)
        return CompiledPolicy(name, ())


def _with_role_tags(keys: Context, role: Role | None) -> Context:
    if role is None or not role.tags:
        return keys
    tags: dict[str, Value] = {}
    for name, value in role.tags.items():
        tags[f"aws:resourcetag/{name.lower()}"] = value
        tags[f"iam:resourcetag/{name.lower()}"] = value
    return lambda key: tags[key] if key in tags else keys(key)
