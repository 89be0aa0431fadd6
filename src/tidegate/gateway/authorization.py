"""Whether a principal may do what it asks for.

Policies are compiled when they are first needed, and what they say about one caller, action and
resource is prepared once.  It holds until a definition changes; a request then pays for one look-up
and, where a statement has conditions, for those.
"""

from typing import Any, Final, Protocol

from tidegate.auth.policy.decision import denial_text
from tidegate.auth.policy.evaluation import Prepared, prepare
from tidegate.base.call import Operation, Principal
from tidegate.base.refusals import AccessDeniedException, MissingAuthenticationToken
from tidegate.gateway.callers import caller_of
from tidegate.gateway.conditions import Clock, RequestKeys
from tidegate.gateway.exchange import Exchange
from tidegate.gateway.policies import Policies

_MOST: Final = 16_384
"""Prepared decisions that are kept."""


class Authorize(Protocol):
    """Raises AccessDeniedException where the exchange's principal may not do that to its resource,
    and MissingAuthenticationToken where it is nobody."""

    def __call__(self, exchange: Exchange, operation: Operation, shape: Any) -> None: ...


class Authorizer:
    """Decides by the policies that stand."""

    def __init__(self, policies: Policies, clock: Clock) -> None:
        self._policies = policies
        self._standing = policies.standing
        self._clock = clock
        self._version = -1
        self._prepared: dict[tuple[str, str, str, str], Prepared] = {}

    def __call__(self, exchange: Exchange, operation: Operation, shape: Any) -> None:
        if operation.decides_itself:
            return
        principal = exchange.principal
        prepared = None
        if self._standing.definitions_version == self._version:
            key = (principal.access_key, principal.user_id, operation.action, exchange.resource)
            prepared = self._prepared.get(key)
        if prepared is None:
            prepared = self.prepared(principal, operation.action, exchange.resource)
        decision = prepared.constant
        if decision is None:
            decision = prepared.decide(self._keys(exchange, operation, shape))
        exchange.decision = decision
        if decision.allowed and not self._is_barred(exchange, operation):
            return
        granted = operation.grants
        if (
            granted is not None
            and decision.verdict == "implicitDeny"
            and granted(exchange, shape)
            and prepared.within_bounds(self._keys(exchange, operation, shape))
        ):
            return
        if principal.kind == "Anonymous":
            raise MissingAuthenticationToken
        caller = caller_of(principal, self._policies.entities)
        owner = self._policies.owner(exchange.resource) or principal.account
        raise AccessDeniedException(
            denial_text(caller, operation.action, exchange.resource, decision, owner)
        )

    def _is_barred(self, exchange: Exchange, operation: Operation) -> bool:
        """Whether no policy helps this caller to this operation."""
        principal = exchange.principal
        if operation.owners_only:
            return self._policies.owner(exchange.resource) not in (None, principal.account)
        return (
            not operation.for_sessions_of_users
            and principal.session is not None
            and principal.kind != "AssumedRole"
        )

    def prepared(self, principal: Principal, action: str, resource: str) -> Prepared:
        """What the policies that stand say about the three."""
        version = self._standing.definitions_version
        if version != self._version:
            self._prepared.clear()
            self._version = version
        # The id of a session's key is not random enough to stand for the session alone; whoever
        # has no access key is nobody, or a service, which has its name for an id.
        key = (principal.access_key, principal.user_id, action, resource)
        prepared = self._prepared.get(key)
        if prepared is None:
            if len(self._prepared) >= _MOST:
                self._prepared.clear()
            caller = caller_of(principal, self._policies.entities)
            policies = self._policies.about(principal, resource)
            prepared = self._prepared[key] = prepare(caller, action, resource, policies)
        return prepared

    def _keys(self, exchange: Exchange, operation: Operation, shape: Any) -> RequestKeys:
        return RequestKeys(exchange, operation, shape, self._policies.tags, self._clock)
