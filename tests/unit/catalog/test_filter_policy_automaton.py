"""Many patterns against many texts."""

from __future__ import annotations

import pytest

from tidegate.catalog.filter_policy import automaton as automaton_module
from tidegate.catalog.filter_policy.automaton import Automaton, Pattern
from tidegate.catalog.filter_policy.operators import Wildcard

PATTERNS: list[Pattern] = [
    ("",),
    ("ab",),
    ("", ""),
    ("a", ""),
    ("", "b"),
    ("ab", "ba"),
    ("", "ab", ""),
    ("", "a", "b", ""),
    ("", "aa", "a"),
    ("", "\0", ""),
]
TEXTS = ["", "a", "b", "ab", "aba", "abba", "aab", "aaa", "aa", "cabc", "cacbc", "é", "\0", "a\0b"]


def test_a_text_fits_as_it_does_alone() -> None:
    automaton = Automaton(PATTERNS)
    for text in TEXTS:
        fits = automaton.fits([text])
        for pattern in PATTERNS:
            alone = Wildcard(pattern).accepts(text)
            assert fits.any_fits(pattern) is alone, (pattern, text)
            assert fits.any_is_unlike([pattern]) is not alone


def test_one_text_that_fits_is_enough() -> None:
    fits = Automaton(PATTERNS).fits(TEXTS)
    for pattern in PATTERNS:
        assert fits.any_fits(pattern) is any(map(Wildcard(pattern).accepts, TEXTS))
    assert fits.any_is_unlike([("a", ""), ("", "b")])
    assert not fits.any_is_unlike([("a", ""), ("", "")])


def test_without_texts_nothing_fits_and_nothing_is_unlike() -> None:
    fits = Automaton(PATTERNS).fits([])
    assert not fits.any_fits(("", ""))
    assert not fits.any_is_unlike([("a", "")])


def test_what_is_forgotten_is_learnt_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automaton_module, "_MOST_STATES", 1)
    test_a_text_fits_as_it_does_alone()
    test_one_text_that_fits_is_enough()


def test_it_keeps_nothing_of_the_texts() -> None:
    automaton = Automaton(PATTERNS)
    automaton.fits(TEXTS)
    assert automaton._states == {}
