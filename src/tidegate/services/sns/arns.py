"""The ARNs that requests name things by: read, and refused as AWS refuses them."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, NamedTuple

from tidegate.base.call import Call
from tidegate.base.refusals import invalid_parameter
from tidegate.catalog.topics import topic_arn

_ELEMENTS: Final = 6
_MOST_KNOWN_CHARS: Final = 512
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Named(NamedTuple):
    """Whose something is, where, and what the rest of its ARN says."""

    account: str
    region: str
    rest: str

    @property
    def scope(self) -> str:
        return f"{self.account}/{self.region}"


class NamedSubscription(NamedTuple):
    topic_arn: str
    id: str


def read_arn(call: Call, arn: str, member: str) -> Named:
    """Of anything in SNS, in the region of the call; who signed nothing calls in no region.

    Raises InvalidParameterException.
    """
    return _read(call.region, arn, member)


def _read(asked_in: str, arn: str, member: str) -> Named:
    elements = arn.split(":", _ELEMENTS - 1)
    if len(elements) < _ELEMENTS:
        raise invalid_parameter(
            f"{member} Reason: An ARN must have at least {_ELEMENTS} elements, not {len(elements)}"
        )
    prefix, partition, service, region, account, rest = elements
    if (prefix, partition, service) != ("arn", "aws", "sns") or not (region and account and rest):
        raise invalid_parameter(member)
    if asked_in and region != asked_in:
        raise invalid_parameter(member)
    return Named(account, region, rest)


def read_topic_arn(call: Call, arn: str, member: str = "TopicArn") -> Named:
    """`rest` is the topic's name.  Raises InvalidParameterException."""
    read = _read_known_topic if len(arn) < _MOST_KNOWN_CHARS else _read_topic
    return read(call.region, arn, member)


def _read_topic(asked_in: str, arn: str, member: str) -> Named:
    named = _read(asked_in, arn, member)
    if not set(named.rest).isdisjoint(":/"):
        raise invalid_parameter(member)
    return named


_read_known_topic: Final = lru_cache(maxsize=4096)(_read_topic)
"""Each message that is published names its topic, more than once."""


def read_subscription_arn(call: Call, arn: str) -> NamedSubscription:
    """Raises InvalidParameterException."""
    account, region, rest = read_arn(call, arn, "SubscriptionArn")
    name, _, id = rest.rpartition(":")
    if _UUID.fullmatch(id) is None or not name or not set(name).isdisjoint(":/"):
        raise invalid_parameter("SubscriptionArn")
    return NamedSubscription(topic_arn(account, region, name), id)


def read_push_arn(call: Call, arn: str, member: str, kind: str, parts: int) -> Named:
    """Of an application (`app`) or a device (`endpoint`); `rest` has so many parts after that word.

    Raises InvalidParameterException.
    """
    named = read_arn(call, arn, member)
    found = named.rest.split("/")
    if len(found) != parts + 1:
        raise invalid_parameter(
            f"{member} Reason: Wrong number of slashes in relative portion of the ARN."
        )
    if found[0] != kind or not all(found):
        raise invalid_parameter(member)
    return named._replace(rest="/".join(found[1:]))


# --- What an operation is about ------------------------------------------------------------------


def everything(call: Call, request: Any) -> str:
    """Of operations that are about no single thing."""
    return "*"


def named_topic(member: str = "TopicArn") -> Callable[[Call, Any], str]:
    """The topic that a member of the request names."""

    def resource(call: Call, request: Any) -> str:
        arn: str = getattr(request, member)
        read_topic_arn(call, arn, member)
        return arn

    return resource


def named_application(call: Call, request: Any) -> str:
    arn: str = request.PlatformApplicationArn
    read_push_arn(call, arn, "PlatformApplicationArn", "app", 2)
    return arn


def named_endpoint(call: Call, request: Any) -> str:
    arn: str = request.EndpointArn
    read_push_arn(call, arn, "EndpointArn", "endpoint", 3)
    return arn
