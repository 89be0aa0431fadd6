"""The evaluation: may this caller do that to this resource?

User guide, "How AWS enforcement code logic evaluates requests to allow or deny access" and
"Cross-account policy evaluation logic".  In short:

    any statement that applies and denies        explicit deny
    the caller's side                            an identity policy allows, and so do the boundary
                                                 and the session policies, where there are any; the
                                                 root needs none
    the resource's side                          the resource's policy allows
    one account                                  either side; where the policy names a role or the
                                                 user behind a session, it counts as an identity
                                                 policy, and where it names an account it leaves the
                                                 matter to the caller's side
    a key, a role to assume                      the resource's policy must allow, if only the
                                                 account; then as above
    two accounts                                 both sides
    a service, an anonymous or federated caller  the resource's side

What depends on nothing but caller, action and resource is done once, by `prepare`.  What is left to
a request is the conditions of a few statements, or nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Final

import msgspec

from tidegate.auth.policy.caller import Caller, is_settled, settled_keys
from tidegate.auth.policy.conditions import Condition
from tidegate.auth.policy.decision import Decision, Matched, PolicyType
from tidegate.auth.policy.principals import Grant
from tidegate.auth.policy.statements import CompiledPolicy, Statement
from tidegate.auth.policy.variables import Context, Value

_MOST_DECISIONS: Final = 64
"""Decisions that are remembered by which of the open statements hold."""

_MOST_ANSWERS: Final = 64
"""Decisions that are remembered by the values of the keys that are asked for."""

_MOST_ASKED_CHARS: Final = 512
"""How long the values together may be to be remembered: some are as long as a client likes, and
there are as many of these memories as callers and resources."""

_FLEETING: Final = frozenset(
    {
        "aws:multifactorauthage",
        "aws:referer",
        "aws:useragent",
    }
)
"""Keys that have another value each time, or one that is as long as the client likes.  The time is
not one: its values are whole seconds, which many requests share."""


class ResourceRule(Enum):
    """What the policy of a kind of resource means within its account."""

    STANDARD = "standard"
    """Queues, topics: the identity's policy or the resource's allows."""
    KEY = "key"
    """KMS keys: identity policies count only where the key policy lets the account decide."""
    TRUST = "trust"
    """Roles to assume: as KEY, for the trust policy."""


class PolicySet(msgspec.Struct, frozen=True):
    """All policies that apply to a caller and a resource."""

    identity: tuple[CompiledPolicy, ...] = ()
    boundary: CompiledPolicy | None = None
    session: tuple[CompiledPolicy, ...] | None = None
    """Session policies, of which one must allow; None where none were passed."""
    resource: CompiledPolicy | None = None
    resource_account: str = ""
    """The resource's owner; the caller's own account for an action on no resource."""
    rule: ResourceRule = ResourceRule.STANDARD


class _Applicable:
    """A statement that applies to caller, action and resource, if what is open of it holds."""

    __slots__ = ("conditions", "grant", "matched", "open_resource", "statement")

    def __init__(self, statement: Statement, policy: str, kind: PolicyType, grant: Grant) -> None:
        self.statement = statement
        self.grant = grant
        self.matched = Matched(kind, policy, statement.index, statement.sid, statement.allows)
        self.conditions: tuple[Condition, ...] = statement.conditions
        self.open_resource = False

    def holds(self, resource: str, context: Context) -> bool:
        if self.open_resource and not self.statement.has_resource(resource, context):
            return False
        for condition in self.conditions:  # noqa: SIM110 (a generator takes twice as long)
            if not condition.holds(context):
                return False
        return True

    def asked(self) -> Iterator[str]:
        """The context keys that it asks for."""
        if self.open_resource:
            yield from self.statement.resource_names
        for condition in self.conditions:
            yield condition.key
            yield from condition.names


class Prepared:
    """The policies about one caller, action and resource, ready for any number of requests."""

    __slots__ = (
        "_always",
        "_answers",
        "_asked",
        "_asks_settled",
        "_caller",
        "_decisions",
        "_open",
        "_policies",
        "_repeats",
        "_resource",
        "_settled",
        "constant",
    )

    def __init__(
        self,
        caller: Caller,
        resource: str,
        policies: PolicySet,
        always: Sequence[_Applicable],
        opened: Sequence[_Applicable],
        settled: "_Settled",
    ) -> None:
        self._caller = caller
        self._resource = resource
        self._policies = policies
        self._always = tuple(always)
        self._open = tuple(opened)
        self._settled = settled
        self._decisions: dict[int, Decision] = {}
        asked = frozenset(key for one in opened for key in one.asked())
        of_requests = frozenset(key for key in asked if not settled.has(key))
        self._asks_settled = of_requests != asked
        self._asked = tuple(sorted(of_requests))
        """The context keys that requests are asked for, in lower case."""
        self._repeats = not of_requests & _FLEETING
        self._answers: dict[tuple[Value | None, ...], Decision] = {}
        self.constant: Decision | None = self._constant()
        """The decision where no request can change it."""

    def decide(self, context: Context) -> Decision:
        """The decision for a request.  Raises nothing that `context` does not raise.

        Requests repeat themselves: with the same values the decision is the same, however many
        statements it comes from.
        """
        if self.constant is not None:
            return self.constant
        if not self._repeats:
            return self._decided(context)
        values = tuple(map(context, self._asked))
        try:
            decision = self._answers.get(values)
        except TypeError:  # a list of values
            return self._decided(context)
        if decision is None:
            decision = self._decided(context)
            if sum(len(value) for value in values if value is not None) <= _MOST_ASKED_CHARS:
                if len(self._answers) >= _MOST_ANSWERS:
                    self._answers.clear()
                self._answers[values] = decision
        return decision

    def _decided(self, context: Context) -> Decision:
        held = self._held(context)
        decision = self._decisions.get(held)
        if decision is None:
            decision = self._combined(held)
            if len(self._decisions) < _MOST_DECISIONS:
                self._decisions[held] = decision
        return decision

    def _held(self, context: Context) -> int:
        """The open statements that hold, a bit each."""
        if self._asks_settled:
            context = self._settled.over(context)
        held = 0
        for bit, one in enumerate(self._open):
            if one.holds(self._resource, context):
                held |= 1 << bit
        return held

    def explain(self, context: Context) -> Decision:
        """The decision with every statement that applies, and the keys that were missing."""
        known = self._settled.over(context)
        asked = {key for one in self._open for key in one.asked()}
        missing = tuple(sorted(key for key in asked if known(key) is None))
        return msgspec.structs.replace(self._combined(self._held(context)), missing=missing)

    def within_bounds(self, context: Context) -> bool:
        """Whether a session's boundary and session policies, where it has any, allow it.

        They bound as well what something beside the policies, such as a grant of KMS, gives to the
        role or the user behind the session.
        """
        if self._caller.kind not in ("AssumedRole", "FederatedUser"):
            return True
        holding = self._holding(self._held(context))
        allowing = {one.matched.policy_type for one in holding if one.matched.allows}
        return not any(_lacking_bounds(self._caller, self._policies, allowing))

    def _combined(self, held: int) -> Decision:
        """The decision where the open statements of these bits hold."""
        return _combine(self._caller, self._policies, self._holding(held))

    def _holding(self, held: int) -> list[_Applicable]:
        """The statements that hold where the open ones of these bits do."""
        return [
            *self._always,
            *(one for bit, one in enumerate(self._open) if held >> bit & 1),
        ]

    def _constant(self) -> Decision | None:
        """One more allow never denies, one more deny never allows; so two tries tell."""
        if not self._open:
            return self._combined(0)
        allows = sum(1 << bit for bit, one in enumerate(self._open) if one.matched.allows)
        denies = (1 << len(self._open)) - 1 - allows
        least = self._combined(0)
        if least.verdict == "explicitDeny" or (least.allowed and not denies):
            return least
        # A denial is constant only where the text is, which tells what lacks the allow.
        if not denies and self._combined(allows).lacking == least.lacking:
            return least
        return None


class _Settled:
    """The context keys that are known before a request comes."""

    __slots__ = ("_by_caller", "_keys")

    def __init__(self, caller: Caller, keys: Mapping[str, Value] | None) -> None:
        self._by_caller = keys is None
        self._keys: Mapping[str, Value] = settled_keys(caller) if keys is None else keys

    def has(self, key: str) -> bool:
        return key in self._keys or (self._by_caller and is_settled(key))

    def get(self, key: str) -> Value | None:
        return self._keys.get(key)

    def over(self, context: Context) -> Context:
        """The context of a request, in which no request says who its caller is."""
        return lambda key: self._keys.get(key) if self.has(key) else context(key)


def prepare(
    caller: Caller,
    action: str,
    resource: str,
    policies: PolicySet,
    settled: Mapping[str, Value] | None = None,
) -> Prepared:
    """What the policies say about `caller` doing `action` (`sqs:SendMessage`) to `resource`, an ARN
    or `*`.

    `settled` are the context keys, by names in lower case, that are the same for all requests;
    without it those of the caller.  A simulation passes an empty one, and gives all in the context.
    """
    known = _Settled(caller, settled)
    always: list[_Applicable] = []
    opened: list[_Applicable] = []
    for one in _applicable(caller, action.lower(), policies):
        if not all(map(known.has, one.statement.resource_names)):
            one.open_resource = True
        elif not one.statement.has_resource(resource, known.get):
            continue
        conditions = _left(one.conditions, known)
        if conditions is None:
            continue
        one.conditions = conditions
        (opened if conditions or one.open_resource else always).append(one)
    return Prepared(caller, resource, policies, always, opened, known)


def _left(conditions: Iterable[Condition], known: _Settled) -> tuple[Condition, ...] | None:
    """The conditions that depend on the request; None where one does not hold for any."""
    left = []
    for condition in conditions:
        if not all(map(known.has, condition.names)):
            left.append(condition)
        elif not known.has(condition.key):
            left.append(condition.bound(known.get))
        elif not condition.holds(known.get):
            return None
    return tuple(left)


def _applicable(caller: Caller, action: str, policies: PolicySet) -> Iterator[_Applicable]:
    """The statements about a caller and an action."""
    for kind, policy in _policies(policies):
        for statement in policy.statements:
            grant = statement.grant(caller)
            if grant and statement.has_action(action):
                yield _Applicable(statement, policy.name, kind, grant)


def _policies(policies: PolicySet) -> Iterator[tuple[PolicyType, CompiledPolicy]]:
    for policy in policies.identity:
        yield "identity-based policy", policy
    if policies.resource is not None:
        yield _resource_type(policies), policies.resource
    if policies.boundary is not None:
        yield "permissions boundary", policies.boundary
    for policy in policies.session or ():
        yield "session policy", policy


def _resource_type(policies: PolicySet) -> PolicyType:
    trust = policies.rule is ResourceRule.TRUST
    return "role trust policy" if trust else "resource-based policy"


def _combine(caller: Caller, policies: PolicySet, holding: Sequence[_Applicable]) -> Decision:
    """The decision where just these statements hold; their order does not matter to it."""
    matched = tuple(one.matched for one in holding)
    cross = bool(caller.account) and caller.account != policies.resource_account
    denying = {one.matched.policy_type for one in holding if not one.matched.allows}
    if denying:
        kind = next(kind for kind in _order(policies) if kind in denying)
        return Decision(False, "explicitDeny", kind, matched, cross_account=cross)
    allowing = {one.matched.policy_type for one in holding if one.matched.allows}
    resource = _resource_type(policies)
    grant = max(
        (one.grant for one in holding if one.matched.policy_type == resource),
        default=Grant.NOBODY,
    )
    lacking = tuple(_lacking(caller, policies, allowing, grant, cross=cross))
    if lacking:
        return Decision(False, "implicitDeny", lacking[0], matched, lacking, cross)
    if caller.kind == "Root" and not allowing:
        return Decision(True, "allowed", None, matched)
    kind = resource
    if cross or grant < Grant.ENTITY:
        kind = next(kind for kind in _order(policies) if kind in allowing)
    return Decision(True, "allowed", kind, matched, cross_account=cross)


def _order(policies: PolicySet) -> tuple[PolicyType, ...]:
    """AWS tells one type of policy only, where several deny."""
    return (
        "identity-based policy",
        _resource_type(policies),
        "permissions boundary",
        "session policy",
    )


def _lacking(
    caller: Caller,
    policies: PolicySet,
    allowing: set[PolicyType],
    grant: Grant,
    *,
    cross: bool,
) -> Iterator[PolicyType]:
    """The types of policies that have to allow, and do not."""
    if not caller.account:
        if not grant:
            yield _resource_type(policies)
        return
    if not cross and grant is Grant.DIRECT:
        return
    if not grant and (cross or policies.rule is not ResourceRule.STANDARD):
        yield _resource_type(policies)
        if not cross:
            return
    stands_in = not cross and grant is Grant.ENTITY
    if not (stands_in or caller.is_root or "identity-based policy" in allowing):
        yield "identity-based policy"
    yield from _lacking_bounds(caller, policies, allowing)


def _lacking_bounds(
    caller: Caller, policies: PolicySet, allowing: set[PolicyType]
) -> Iterator[PolicyType]:
    """Those of them that give nothing, and bound what others give."""
    if policies.boundary is not None and "permissions boundary" not in allowing:
        yield "permissions boundary"
    if _needs_session(caller, policies) and "session policy" not in allowing:
        yield "session policy"


def _needs_session(caller: Caller, policies: PolicySet) -> bool:
    """A federated user without a session policy may do nothing but what is granted to itself."""
    return policies.session is not None or caller.kind == "FederatedUser"
