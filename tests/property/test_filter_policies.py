"""Compiled policies and the index against a plain evaluation of the same JSON."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import patch

from hypothesis import assume, given
from hypothesis import strategies as st

import filter_model as model
from tidegate.catalog.filter_policy import index as index_module
from tidegate.catalog.filter_policy.documents import Scope, compile_filter
from tidegate.catalog.filter_policy.index import SubscriptionIndex
from tidegate.catalog.filter_policy.matching import CompiledFilter
from tidegate.catalog.filter_policy.refused import InvalidFilterPolicy

BEYOND_LIMITS = (
    "FilterPolicy: Filter policy is too complex",
    "FilterPolicy: Filter policy can not have more than 5 keys",
)


def _compiled(policy: dict[str, Any], scope: Scope) -> CompiledFilter | None:
    """The policy, None where it is beyond AWS's limits."""
    try:
        return compile_filter(json.dumps(policy), scope)
    except InvalidFilterPolicy as refusal:
        if refusal.text in BEYOND_LIMITS:
            return None
        raise


@given(model.flat_policies, model.attributes)
def test_attributes_pass_as_they_would_plainly(
    policy: dict[str, Any], attributes: dict[str, Any]
) -> None:
    compiled = _compiled(policy, "MessageAttributes")
    assume(compiled is not None)
    assert compiled is not None

    assert compiled.matches(attributes, "") == model.attributes_pass(policy, attributes)


@given(model.nested_policies, model.bodies)
def test_bodies_pass_as_they_would_plainly(policy: dict[str, Any], body: dict[str, Any]) -> None:
    compiled = _compiled(policy, "MessageBody")
    assume(compiled is not None)
    assert compiled is not None

    assert compiled.matches({}, json.dumps(body)) == model.body_passes(policy, body)


scoped_policies = st.one_of(
    st.tuples(model.narrow_policies, st.just("MessageAttributes")),
    st.tuples(model.flat_policies, st.just("MessageAttributes")),
    st.tuples(model.nested_policies, st.just("MessageBody")),
    st.just(({}, "MessageAttributes")),
)
changes = st.lists(
    st.tuples(st.integers(0, 7), st.none() | st.just("remove") | scoped_policies), max_size=14
)


messages = st.lists(
    st.tuples(model.narrow_attributes | model.attributes, model.bodies), min_size=1, max_size=8
)


@given(changes, messages)
def test_index_finds_what_asking_every_policy_finds(
    made: list[tuple[int, Any]], messages: list[tuple[dict[str, Any], dict[str, Any]]]
) -> None:
    _check_index(made, messages)


@given(changes, messages)
def test_many_values_are_found_as_few_are(
    made: list[tuple[int, Any]], messages: list[tuple[dict[str, Any], dict[str, Any]]]
) -> None:
    with patch.object(index_module, "_MANY", 0):
        _check_index(made, messages)


def _check_index(
    made: list[tuple[int, Any]], messages: list[tuple[dict[str, Any], dict[str, Any]]]
) -> None:
    index: SubscriptionIndex[int] = SubscriptionIndex()
    kept: dict[int, CompiledFilter | None] = {}
    for key, change in made:
        if change == "remove":
            index.remove(key)
            kept.pop(key, None)
            continue
        compiled = None if change is None else _compiled(*change)
        index.add(key, compiled)
        kept[key] = compiled

    for attributes, body in messages:
        text = json.dumps(body)
        found = index.match(attributes, text)
        expected = [
            key
            for key, policy in kept.items()
            if policy is None or policy.matches(attributes, text)
        ]

        assert sorted(found) == sorted(expected)
    assert len(index) == len(kept)


@given(st.lists(scoped_policies, max_size=6))
def test_index_forgets_what_is_taken_out(made: list[Any]) -> None:
    index = SubscriptionIndex({key: _compiled(*policy) for key, policy in enumerate(made)})

    for key in range(len(made)):
        index.remove(key)

    assert len(index) == 0
    for scope in (index._attributes, index._bodies):
        assert not scope.wanted
        assert not scope._paths
        assert not scope._with_absent
