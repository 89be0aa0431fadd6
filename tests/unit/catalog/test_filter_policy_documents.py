"""What a filter policy may say, and what is said about one that says something else.

Texts and places without an AWS page are those of Event Ruler's JsonRuleCompiler.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tidegate.catalog.filter_policy.documents import Scope, compile_filter
from tidegate.catalog.filter_policy.refused import InvalidFilterPolicy


def _refusal(policy: object, scope: Scope = "MessageAttributes") -> str:
    text = policy if isinstance(policy, str) else json.dumps(policy, separators=(",", ":"))
    with pytest.raises(InvalidFilterPolicy) as caught:
        compile_filter(text, scope)
    return caught.value.text


def _reason(policy: object, scope: Scope = "MessageAttributes") -> str:
    """The refusal without its beginning and its place."""
    return _refusal(policy, scope).removeprefix("FilterPolicy: ").partition("\n")[0]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([["x"]], "Match value must be String, number, true, false, or null"),
        ([{}], "Match expression name not found"),
        ([{"regex": "x"}], "Unrecognized match type regex"),
        ([{"prefix": 1}], "prefix match pattern must be a string"),
        ([{"wildcard": None}], "wildcard match pattern must be a string"),
        ([{"equals-ignore-case": ["x"]}], "equals-ignore-case match pattern must be a string"),
        ([{"exactly": 1}], "exact match pattern must be a string"),
        ([{"exists": "true"}], "exists match pattern must be either true or false."),
        ([{"exists": True, "prefix": "x"}], "Only one key allowed in match expression"),
        ([{"prefix": "x", "suffix": "y"}], "Only one key allowed in match expression"),
        ([{"cidr": "10.0.0.0/32"}], "IPv4 mask bits must be < 32"),
        ([{"cidr": "::/128"}], "IPv6 mask bits must be < 128"),
        ([{"cidr": "10.0.0.0/-1"}], "Malformed CIDR, mask bits must not be negative"),
        ([{"cidr": "10.0.0.0/"}], "Malformed CIDR, one '/' required"),
        ([{"cidr": "10.0.0.256/8"}], "Invalid IP address: 10.0.0.256"),
        ([{"cidr": "::1::/8"}], "Invalid IP address: ::1::"),
        ([{"wildcard": "a**b"}], "Consecutive wildcard characters at pos 2"),
        ([{"wildcard": "é**"}], "Consecutive wildcard characters at pos 3"),
        ([{"wildcard": "a\\b"}], "Invalid escape character at pos 2"),
        (
            [{"wildcard": "*a*b*c*"}],
            "Wildcard pattern can not have more than 3 wildcard characters",
        ),
    ],
)
def test_bad_expression_is_refused(values: list[Any], reason: str) -> None:
    assert _reason({"key": values}) == reason


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        (5, "Value of numeric must be an array."),
        ([], "Invalid member in numeric match: ]"),
        ([1], "Invalid member in numeric match: 1"),
        ([[]], "Invalid member in numeric match: ["),
        (["~", 1], "Unrecognized numeric range operator: ~"),
        (["="], "Value of equals must be numeric"),
        (["=", "1"], "Value of equals must be numeric"),
        (["<", None], "Value of < must be numeric"),
        ([">=", "x"], "Value of >= must be numeric"),
        (["=", 1, 2], "Too many elements in numeric expression"),
        (["<", 1, ">", 0], "Too many elements in numeric expression"),
        ([">", 1, 2], "Bad value in numeric range: 2"),
        ([">", 1, ">", 2], "Bad numeric range operator: >"),
        ([">", 1, "<"], "Value of < must be numeric"),
        ([">", 1, "<=", "2"], "Value of <= must be numeric"),
        ([">", 1, "<", 2, 3], "Too many terms in numeric range expression"),
        ([">", 2, "<", 1], "Bottom must be less than top"),
        ([">=", 1, "<=", 1.000001], "Bottom must be less than top"),
        (["=", 1e9 + 1], "Value must be between -1.0E9 and 1.0E9, inclusive"),
        ([">", -1e9 - 1], "Value must be between -1.0E9 and 1.0E9, inclusive"),
        ([">", 0, "<", 1e300], "Value must be between -1.0E9 and 1.0E9, inclusive"),
    ],
)
def test_bad_numeric_expression_is_refused(terms: Any, reason: str) -> None:
    assert _reason({"key": [{"numeric": terms}]}) == reason


def test_numeric_expression_has_one_key() -> None:
    policy = {"key": [{"numeric": ["=", 1], "prefix": "x"}]}

    assert _reason(policy) == "Too many elements in numeric expression"


@pytest.mark.parametrize(
    ("operand", "reason"),
    [
        (None, "Value of anything-but must be an array or single string/number value."),
        (True, "Value of anything-but must be an array or single string/number value."),
        ({}, "Anything-But expression name not found"),
        ([None], "Inside anything but list, start|null|boolean is not supported."),
        ([["x"]], "Inside anything but list, start|null|boolean is not supported."),
        (1e10, "Value must be between -1.0E9 and 1.0E9, inclusive"),
        ([1, 1e10], "Value must be between -1.0E9 and 1.0E9, inclusive"),
        ({"prefix": ""}, "Null prefix/suffix not allowed"),
        ({"suffix": ["x", ""]}, "Null prefix/suffix not allowed"),
        ({"prefix": "x", "suffix": "y"}, "Only one key allowed in match expression"),
        ({"numeric": ["=", 1]}, "Unsupported anything-but pattern: numeric"),
        ({"wildcard": [1]}, "wildcard match pattern must be a string"),
        ({"prefix": []}, "Empty arrays are not allowed"),
        (
            [],
            "Inside anything but list, either all values are number or string, mixed type is not "
            "supported",
        ),
        (
            ["x", 1],
            "Inside anything but list, either all values are number or string, mixed type is not "
            "supported",
        ),
    ],
)
def test_bad_anything_but_is_refused(operand: Any, reason: str) -> None:
    assert _reason({"key": [{"anything-but": operand}]}) == reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[]", "Filter is not an object"),
        ('"x"', "Filter is not an object"),
        ('{"a":{}}', "Empty objects are not allowed"),
        ('{"a":"x"}', '"a" must be an object or an array'),
        ('{"$or":[{"a":["x"]},{}]}', "Empty objects are not allowed"),
    ],
)
def test_bad_document_is_refused(text: str, reason: str) -> None:
    assert _reason(text) == reason


@pytest.mark.parametrize(
    ("text", "reason", "column"),
    [
        ("", "No content to map due to end-of-input", 1),
        ('{"a"', "Unexpected end-of-input: expected close marker for Object (start marker at ", 5),
        ('{"a" x', "Unexpected character ('x' (code 120)): was expecting a colon to separate", 6),
        ('{"a":', "Unexpected end-of-input: expected close marker for Object (start marker at ", 6),
        ('{"a":x}', "Unrecognized token 'x': was expecting (JSON String, Number, Array, Object", 7),
        ('{"a":["x" "y"]}', "Unexpected character ('\"' (code 34)): was expecting comma to", 11),
        ('{"a":["x"}', "Unexpected close marker '}': expected ']' (for Array starting at ", 10),
        (
            '{"a":["x"],}',
            "Unexpected character ('}' (code 125)): was expecting double-quote to",
            12,
        ),
        ('{"a":["x"]}}', "Unexpected character ('}' (code 125)): expected the end", 12),
        ('{"a":["x]}', "Unexpected end-of-input: was expecting closing quote for a string", 11),
        ('{"a":["\\x"]}', "Unrecognized character escape 'x' (code 120)", 8),
        ('{"a":["\t"]}', "Illegal unquoted character (CTRL-CHAR, code 9): has to be escaped", 8),
        ('{"a":[01]}', "Invalid numeric value: Leading zeroes not allowed", 8),
        ('{"a":[\u2013]}', "Unexpected character ('\u2013' (code 8211 / 0x2013)): expected a", 7),
        ("{'a':['x']}", "Unexpected character (''' (code 39)): was expecting double-quote", 2),
        ('{"a":[NaN]}', "Unrecognized token 'NaN': was expecting", 10),
    ],
)
def test_text_that_is_no_json_is_refused(text: str, reason: str, column: int) -> None:
    refusal = _refusal(text)

    assert refusal.startswith(f"FilterPolicy: failed to parse JSON. {reason}")
    assert refusal.endswith(f"line: 1, column: {column}]")


def test_place_counts_lines_and_utf16() -> None:
    assert _refusal('{\n  "😀": []\n}').endswith("; line: 2, column: 11]")


def test_refusal_repeats_the_beginning_of_a_long_policy() -> None:
    policy = '{"' + "k" * 600 + '":[]}'

    assert _refusal(policy) == (
        "FilterPolicy: Empty arrays are not allowed\n at [Source: (String)"
        f'"{policy[:500]}"[truncated 107 chars]; line: 1, column: 607]'
    )


def test_attributes_have_no_levels() -> None:
    """Developer guide, "Filter policy constraints": no nesting with attribute-based filtering."""
    text = _refusal({"store": {"name": ["x"]}})

    assert text == "Filter policy scope MessageAttributes does not support nested filter policy"


def test_only_names_at_the_top_count_as_keys() -> None:
    """The example of the developer guide, "Filter policy constraints"."""
    policy = {
        "state": ["SUCCESS"],
        "severity": [{"exists": True}],
        "message": [{"exists": True}],
        "finding": {
            "standard_control": [{"exists": True}],
            "region": [{"exists": True}],
            "account": [{"exists": True}],
        },
    }

    assert len(compile_filter(json.dumps(policy), "MessageBody").rules[0]) == 6


def test_keys_of_one_alternative_count_too() -> None:
    policy = {"$or": [{name: ["x"] for name in "abcdef"}, {"a": ["x"]}]}

    assert _reason(policy) == "Filter policy can not have more than 5 keys"


def test_150_combinations_are_allowed() -> None:
    assert compile_filter(json.dumps({"key": [str(number) for number in range(150)]})).rules


def test_largest_policy_is_allowed() -> None:
    empty = '{"key":[""]}'

    assert compile_filter(empty[:9] + "x" * (262_144 - len(empty)) + empty[9:]).rules
    assert _reason(empty[:9] + "é" * 131_072 + empty[9:]) == (
        "Filter policy can not be larger than 262144 bytes"
    )


@pytest.mark.parametrize(
    ("patterns", "allowed"),
    [(["a*"] * 10, True), (["a*"] * 11, False), (["*a*"] * 4, True), (["*a*"] * 5, False)],
)
def test_wildcards_have_points(patterns: list[str], allowed: bool) -> None:
    """Developer guide, "Filter policy constraints": a pattern's points, times the patterns."""
    policy = {"key": [{"wildcard": pattern} for pattern in patterns]}

    if allowed:
        assert compile_filter(json.dumps(policy)).rules
    else:
        assert _reason(policy) == "Filter policy is too complex"


