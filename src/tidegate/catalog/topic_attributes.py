"""What each attribute of a topic may be, which fields of `catalog.topics.Topic` it sets, and how
they are shown.

`fields_of` is the one parser.  It knows nothing of other attributes; `define` and
`with_attributes` check what depends on those.  Names, ranges and defaults are from the SNS service
model (CreateTopic, SetTopicAttributes); texts are as recorded, where there are records.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import msgspec

from tidegate.base import sns_limits as limits
from tidegate.base.arn import is_role_arn
from tidegate.base.refusals import InvalidParameterException, among_attributes, invalid_parameter
from tidegate.catalog.delivery_policy import (
    effective_topic_text,
    parse_topic_policy,
    stored_topic_text,
)
from tidegate.catalog.entities import Entities
from tidegate.catalog.replay import (
    archive_policy_text,
    beginning_of_archive,
    instant_text,
    parse_archive_policy,
)
from tidegate.catalog.topic_policy import policy_text
from tidegate.catalog.topics import FIFO_SUFFIX, Topic

Fields = dict[str, Any]
"""Fields of a Topic by name."""

_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")
_FIFO_ONLY: Final = frozenset({"ArchivePolicy", "ContentBasedDeduplication", "FifoThroughputScope"})


def is_topic_name(name: str) -> bool:
    plain = name.removesuffix(FIFO_SUFFIX)
    return len(name) <= limits.TOPIC_NAME_CHARACTERS and _NAME.fullmatch(plain) is not None


def flag(name: str, value: str) -> bool:
    """Raises InvalidParameterException for what is neither true nor false, whatever its case."""
    folded = value.lower()
    if folded not in ("true", "false"):
        raise invalid_parameter(f"{name}: Invalid value [{value}]. Must be true or false.")
    return folded == "true"


def _choice(field: str, choices: tuple[str, ...], name: str, value: str) -> Fields:
    if value not in choices:
        allowed = " or ".join(choices)
        raise invalid_parameter(f"{name}: Invalid value [{value}]. Please use either {allowed}")
    return {field: value}


def _display_name(name: str, value: str) -> Fields:
    if len(value) > limits.DISPLAY_NAME_CHARACTERS or not value.isprintable():
        raise invalid_parameter(
            f"{name}: must be at most {limits.DISPLAY_NAME_CHARACTERS} printable characters long"
        )
    return {"display_name": value}


def _kms_key(name: str, value: str) -> Fields:
    if len(value) > limits.KMS_KEY_ID_CHARACTERS:
        raise invalid_parameter(name)
    return {"kms_master_key_id": value or None}


def _maximum_message_size(name: str, value: str) -> Fields:
    low, high = limits.MAXIMUM_MESSAGE_SIZE
    is_number = value.isascii() and value.isdigit() and len(value) <= 7
    if not (is_number and low <= int(value) <= high):
        raise invalid_parameter(
            f"{name}: {value} value provided is not an integer between {low}-{high}"
        )
    return {"maximum_message_size": int(value)}


def sample_rate(name: str, value: str) -> str:
    """A percentage of deliveries to log; raises InvalidParameterException."""
    low, high = limits.SAMPLE_RATE
    is_number = value.isascii() and value.isdigit() and len(value) <= 3
    if not (is_number and low <= int(value) <= high):
        raise invalid_parameter(
            f"{name}: {value} value provided is not an integer between {low}-{high}"
        )
    return value


def feedback_role(name: str, value: str) -> str:
    """The role that lets SNS write logs; raises InvalidParameterException."""
    if not is_role_arn(value):
        raise invalid_parameter(
            f"{name}: {value} is not a valid role to allow SNS to write to Cloudwatch Logs"
        )
    return value


_PARSERS: Final[Mapping[str, Callable[[str, str], Fields]]] = {
    "ArchivePolicy": lambda name, value: {"archive_days": parse_archive_policy(value)},
    "ContentBasedDeduplication": lambda name, value: {
        "content_based_deduplication": flag(name, value)
    },
    "DeliveryPolicy": lambda name, value: {"delivery_policy": parse_topic_policy(value)},
    "DisplayName": _display_name,
    "FifoThroughputScope": partial(_choice, "fifo_throughput_scope", ("Topic", "MessageGroup")),
    "KmsMasterKeyId": _kms_key,
    "MaximumMessageSize": _maximum_message_size,
    # What a policy may say is checked by who can read one.
    "Policy": lambda name, value: {"policy": value or None},
    "SignatureVersion": partial(_choice, "signature_version", ("1", "2")),
    "TracingConfig": partial(_choice, "tracing", ("PassThrough", "Active")),
}
_FEEDBACK: Final[Mapping[str, Callable[[str, str], str]]] = {
    f"{endpoint}{suffix}": check
    for endpoint in ("HTTP", "Firehose", "Lambda", "Application", "SQS")
    for suffix, check in (
        ("SuccessFeedbackRoleArn", feedback_role),
        ("SuccessFeedbackSampleRate", sample_rate),
        ("FailureFeedbackRoleArn", feedback_role),
    )
}


def has_attribute(name: str, *, fifo: bool) -> bool:
    """Whether a topic of this kind has an attribute that can be set."""
    return name in _FEEDBACK or (name in _PARSERS and (fifo or name not in _FIFO_ONLY))


def _with(topic: Topic, name: str, value: str, now: int) -> Topic:
    """Raises InvalidParameterException for a value that the attribute cannot have."""
    check = _FEEDBACK.get(name)
    if check is not None:
        feedback = {each: text for each, text in topic.feedback.items() if each != name}
        if value:
            feedback[name] = check(name, value)
        return msgspec.structs.replace(topic, feedback=feedback)
    changed = msgspec.structs.replace(topic, **_PARSERS[name](name, value))
    if changed.archive_days is None:
        return msgspec.structs.replace(changed, archived_since=None)
    if changed.archived_since is None:
        return msgspec.structs.replace(changed, archived_since=now)
    return changed


# --- Topics --------------------------------------------------------------------------------------


def define(account: str, region: str, name: str, attributes: Mapping[str, str], now: int) -> Topic:
    """A new topic; raises InvalidParameterException."""
    try:
        fifo = flag("FifoTopic", attributes.get("FifoTopic", "false"))
        for attribute in attributes.keys() - {"FifoTopic"}:
            if not has_attribute(attribute, fifo=fifo):
                raise invalid_parameter(f"Unknown attribute {attribute}")
        topic = Topic(account, region, name, now, fifo)
        for attribute in attributes.keys() - {"FifoTopic"}:
            topic = _with(topic, attribute, attributes[attribute], now)
    except InvalidParameterException as refusal:
        raise among_attributes(refusal) from None
    if not is_topic_name(name) or fifo is not name.endswith(FIFO_SUFFIX):
        raise invalid_parameter("Topic Name")
    return topic


def with_attribute(topic: Topic, name: str, value: str, now: int) -> Topic:
    """The topic after SetTopicAttributes; raises InvalidParameterException."""
    if not has_attribute(name, fifo=topic.fifo):
        raise invalid_parameter("AttributeName")
    return _with(topic, name, value, now)


def check_same(
    entities: Entities, topic: Topic, attributes: Mapping[str, str], tags: Mapping[str, str]
) -> None:
    """Whether CreateTopic may answer with a topic that is there already: nothing that the request
    says differs from it.  Raises InvalidParameterException, also for attributes that are wrong."""
    asked = define(topic.account, topic.region, topic.name, attributes, topic.created_at)
    for name in attributes:
        if _shown(entities, asked, name) != _shown(entities, topic, name):
            raise invalid_parameter(
                "Attributes Reason: Topic already exists with different attributes"
            )
    if not tags.items() <= topic.tags.items():
        raise invalid_parameter("Tags Reason: Topic already exists with different tags")


def _shown(entities: Entities, topic: Topic, name: str) -> object:
    """What an attribute comes to."""
    if name in _FEEDBACK:
        return topic.feedback.get(name)
    return {
        "ArchivePolicy": topic.archive_days,
        "ContentBasedDeduplication": topic.content_based_deduplication,
        "DeliveryPolicy": topic.delivery_policy,
        "DisplayName": topic.display_name,
        "FifoThroughputScope": topic.fifo_throughput_scope or "Topic",
        "FifoTopic": topic.fifo,
        "KmsMasterKeyId": topic.kms_master_key_id,
        "MaximumMessageSize": topic.maximum_message_size or limits.USUAL_MESSAGE_SIZE,
        "Policy": json.loads(policy_text(entities, topic)),
        "SignatureVersion": topic.signature_version or "1",
        "TracingConfig": topic.tracing or "PassThrough",
    }[name]


def describe(
    entities: Entities, topic: Topic, confirmed: int, pending: int, now: int
) -> dict[str, str]:
    """What GetTopicAttributes shows of a topic with so many subscriptions."""
    optional = {
        "DeliveryPolicy": topic.delivery_policy and stored_topic_text(topic.delivery_policy),
        "KmsMasterKeyId": topic.kms_master_key_id,
        "MaximumMessageSize": topic.maximum_message_size and str(topic.maximum_message_size),
        "SignatureVersion": topic.signature_version,
        "TracingConfig": topic.tracing,
    }
    shown = {
        "TopicArn": topic.arn,
        "Owner": topic.account,
        "DisplayName": topic.display_name,
        "Policy": policy_text(entities, topic),
        "EffectiveDeliveryPolicy": effective_topic_text(topic.delivery_policy),
        "SubscriptionsConfirmed": str(confirmed),
        "SubscriptionsPending": str(pending),
        "SubscriptionsDeleted": str(topic.deleted_subscriptions),
        **{name: value for name, value in optional.items() if value},
        **topic.feedback,
    }
    return {**shown, **_of_fifo(topic, now)} if topic.fifo else shown


def _of_fifo(topic: Topic, now: int) -> dict[str, str]:
    deduplicates = "true" if topic.content_based_deduplication else "false"
    shown = {"FifoTopic": "true", "ContentBasedDeduplication": deduplicates}
    if topic.fifo_throughput_scope is not None:
        shown["FifoThroughputScope"] = topic.fifo_throughput_scope
    beginning = beginning_of_archive(topic, now)
    if topic.archive_days is not None and beginning is not None:
        shown["ArchivePolicy"] = archive_policy_text(topic.archive_days)
        shown["BeginningArchiveTime"] = instant_text(beginning)
    return shown
