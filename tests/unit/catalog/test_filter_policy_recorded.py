"""Filter policies that AWS itself refused, with its words for it."""

from __future__ import annotations

import json

import pytest

from tidegate.catalog.filter_policy.documents import Scope, compile_filter
from tidegate.catalog.filter_policy.refused import InvalidFilterPolicy

REFUSED = {
    '{"key":[]}': ("Empty arrays are not allowed", 10),
    '{"key":[{"suffix":100}]}': ("suffix match pattern must be a string", 22),
    '{"key":[{"suffix":null}]}': ("suffix match pattern must be a string", 23),
    '{"key":{"suffix":"value"}}': ('"suffix" must be an object or an array', 19),
    '{"key":[{"suffix":[]}]}': ("suffix match pattern must be a string", 20),
    '{"key":[{"suffix":["test","test2"]}]}': ("suffix match pattern must be a string", 20),
    '{"key":{"suffix":"value","prefix":"value"}}': ('"suffix" must be an object or an array', 19),
    '{"key":{"not-an-operator":"value"}}': (
        '"not-an-operator" must be an object or an array',
        28,
    ),
    '{"key":[{"cidr":["bad-filter"]}]}': ("prefix match pattern must be a string", 18),
    '{"key":[{"anything-but":{"wrong-operator":null}}]}': (
        "Unsupported anything-but pattern: wrong-operator",
        47,
    ),
    '{"key":[{"anything-but":{"exists":false}}]}': (
        "Unsupported anything-but pattern: exists",
        40,
    ),
    '{"key":[{"anything-but":{"prefix":false}}]}': ("prefix match pattern must be a string", 40),
    '{"key_a":"value_one"}': ('"key_a" must be an object or an array', 11),
}
WITHOUT_PLACE = {
    '{"key":[{"cidr":"bad-filter"}]}': "Malformed CIDR, one '/' required",
    '{"key":[{"cidr":"bad-filter/64"}]}': "Nonstandard IP address: bad-filter",
    '{"key":[{"cidr":"bad-filter/bad"}]}': "Malformed CIDR, mask bits must be an integer",
    '{"key":[{"cidr":"xx.11.xx/8"}]}': "Nonstandard IP address: xx.11.xx",
    '{"key":[{"cidr":"xxxx:db8:1234:1a00::/64"}]}': (
        "Nonstandard IP address: xxxx:db8:1234:1a00::"
    ),
}


def _refusal(text: str, scope: Scope = "MessageAttributes") -> str:
    with pytest.raises(InvalidFilterPolicy) as caught:
        compile_filter(text, scope)
    return caught.value.text


@pytest.mark.parametrize("scope", ["MessageAttributes", "MessageBody"])
@pytest.mark.parametrize("text", REFUSED)
def test_refusal_names_the_place(text: str, scope: Scope) -> None:
    reason, column = REFUSED[text]

    expected = f'FilterPolicy: {reason}\n at [Source: (String)"{text}"; line: 1, column: {column}]'

    assert _refusal(text, scope) == expected


@pytest.mark.parametrize("text", WITHOUT_PLACE)
def test_bad_network_is_refused_without_a_place(text: str) -> None:
    assert _refusal(text) == f"FilterPolicy: {WITHOUT_PLACE[text]}"


def test_text_that_is_no_json_is_refused_in_other_words() -> None:
    assert _refusal("{invalidjson}") == (
        "FilterPolicy: failed to parse JSON. Unexpected character ('i' (code 105)): was expecting "
        "double-quote to start field name\n at [Source: REDACTED "
        "(`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 2]"
    )


@pytest.mark.parametrize(
    "policy",
    [
        {"key": [str(number) for number in range(151)]},
        {"a": [str(number) for number in range(13)], "b": [str(number) for number in range(12)]},
        {
            "source": ["x", "y", "z"],
            "$or": [{"a": [str(n) for n in range(25)]}, {"b": [str(n) for n in range(26)]}],
        },
    ],
)
def test_too_many_combinations_are_refused(policy: dict[str, object]) -> None:
    assert _refusal(json.dumps(policy)) == "FilterPolicy: Filter policy is too complex"


def test_levels_of_nesting_multiply_combinations() -> None:
    """Developer guide, "Filter policy constraints": each key's values times its levels."""
    below = {"a": {"b": {"c": ["1", "2", "3", "4"]}}, "d": {"e": ["1", "2", "3", "4", "5", "6"]}}
    above = {"a": {"b": {"c": ["1", "2", "3", "4"]}}, "d": {"e": [*"1234567"]}}

    assert compile_filter(json.dumps(below), "MessageBody").rules

    assert _refusal(json.dumps(above), "MessageBody") == (
        "FilterPolicy: Filter policy is too complex"
    )


@pytest.mark.parametrize("scope", ["MessageAttributes", "MessageBody"])
def test_sixth_key_is_refused(scope: Scope) -> None:
    policy = json.dumps({f"key_{letter}": ["value"] for letter in "abcdef"})

    assert _refusal(policy, scope) == ("FilterPolicy: Filter policy can not have more than 5 keys")
