"""Definitions of queues: what a queue is set to, parsed once when it is set.

    define            a new queue's definition
    with_attributes   after SetQueueAttributes
    same_attributes   whether CreateQueue asks for the queue that is there
    describe          what GetQueueAttributes shows
    with_permission, without_permission, with_tags, without_tags

All are pure: same arguments, same value; instants come in as integer milliseconds.  They raise
refusals.  What needs another queue (does the dead-letter queue exist?) is asked with
`check_redrive_target`, by whoever knows the queues.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from tidegate.base.arn import is_hidden, parse_queue_arn
from tidegate.base.refusals import InvalidParameterValueException
from tidegate.catalog import queue_policy, redrive, tags
from tidegate.catalog.queue_attributes import (
    CREATE_ONLY,
    FIFO_ONLY,
    all_fields_of,
    fields_of,
    invalid,
    unknown,
)

FIFO_SUFFIX: Final = ".fifo"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
_FIFO_NAME = re.compile(r"(?=.{1,80}\Z)[A-Za-z0-9_-]+\.fifo")


class QueueDefinition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One queue's settings; a change makes a new one."""

    arn: str
    created_at: int
    modified_at: int
    is_fifo: bool = False
    visibility_timeout_s: int = 30
    delay_s: int = 0
    retention_s: int = 345_600
    receive_wait_s: int = 0
    maximum_message_size: int = 1_048_576
    content_based_deduplication: bool = False
    deduplication_scope: str = "queue"
    """`queue` or `messageGroup`."""
    fifo_throughput_limit: str = "perQueue"
    """`perQueue` or `perMessageGroupId`."""
    redrive_policy: str | None = None
    """As the client gave it; the next two are what it says."""
    redrive_target: str | None = None
    max_receive_count: int | None = None
    redrive_allow_policy: str | None = None
    redrive_permission: redrive.Permission = "allowAll"
    redrive_sources: tuple[str, ...] = ()
    policy: str | None = None
    kms_master_key_id: str | None = None
    kms_data_key_reuse_s: int = 300
    sqs_managed_sse: bool = True
    tags: dict[str, str] = {}
    policy_ids: dict[str, str] = {}
    """By ARN, the ids of the users and roles that the policy names, as when it was set; see
    `catalog.named_principals`."""

    @property
    def name(self) -> str:
        return self.arn.rpartition(":")[2]


# --- Making and changing -------------------------------------------------------------------------


def is_name(name: str) -> bool:
    """Whether a queue of either kind may be called this."""
    return (_NAME.fullmatch(name) or _FIFO_NAME.fullmatch(name)) is not None


def check_new(name: str, attributes: Mapping[str, str]) -> None:
    """Whether a queue may be called `name` and have these attributes; raises refusals."""
    if CREATE_ONLY in attributes and fields_of(CREATE_ONLY, attributes[CREATE_ONLY])["is_fifo"]:
        if _FIFO_NAME.fullmatch(name) is None:
            raise InvalidParameterValueException(
                "The name of a FIFO queue can only include alphanumeric characters, hyphens, or "
                "underscores, must end with .fifo suffix and be 1 to 80 in length."
            )
    else:
        if _NAME.fullmatch(name) is None:
            raise invalid_name()
        # AWS knows no FifoQueue=false: recorded as set_unsupported_attribute_standard.
        _refuse_fifo_only(attributes)
    all_fields_of(attributes)


def invalid_name() -> InvalidParameterValueException:
    return InvalidParameterValueException(
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
    )


def define(
    arn: str, attributes: Mapping[str, str], tags_: Mapping[str, str], at: int
) -> QueueDefinition:
    """The definition of a new queue.  Raises refusals."""
    parsed = parse_queue_arn(arn)
    assert parsed is not None, arn
    check_new(parsed[2], attributes)
    tags.check_tags(tags_)
    bare = QueueDefinition(
        arn=arn,
        created_at=at,
        modified_at=at,
        is_fifo=arn.endswith(FIFO_SUFFIX),
        tags=tags.merged({}, tags_, parsed[2]),
    )
    return _changed(bare, attributes, at)


def with_attributes(
    definition: QueueDefinition, attributes: Mapping[str, str], at: int
) -> QueueDefinition:
    """The definition after SetQueueAttributes.  Raises refusals."""
    kind = attributes.get(CREATE_ONLY)
    if definition.is_fifo and kind is not None and not fields_of(CREATE_ONLY, kind)["is_fifo"]:
        raise invalid(CREATE_ONLY, "Modifying queue type is not supported.")
    return _changed(definition, attributes, at)


def _changed(
    definition: QueueDefinition, attributes: Mapping[str, str], at: int
) -> QueueDefinition:
    if not definition.is_fifo:
        _refuse_fifo_only(attributes)
    fields = all_fields_of(attributes)
    changed = msgspec.structs.replace(definition, **fields, modified_at=at)
    if (
        changed.fifo_throughput_limit == "perMessageGroupId"
        and changed.deduplication_scope != "messageGroup"
    ):
        raise invalid(
            "FifoThroughputLimit",
            "The perMessageGroupId value is allowed only when the value for DeduplicationScope is "
            "messageGroup.",
        )
    return changed


def _refuse_fifo_only(attributes: Mapping[str, str]) -> None:
    """A standard queue does not know them, whatever their value."""
    for name in attributes:
        if name in FIFO_ONLY:
            raise unknown(name)


