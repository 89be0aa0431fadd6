"""Wildcards against the simplest matcher that can be."""

from hypothesis import given
from hypothesis import strategies as st

from tidegate.auth.policy.wildcard import ArnPattern, Part, Wildcard, wildcard

letters = st.sampled_from("ab*?:")
patterns = st.text(letters, max_size=9)
values = st.text(st.sampled_from("ab:*"), max_size=12)


def matches(pattern: list[tuple[bool, str]], text: str) -> bool:
    """`pattern`: (literal, character)."""
    if not pattern:
        return not text
    (literal, head), rest = pattern[0], pattern[1:]
    if head == "*" and not literal:
        return any(matches(rest, text[at:]) for at in range(len(text) + 1))
    if not text:
        return False
    fits = (head == "?" and not literal) or head == text[0]
    return fits and matches(rest, text[1:])


def spelled(parts: list[Part]) -> list[tuple[bool, str]]:
    return [(literal, character) for literal, text in parts for character in text]


@given(patterns, values)
def test_a_pattern_matches_what_the_model_matches(pattern: str, text: str) -> None:
    assert wildcard(pattern).matches(text) is matches(spelled([(False, pattern)]), text)


@given(st.lists(st.tuples(st.booleans(), patterns), max_size=4), values)
def test_literal_parts_have_no_wildcards(parts: list[Part], text: str) -> None:
    assert Wildcard(parts).matches(text) is matches(spelled(parts), text)


@given(st.text(max_size=20))
def test_a_text_matches_itself_and_a_star(text: str) -> None:
    assert Wildcard([(True, text)]).matches(text)
    assert wildcard("*").matches(text)
    assert wildcard(f"*{'?' * len(text)}").matches(text)


fields = st.lists(st.text(st.sampled_from("ab*?"), max_size=3), min_size=1, max_size=7)
arns = st.lists(st.text(st.sampled_from("ab"), max_size=3), min_size=1, max_size=7)


@given(fields, arns)
def test_each_field_of_an_arn_is_matched_on_its_own(fields: list[str], arn: list[str]) -> None:
    pattern, text = ":".join(fields), ":".join(arn)
    wanted, given = pattern.split(":", 5), text.split(":", 5)
    expected = pattern == "*" or (
        len(wanted) == len(given) == 6
        and all(
            matches(spelled([(False, one)]), other)
            for one, other in zip(wanted, given, strict=True)
        )
    )
    assert ArnPattern(((False, pattern),)).matches(text) is expected


def test_the_two_ends_of_a_pattern_do_not_share_text() -> None:
    assert not wildcard("ab*ba").matches("aba")
    assert wildcard("ab*ba").matches("abba")


def test_many_stars_take_no_longer_than_the_text_is_long() -> None:
    assert not wildcard("*a" * 2000 + "b").matches("a" * 8000)
    assert not wildcard("*a?" * 60 + "b").matches("a" * 1000)
