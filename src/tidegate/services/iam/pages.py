"""Pages of a listing: how many items one has, and the marker that leads to the next.

A marker is the base64 of the last item's key; it holds no secret and never expires.
"""

from base64 import b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from tidegate.base import iam_limits as limits
from tidegate.base.refusals import ValidationException

T = TypeVar("T")


class Page(Generic[T]):
    """Some items, and the marker of the next page where there is one."""

    __slots__ = ("items", "marker")

    def __init__(self, items: list[T], marker: str | None) -> None:
        self.items = items
        self.marker = marker

    @property
    def is_truncated(self) -> bool:
        return self.marker is not None


def page_of(items: Iterable[T], request: Any, key: Callable[[T], str]) -> Page[T]:
    """The page of `items`, in the order of their keys, that a request's Marker and MaxItems ask
    for.  Keys are unique and short.  Raises ValidationException for a marker that is none."""
    ordered = sorted(items, key=key)
    start = 0
    if request.Marker:
        start = bisect_right(ordered, _key_of(request.Marker), key=key)
    end = start + (request.MaxItems or limits.PAGE_ITEMS)
    shown = ordered[start:end]
    more = end < len(ordered)
    return Page(shown, _marker(key(shown[-1])) if more else None)


def page_in_order(items: Iterable[T], request: Any) -> Page[T]:
    """As `page_of`, of a short list that keeps its order: a key is a place in it."""
    numbered = page_of(enumerate(items), request, _place)
    return Page([item for _, item in numbered.items], numbered.marker)


def _place(numbered: tuple[int, Any]) -> str:
    return f"{numbered[0]:08}"


def _marker(key: str) -> str:
    return urlsafe_b64encode(key.encode()).decode()


def _key_of(marker: str) -> str:
    try:
        return b64decode(marker, altchars=b"-_", validate=True).decode()
    except ValueError:
        raise ValidationException("Invalid Marker.") from None
