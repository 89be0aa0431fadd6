"""What has become of one try to deliver a message."""

from enum import Enum
from typing import Final

import msgspec


class Verdict(Enum):
    DELIVERED = "delivered"
    RETRYABLE = "retryable"
    """The world's fault; the next try may succeed."""
    PERMANENT = "permanent"
    """No later try can succeed: the message goes to the dead-letter queue, where there is one."""


class Outcome(msgspec.Struct, frozen=True):
    """What has become of one try, and what the next step needs to know of it."""

    verdict: Verdict
    text: str = ""
    """What the provider has answered, or what went wrong; for logs, so it holds no secret."""
    status: int | None = None
    """The provider's status code, where it has answered with one."""
    retry_after_s: int | None = None
    """How long the provider wants to be left alone."""
    endpoint_gone: bool = False
    """The platform says that the device's token is of no use any more."""
    cost_micro_usd: int = 0
    """What the delivery has cost, in millionths of a US dollar."""


MOST_TEXT_CHARS: Final = 1_000
"""Of a provider's answer.  Whoever answers may put into it what he likes."""


class Undeliverable(Exception):
    """This message can never be delivered; the text says why."""


def delivered(text: str = "", status: int | None = None) -> Outcome:
    return Outcome(Verdict.DELIVERED, text[:MOST_TEXT_CHARS], status)


def retryable(text: str, status: int | None = None, retry_after_s: int | None = None) -> Outcome:
    return Outcome(Verdict.RETRYABLE, text[:MOST_TEXT_CHARS], status, retry_after_s)


def permanent(text: str, status: int | None = None, *, endpoint_gone: bool = False) -> Outcome:
    return Outcome(Verdict.PERMANENT, text[:MOST_TEXT_CHARS], status, endpoint_gone=endpoint_gone)
