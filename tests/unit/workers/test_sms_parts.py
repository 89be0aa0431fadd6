"""Into how many messages a text is cut."""

import pytest

from tidegate.workers.sms.parts import parts_of


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 1_600, 10),
        ("Ä" * 160, 1),
        ("€" * 80, 1),
        ("€" * 81, 2),
        # A backtick is ASCII, but not in GSM's alphabet.
        ("`" + "a" * 139, 1),
        ("`" + "a" * 140, 2),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_message_holds_140_bytes(text: str, parts: int) -> None:
    assert parts_of(text) == parts


def test_text_is_cut_between_words() -> None:
    # Of three words of 60 no two and a half make up a message.
    assert parts_of(" ".join(["a" * 60] * 3)) == 2
    assert parts_of(" ".join(["a" * 60] * 4)) == 2
    assert parts_of(" ".join(["a" * 60] * 5)) == 3
    assert parts_of(" ".join(["a" * 79] * 2)) == 1
    assert parts_of(" ".join(["a" * 81] * 4)) == 4


def test_word_that_fits_into_no_message_is_cut() -> None:
    assert parts_of("hi " + "a" * 320) == 3
    assert parts_of("a" * 320 + " hi") == 3