@pytest.mark.parametrize(
    "policy",
    [
        {"$or": ["x"]},
        {"$or": [{"exists": True}]},
        {"$or": ["x", {"prefix": "y"}]},
        {"$or": [{"prefix": "x"}, {"suffix": "y"}]},
    ],
)
def test_or_may_be_a_key_like_any_other(policy: dict[str, Any]) -> None:
    """Developer guide, "OR operator": an array, two objects at least, no reserved names."""
    compiled = compile_filter(json.dumps(policy))

    assert [condition.path for rule in compiled.rules for condition in rule] == ["$or"]


def test_reserved_names_are_read_as_an_expression() -> None:
    """The example of the developer guide, "OR operator"."""
    assert _reason({"$or": [{"numeric": 123}, {"prefix": "abc"}]}) == (
        "Value of numeric must be an array."
    )


def test_alternatives_multiply() -> None:
    policy = {
        "a": ["1"],
        "$or": [{"b": ["1"]}, {"c": ["1"], "$or": [{"d": ["1"]}, {"e": ["1"]}]}],
    }

    paths = [
        {condition.path for condition in rule} for rule in compile_filter(json.dumps(policy)).rules
    ]

    assert paths == [{"a", "b"}, {"a", "c", "d"}, {"a", "c", "e"}]


def test_later_key_counts() -> None:
    compiled = compile_filter('{"a":["x"],"a":["y"]}')

    assert not compiled.matches({"a": ("String", "x")}, "")
    assert compiled.matches({"a": ("String", "y")}, "")


@pytest.mark.parametrize(
    "text",
    [
        '{"a":' * 5_000,
        '{"a":' * 900 + '["x"]' + "}" * 900,
        "[" * 5_000,
        '{"$or":[' * 400 + '{"a":["x"]}' + ',{"a":["x"]}]}' * 400,
        '{"x":{' + ",".join(f'"k{number}":["x"]' for number in range(20_000)) + "}}",
        '{"$or":[' + ",".join('{"a":["x"]}' for _ in range(20_000)) + "]}",
        '{"a":[' + ",".join('"x"' for _ in range(60_000)) + "]}",
    ],
    ids=["open", "deep", "arrays", "alternatives", "keys", "many alternatives", "values"],
)
def test_monstrous_policy_is_refused(text: str) -> None:
    assert _refusal(text, "MessageBody")
