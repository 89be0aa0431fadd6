"""All policies of a topic at once.

Each rule stands in the index under the anchors of one of its conditions (see `anchors`).  A message
looks up what it shows, and only the rules that it finds are evaluated.

Which condition anchors a rule is decided when it is added: the one whose anchors the fewest rules
name.  So where 10,000 policies ask for the same `type` and each for a `customer` of its own, all
but the first few stand under their customer.  Equal policies are kept, and evaluated, once.

A stranger decides how many values a body has.  Each rule is evaluated once, however many of them
lead to it; and where many rules meet many values, what the values are is learnt once for all rules
(see `many_values`).
"""

from collections.abc import Hashable, Mapping
from typing import Final, Generic, TypeVar

from tidegate.catalog.filter_policy.anchors import (
    ABSENT,
    PRESENT,
    Anchor,
    Probe,
    Probes,
    anchors_of,
    probe_of,
    shown,
)
from tidegate.catalog.filter_policy.automaton import Automaton, Pattern
from tidegate.catalog.filter_policy.many_values import ManyValues
from tidegate.catalog.filter_policy.matching import (
    CompiledFilter,
    Condition,
    Rule,
    is_consistent,
)
from tidegate.catalog.filter_policy.messages import (
    Attributes,
    Field,
    Fields,
    attribute_fields,
    beginnings,
    body_fields,
)

_MANY: Final = 2_000
"""Rules that are found, times the values of a path: from here on going through the values for each
rule takes longer (a millisecond) than learning what the values are."""

K = TypeVar("K", bound=Hashable)
T = TypeVar("T", bound=Hashable)


class _Policy(Generic[K]):
    """One policy, and whose it is."""

    __slots__ = ("entries", "filter", "keys")

    def __init__(self, compiled: CompiledFilter) -> None:
        self.filter = compiled
        self.keys: dict[K, None] = {}
        self.entries: list[_Entry[K]] = []


class _Entry(Generic[K]):
    """One rule of a policy, where the index keeps it."""

    __slots__ = ("anchors", "path", "policy", "rest", "rule")

    def __init__(self, policy: _Policy[K], rule: Rule, anchor: Condition) -> None:
        self.policy = policy
        self.rule = rule
        self.path = anchor.path
        self.anchors, implied = anchors_of(anchor)
        self.rest = tuple(other for other in rule if other is not anchor) if implied else rule
        """The conditions that the anchor leaves open."""

    def holds(self, fields: Fields) -> bool:
        """Whether the rule holds of a message that shows the anchor."""
        for condition in self.rest:
            if not condition.holds(fields):
                return False
        return len(self.rule) < 2 or len(fields.elements) < 2 or is_consistent(self.rule, fields)


_Postings = dict[_Entry[K], None]


class _Path(Generic[K]):
    """The rules that ask for one path, and those that are anchored at it."""

    __slots__ = ("_automaton", "_probes", "named", "patterns", "postings", "probes")

    def __init__(self) -> None:
        self.named: dict[Anchor, int] = {}
        """How many rules could stand under each anchor."""
        self.postings: dict[Anchor, _Postings[K]] = {}
        self.probes: dict[Probe, int] = {}
        """The probes of all postings, and how many postings each is of."""
        self._probes = Probes()
        self.patterns: dict[Pattern, int] = {}
        """Of all conditions on the path, and how many have each."""
        self._automaton: Automaton | None = None

    def add(self, entry: _Entry[K]) -> None:
        for anchor in entry.anchors:
            postings = self.postings.get(anchor)
            if postings is None:
                postings = self.postings[anchor] = {}
                self._change_probes(anchor, 1)
            postings[entry] = None

    def remove(self, entry: _Entry[K]) -> None:
        for anchor in entry.anchors:
            postings = self.postings[anchor]
            del postings[entry]
            if not postings:
                del self.postings[anchor]
                self._change_probes(anchor, -1)

    def _change_probes(self, anchor: Anchor, by: int) -> None:
        probe = probe_of(anchor)
        if probe is not None:
            known = len(self.probes)
            _change(self.probes, probe, by)
            if len(self.probes) != known:
                self._probes = Probes(self.probes)

    def count(self, condition: Condition, by: int) -> None:
        """Take notice of a rule that comes or goes and has this condition."""
        for anchor in anchors_of(condition)[0]:
            _change(self.named, anchor, by)
        for operator in condition.operators:
            for pattern in operator.patterns:
                _change(self.patterns, pattern, by)
                self._automaton = None

    def automaton(self) -> Automaton:
        """That of all patterns; made when it is asked for, and again when they have changed."""
        if self._automaton is None:
            self._automaton = Automaton(self.patterns)
        return self._automaton

    def cost(self, condition: Condition) -> tuple[int, bool]:
        """How many rules a message would find that shows the condition's anchors; of equal ones
        that which most messages show comes last."""
        anchors, _ = anchors_of(condition)
        return sum(self.named[anchor] for anchor in anchors), not _COMMON.isdisjoint(anchors)

    def find(self, field: Field, into: _Postings[K]) -> None:
        """Add the rules under the anchors that the path's values show."""
        anchors: dict[Anchor, None] = {}
        if PRESENT in self.postings:
            anchors[PRESENT] = None
        for value in field:
            for anchor in shown(value, self._probes):
                if anchor in self.postings:
                    anchors[anchor] = None
        for anchor in anchors:
            into.update(self.postings[anchor])


