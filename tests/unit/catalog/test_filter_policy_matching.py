"""Which messages a filter policy lets through, where examples leave it open."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tidegate.catalog.filter_policy.documents import compile_filter
from tidegate.catalog.filter_policy.messages import Attributes


def _body(policy: dict[str, Any], body: Any) -> bool:
    text = body if isinstance(body, str) else json.dumps(body)
    return compile_filter(json.dumps(policy), "MessageBody").matches({}, text)


def _attributes(policy: dict[str, Any], attributes: Attributes) -> bool:
    return compile_filter(json.dumps(policy)).matches(attributes, "")


@pytest.mark.parametrize(
    "body",
    ["", "text", "[]", '["a"]', '"a"', "1", "null", '{"a":"x"} more', '{"a":NaN}', "[" * 100_000],
    ids=lambda body: body[:12],
)
@pytest.mark.parametrize("values", [["x"], [{"exists": False}], [{"anything-but": "y"}], [None]])
def test_body_that_is_no_json_object_passes_nothing(body: str, values: list[Any]) -> None:
    assert not _body({"a": values}, body)


def test_empty_policy_lets_everything_through() -> None:
    assert compile_filter("{}", "MessageBody").matches({}, "no JSON")
    assert compile_filter(" {} ").matches({}, "")


def test_values_keep_their_types() -> None:
    bodies = [{"a": "1"}, {"a": 1}, {"a": True}, {"a": "true"}, {"a": None}, {"a": "null"}]

    def passing(value: Any) -> list[Any]:
        return [body["a"] for body in bodies if _body({"a": [value]}, body)]

    assert passing("1") == ["1"]
    assert passing(1) == [1]
    assert passing(True) == [True]
    assert passing("true") == ["true"]
    assert passing(None) == [None]
    assert passing("null") == ["null"]


@pytest.mark.parametrize(
    ("policy", "text", "passes"),
    [
        (7, "7.0", True),
        (7, "7.000009", True),
        (7, "7.00001", False),
        (7, "0.7e1", True),
        (7, "7" + "0" * 400 + "e-400", True),
        (7, "1e999999999", False),
        (0, "1e-999999999", True),
        (-7, "-7.000001", False),
        (1e9, "1000000000", True),
        (12345678901, "12345678901", True),
        (12345678901, "12345678901.0", False),
    ],
)
def test_numbers_are_compared_to_five_digits(policy: float, text: str, passes: bool) -> None:
    """Developer guide, "Filter policy constraints"; beyond the bounds only the text is the same."""
    assert _attributes({"n": [policy]}, {"n": ("Number", text)}) is passes
    assert _body({"n": [policy]}, f'{{"n":{text}}}') is passes


def test_number_beyond_the_bounds_is_in_no_range() -> None:
    policy = {"n": [{"numeric": [">", 0]}]}

    assert _attributes(policy, {"n": ("Number", "1000000000")})
    assert not _attributes(policy, {"n": ("Number", "1000000001")})


def test_number_is_no_string_and_string_no_number() -> None:
    assert not _attributes({"n": [{"prefix": "1"}]}, {"n": ("Number", "12")})
    assert not _attributes({"n": [{"numeric": [">", 0]}]}, {"n": ("String", "12")})
    assert _attributes({"n": [{"anything-but": {"prefix": "1"}}]}, {"n": ("Number", "12")})


def test_labels_of_types_do_not_matter() -> None:
    assert _attributes({"n": [12]}, {"n": ("Number.int", "12")})
    assert _attributes({"n": ["12"]}, {"n": ("String.label", "12")})


def test_binary_attributes_are_ignored() -> None:
    """Developer guide, "Filter policy constraints"."""
    attributes: Attributes = {"a": ("Binary", b"x"), "b": ("Binary.png", b"y")}

    assert not _attributes({"a": [{"exists": True}]}, attributes)
    assert not _attributes({"c": [{"exists": False}]}, attributes)
    assert _attributes({"a": [{"exists": False}]}, {**attributes, "s": ("String", "x")})


@pytest.mark.parametrize("text", ["", "x", "{}", '"x"', "[", "[[[]]]", '[{"a":"x"}]', "[]"])
def test_array_attribute_without_scalars_has_no_value(text: str) -> None:
    attributes: Attributes = {"a": ("String.Array", text)}

    assert not _attributes({"a": [{"exists": True}]}, attributes)
    assert not _attributes({"a": [{"anything-but": "y"}]}, attributes)
    assert _attributes({"a": [{"exists": False}]}, attributes)


def test_array_attribute_has_values_of_all_types() -> None:
    attributes: Attributes = {"a": ("String.Array", '["x", 1.50, true, null]')}

    for value in ("x", 1.5, True, None):
        assert _attributes({"a": [value]}, attributes)
    for value in ("1.5", "true", False, 2):
        assert not _attributes({"a": [value]}, attributes)


def test_null_in_a_body_is_there_but_is_no_value() -> None:
    """Developer guide, "Key matching": the key must have a non-null and non-empty value."""
    for empty in (None, ""):
        assert not _body({"a": [{"exists": True}]}, {"a": empty})
        assert not _body({"a": [{"exists": False}]}, {"a": empty})
    for nothing in ([], {}, [[]], [{}]):
        assert not _body({"a": [{"exists": True}]}, {"a": nothing})
        assert _body({"a": [{"exists": False}]}, {"a": nothing})
    assert not _body({"a": [None]}, {"b": 1})


def test_exists_is_asked_of_leaves_only() -> None:
    """Developer guide, "Key matching"."""
    assert not _body({"a": [{"exists": True}]}, {"a": {"b": 1}})
    assert _body({"a": {"b": [{"exists": True}]}}, {"a": {"b": 1}})


def test_conditions_hold_in_one_element_of_an_array() -> None:
    policy = {"lines": {"sku": ["a"], "size": ["XL"]}}

    assert _body(policy, {"lines": [{"sku": "b"}, {"sku": "a", "size": "XL"}]})
    assert not _body(policy, {"lines": [{"sku": "b", "size": "XL"}, {"sku": "a", "size": "S"}]})
    assert _body(policy, {"lines": [[{"sku": "a", "size": ["S", "XL"]}]]})
    assert not _body(policy, {"lines": [[{"sku": "a"}, {"size": "XL"}]]})


def test_arrays_beside_each_other_are_independent() -> None:
    policy = {"a": {"x": ["1"]}, "b": {"y": ["2"]}, "c": ["3"]}

    body = {"a": [{"x": "0"}, {"x": "1"}], "b": [{"y": "2"}, {"y": "0"}], "c": ["4", "3"]}

    assert _body(policy, body)


def test_array_in_an_element_belongs_to_it() -> None:
    policy = {"orders": {"id": ["1"], "lines": {"sku": ["a"]}}}

    assert _body(policy, {"orders": [{"id": "1", "lines": [{"sku": "b"}, {"sku": "a"}]}]})
    assert not _body(
        policy, {"orders": [{"id": "1", "lines": [{"sku": "b"}]}, {"lines": [{"sku": "a"}]}]}
    )


def test_key_with_a_dot_stands_beside_the_array_of_its_name() -> None:
    policy = {"x": {"a": ["1"], "b": ["2"]}}
    elements = [{"a": "1"}, {"b": "2"}]

    assert _body(policy, {"x": elements, "x.a": "1"})
    assert _body(policy, {"x": elements, "x.b": "2"})
    assert not _body(policy, {"x": elements, "x.c": "2"})


def test_many_elements_are_searched_once() -> None:
    """Pairs of elements would be 10^8 here."""
    body = {"lines": [{"sku": "a"} for _ in range(10_000)] + [{"size": "b"}] * 10_000}

    assert not _body({"lines": {"sku": ["a"], "size": ["b"]}}, body)


def test_deep_body_is_walked_without_recursion() -> None:
    body = '{"a":' * 900 + '"x"' + "}" * 900

    assert _body({"a": [{"exists": False}]}, body)


def test_address_in_a_policy_means_the_address() -> None:
    assert _body({"ip": ["::1"]}, {"ip": "0:0:0:0:0:0:0:1"})
    assert _body({"ip": ["10.0.0.1"]}, {"ip": "10.0.0.1"})
    assert not _body({"ip": ["10.0.0.1"]}, {"ip": "10.0.0.10"})


def test_network_is_found_from_any_address_in_it() -> None:
    policy = {"ip": [{"cidr": "10.0.0.77/24"}]}

    assert _body(policy, {"ip": "10.0.0.1"})
    assert not _body(policy, {"ip": "10.0.1.77"})
    assert not _body(policy, {"ip": "no address"})


def test_wildcard_pieces_do_not_overlap() -> None:
    assert not _body({"a": [{"wildcard": "ab*ba"}]}, {"a": "aba"})
    assert _body({"a": [{"wildcard": "ab*ba"}]}, {"a": "abba"})
    assert _body({"a": [{"wildcard": "*\\*\\\\*"}]}, {"a": "x*\\y"})
    assert _body({"a": [{"wildcard": "*"}]}, {"a": ""})


def test_policies_are_equal_by_text_and_scope() -> None:
    policy = '{"a":["x"]}'

    assert compile_filter(policy) == compile_filter(policy)
    assert compile_filter(policy) != compile_filter(policy, "MessageBody")
    assert compile_filter(policy) != policy
