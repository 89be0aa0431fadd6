"""Encryption contexts as bytes."""

import pytest

from tidegate.kms.context import canonical_context, context_of


def test_the_order_of_pairs_does_not_matter() -> None:
    assert canonical_context({"a": "1", "b": "2"}) == canonical_context({"b": "2", "a": "1"})


def test_no_context_is_an_empty_one() -> None:
    assert canonical_context(None) == canonical_context({}) == bytes(4)


def test_contexts_that_look_alike_when_joined_are_not_the_same() -> None:
    contexts = [
        {"a": "bc"},
        {"ab": "c"},
        {"a": "b", "c": ""},
        {"a": "", "b": "c"},
        {"A": "bc"},
        {"": "abc"},
        {"abc": ""},
    ]
    assert len({canonical_context(context) for context in contexts}) == len(contexts)


@pytest.mark.parametrize(
    "data", [b"", bytes(3), b"\0\0\0\1", bytes(3) + b"\1" + bytes(4), bytes(9)]
)
def test_what_is_no_context_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no encryption context"):
        context_of(data)
