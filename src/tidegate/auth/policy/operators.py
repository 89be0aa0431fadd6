"""The condition operators: what it means that a value of the request fits those of the policy.

User guide, "IAM JSON policy elements: Condition operators".  A negated operator is its positive
twin with the answer turned round, so that only the positive ones stand here.
"""

import operator
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final, TypeAlias, TypeVar

import msgspec

from tidegate.auth.policy import literals
from tidegate.auth.policy.variables import joined
from tidegate.auth.policy.wildcard import ArnPattern, Part, Wildcard

_T = TypeVar("_T")

Parts: TypeAlias = tuple[Part, ...]
Matcher: TypeAlias = Callable[[str], bool]
Build: TypeAlias = Callable[[Sequence[Parts]], Matcher]
"""From the policy's values, of which one must fit, to a test.  Raises ValueError where a value can
never be what the operator compares (a date that is no date)."""


class Operator(msgspec.Struct, frozen=True):
    build: Build
    negated: bool = False
    variables: bool = False
    """Whether policy variables stand for something in the policy's values."""


def _equals(values: Sequence[Parts]) -> Matcher:
    return frozenset(map(joined, values)).__contains__


def _equals_ignoring_case(values: Sequence[Parts]) -> Matcher:
    wanted = frozenset(joined(value).lower() for value in values)
    return lambda value: value.lower() in wanted


def _like(values: Sequence[Parts]) -> Matcher:
    return _any_of([Wildcard(value).matches for value in values])


def _arn(values: Sequence[Parts]) -> Matcher:
    return _any_of([ArnPattern(value).matches for value in values])


def _any_of(tests: list[Matcher]) -> Matcher:
    if len(tests) == 1:
        return tests[0]
    return lambda value: any(test(value) for test in tests)


def _comparison(
    read: Callable[[str], Decimal | None], compare: Callable[[Decimal, Decimal], bool]
) -> Build:
    def build(values: Sequence[Parts]) -> Matcher:
        bounds = [_literal(read, value) for value in values]

        def fits(text: str) -> bool:
            value = read(text)
            return value is not None and any(compare(value, bound) for bound in bounds)

        return fits

    return build


def _literal(read: Callable[[str], _T | None], parts: Parts) -> _T:
    value = read(joined(parts))
    if value is None:
        raise ValueError(joined(parts))
    return value


def _boolean(values: Sequence[Parts]) -> Matcher:
    wanted: set[bool | None] = {_truth(value) for value in values}
    wanted.discard(None)
    return lambda text: literals.boolean(text) in wanted


def _truth(parts: Parts) -> bool | None:
    """What the request has put in a variable's place may be anything; the policy's own may not."""
    if any(literal for literal, _ in parts):
        return literals.boolean(joined(parts))
    return _literal(literals.boolean, parts)


def _binary(values: Sequence[Parts]) -> Matcher:
    wanted = frozenset(_literal(literals.binary, value) for value in values)

    def fits(text: str) -> bool:
        value = literals.binary(text)
        return value is not None and value in wanted

    return fits


def _address(values: Sequence[Parts]) -> Matcher:
    ranges = [_literal(literals.network, value) for value in values]

    def fits(text: str) -> bool:
        address = literals.address(text)
        if address is None:
            return False
        version, number = address
        for of, first, last in ranges:  # noqa: SIM110 (a generator takes twice as long)
            if version == of and first <= number <= last:
                return True
        return False

    return fits


_COMPARISONS: Final[dict[str, Callable[[Decimal, Decimal], bool]]] = {
    "equals": operator.eq,
    "lessthan": operator.lt,
    "lessthanequals": operator.le,
    "greaterthan": operator.gt,
    "greaterthanequals": operator.ge,
}

NULL: Final = "null"

OPERATORS: Final[dict[str, Operator]] = {
    "stringequals": Operator(_equals, variables=True),
    "stringnotequals": Operator(_equals, negated=True, variables=True),
    "stringequalsignorecase": Operator(_equals_ignoring_case, variables=True),
    "stringnotequalsignorecase": Operator(_equals_ignoring_case, negated=True, variables=True),
    "stringlike": Operator(_like, variables=True),
    "stringnotlike": Operator(_like, negated=True, variables=True),
    "arnequals": Operator(_arn, variables=True),
    "arnlike": Operator(_arn, variables=True),
    "arnnotequals": Operator(_arn, negated=True, variables=True),
    "arnnotlike": Operator(_arn, negated=True, variables=True),
    **{
        f"numeric{name}": Operator(_comparison(literals.number, compare))
        for name, compare in _COMPARISONS.items()
    },
    "numericnotequals": Operator(_comparison(literals.number, operator.eq), negated=True),
    **{
        f"date{name}": Operator(_comparison(literals.instant, compare))
        for name, compare in _COMPARISONS.items()
    },
    "datenotequals": Operator(_comparison(literals.instant, operator.eq), negated=True),
    "bool": Operator(_boolean, variables=True),
    "binaryequals": Operator(_binary),
    "ipaddress": Operator(_address),
    "notipaddress": Operator(_address, negated=True),
    NULL: Operator(_boolean),
}
"""By name in lower case.  `null` asks whether the key is absent, as a text `true` or `false`."""
