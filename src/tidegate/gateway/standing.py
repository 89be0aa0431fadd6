"""What the policies that stand say, for services that decide themselves or for somebody else."""

from collections.abc import Callable, Mapping
from typing import Any

from tidegate.auth.policy.caller import Caller
from tidegate.auth.policy.decision import denial_text
from tidegate.auth.policy.evaluation import PolicySet
from tidegate.auth.policy.variables import Context, Value
from tidegate.base.call import Call, Principal
from tidegate.base.refusals import AccessDeniedException
from tidegate.gateway.authorization import Authorizer
from tidegate.gateway.callers import caller_of
from tidegate.gateway.conditions import Clock, RequestKeys
from tidegate.gateway.exchange import Exchange
from tidegate.gateway.policies import Policies


class StandingPolicies:
    """The ports of the services: STS asks for policies, KMS and who uses it for a decision."""

    def __init__(self, policies: Policies, authorizer: Authorizer, clock: Clock) -> None:
        self._policies = policies
        self._authorizer = authorizer
        self._clock = clock

    def caller(self, principal: Principal) -> Caller:
        return caller_of(principal, self._policies.entities)

    def about(self, principal: Principal, resource: str) -> PolicySet:
        return self._policies.about(principal, resource)

    def keys(self, call: Call, request: Any) -> Context:
        """The condition keys of a call."""
        assert isinstance(call, Exchange), "every call comes through the gateway"
        assert call.route is not None, "only a handler asks"
        return RequestKeys(call, call.route.operation, request, self._policies.tags, self._clock)

    def may_also(self, call: Call, action: str, resource: str) -> None:
        """Raises AccessDeniedException where the caller of an operation may not do this besides."""
        self.require(call.principal, action, resource, {}, lambda: False, call)

    def _keys_of(self, call: Call) -> Context:
        assert isinstance(call, Exchange), "every call comes through the gateway"
        return self.keys(call, call.input)

    def require(
        self,
        principal: Principal,
        action: str,
        resource: str,
        context: Mapping[str, str | list[str]],
        granted: Callable[[], bool],
        call: Call | None,
    ) -> None:
        """Raises AccessDeniedException where a policy denies the action, or none allows it and
        `granted()` is not true.

        `context` comes on top of the condition keys of the call, if there is one.
        """
        prepared = self._authorizer.prepared(principal, action, resource)
        keys = self._over(context, call)
        decision = prepared.decide(keys)
        if decision.allowed:
            return
        if decision.verdict == "implicitDeny" and granted() and prepared.within_bounds(keys):
            return
        owner = self._policies.owner(resource) or principal.account
        raise AccessDeniedException(
            denial_text(self.caller(principal), action, resource, decision, owner)
        )

    def _over(self, context: Mapping[str, str | list[str]], call: Call | None) -> Context:
        """The condition keys of the call, if there is one, with those of `context` over them."""
        own = {
            key.lower(): value if isinstance(value, str) else tuple(value)
            for key, value in context.items()
        }
        of_call = None if call is None else self._keys_of(call)

        def keys(key: str) -> Value | None:
            value = own.get(key)
            return of_call(key) if value is None and of_call is not None else value

        return keys
