"""Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, `${*}`, `${?}`, `${$}`.

User guide, "IAM policy elements: Variables and tags".  A value that takes a variable's place is
plain text: a `*` in it is no wildcard.
"""

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from tidegate.auth.policy.wildcard import Part

Value: TypeAlias = str | tuple[str, ...] | list[str]
"""What a request has for a context key: one value, or the values of a multivalued key."""

Context: TypeAlias = Callable[[str], Value | None]
"""The value of a context key, whose name is in lower case; None where the request has none.
A dict's `get` will do."""

_VARIABLE: Final = re.compile(r"\$\{(?:([*?$])\s*|([^{}',]+)(?:,\s*'([^']*)'\s*)?)\}")
"""White space at the end of a name is the name's: a pattern that could match it twice would try all
ways to share it."""


class Template:
    """A text of a policy, with the variables in it."""

    __slots__ = ("_parts", "names")

    def __init__(self, text: str, *, variables: bool) -> None:
        self._parts: list[Part | tuple[str, str | None]] = []
        names = []
        at = 0
        for found in _VARIABLE.finditer(text) if variables else ():
            self._add(text[at : found.start()])
            at = found.end()
            special, name, default = found.groups()
            if special:
                self._parts.append((True, special))
            else:
                names.append(name.strip().lower())
                self._parts.append((names[-1], default))
        self._add(text[at:])
        self.names = tuple(names)

    def _add(self, text: str) -> None:
        if text:
            self._parts.append((False, text))

    def resolve(self, context: Context) -> tuple[Part, ...] | None:
        """The text with values in place of variables; None where one has neither value nor default.

        A multivalued key is no variable (user guide, "Single-valued vs. multivalued context keys").
        """
        parts: list[Part] = []
        for first, second in self._parts:
            if isinstance(first, bool):
                assert second is not None
                parts.append((first, second))
                continue
            value = context(first)
            if not isinstance(value, str):
                value = second
            if value is None:
                return None
            parts.append((True, value))
        return tuple(parts)


def nothing_known(_key: str) -> None:
    """The context of a template without variables."""


def joined(parts: tuple[Part, ...]) -> str:
    """The parts as one text, in which no character is special any more."""
    return "".join(text for _, text in parts)
