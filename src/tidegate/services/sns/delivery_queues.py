"""The hidden queues of SNS, and what each is for:

    ~sns-<UUID>             what goes to the subscription with this id: its confirmations, too
    ~sns-cancelled-<UUID>   the UnsubscribeConfirmation of a subscription that is gone
    ~sns-endpoint-<UUID>    what is published straight to the device with this id
    ~sns-sms                what is published straight to phones
    ~sns-topic-<name>.fifo  the memory of a FIFO topic; nobody receives from it

They stand in the account and the region of the topic, of the application, or of who published.
"""

from typing import Final, Literal

import msgspec

from tidegate.base.arn import HIDDEN, hidden_queue_arn, parse_queue_arn
from tidegate.catalog.topics import FIFO_SUFFIX

Kind = Literal["subscription", "cancelled", "device", "phones", "topic"]

_SNS: Final = f"{HIDDEN}sns-"
_MARK: Final = f":{_SNS}"
_TOPIC_MARK: Final = f"{_MARK}topic-"
_PHONES: Final = "sms"
_PREFIXES: Final[tuple[tuple[str, Kind], ...]] = (
    ("cancelled-", "cancelled"),
    ("endpoint-", "device"),
    ("topic-", "topic"),
)


class HiddenQueue(msgspec.Struct, frozen=True):
    """What the name of a hidden queue says."""

    region: str
    account: str
    kind: Kind
    id: str
    """The UUID, or the topic's name."""


def is_delivered(arn: str) -> bool:
    """Whether it is the ARN of a hidden queue of which messages are to leave the server."""
    return _MARK in arn and _TOPIC_MARK not in arn


def read_queue(arn: str) -> HiddenQueue | None:
    """None for an ARN that is not that of a hidden queue of SNS."""
    parsed = parse_queue_arn(arn)
    if parsed is None or not parsed[2].startswith(_SNS):
        return None
    region, account, name = parsed
    rest = name.removeprefix(_SNS)
    if rest == _PHONES:
        return HiddenQueue(region, account, "phones", "")
    for prefix, kind in _PREFIXES:
        if rest.startswith(prefix):
            return HiddenQueue(region, account, kind, rest.removeprefix(prefix))
    return HiddenQueue(region, account, "subscription", rest)


def subscription_queue(topic_arn: str, id: str) -> str:
    return _beside(topic_arn, id)


def cancelled_queue(topic_arn: str, id: str) -> str:
    return _beside(topic_arn, f"cancelled-{id}")


def device_queue(application_arn: str, id: str) -> str:
    return _beside(application_arn, f"endpoint-{id}")


def phones_queue(account: str, region: str) -> str:
    return hidden_queue_arn(region, account, f"sns-{_PHONES}")


def topic_queue(topic_arn: str) -> str:
    """Of a FIFO topic."""
    name = topic_arn.rpartition(":")[2].removesuffix(FIFO_SUFFIX)
    return _beside(topic_arn, f"topic-{name}{FIFO_SUFFIX}")


def _beside(arn: str, name: str) -> str:
    region, account = arn.split(":", 5)[3:5]
    return hidden_queue_arn(region, account, f"sns-{name}")
