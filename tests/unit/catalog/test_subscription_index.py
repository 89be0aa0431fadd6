"""The index over a topic's policies: few are asked, and all that match are found."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tidegate.catalog.filter_policy import index as index_module
from tidegate.catalog.filter_policy.documents import Scope, compile_filter
from tidegate.catalog.filter_policy.index import SubscriptionIndex
from tidegate.catalog.filter_policy.messages import Attributes, Fields
from tidegate.catalog.filter_policy.operators import (
    AddressRange,
    AnythingBut,
    NumberRange,
    Prefix,
    Wildcard,
)

SUBSCRIPTIONS = 1_000


def _index(
    policy: Callable[[int], dict[str, Any]], scope: Scope = "MessageAttributes"
) -> SubscriptionIndex[int]:
    return SubscriptionIndex(
        {
            number: compile_filter(json.dumps(policy(number)), scope)
            for number in range(SUBSCRIPTIONS)
        }
    )


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The rules that were evaluated."""
    rules: list[object] = []
    holds = index_module._Entry.holds

    def counted(entry: Any, fields: Fields) -> bool:
        rules.append(entry.rule)
        return holds(entry, fields)

    monkeypatch.setattr(index_module._Entry, "holds", counted)
    return rules


@pytest.mark.parametrize(
    ("policy", "attributes", "found", "most_asked"),
    [
        (
            lambda n: {"type": ["order"], "customer": [f"c{n}"]},
            {"type": ("String", "order"), "customer": ("String", "c7")},
            [7],
            3,
        ),
        (
            lambda n: {"type": [{"exists": True}], "customer": [f"c{n}", f"d{n}"]},
            {"type": ("String", "order"), "customer": ("String", "d7")},
            [7],
            3,
        ),
        (
            lambda n: {"event": [{"prefix": f"{n}."}]},
            {"event": ("String", "7.x")},
            [7],
            1,
        ),
        (
            lambda n: {"event": [{"suffix": f".{n}"}]},
            {"event": ("String", "x.7")},
            [7],
            1,
        ),
        (
            lambda n: {"event": [{"equals-ignore-case": f"e{n}"}]},
            {"event": ("String", "E7")},
            [7],
            1,
        ),
        (
            lambda n: {"event": [{"wildcard": f"e{n:03d}.*x"}]},
            {"event": ("String", "e007.yx")},
            [7],
            1,
        ),
        (
            lambda n: {"price": [{"numeric": [">=", n, "<", n + 1]}]},
            {"price": ("Number", "7.5")},
            [7],
            3,
        ),
        (
            lambda n: {"ip": [f"10.0.{n // 256}.{n % 256}"]},
            {"ip": ("String", "10.0.0.7")},
            [7],
            1,
        ),
        (
            lambda n: {"a": [f"x{n}"], "b": [{"anything-but": f"y{n}"}]},
            {"a": ("String", "x7"), "b": ("String", "z")},
            [7],
            3,
        ),
        (
            lambda n: {"a": [{"exists": True}], f"k{n}": [{"exists": True}]},
            {"a": ("String", "x"), "k7": ("String", "x")},
            [7],
            3,
        ),
    ],
    ids=[
        "common and rare", "present", "prefix", "suffix", "case", "wildcard", "range", "address",
        "anything-but", "key",
    ],
)  # fmt: skip
def test_few_are_asked(
    asked: list[object],
    policy: Callable[[int], dict[str, Any]],
    attributes: Attributes,
    found: list[int],
    most_asked: int,
) -> None:
    index = _index(policy)

    assert index.match(attributes, "") == found
    assert len(asked) <= most_asked


@pytest.mark.parametrize(
    ("values", "attribute"),
    [
        ([{"wildcard": "x*y"}], ("String", "xz")),
        ([{"wildcard": "*x*y"}], ("String", "zy")),
        ([{"numeric": [">", 1, "<", 3]}], ("Number", "1")),
        ([{"prefix": "xy"}], ("String", "x")),
        ([{"suffix": "xy"}], ("String", "y")),
        ([{"exists": True}], ("String.Array", "[null]")),
        ([{"anything-but": "x"}], ("String", "x")),
        ([{"prefix": "1"}, {"exists": False}], ("Number", "1")),
    ],
)
def test_what_is_found_is_asked(values: list[Any], attribute: tuple[str, str]) -> None:
    index = SubscriptionIndex({1: compile_filter(json.dumps({"a": values}))})

    assert index.match({"a": attribute}, "") == []


def test_absence_is_found() -> None:
    index = SubscriptionIndex(
        {
            "absent": compile_filter('{"a":[{"exists":false},"x"]}'),
            "null": compile_filter('{"a":[null,"x"]}'),
        }
    )

    assert index.match({}, "") == ["null"]
    assert index.match({"b": ("String", "x")}, "") == ["absent", "null"]
    assert index.match({"a": ("String", "x")}, "") == ["absent", "null"]
    assert index.match({"a": ("String", "y")}, "") == []


