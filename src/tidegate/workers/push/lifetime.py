"""How long a platform may try to reach a device.

A TTL counts from the publish, in seconds; the platform gets what is left of it.  That of a message
attribute wins over the one in the payload.  Zero is for platforms to whom it means "now or never";
for others such a message is dropped, as is one whose time is up.

Source: SNS developer guide, "Using the Amazon SNS time to live message attribute".
"""

from collections.abc import Sequence
from typing import Final

from tidegate.workers.notification import Notification
from tidegate.workers.outcome import Undeliverable

DEFAULT_S: Final = 4 * 7 * 24 * 3600
"""Of SNS, where nobody has said anything."""
EXPIRED: Final = "the message's time to live is over"


def remaining_s(
    notification: Notification,
    attributes: Sequence[str],
    in_payload_s: int | None,
    now: int,
    *,
    zero_means_now: bool,
) -> int | None:
    """Seconds that are left at an instant in milliseconds; None where nobody has set a TTL.

    `attributes` are the names of the message attributes that may set it.  Raises Undeliverable
    where there is no time left.
    """
    given_s = next(
        (ttl for name in attributes if (ttl := seconds(notification.attribute(name))) is not None),
        in_payload_s,
    )
    if given_s is None:
        return None
    if given_s == 0 and zero_means_now:
        return 0
    dwell_s = max(0, now - notification.published_at) // 1000
    if given_s <= dwell_s:
        raise Undeliverable(EXPIRED)
    return given_s - dwell_s


def seconds(text: object) -> int | None:
    """A whole number of seconds, as text or as a number; None for what is none."""
    if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 12:
        return int(text)
    is_number = isinstance(text, int) and not isinstance(text, bool)
    return text if is_number and 0 <= text < 10**11 else None  # type: ignore[operator, return-value]
