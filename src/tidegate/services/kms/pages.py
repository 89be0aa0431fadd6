"""Pages of a listing: how many entries one has, and the marker that leads to the next.

A marker is the base64 of the last entry's name; it holds no secret and never expires.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

import msgspec

from tidegate.base.refusals import InvalidMarkerException, ValidationException

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True):
    entries: list[T]
    next_marker: str | None

    @property
    def truncated(self) -> bool:
        return self.next_marker is not None


def page_of(
    entries: Iterable[T],
    name: Callable[[T], str],
    limit: int | None,
    marker: str | None,
    *,
    default: int,
    most: int,
) -> Page[T]:
    """The entries after the marker, in the order of their names, which are unique.

    Raises InvalidMarkerException, and ValidationException for a limit above `most`.
    """
    size = default if limit is None else limit
    if size > most:
        raise ValidationException(
            f"1 validation error detected: Value '{size}' at 'limit' failed to satisfy constraint: "
            f"Member must have value less than or equal to {most}"
        )
    after = _shown_before(marker)
    left = sorted((entry for entry in entries if name(entry) > after), key=name)
    shown = left[:size]
    more = len(left) > size
    return Page(shown, b64encode(name(shown[-1]).encode()).decode() if more else None)


def _shown_before(marker: str | None) -> str:
    if marker is None:
        return ""
    try:
        return b64decode(marker.encode(), validate=True).decode()
    except ValueError:
        raise InvalidMarkerException("Invalid marker") from None
