"""What each attribute of a queue may be, and which fields of its definition it sets.

`fields_of` is the one parser: it turns an attribute as the client gave it into fields of
`catalog.queues.QueueDefinition`.  It knows nothing of other attributes or of the queue's kind;
`catalog.queues` checks what depends on those.  Names, ranges and defaults are from the SQS service
model (CreateQueue and SetQueueAttributes).
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from tidegate.base import limits
from tidegate.base.limits import Range
from tidegate.base.refusals import InvalidAttributeName, InvalidAttributeValue
from tidegate.catalog import queue_policy, redrive

Fields = dict[str, Any]
"""Fields of a QueueDefinition by name."""

CREATE_ONLY: Final = "FifoQueue"
FIFO_ONLY: Final = frozenset(
    {"FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"}
)
COUNTS: Final = frozenset(
    {
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
    }
)
READ_ONLY: Final = COUNTS | {"CreatedTimestamp", "LastModifiedTimestamp", "QueueArn"}


def unknown(name: str) -> InvalidAttributeName:
    """The refusal of an attribute that does not exist, or not on this kind of queue."""
    return InvalidAttributeName(f"Unknown Attribute {name}.")


def invalid(name: str, reason: str = "") -> InvalidAttributeValue:
    """The refusal of a value; `reason` is a sentence for the client to read."""
    because = f" Reason: {reason}" if reason else ""
    return InvalidAttributeValue(f"Invalid value for the parameter {name}.{because}")


def _whole_number(field: str, allowed: Range, name: str, value: str) -> Fields:
    """Digits only: what `int` takes besides (blanks, signs, underscores) AWS does not."""
    if not (value.isascii() and value.isdigit() and len(value) <= 10):
        raise invalid(name)
    number = int(value)
    if not allowed.low <= number <= allowed.high:
        raise invalid(name)
    return {field: number}


def _flag(value: str, name: str) -> bool:
    folded = value.lower()
    if folded not in ("true", "false"):
        raise invalid(name)
    return folded == "true"


def _boolean(field: str, name: str, value: str) -> Fields:
    return {field: _flag(value, name)}


def _choice(field: str, choices: tuple[str, ...], name: str, value: str) -> Fields:
    if value not in choices:
        raise invalid(name)
    return {field: value}


def _fifo_queue(name: str, value: str) -> Fields:
    return {"is_fifo": _flag(value, name)}


def _kms_key(name: str, value: str) -> Fields:
    """A key turns the encryption by SQS's own keys off; taking the key away turns it on again."""
    if len(value) > 2048:
        raise invalid(name)
    return {"kms_master_key_id": value or None, "sqs_managed_sse": not value}


def _managed_sse(name: str, value: str) -> Fields:
    """Only one kind of encryption at a time: SQS's own keys replace a KMS key."""
    if _flag(value, name):
        return {"sqs_managed_sse": True, "kms_master_key_id": None}
    return {"sqs_managed_sse": False}


def _policy(name: str, value: str) -> Fields:
    if value and not queue_policy.is_valid(value):
        raise invalid(name)
    return {"policy": value or None}


def _redrive_policy(name: str, value: str) -> Fields:
    policy = redrive.parse_policy(value) if value else None
    return {
        "redrive_policy": value or None,
        "redrive_target": policy.target if policy else None,
        "max_receive_count": policy.max_receive_count if policy else None,
    }


def _redrive_allow_policy(name: str, value: str) -> Fields:
    allowance = redrive.parse_allow_policy(value) if value else redrive.ALLOW_ALL
    return {
        "redrive_allow_policy": value or None,
        "redrive_permission": allowance.permission,
        "redrive_sources": allowance.sources,
    }


_PARSERS: Final[Mapping[str, Callable[[str, str], Fields]]] = {
    "DelaySeconds": partial(_whole_number, "delay_s", limits.DELAY_S),
    "MaximumMessageSize": partial(
        _whole_number, "maximum_message_size", limits.MAXIMUM_MESSAGE_SIZE
    ),
    "MessageRetentionPeriod": partial(_whole_number, "retention_s", limits.RETENTION_S),
    "ReceiveMessageWaitTimeSeconds": partial(
        _whole_number, "receive_wait_s", limits.RECEIVE_WAIT_S
    ),
    "VisibilityTimeout": partial(
        _whole_number, "visibility_timeout_s", limits.VISIBILITY_TIMEOUT_S
    ),
    "KmsDataKeyReusePeriodSeconds": partial(
        _whole_number, "kms_data_key_reuse_s", limits.KMS_DATA_KEY_REUSE_S
    ),
    "KmsMasterKeyId": _kms_key,
    "SqsManagedSseEnabled": _managed_sse,
    "Policy": _policy,
    "RedrivePolicy": _redrive_policy,
    "RedriveAllowPolicy": _redrive_allow_policy,
    "FifoQueue": _fifo_queue,
    "ContentBasedDeduplication": partial(_boolean, "content_based_deduplication"),
    "DeduplicationScope": partial(_choice, "deduplication_scope", ("queue", "messageGroup")),
    "FifoThroughputLimit": partial(
        _choice, "fifo_throughput_limit", ("perQueue", "perMessageGroupId")
    ),
}

NAMES: Final = frozenset(_PARSERS) | READ_ONLY
"""Every attribute that GetQueueAttributes knows, besides `All`."""


def fields_of(name: str, value: str) -> Fields:
    """The fields that one attribute sets.

    Raises InvalidAttributeName for what cannot be set, InvalidAttributeValue, and for the redrive
    policies InvalidParameterValueException.
    """
    parser = _PARSERS.get(name)
    if parser is None:
        raise unknown(name)
    return parser(name, value)


def all_fields_of(attributes: Mapping[str, str]) -> Fields:
    """The fields that the attributes set together; raises as `fields_of`."""
    if (
        attributes.get("KmsMasterKeyId")
        and attributes.get("SqsManagedSseEnabled", "").lower() == "true"
    ):
        raise InvalidAttributeValue(
            "You can use one type of server-side encryption (SSE) at one time. You can either "
            "enable KMS SSE or SQS SSE."
        )
    fields: Fields = {}
    # Both attributes of encryption set the same fields; the switch has the last word, in whatever
    # order the client wrote them.
    for name in sorted(attributes, key="SqsManagedSseEnabled".__eq__):
        fields.update(fields_of(name, attributes[name]))
    return fields