_COMMON = frozenset((PRESENT, ABSENT))


class _Scope(Generic[K]):
    """The policies of one scope."""

    __slots__ = ("_paths", "_with_absent", "wanted")

    def __init__(self) -> None:
        self._paths: dict[str, _Path[K]] = {}
        self._with_absent: dict[str, _Postings[K]] = {}
        self.wanted: dict[str, int] = {}
        """What a message is read for: paths and their beginnings, with how many rules ask."""

    def add(self, policy: _Policy[K]) -> None:
        for rule in policy.filter.rules:
            self._count(rule, 1)
            entry = _Entry(policy, rule, min(rule, key=self._cost))
            policy.entries.append(entry)
            path = self._paths[entry.path]
            path.add(entry)
            if ABSENT in entry.anchors:
                self._with_absent[entry.path] = path.postings[ABSENT]

    def remove(self, policy: _Policy[K]) -> None:
        for entry in policy.entries:
            path = self._paths[entry.path]
            path.remove(entry)
            if ABSENT in entry.anchors and ABSENT not in path.postings:
                del self._with_absent[entry.path]
            self._count(entry.rule, -1)

    def _cost(self, condition: Condition) -> tuple[int, bool]:
        return self._paths[condition.path].cost(condition)

    def _count(self, rule: Rule, by: int) -> None:
        for condition in rule:
            for beginning in beginnings(condition.path):
                _change(self.wanted, beginning, by)
            path = self._paths.get(condition.path)
            if path is None:
                path = self._paths[condition.path] = _Path()
            path.count(condition, by)
            if not path.named:
                del self._paths[condition.path]

    def match(self, fields: Fields, into: dict[_Policy[K], None]) -> None:
        """Add the policies that the message satisfies."""
        found = self._found(fields)
        for name, field in fields.by_path.items():
            path = self._paths.get(name)
            if path is not None and len(found) * len(field) >= _MANY:
                fields.many[name] = ManyValues(field, path.automaton)
        for entry in found:
            if entry.holds(fields):
                into[entry.policy] = None

    def _found(self, fields: Fields) -> _Postings[K]:
        """The rules whose anchors the message shows."""
        found: _Postings[K] = {}
        for name, field in fields.by_path.items():
            path = self._paths.get(name)
            if path is not None:
                path.find(field, found)
        for name, postings in self._with_absent.items():
            if name not in fields.by_path:
                found.update(postings)
        return found


def _change(counts: dict[T, int], name: T, by: int) -> None:
    count = counts.get(name, 0) + by
    if count:
        counts[name] = count
    else:
        del counts[name]


class SubscriptionIndex(Generic[K]):
    """Which of a topic's subscriptions a message goes to."""

    __slots__ = ("_attributes", "_bodies", "_open", "_policies", "_policy_of")

    def __init__(self, policies: Mapping[K, CompiledFilter | None] | None = None) -> None:
        self._attributes: _Scope[K] = _Scope()
        self._bodies: _Scope[K] = _Scope()
        self._open: dict[K, None] = {}
        """Subscriptions that take everything."""
        self._policies: dict[CompiledFilter, _Policy[K]] = {}
        self._policy_of: dict[K, _Policy[K]] = {}
        for key, policy in ({} if policies is None else policies).items():
            self.add(key, policy)

    def __len__(self) -> int:
        return len(self._open) + len(self._policy_of)

    def __contains__(self, key: K) -> bool:
        return key in self._open or key in self._policy_of

    def add(self, key: K, policy: CompiledFilter | None) -> None:
        """Put a subscription in, instead of what stands under its key; None takes everything."""
        self.remove(key)
        if policy is None or not policy.rules:
            self._open[key] = None
            return
        kept = self._policies.get(policy)
        if kept is None:
            kept = self._policies[policy] = _Policy(policy)
            self._scope(policy).add(kept)
        kept.keys[key] = None
        self._policy_of[key] = kept

    def remove(self, key: K) -> None:
        """Take a subscription out, if it is in."""
        self._open.pop(key, None)
        kept = self._policy_of.pop(key, None)
        if kept is None:
            return
        del kept.keys[key]
        if not kept.keys:
            del self._policies[kept.filter]
            self._scope(kept.filter).remove(kept)

    def match(self, attributes: Attributes, body: str) -> list[K]:
        """The subscriptions that the message goes to, each once.

        The order means nothing, but is the same for the same additions and removals.
        """
        keys = list(self._open)
        matching: dict[_Policy[K], None] = {}
        if self._attributes.wanted:
            fields = attribute_fields(attributes, self._attributes.wanted)
            self._attributes.match(fields, matching)
        if self._bodies.wanted:
            inside = body_fields(body, self._bodies.wanted)
            if inside is not None:
                self._bodies.match(inside, matching)
        for policy in matching:
            keys += policy.keys
        return keys

    def _scope(self, policy: CompiledFilter) -> _Scope[K]:
        return self._attributes if policy.scope == "MessageAttributes" else self._bodies
