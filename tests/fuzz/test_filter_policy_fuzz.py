"""Whatever stands where a filter policy is expected: a policy comes out, or an
InvalidFilterPolicy; and what came out answers every message."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filter_model import conditions
from tidegate.catalog.filter_policy.documents import Scope, compile_filter
from tidegate.catalog.filter_policy.index import SubscriptionIndex
from tidegate.catalog.filter_policy.refused import InvalidFilterPolicy

SCOPES: tuple[Scope, ...] = ("MessageAttributes", "MessageBody")

words = st.sampled_from(
    ["", "$or", "prefix", "anything-but", "numeric", "=", ">", "<=", "10.0.0.0/8", "::/0",
     "1e9999999999999999999", "٣.٣.٣.٣", "1.2.3.4/٣", "\ud800", "\\", "*", "**", "a.b", ".", "\x00",
     "::ffff:102:304", "0000000000001.1.1.1", "99999999999999999999.1.1.1"]
)  # fmt: skip
scalars = words | st.text(max_size=6) | st.integers() | st.floats() | st.booleans() | st.none()
operators = st.sampled_from(
    ["prefix", "suffix", "equals-ignore-case", "wildcard", "exactly", "numeric", "anything-but",
     "exists", "cidr"]
)  # fmt: skip
operands = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(operators | words, inner, max_size=2)
    ),
    max_leaves=6,
)
expressions = st.dictionaries(operators | words, operands, min_size=1, max_size=2)
values = st.lists(conditions | expressions | operands, max_size=3)
policies = st.recursive(
    st.dictionaries(words | st.text(max_size=4), values | operands, max_size=4),
    lambda inner: st.dictionaries(
        words | st.just("$or"), inner | st.lists(inner, max_size=3), max_size=3
    ),
    max_leaves=8,
)
messages = st.dictionaries(
    words | st.text(max_size=4),
    st.tuples(
        st.sampled_from(["String", "Number", "String.Array", "Number.Array", "Binary", "", "x"]),
        st.text(max_size=8)
        | words
        | st.binary(max_size=4)
        | st.lists(scalars, max_size=3).map(json.dumps),
    ),
    max_size=4,
)
bodies = st.text(max_size=12) | operands.map(json.dumps) | policies.map(json.dumps)


def _try(text: str, attributes: dict[str, Any], body: str) -> None:
    index: SubscriptionIndex[str] = SubscriptionIndex()
    expected = set()
    for scope in SCOPES:
        try:
            compiled = compile_filter(text, scope)
        except InvalidFilterPolicy:
            continue
        index.add(scope, compiled)
        if compiled.matches(attributes, body):
            expected.add(scope)
    assert set(index.match(attributes, body)) == expected


@given(st.text(max_size=40), messages, bodies)
def test_text(text: str, attributes: dict[str, Any], body: str) -> None:
    _try(text, attributes, body)


@given(policies | operands, messages, bodies)
def test_json(policy: Any, attributes: dict[str, Any], body: str) -> None:
    _try(json.dumps(policy), attributes, body)
    _try(json.dumps(policy, ensure_ascii=False, indent=1), attributes, body)


VALID = (
    '{"a":["x",1.5,null,{"prefix":"p"},{"numeric":[">",0,"<=",1e2]},{"cidr":"10.0.0.0/8"}],\n'
    ' "$or":[{"b":[{"anything-but":{"wildcard":["*\\u0041\\\\\\\\","\\"*"]}}]},'
    '{"c":[{"exists":false},{"anything-but":[1,2]}]}]}'
)


@given(st.integers(0, len(VALID)), st.integers(0, 3), st.text(max_size=2) | words)
def test_valid_policy_with_a_fault(at: int, skipped: int, put_in: str) -> None:
    _try(VALID[:at] + put_in + VALID[at + skipped :], {"a": ("String", "x")}, '{"a":"x","b":1}')


@pytest.mark.parametrize("scope", SCOPES)
def test_policy_that_faults_are_put_into_is_valid(scope: Scope) -> None:
    assert compile_filter(VALID, scope).rules
