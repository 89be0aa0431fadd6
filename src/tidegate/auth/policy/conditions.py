"""One line of a Condition element: an operator, a context key, and the values it may have.

User guide, "IAM JSON policy elements: Condition operators" and "Set operators for multivalued
context keys":

    key absent      positive operator: false; negated: true; with IfExists: true
                    ForAllValues: true; ForAnyValue: false, with IfExists too
    key present     positive: one of the policy's values fits; negated: none of them does
                    ForAllValues: so for each of the request's values; ForAnyValue: for one of them

A variable that has no value fits nothing.  AWS calls such a statement invalid.  In a negated
condition "fits nothing" would be true, which an Allow must not be for want of a value; so there the
condition is false, while a Deny holds.
"""

from collections.abc import Sequence
from typing import Final, Literal

from tidegate.auth.policy.operators import NULL, OPERATORS, Matcher, Operator, Parts
from tidegate.auth.policy.variables import Context, Template, Value, nothing_known

Quantifier = Literal["", "forallvalues", "foranyvalue"]

_IF_EXISTS: Final = "ifexists"


class UnknownOperator(Exception):
    """An operator that the policy language does not have."""


class Condition:
    """A test of one context key.  `holds` raises nothing, whatever the context has."""

    __slots__ = (
        "_allows",
        "_if_exists",
        "_matcher",
        "_null",
        "_operator",
        "_plain",
        "_quantifier",
        "_templates",
        "key",
        "names",
    )

    def __init__(
        self, name: str, key: str, values: Sequence[str], *, allows: bool, variables: bool
    ) -> None:
        """`allows`: the effect of the statement; `variables`: whether the policy's version has
        them.  Raises UnknownOperator, and ValueError where a value can never fit."""
        self._quantifier, self._if_exists, base = _parse_name(name)
        self._null = base == NULL
        self._operator: Operator = OPERATORS[base]
        self._plain = not (self._quantifier or self._null)
        self._allows = allows
        self.key = key.lower()
        variables = variables and self._operator.variables
        self._templates = tuple(Template(value, variables=variables) for value in values)
        self.names = frozenset(name for template in self._templates for name in template.names)
        """The keys that stand in the values as variables."""
        fixed = [
            template.resolve(nothing_known) for template in self._templates if not template.names
        ]
        matcher = self._operator.build([parts for parts in fixed if parts is not None])
        self._matcher: Matcher | None = None if self.names else matcher

    def bound(self, known: Context) -> "Condition":
        """The condition with the variables' values in it, all of which `known` has to tell."""
        if not self.names:
            return self
        condition = object.__new__(Condition)
        for name in self.__slots__:
            setattr(condition, name, getattr(self, name))
        parts = self._resolve(known)
        if len(parts) == len(self._templates):
            condition.names = frozenset()
            condition._matcher = self._operator.build(parts)
        return condition

    def holds(self, context: Context) -> bool:
        value = context(self.key)
        matcher = self._matcher
        if value.__class__ is str and matcher is not None and self._plain:
            return matcher(value) is not self._operator.negated
        values = _values(value)
        if matcher is None:
            parts = self._resolve(context)
            matcher = self._operator.build(parts)
            if len(parts) < len(self._templates) and self._operator.negated and self._allows:
                return False
        if self._null:
            return matcher("false" if values else "true")
        negated = self._operator.negated
        if self._quantifier == "forallvalues":
            return all(matcher(value) is not negated for value in _of_a_set(values))
        if self._quantifier == "foranyvalue":
            return any(matcher(value) is not negated for value in _of_a_set(values))
        if not values:
            return negated or self._if_exists
        return any(map(matcher, values)) is not negated

    def _resolve(self, context: Context) -> list[Parts]:
        """The policy's values; those with a variable that has no value are left out."""
        resolved = (template.resolve(context) for template in self._templates)
        return [parts for parts in resolved if parts is not None]


def _parse_name(name: str) -> tuple[Quantifier, bool, str]:
    """(quantifier, if_exists, operator) of a name such as `ForAnyValue:StringLikeIfExists`."""
    quantifier, colon, base = name.lower().rpartition(":")
    if_exists = base.endswith(_IF_EXISTS)
    base = base.removesuffix(_IF_EXISTS)
    if base not in OPERATORS or (if_exists and base == NULL):
        raise UnknownOperator(name)
    if not colon:
        return "", if_exists, base
    if quantifier == "forallvalues":
        return "forallvalues", if_exists, base
    if quantifier == "foranyvalue":
        return "foranyvalue", if_exists, base
    raise UnknownOperator(name)


def _values(value: Value | None) -> Sequence[str]:
    if isinstance(value, str):
        return (value,)
    return () if value is None else tuple(map(str, value))


def _of_a_set(values: Sequence[str]) -> Sequence[str]:
    """A set of one empty text is an empty set."""
    return () if tuple(values) == ("",) else values
