"""Session tags: those that a request passes, and those that a role session inherits.

User guide, "Passing session tags in AWS STS" and "Chaining roles with session tags".
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from tidegate.api.sts import Tag
from tidegate.base.call import Session
from tidegate.base.refusals import InvalidParameterValueException

SESSION_TAGS: Final = 50


class SessionTags(msgspec.Struct, frozen=True):
    tags: dict[str, str]
    transitive: tuple[str, ...]
    """Names of the tags that pass on to the next role of a chain."""


def passed_tags(tags: Sequence[Tag] | None) -> dict[str, str]:
    """The tags of a request; raises InvalidParameterValueException."""
    found = {tag.Key: tag.Value for tag in tags or ()}
    if len({name.lower() for name in found}) != len(tags or ()):
        raise InvalidParameterValueException(
            "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        )
    check_names(found)
    return found


def check_names(names: Iterable[str]) -> None:
    """Raises InvalidParameterValueException for a name that no client may give."""
    if any(name.lower().startswith("aws:") for name in names):
        raise InvalidParameterValueException(
            "aws: prefixed tag key names are not allowed for external use."
        )


def role_tags(
    passed: Mapping[str, str], transitive: Sequence[str], caller: Session | None
) -> SessionTags:
    """The tags of a role session: what is passed, and what a caller's own session passes on.

    Raises InvalidParameterValueException.
    """
    handed_on: dict[str, str] = {}
    if caller is not None:
        marked = {name.lower() for name in caller.transitive_tags}
        handed_on = {name: tag for name, tag in caller.tags.items() if name.lower() in marked}
    inherited = {name.lower() for name in handed_on}
    if any(name.lower() in inherited for name in (*passed, *transitive)):
        raise InvalidParameterValueException(
            "One of the specified transitive tag keys can't be set because it conflicts with a "
            "transitive tag key from the calling session."
        )
    given = {name.lower() for name in passed}
    if any(name.lower() not in given for name in transitive):
        raise InvalidParameterValueException(
            "The specified transitive tag key must be included in the requested tags."
        )
    together = {**handed_on, **passed}
    if len(together) > SESSION_TAGS:
        raise InvalidParameterValueException(
            f"A session can have at most {SESSION_TAGS} tags, inherited ones included."
        )
    return SessionTags(together, (*handed_on, *transitive))
