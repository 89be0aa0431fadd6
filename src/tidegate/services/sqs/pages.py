"""Pages of a listing: how many results one has, and the token that leads to the next.

A token is the base64 of the last result that was shown; it holds no secret and never expires.
"""

from base64 import b64decode, b64encode

from tidegate.base import limits
from tidegate.base.refusals import InvalidParameterValueException


def page_size(max_results: int | None) -> int:
    """Raises InvalidParameterValueException."""
    if max_results is None:
        return limits.PAGE_RESULTS.high
    low, high = limits.PAGE_RESULTS
    if not low <= max_results <= high:
        raise InvalidParameterValueException(
            f"Value {max_results} for parameter MaxResults is invalid. Reason: Must be between "
            f"{low} and {high}, if provided."
        )
    return max_results


def token_after(last: str) -> str:
    return b64encode(last.encode()).decode()


def shown_before(token: str | None) -> str:
    """The last result that was shown, "" without a token.

    Raises InvalidParameterValueException.
    """
    if not token:
        return ""
    try:
        return b64decode(token, validate=True).decode()
    except ValueError:
        raise InvalidParameterValueException("Invalid or expired next token.") from None
