"""The archive of a FIFO topic, and which of it a subscription gets again.

Source: SNS developer guide, "Amazon SNS message archiving and replay for FIFO topics".
"""

from datetime import UTC, datetime
from typing import Final

from tidegate.base.refusals import invalid_parameter
from tidegate.base.sns_limits import ARCHIVE_DAYS
from tidegate.catalog.json_object import parse_object
from tidegate.catalog.topics import Replay, Topic

_DAY_MS: Final = 24 * 3_600 * 1_000


def parse_archive_policy(text: str) -> int | None:
    """The days that messages are kept; None for no archive.  Raises InvalidParameterException."""
    policy = parse_object("ArchivePolicy", text) if text.strip() else {}
    if not policy:
        return None
    days = policy.get("MessageRetentionPeriod")
    low, high = ARCHIVE_DAYS
    digits = str(days) if isinstance(days, int | str) and not isinstance(days, bool) else ""
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= 3
    if policy.keys() != {"MessageRetentionPeriod"} or not is_number:
        raise invalid_parameter("ArchivePolicy: MessageRetentionPeriod must be an integer")
    if not low <= int(digits) <= high:
        raise invalid_parameter(
            f"ArchivePolicy: MessageRetentionPeriod must be between {low} and {high}"
        )
    return int(digits)


def archive_policy_text(days: int) -> str:
    return f'{{"MessageRetentionPeriod":"{days}"}}'


def beginning_of_archive(topic: Topic, now: int) -> int | None:
    """The earliest instant from which messages can be replayed; None without an archive."""
    if topic.archive_days is None or topic.archived_since is None:
        return None
    return max(topic.archived_since, now - topic.archive_days * _DAY_MS)


def parse_replay_policy(text: str) -> Replay | None:
    """None for no replay; raises InvalidParameterException."""
    policy = parse_object("ReplayPolicy", text) if text.strip() else {}
    if not policy:
        return None
    for name in policy.keys() - {"PointType", "StartingPoint", "EndingPoint"}:
        shown = name.encode(errors="replace").decode()
        raise invalid_parameter(f"ReplayPolicy: Unexpected JSON member: {shown}")
    if policy.get("PointType") != "Timestamp":
        raise invalid_parameter("ReplayPolicy: PointType must be Timestamp")
    starting_at = _instant("StartingPoint", policy.get("StartingPoint"))
    ending = policy.get("EndingPoint")
    ending_at = None if ending is None else _instant("EndingPoint", ending)
    if ending_at is not None and ending_at <= starting_at:
        raise invalid_parameter("ReplayPolicy: EndingPoint must be after StartingPoint")
    return Replay(text, starting_at, ending_at)


def _instant(name: str, value: object) -> int:
    """Milliseconds of an instant in ISO 8601; UTC where it does not say."""
    try:
        if not isinstance(value, str):
            raise ValueError
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            at = at.replace(tzinfo=UTC)
        return int(at.timestamp() * 1000)
    except (ValueError, OverflowError):
        raise invalid_parameter(
            f"ReplayPolicy: {name} must be a timestamp in the format of ISO 8601"
        ) from None


def instant_text(at: int) -> str:
    """As AWS writes an instant: `2026-11-07T09:05:00.000Z`."""
    whole = datetime.fromtimestamp(at // 1000, UTC)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{at % 1000:03d}Z"
