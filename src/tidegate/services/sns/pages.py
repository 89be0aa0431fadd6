"""Pages of a listing: 100 results, and the token that leads to the next ones.

A token is the base64 of the last result's key; it holds no secret and never expires.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from heapq import nsmallest
from typing import Generic, TypeVar

import msgspec

from tidegate.base.refusals import invalid_parameter
from tidegate.base.sns_limits import PAGE_RESULTS

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True):
    results: list[T]
    next_token: str | None


def page_of(
    results: Iterable[T], key: Callable[[T], str], token: str | None, size: int | None = None
) -> Page[T]:
    """The results after the token, in the order of their keys, which are unique.

    Raises InvalidParameterException.
    """
    after = shown_before(token)
    most = PAGE_RESULTS if size is None else size
    left = nsmallest(most + 1, (each for each in results if key(each) > after), key=key)
    more = len(left) > most
    return Page(left[:most], _token(key(left[most - 1])) if more else None)


def shown_before(token: str | None) -> str:
    """The key of the last result that was shown; raises InvalidParameterException."""
    if not token:
        return ""
    try:
        return b64decode(token, validate=True).decode()
    except ValueError:
        raise invalid_parameter("NextToken") from None


def _token(key: str) -> str:
    return b64encode(key.encode()).decode()
