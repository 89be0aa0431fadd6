import warnings

import pytest

from tidegate.api import iam, kms, sts
from tidegate.api.operation import Constraint
from tidegate.wire.java_patterns import matcher

PATTERNS = sorted(
    {
        note.pattern
        for module in (iam, kms, sts)
        for alias in vars(module).values()
        for note in getattr(alias, "__metadata__", ())
        if isinstance(note, Constraint) and note.pattern
    }
)


def test_every_pattern_of_the_models_is_understood() -> None:
    assert len(PATTERNS) > 40
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for pattern in PATTERNS:
            assert not matcher(pattern)("\x00")


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"[\w+=,.@-]+", "a.b@c", True),
        (r"[\w+=,.@-]+", "ä", False),
        (r"[\w+=,.@-]+", "a b", False),
        (r"\d{12}", "١٢٣٤٥٦٧٨٩٠١٢", False),
        (r"^[a-z]+$", "abc\n", False),
        (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", "", True),
        (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", "Größe Ω\u2003水 ٣", True),
        (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", "a&b", False),
        (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", "é&", False),
        (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", "🌊", False),
        # Private use characters are of no category, though they stand for some inside.
        (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", "\ue000", False),
    ],
)
def test_a_pattern_means_what_it_means_in_java(pattern: str, text: str, expected: bool) -> None:
    assert matcher(pattern)(text) is expected
