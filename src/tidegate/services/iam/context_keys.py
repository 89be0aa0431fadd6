"""The context keys that policies ask for, in the spelling that they have there."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

_VARIABLE: Final = re.compile(r"\$\{([^{}',*?$]+)(?:,\s*'[^']*'\s*)?\}")
_WITH_VARIABLES: Final = "2012-10-17"


def context_keys(documents: Iterable[str]) -> list[str]:
    """In the order in which they appear, each once whatever its case.  The documents are policies
    that have been read before."""
    return list(spellings(documents).values())


def spellings(documents: Iterable[str]) -> dict[str, str]:
    """The same keys, by their names in lower case."""
    found: dict[str, str] = {}
    for document in documents:
        for key in _keys_of(json.loads(document)):
            found.setdefault(key.lower(), _shown(key))
    return found


def _shown(key: str) -> str:
    """JSON can name half a character, which no answer can."""
    return key.encode(errors="replace").decode()


def _keys_of(policy: Any) -> Iterator[str]:
    statements = policy["Statement"]
    variables = policy.get("Version") == _WITH_VARIABLES
    for statement in statements if isinstance(statements, list) else [statements]:
        for element in ("Resource", "NotResource"):
            if variables:
                yield from _variables(statement.get(element))
        for keys in statement.get("Condition", {}).values():
            for key, values in keys.items():
                yield key
                if variables:
                    yield from _variables(values)


def _variables(values: Any) -> Iterator[str]:
    for value in values if isinstance(values, list) else [values]:
        if isinstance(value, str):
            for name in _VARIABLE.findall(value):
                yield name.strip()
