"""Filter policies evaluated plainly and slowly, straight from their JSON, and inputs for them.

A body becomes *worlds*: in each world every array of objects has one element.  A policy passes a
body where all conditions of one of its rules hold in one world.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from ipaddress import ip_address, ip_network
from itertools import product
from typing import Any

from hypothesis import strategies as st

World = dict[str, list[Any]]


def rules(policy: dict[str, Any], path: str = "") -> list[dict[str, list[Any]]]:
    """The alternatives of a policy, each path → what it accepts."""
    found: list[dict[str, list[Any]]] = [{}]
    for name, value in policy.items():
        if name == "$or":
            choices = [rule for branch in value for rule in rules(branch, path)]
        elif isinstance(value, dict):
            choices = rules(value, f"{path}{name}.")
        else:
            choices = [{f"{path}{name}": value}]
        found = [one | other for one in found for other in choices]
    return found


def worlds(value: Any, path: str) -> list[World]:
    if isinstance(value, dict):
        parts = [worlds(inner, f"{path}.{name}" if path else name) for name, inner in value.items()]
        return [_merged(chosen) for chosen in product(*parts)]
    if isinstance(value, list):
        scalars: World = {}
        for item in value:
            if not isinstance(item, dict | list):
                scalars.setdefault(path, []).append(item)
        inner = [
            world for item in value if isinstance(item, dict | list) for world in worlds(item, path)
        ]
        return [_merged((scalars, world)) for world in inner or [{}]]
    return [{path: [value]}]


def _merged(parts: tuple[World, ...]) -> World:
    merged: World = {}
    for part in parts:
        for path, values in part.items():
            merged[path] = merged.get(path, []) + values
    return merged


def _number(value: Any) -> int | None:
    """The number's five digits after the point, where it is one that is compared as a number."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    exact = Fraction(str(value)) if isinstance(value, float) else Fraction(value)
    return math.floor(exact * 100_000) if abs(exact) <= 10**9 else None


def accepts(condition: Any, value: Any) -> bool:
    if not isinstance(condition, dict):
        return _equal(condition, value)
    ((operator, operand),) = condition.items()
    match operator:
        case "exists":
            return bool(operand) and value is not None and value != ""
        case "numeric":
            return _number(value) is not None and _in_range(operand, value)
        case "anything-but" if isinstance(operand, dict):
            ((inner, patterns),) = operand.items()
            listed = patterns if isinstance(patterns, list) else [patterns]
            return not any(accepts({inner: pattern}, value) for pattern in listed)
        case "anything-but":
            listed = operand if isinstance(operand, list) else [operand]
            return not any(_same(one, value) for one in listed)
    if not isinstance(value, str):
        return False
    match operator:
        case "prefix":
            return value[: len(operand)] == operand
        case "suffix":
            return operand == "" or value[-len(operand) :] == operand
        case "equals-ignore-case":
            return value.casefold() == operand.casefold()
        case "wildcard":
            return _fits(operand, value)
        case "cidr":
            try:
                return ip_address(value) in ip_network(operand, strict=False)
            except ValueError:
                return False
    raise AssertionError(operator)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return one is other or (type(one) is type(other) and one == other)
    if one is None or other is None or isinstance(one, bool) or isinstance(other, bool):
        return one is other
    number, another = _number(one), _number(other)
    if number is None and another is None:
        # Beyond the bounds a number is what is written, and equals nothing else.
        return str(one) == str(other)
    return number == another


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str) and one != other:
        try:
            return ip_address(one) == ip_address(other)
        except ValueError:
            return False
    return _same(one, other)


def _in_range(terms: list[Any], value: Any) -> bool:
    number = _number(value)
    assert number is not None
    for comparison, bound in zip(terms[::2], terms[1::2], strict=True):
        limit = _number(bound)
        assert limit is not None
        holds = {
            "=": number == limit,
            "<": number < limit,
            "<=": number <= limit,
            ">": number > limit,
            ">=": number >= limit,
        }
        if not holds[comparison]:
            return False
    return True