def with_permission(
    definition: QueueDefinition,
    label: str,
    accounts: Sequence[str],
    actions: Sequence[str],
    at: int,
) -> QueueDefinition:
    """After AddPermission.  Raises InvalidParameterValueException, OverLimit."""
    policy = queue_policy.with_permission(
        definition.policy, definition.arn, label, accounts, actions
    )
    return msgspec.structs.replace(definition, policy=policy, modified_at=at)


def without_permission(definition: QueueDefinition, label: str, at: int) -> QueueDefinition:
    """After RemovePermission.  Raises InvalidParameterValueException."""
    policy = queue_policy.without_permission(definition.policy, definition.arn, label)
    return msgspec.structs.replace(definition, policy=policy, modified_at=at)


def with_tags(definition: QueueDefinition, added: Mapping[str, str]) -> QueueDefinition:
    """After TagQueue.  Raises InvalidParameterValueException."""
    tags.check_tags(added)
    together = tags.merged(definition.tags, added, definition.name)
    return msgspec.structs.replace(definition, tags=together)


def without_tags(definition: QueueDefinition, keys: Iterable[str]) -> QueueDefinition:
    """After UntagQueue; keys that are not there are passed over."""
    return msgspec.structs.replace(definition, tags=tags.without(definition.tags, keys))


# --- Comparing and showing -----------------------------------------------------------------------

_TEXTS: Final = frozenset({"redrive_policy", "redrive_allow_policy"})
"""Fields that repeat as text what other fields say; how it was written makes no difference."""


def same_attributes(definition: QueueDefinition, attributes: Mapping[str, str]) -> str | None:
    """The first attribute that differs from the queue's, or None.

    Attributes that are not given do not count: CreateQueue with fewer of them finds the queue.
    Raises refusals for values that no queue may have.
    """
    asked = msgspec.structs.replace(definition, **all_fields_of(attributes))
    for name, value in attributes.items():
        for field in fields_of(name, value):
            if not _same_field(field, getattr(definition, field), getattr(asked, field)):
                return name
    return None


def _same_field(field: str, one: Any, other: Any) -> bool:
    if field == "policy":
        return queue_policy.parse(one or "{}") == queue_policy.parse(other or "{}")
    return field in _TEXTS or bool(one == other)


def different_attribute(name: str) -> str:
    """The text of QueueNameExists."""
    return f"A queue already exists with the same name and a different value for attribute {name}"


def describe(definition: QueueDefinition) -> dict[str, str]:
    """Every attribute that GetQueueAttributes shows but the three counts of messages."""
    shown = {
        "QueueArn": definition.arn,
        "CreatedTimestamp": str(definition.created_at // 1000),
        "LastModifiedTimestamp": str(definition.modified_at // 1000),
        "VisibilityTimeout": str(definition.visibility_timeout_s),
        "MaximumMessageSize": str(definition.maximum_message_size),
        "MessageRetentionPeriod": str(definition.retention_s),
        "DelaySeconds": str(definition.delay_s),
        "ReceiveMessageWaitTimeSeconds": str(definition.receive_wait_s),
        "SqsManagedSseEnabled": _shown(definition.sqs_managed_sse),
    }
    if definition.is_fifo:
        shown["FifoQueue"] = "true"
        shown["ContentBasedDeduplication"] = _shown(definition.content_based_deduplication)
        shown["DeduplicationScope"] = definition.deduplication_scope
        shown["FifoThroughputLimit"] = definition.fifo_throughput_limit
    if definition.kms_master_key_id is not None:
        shown["KmsMasterKeyId"] = definition.kms_master_key_id
        shown["KmsDataKeyReusePeriodSeconds"] = str(definition.kms_data_key_reuse_s)
    for name, text in (
        ("Policy", definition.policy),
        ("RedrivePolicy", definition.redrive_policy),
        ("RedriveAllowPolicy", definition.redrive_allow_policy),
    ):
        if text is not None:
            shown[name] = text
    return shown


def _shown(flag: bool) -> str:
    return "true" if flag else "false"


# --- Dead letters --------------------------------------------------------------------------------


def check_redrive_target(source: QueueDefinition, target: QueueDefinition | None) -> None:
    """Whether the queue that `source.redrive_target` names may be its dead-letter queue.

    `target` is that queue's definition, None where it does not exist.  Raises
    InvalidParameterValueException.
    """
    if source.redrive_policy is None or source.redrive_target is None:
        return
    text = source.redrive_policy
    if target is None or is_hidden(target.arn.rpartition(":")[2]):
        raise redrive.refused_policy(text, "Dead letter target does not exist.")
    # AWS ends this one with two full stops.
    if target.is_fifo != source.is_fifo:
        raise redrive.refused_policy(
            text, "Dead-letter queue must be same type of queue as the source.."
        )
    if parse_queue_arn(target.arn)[:2] != parse_queue_arn(source.arn)[:2]:  # type: ignore[index]
        raise redrive.refused_policy(
            text, "Dead letter target owner and region should be same as the source."
        )
    if not may_redrive(source.arn, target):
        raise redrive.refused_policy(
            text, "The redrive allow policy of the dead letter target does not allow this queue."
        )


def may_redrive(source_arn: str, target: QueueDefinition) -> bool:
    """Whether the target's redrive allow policy lets this queue send its dead letters there."""
    if target.redrive_permission == "byQueue":
        return source_arn in target.redrive_sources
    return target.redrive_permission == "allowAll"
