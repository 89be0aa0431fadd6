r"""Regular expressions of AWS's models, which are Java's, on Python's engine.

They differ in two things that the models use: `\w`, `\d` and `\s` are ASCII, and `\p{L}` is a
Unicode category.  A category in a class becomes the ASCII characters that it has and a stand-in for
all others; in the value every character beyond ASCII becomes the stand-in of its category.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Final

_CATEGORIES: Final = {
    "L": ("a-zA-Z", "\ue000"),
    "N": ("0-9", "\ue001"),
    "Z": (" ", "\ue002"),
}
"""First letter of a category: what it has in ASCII, and what stands for the others."""
_STAND_IN_OF_OTHERS: Final = "\uffff"


@cache
def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether the whole of a text matches `pattern`."""
    translated = re.sub(r"\\p\{(\w+)\}", lambda found: "".join(_CATEGORIES[found[1]]), pattern)
    fullmatch = re.compile(translated, re.ASCII).fullmatch
    if translated == pattern:
        return lambda text: fullmatch(text) is not None
    return lambda text: fullmatch(text if text.isascii() else _stand_ins(text)) is not None


def _stand_ins(text: str) -> str:
    return "".join(each if each.isascii() else _stand_in(each) for each in text)


def _stand_in(character: str) -> str:
    category = unicodedata.category(character)[0]
    return _CATEGORIES[category][1] if category in _CATEGORIES else _STAND_IN_OF_OTHERS