def _fits(pattern: str, text: str) -> bool:
    """By trying everything that a `*` may stand for."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(_fits(pattern[1:], text[skip:]) for skip in range(len(text) + 1))
    literal, rest = (pattern[1], pattern[2:]) if pattern[0] == "\\" else (pattern[0], pattern[1:])
    return text[:1] == literal and _fits(rest, text[1:])


def body_passes(policy: dict[str, Any], body: Any) -> bool:
    if not isinstance(body, dict):
        return not policy
    possible = worlds(body, "")
    everywhere = {path for world in possible for path in world}
    return any(
        all(_holds(conditions, path, world, everywhere) for path, conditions in rule.items())
        for rule in rules(policy)
        for world in possible
    )


def _holds(conditions: list[Any], path: str, world: World, everywhere: set[str]) -> bool:
    if path not in everywhere:
        return {"exists": False} in conditions
    return any(accepts(one, value) for one in conditions for value in world.get(path, []))


def attributes_pass(policy: dict[str, Any], attributes: Mapping[str, tuple[str, Any]]) -> bool:
    seen: dict[str, list[Any]] = {}
    for name, (data_type, value) in attributes.items():
        if data_type == "String":
            seen[name] = [value]
        elif data_type == "Number":
            seen[name] = [Decimal(value)]
        elif data_type == "String.Array":
            seen[name] = json.loads(value, parse_float=Decimal)
    return any(
        all(_attribute_holds(conditions, seen, name) for name, conditions in rule.items())
        for rule in rules(policy)
    )


def _attribute_holds(conditions: list[Any], seen: dict[str, list[Any]], name: str) -> bool:
    if not seen.get(name):
        return None in conditions or (bool(seen) and {"exists": False} in conditions)
    return any(accepts(one, value) for one in conditions for value in seen[name])


# --- Inputs --------------------------------------------------------------------------------------

NAMES = ("a", "b", "c", "d", "e")

words = st.sampled_from(
    ["", "x", "X", "xy", "xyz", "yx", "xyxy", "*", "x*y", "\\", "10.0.0.1", "10.0.0.77", "::1",
     "0:0::1", "true", "null", "1", "ß", "é", "É", "1.5"]
)  # fmt: skip
numbers = st.sampled_from([0, 1, -1, 7, 7.5, 7.00001, 1e9, -1e9, 100, 99.99999, -0.00001])
wild_numbers = numbers | st.sampled_from([1e10, 12345678901, 7.000001, 7.000009, -7.000001])
patterns = st.sampled_from(["*", "x*", "*y", "x*y", "*x*", "x\\*y", "\\\\", "", "x*x*", "xy"])


def _ranges(bounds: list[float]) -> Any:
    low, high = sorted(bounds)
    return st.sampled_from([">", ">="]).flatmap(
        lambda lower: st.sampled_from(["<", "<="]).map(
            lambda upper: {"numeric": [lower, low, upper, high]}
        )
    )


def _operand(name: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return values.map(lambda value: {name: value})


def _one_or_more(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return values | st.lists(values, min_size=1, max_size=3)


full_words = words.filter(bool)
conditions = st.one_of(
    words,
    wild_numbers,
    st.sampled_from([True, False, None]),
    _operand("prefix", words),
    _operand("suffix", words),
    _operand("equals-ignore-case", words),
    _operand("wildcard", patterns),
    _operand("exists", st.booleans()),
    _operand("cidr", st.sampled_from(["10.0.0.0/26", "10.0.0.1/8", "::/64", "::1/127"])),
    _operand("numeric", st.tuples(st.sampled_from(["=", "<", "<=", ">", ">="]), numbers).map(list)),
    st.lists(numbers, min_size=2, max_size=2, unique_by=_number).flatmap(_ranges),
    _operand("anything-but", _one_or_more(words) | _one_or_more(numbers)),
    _operand(
        "anything-but",
        _operand("prefix", _one_or_more(full_words))
        | _operand("suffix", _one_or_more(full_words))
        | _operand("equals-ignore-case", _one_or_more(words))
        | _operand("wildcard", _one_or_more(patterns)),
    ),
)
values = st.lists(conditions, min_size=1, max_size=2)

flat_objects = st.dictionaries(st.sampled_from(NAMES), values, min_size=1, max_size=2)


def _with_or(
    objects: st.SearchStrategy[dict[str, Any]],
) -> st.SearchStrategy[dict[str, Any]]:
    return objects | st.tuples(objects, st.lists(objects, min_size=2, max_size=2)).map(
        lambda parts: {**parts[0], "$or": parts[1]}
    )


flat_policies = _with_or(flat_objects)
narrow_policies = st.dictionaries(st.sampled_from(NAMES[:2]), values, min_size=1, max_size=2)
nested_policies = _with_or(
    st.dictionaries(
        st.sampled_from(NAMES[:3]), values | flat_objects | _with_or(flat_objects), min_size=1,
        max_size=2,
    )
)  # fmt: skip

scalars = st.one_of(words, wild_numbers, st.sampled_from([True, False, None]))
attribute_values = st.one_of(
    words.map(lambda text: ("String", text)),
    wild_numbers.map(lambda number: ("Number", repr(number))),
    st.lists(scalars, max_size=3).map(lambda items: ("String.Array", json.dumps(items))),
    st.just(("Binary", b"x")),
)
attributes = st.dictionaries(st.sampled_from(NAMES), attribute_values, max_size=4)
narrow_attributes = st.dictionaries(st.sampled_from(NAMES[:2]), attribute_values, max_size=2)
bodies = st.dictionaries(
    st.sampled_from(NAMES[:3]),
    st.recursive(
        scalars,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(NAMES[:3]), inner, max_size=2)
        ),
        max_leaves=5,
    ),
    max_size=3,
)
