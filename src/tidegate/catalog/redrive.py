"""Redrive policies: where a queue's dead letters go, and who may send them to a queue.

Source of rules: SetQueueAttributes in the SQS service model, and "Using dead-letter queues" in the
developer guide.  Which queues exist the engine knows; the texts of its refusals stand here too.
"""

import json
from typing import Any, Final, Literal

import msgspec

from tidegate.base import limits
from tidegate.base.arn import parse_queue_arn
from tidegate.base.refusals import InvalidParameterValueException

Permission = Literal["allowAll", "denyAll", "byQueue"]
PERMISSIONS: Final[tuple[Permission, ...]] = ("allowAll", "denyAll", "byQueue")


class RedrivePolicy(msgspec.Struct, frozen=True):
    target: str
    """ARN of the dead-letter queue."""
    max_receive_count: int
    """A message that was received more often goes to the target."""


class RedriveAllowance(msgspec.Struct, frozen=True):
    permission: Permission
    sources: tuple[str, ...] = ()
    """ARNs; only with the permission `byQueue`."""


ALLOW_ALL: Final = RedriveAllowance("allowAll")


def refused_policy(text: str, reason: str) -> InvalidParameterValueException:
    """The refusal of the redrive policy `text` (as the client gave it)."""
    return InvalidParameterValueException(
        f"Value {text} for parameter RedrivePolicy is invalid. Reason: {reason}"
    )


def refused_allow_policy(text: str, reason: str) -> InvalidParameterValueException:
    return InvalidParameterValueException(
        f"Value {text} for parameter RedriveAllowPolicy is invalid. Reason: Amazon SQS can't "
        f"create the redrive allow policy{reason}"
    )


def parse_policy(text: str) -> RedrivePolicy:
    """Raises InvalidParameterValueException."""
    policy = _json_object(text)
    if policy is None:
        raise refused_policy(text, "Redrive policy is not a valid JSON map.")
    for mandatory in ("maxReceiveCount", "deadLetterTargetArn"):
        if mandatory not in policy:
            raise refused_policy(
                text, f"Redrive policy does not contain mandatory attribute: {mandatory}."
            )
    target = policy["deadLetterTargetArn"]
    if not _is_arn(target):
        raise refused_policy(text, "Invalid value for deadLetterTargetArn.")
    return RedrivePolicy(target, _max_receive_count(text, policy["maxReceiveCount"]))


def _max_receive_count(text: str, value: Any) -> int:
    """A number, or its digits in a string: clients send both."""
    digits = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    low, high = limits.MAX_RECEIVE_COUNT
    if digits.isascii() and digits.isdigit() and len(digits) <= 10 and low <= int(digits) <= high:
        return int(digits)
    # A JSON escape may stand for half of a surrogate pair, which no answer can show.
    shown = str(value).encode(errors="replace").decode()
    raise refused_policy(
        text,
        f"Invalid value for maxReceiveCount: {shown}, valid values are from {low} to {high} "
        "both inclusive.",
    )


def parse_allow_policy(text: str) -> RedriveAllowance:
    """Raises InvalidParameterValueException."""
    policy = _json_object(text)
    if policy is None or not policy.keys() <= {"redrivePermission", "sourceQueueArns"}:
        raise refused_allow_policy(text, ", as it's in an unsupported format.")
    permission = policy.get("redrivePermission")
    if permission not in PERMISSIONS:
        raise refused_allow_policy(text, ", as it's in an unsupported format.")
    if permission != "byQueue":
        if "sourceQueueArns" in policy:
            raise refused_allow_policy(
                text,
                ". To specify one or more source queue ARNs, you must set redrivePermission to "
                "byQueue.",
            )
        return RedriveAllowance(permission)
    return RedriveAllowance(permission, _sources(text, policy.get("sourceQueueArns")))


def _sources(text: str, arns: Any) -> tuple[str, ...]:
    if not arns:
        raise refused_allow_policy(
            text,
            ". When you specify the byQueue permission type, you must also specify one or more "
            "sourceQueueArns values.",
        )
    if not isinstance(arns, list) or not all(map(_is_arn, arns)):
        raise refused_allow_policy(text, ", as it's in an unsupported format.")
    if len(arns) > limits.REDRIVE_ALLOW_SOURCES:
        raise refused_allow_policy(
            text,
            f". You can specify up to {limits.REDRIVE_ALLOW_SOURCES} source queue ARNs. To allow "
            "more source queues, set the redrivePermission parameter to allowAll.",
        )
    return tuple(arns)


def _is_arn(value: Any) -> bool:
    return (
        isinstance(value, str)
        and value.isascii()
        and value.isprintable()
        and parse_queue_arn(value) is not None
    )


def _json_object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
