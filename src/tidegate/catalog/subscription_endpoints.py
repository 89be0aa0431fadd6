"""What can be subscribed to a topic: the protocols, and what the endpoint of each looks like.

Source: SNS service model (Subscribe), and answers of AWS for the texts.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from tidegate.base.arn import is_hidden, parse_queue_arn
from tidegate.base.refusals import InvalidParameterException, invalid_parameter
from tidegate.catalog.topics import FIFO_SUFFIX, Topic

CONFIRMED_BY_ENDPOINT: Final = frozenset({"http", "https", "email", "email-json"})
"""Protocols whose endpoints must say that they want the messages, whoever subscribes them."""
RAW_DELIVERY: Final = frozenset({"firehose", "http", "https", "sqs"})
LARGE_MESSAGES: Final = frozenset({"firehose", "lambda", "sqs"})
"""Protocols for messages above 256 KiB."""
_MOST_CHARACTERS: Final = 2_048

_EMAIL: Final = re.compile(
    r"[^\s@<>(),;:\\\"\[\]\x00-\x1f\x7f]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
)
_PHONE: Final = re.compile(r"\+?[0-9](?:[-./ ]?[0-9]){2,19}")
_LAMBDA: Final = re.compile(
    r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,140}(?::[A-Za-z0-9$_-]+)?"
)
_FIREHOSE: Final = re.compile(
    r"arn:aws[a-z-]*:firehose:[a-z0-9-]+:[0-9]{12}:deliverystream/[A-Za-z0-9_.-]{1,64}"
)
_APPLICATION: Final = re.compile(
    r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:endpoint/[A-Z_]+/[A-Za-z0-9_.-]+/[A-Za-z0-9-]+"
)


def check_endpoint(topic: Topic, protocol: str, endpoint: str) -> None:
    """Raises InvalidParameterException where the endpoint is not one of this protocol, or cannot be
    subscribed to this kind of topic."""
    check = _CHECKS.get(protocol)
    if check is None:
        raise invalid_parameter(f"Amazon SNS does not support this protocol string: {protocol}")
    if not 0 < len(endpoint) <= _MOST_CHARACTERS:
        raise invalid_parameter("Endpoint")
    check(endpoint)
    if topic.fifo and protocol != "sqs":
        raise invalid_parameter(
            f"Invalid parameter: Endpoint Reason: {protocol} endpoints can not be subscribed to "
            "FIFO SNS topics"
        )
    if protocol == "sqs" and endpoint.endswith(FIFO_SUFFIX) and not topic.fifo:
        raise invalid_parameter(
            "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard "
            "SNS topics"
        )


def owner_of(protocol: str, endpoint: str) -> str | None:
    """The account that owns an endpoint which has an ARN; None for any other."""
    if protocol in ("sqs", "lambda", "firehose", "application"):
        return endpoint.split(":")[4]
    return None


def _url(scheme: str) -> Callable[[str], None]:
    def check(endpoint: str) -> None:
        if not endpoint.startswith(f"{scheme}://"):
            raise invalid_parameter("Endpoint must match the specified protocol")
        if not (endpoint.isprintable() and " " not in endpoint and _has_host(endpoint)):
            raise invalid_parameter("Endpoint")

    return check


def _has_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _email(endpoint: str) -> None:
    if _EMAIL.fullmatch(endpoint) is None:
        raise invalid_parameter("Email address")


def _phone(endpoint: str) -> None:
    if _PHONE.fullmatch(endpoint) is None:
        raise InvalidParameterException(f"Invalid SMS endpoint: {endpoint}")


def _queue(endpoint: str) -> None:
    parsed = parse_queue_arn(endpoint)
    if parsed is None or not (endpoint.isascii() and endpoint.isprintable()):
        raise invalid_parameter("SQS endpoint ARN")
    if is_hidden(parsed[2]):
        # What waits there goes out as if a topic had sent it.
        raise invalid_parameter("SQS endpoint ARN")


def _function(endpoint: str) -> None:
    if _LAMBDA.fullmatch(endpoint) is None:
        raise invalid_parameter("Lambda endpoint ARN")


def _stream(endpoint: str) -> None:
    if _FIREHOSE.fullmatch(endpoint) is None:
        raise invalid_parameter("Firehose endpoint ARN")


def _device(endpoint: str) -> None:
    if _APPLICATION.fullmatch(endpoint) is None:
        raise invalid_parameter(f"Application endpoint arn invalid:{endpoint}")


_CHECKS: Final[Mapping[str, Callable[[str], None]]] = {
    "application": _device,
    "email": _email,
    "email-json": _email,
    "firehose": _stream,
    "http": _url("http"),
    "https": _url("https"),
    "lambda": _function,
    "sms": _phone,
    "sqs": _queue,
}
