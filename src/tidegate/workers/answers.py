"""What an answer's status says about the next try, where its service has no words of its own."""

from typing import Final

from tidegate.workers.outcome import Outcome, delivered, permanent, retryable
from tidegate.workers.web_client import Answer

_LATER: Final = frozenset((408, 409, 423, 425, 429))
"""Of the client's faults, those that pass: too slow, in conflict, locked, too early, too often."""


def outcome_of(answer: Answer, text: str | None = None) -> Outcome:
    """The outcome by the status; `text`, if not the whole answer, says what it is about."""
    said = answer.text() if text is None else text
    status = answer.status
    if 200 <= status < 300:
        return delivered(said, status)
    if status >= 500 or status in _LATER:
        return retryable(said or f"status {status}", status, answer.retry_after_s())
    return permanent(said or f"status {status}", status)