@pytest.mark.parametrize("width", [0.00001, 0.5, 3, 1000])
def test_every_number_finds_its_ranges(width: float) -> None:
    index = _index(lambda n: {"price": [{"numeric": [">=", n - 500, "<=", n - 500 + width]}]})

    for number in (-501, -500, -499.5, -1, -0.00001, 0, 0.00001, 0.5, 0.50001, 2, 498.5, 499, 502):
        found = index.match({"price": ("Number", repr(number))}, "")

        assert sorted(found) == [
            n for n in range(SUBSCRIPTIONS) if n - 500 <= number <= n - 500 + width
        ]


def test_equal_policies_are_asked_once(asked: list[object]) -> None:
    index = _index(lambda n: {"a": [{"anything-but": "x"}]})

    assert index.match({"a": ("String", "y")}, "") == list(range(SUBSCRIPTIONS))
    assert len(asked) == 1


def test_body_is_read_for_bodies_only() -> None:
    index = _index(lambda n: {"customer": {"id": [f"c{n}"]}}, "MessageBody")
    index.add(-1, compile_filter('{"customer":["c7"]}'))

    assert index.match({}, '{"customer":{"id":"c7"}}') == [7]
    assert index.match({"customer": ("String", "c7")}, "no JSON") == [-1]


def test_subscription_without_policy_gets_everything() -> None:
    index = SubscriptionIndex({"all": None, "empty": compile_filter("{}", "MessageBody")})

    assert index.match({}, "no JSON") == ["all", "empty"]


def test_alternatives_find_a_subscription_once() -> None:
    policy = '{"$or":[{"a":["x"]},{"b":["x","y"]}]}'
    index = SubscriptionIndex({"both": compile_filter(policy)})

    assert index.match({"a": ("String", "x"), "b": ("String.Array", '["x","y"]')}, "") == ["both"]


def test_policy_is_replaced() -> None:
    index = SubscriptionIndex({1: compile_filter('{"a":["x"]}'), 2: compile_filter('{"a":["x"]}')})

    index.add(1, compile_filter('{"a":["y"]}'))

    assert index.match({"a": ("String", "x")}, "") == [2]
    assert index.match({"a": ("String", "y")}, "") == [1]

    index.add(1, None)
    index.remove(2)
    index.remove(3)

    assert index.match({"a": ("String", "x")}, "") == [1]
    assert (1 in index, 2 in index, len(index)) == (True, False, 1)


# --- Bodies with many values ---------------------------------------------------------------------

VALUES = [f"v{number:04d}" for number in range(2_000)]


def _array(values: list[Any]) -> str:
    return json.dumps({"key": values})


def test_a_rule_is_asked_once_however_many_values_lead_to_it(asked: list[object]) -> None:
    index = SubscriptionIndex(
        {0: compile_filter('{"key": [{"wildcard": "v*x"}, "v0001", "v0002"]}', "MessageBody")}
    )
    assert index.match({}, _array(VALUES)) == [0]
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("condition", "values", "found"),
    [
        (lambda n: {"wildcard": f"*{n}*x"}, VALUES, []),
        (lambda n: {"wildcard": f"v*{n}x*"}, VALUES, []),
        (lambda n: {"wildcard": f"v*{n:03d}*"}, VALUES, list(range(SUBSCRIPTIONS))),
        (lambda n: {"wildcard": f"*7*{n}*x"}, [*VALUES, "a7b12x", 12, None], [1, 2, 12]),
        (lambda n: {"numeric": [">", n + 0.1, "<", n + 0.9]}, [*range(2_000), 7.5], [7]),
        (lambda n: {"cidr": f"10.{n // 256}.{n % 256}.0/24"}, [*VALUES, "10.0.7.9"], [7]),
        (lambda n: {"anything-but": {"wildcard": ["v*", f"x{n}*"]}}, [*VALUES, "x7"], None),
        (lambda n: {"anything-but": {"prefix": ["v", f"x{n}"]}}, [*VALUES, "x7"], None),
    ],
)
def test_values_are_not_gone_through_for_each_rule(
    monkeypatch: pytest.MonkeyPatch,
    condition: Callable[[int], dict[str, Any]],
    values: list[Any],
    found: list[int] | None,
) -> None:
    """None: all but those that what begins with `x7` is excluded by."""
    index = _index(lambda n: {"key": [condition(n)]}, "MessageBody")
    for operator in (Wildcard, NumberRange, AddressRange, Prefix, AnythingBut):
        monkeypatch.setattr(operator, "accepts", lambda *_: pytest.fail("asked of one value"))
    expected = [n for n in range(SUBSCRIPTIONS) if n != 7] if found is None else found
    assert sorted(index.match({}, _array(values))) == expected


def test_patterns_follow_the_policies() -> None:
    """The automaton is that of the policies which stand now."""
    index = _index(lambda n: {"key": [{"wildcard": f"*{n}*x"}]}, "MessageBody")
    body = _array([*VALUES, "new"])
    assert index.match({}, body) == []
    index.add(0, compile_filter('{"key": [{"wildcard": "*n*w*"}]}', "MessageBody"))
    assert index.match({}, body) == [0]
    index.remove(0)
    assert index.match({}, body) == []
