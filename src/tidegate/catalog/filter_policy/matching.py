"""Compiled policies, and whether a message satisfies one.

A policy is a list of rules, of which one must hold; a rule is a list of conditions, which all must
hold; a condition is a path with what it accepts there, of which one is enough.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from tidegate.catalog.filter_policy.messages import (
    Attributes,
    Field,
    Fields,
    attribute_fields,
    beginnings,
    body_fields,
)
from tidegate.catalog.filter_policy.operators import Operator
from tidegate.catalog.filter_policy.values import Value


class Condition:
    """What a rule asks of one path."""

    __slots__ = ("absence", "literals", "null", "operators", "path")

    def __init__(
        self,
        path: str,
        literals: frozenset[Value],
        operators: tuple[Operator, ...],
        *,
        absence: bool,
        null: bool,
    ) -> None:
        self.path = path
        self.literals = literals
        self.operators = operators
        self.absence = absence
        """Whether a message without the path satisfies it, unless it has no attributes at all."""
        self.null = null
        """The same for a policy's `null`, which SNS lets an attribute's absence match always."""

    def accepts(self, value: Value) -> bool:
        if value in self.literals:
            return True
        return any(operator.accepts(value) for operator in self.operators)

    def holds(self, fields: Fields) -> bool:
        field = fields.by_path.get(self.path)
        if field is None:
            return self.null or (self.absence and not fields.is_bare)
        # A set would go through all that is not a set; keys go through the fewer.
        if not field.keys().isdisjoint(self.literals):
            return True
        many = fields.many.get(self.path)
        if many is not None:
            return any(operator.accepts_any(many) for operator in self.operators)
        for operator in self.operators:
            for value in field:
                if operator.accepts(value):
                    return True
        return False

    def places(self, field: Field) -> Iterable[int]:
        """Where the field's values are that satisfy it."""
        accepted = filter(self.accepts, field) if self.operators else self.literals
        for value in accepted:
            yield from field.get(value, ())


Rule = tuple[Condition, ...]


def holds(rule: Rule, fields: Fields) -> bool:
    """Whether all conditions of the rule hold, in one element of each array."""
    for condition in rule:
        if not condition.holds(fields):
            return False
    return len(rule) < 2 or len(fields.elements) < 2 or is_consistent(rule, fields)


def is_consistent(rule: Rule, fields: Fields) -> bool:
    """Whether conditions that each hold somewhere hold together.

    Conditions are bits.  From the innermost places outwards, each place gets the sets of conditions
    that can hold together in it: its own values, and of each array in it one element.
    """
    own: dict[int, int] = {}
    for bit, condition in enumerate(rule):
        field = fields.by_path.get(condition.path)
        for place in (0,) if field is None else condition.places(field):
            own[place] = own.get(place, 0) | 1 << bit
    every = (1 << len(rule)) - 1
    if every in own.values():
        return True
    arrays: dict[int, dict[int, set[int]]] = {}
    for place in range(len(fields.elements) - 1, 0, -1):
        inner = arrays.pop(place, None)
        here = own.get(place, 0)
        if inner is not None or here:
            holder, array = fields.elements[place]
            together = arrays.setdefault(holder, {}).setdefault(array, set())
            if inner is None:
                together.add(here)
            else:
                together.update(_together(here, inner.values()))
    return every in _together(own.get(0, 0), arrays.get(0, {}).values())


def _together(own: int, arrays: Iterable[set[int]]) -> set[int]:
    """The sets of conditions that hold with one element of each array; a rule has few conditions,
    so there are few sets."""
    sets = {own}
    for array in arrays:
        sets = {one | other for one in sets for other in array}
    return sets


class CompiledFilter:
    """One policy.  Equal to another of the same text and scope."""

    __slots__ = ("_wanted", "rules", "scope", "text")

    def __init__(
        self,
        text: str,
        scope: Literal["MessageAttributes", "MessageBody"],
        rules: Sequence[Rule],
    ) -> None:
        self.text = text
        self.scope: Literal["MessageAttributes", "MessageBody"] = scope
        self.rules = tuple(rules)
        """None of them: the policy is `{}`, and lets everything through."""
        self._wanted = {
            beginning
            for rule in self.rules
            for condition in rule
            for beginning in beginnings(condition.path)
        }

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CompiledFilter):
            return NotImplemented
        return self.text == other.text and self.scope == other.scope

    def __hash__(self) -> int:
        return hash((self.text, self.scope))

    def matches(self, attributes: Attributes, body: str) -> bool:
        """Whether the policy lets the message through; a body that is no JSON object passes no
        policy of scope MessageBody."""
        if not self.rules:
            return True
        fields: Fields | None
        if self.scope == "MessageAttributes":
            fields = attribute_fields(attributes, self._wanted)
        else:
            fields = body_fields(body, self._wanted)
        return fields is not None and any(holds(rule, fields) for rule in self.rules)
