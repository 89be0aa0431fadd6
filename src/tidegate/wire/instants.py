"""Instants as text, ISO 8601 in UTC, as the Query protocol has them: `2011-07-11T19:55:29.611Z`.

The text goes to the millisecond, and a whole second has no fraction, as in AWS's answers.
"""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant_text(seconds: float) -> str:
    """`seconds` since 1970 as text."""
    milliseconds = round(seconds * 1000)
    precision = "milliseconds" if milliseconds % 1000 else "seconds"
    instant = _EPOCH + timedelta(milliseconds=milliseconds)
    return instant.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def parse_instant(text: str) -> float:
    """The seconds since 1970; what has no zone is in UTC.  Raises ValueError."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return (instant - _EPOCH) / timedelta(seconds=1)
