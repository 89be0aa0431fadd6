"""Delivery policies: how often, how fast and as what messages go to an HTTP or HTTPS endpoint.

    parse_topic_policy          the DeliveryPolicy of a topic, as a client set it
    parse_subscription_policy   that of a subscription
    stored_*_text               what was set, as AWS writes it
    effective_policy            what both and AWS's defaults come to; effective_*_text writes it

A topic's policy stands under `http`, with `default` before the names of its parts; it may forbid
that subscriptions have policies of their own.  Source: SNS developer guide, "Creating an HTTP/S
delivery policy"; what is mandatory, and the texts, from answers of AWS.
"""

import json
from typing import Any, Final, Literal, get_args

import msgspec

from tidegate.base.limits import Range
from tidegate.base.refusals import InvalidParameterException, invalid_parameter
from tidegate.base.sns_limits import DELAY_TARGET_S, RETRIES
from tidegate.catalog.json_object import parse_object

BackoffFunction = Literal["linear", "arithmetic", "geometric", "exponential"]

DEFAULT_CONTENT_TYPE: Final = "text/plain; charset=UTF-8"
_CONTENT_TYPES: Final = frozenset({"text/plain", "application/json"})
"""Of notifications."""
_RAW_CONTENT_TYPES: Final = _CONTENT_TYPES | {
    "application/atom+xml",
    "application/octet-stream",
    "application/soap+xml",
    "application/x-www-form-urlencoded",
    "application/xhtml+xml",
    "application/xml",
    "text/css",
    "text/csv",
    "text/html",
    "text/xml",
}
"""Of messages that are delivered raw."""
_ANY_NUMBER: Final = Range(0, 100_000)
_NAME: Final = "DeliveryPolicy"


class RetryPolicy(msgspec.Struct, frozen=True):
    """In which four phases a delivery is tried again: at once, at the shortest delay, backing off
    from the shortest to the longest, and at the longest.  Delays are in seconds."""

    min_delay_target: int = 20
    max_delay_target: int = 20
    num_retries: int = 3
    """Tries after the first one, in all phases together."""
    num_max_delay_retries: int = 0
    num_no_delay_retries: int = 0
    num_min_delay_retries: int = 0
    backoff_function: BackoffFunction = "linear"


DEFAULT_RETRY_POLICY: Final = RetryPolicy()

_FIELDS: Final = {
    "minDelayTarget": ("min_delay_target", DELAY_TARGET_S),
    "maxDelayTarget": ("max_delay_target", DELAY_TARGET_S),
    "numRetries": ("num_retries", RETRIES),
    "numMaxDelayRetries": ("num_max_delay_retries", _ANY_NUMBER),
    "numNoDelayRetries": ("num_no_delay_retries", _ANY_NUMBER),
    "numMinDelayRetries": ("num_min_delay_retries", _ANY_NUMBER),
}
"""AWS's name of each number, in AWS's order: our name, and what it may be."""
_MANDATORY: Final = ("minDelayTarget", "maxDelayTarget", "numRetries")


class DeliveryPolicy(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a topic's or a subscription's policy says; None for what it leaves open."""

    retry: dict[str, int | str] | None = None
    """By AWS's names, only what was given."""
    max_receives_per_second: int | None = None
    content_type: str | None = None
    disable_overrides: bool = False
    """Of a topic: whether the policies of its subscriptions do not count."""


class EffectivePolicy(msgspec.Struct, frozen=True):
    """What counts for a subscription."""

    retry: RetryPolicy = DEFAULT_RETRY_POLICY
    max_receives_per_second: int | None = None
    """None: as many as there are."""
    content_type: str = DEFAULT_CONTENT_TYPE


class _Names(msgspec.Struct, frozen=True):
    """What the parts of a policy are called."""

    place: str
    retry: str
    throttle: str
    request: str


_TOPIC: Final = _Names(
    "http.", "defaultHealthyRetryPolicy", "defaultThrottlePolicy", "defaultRequestPolicy"
)
_SUBSCRIPTION: Final = _Names("", "healthyRetryPolicy", "throttlePolicy", "requestPolicy")
_OVERRIDES: Final = "disableSubscriptionOverrides"
_IGNORED: Final = frozenset({"sicklyRetryPolicy", "guaranteed"})
"""What AWS shows in the policies of subscriptions, and what means nothing."""


def parse_topic_policy(text: str) -> DeliveryPolicy | None:
    """None where it says nothing; raises InvalidParameterException."""
    document = parse_object(_NAME, text) if text.strip() else {}
    for name in document.keys() - {"http"}:
        raise _unexpected(name)
    http = document.get("http")
    if http is None:
        return None
    http = _object(http, "http")
    overrides = http.get(_OVERRIDES)
    if not isinstance(overrides, bool | None):
        raise _wrong(f"http.{_OVERRIDES} must be true or false")
    policy = _parts(http, _TOPIC, {_OVERRIDES}, _CONTENT_TYPES)
    return msgspec.structs.replace(policy, disable_overrides=bool(overrides))


def parse_subscription_policy(text: str, *, raw: bool) -> DeliveryPolicy | None:
    """None where it says nothing; raises InvalidParameterException."""
    document = parse_object(_NAME, text) if text.strip() else {}
    policy = _parts(
        document, _SUBSCRIPTION, _IGNORED, _RAW_CONTENT_TYPES if raw else _CONTENT_TYPES
    )
    return None if policy == DeliveryPolicy() else policy


def _parts(
    document: dict[str, Any],
    names: _Names,
    besides: frozenset[str] | set[str],
    content_types: frozenset[str],
) -> DeliveryPolicy:
    for name in document.keys() - {names.retry, names.throttle, names.request} - besides:
        raise _unexpected(name)
    throttle = _member(document, names.throttle, names.place, {"maxReceivesPerSecond"})
    request = _member(document, names.request, names.place, {"headerContentType"})
    retry = _member(document, names.retry, names.place, {*_FIELDS, "backoffFunction"})
    place = f"{names.place}{names.throttle}.maxReceivesPerSecond"
    rate = (throttle or {}).get("maxReceivesPerSecond")
    return DeliveryPolicy(
        None if retry is None else _retry(retry, f"{names.place}{names.retry}."),
        None if rate is None else _number(rate, place, Range(1, 1_000_000)),
        _content_type(request, f"{names.place}{names.request}.headerContentType", content_types),
    )


def _member(
    document: dict[str, Any], name: str, place: str, known: set[str]
) -> dict[str, Any] | None:
    if document.get(name) is None:
        return None
    member = _object(document[name], f"{place}{name}")
    for other in member.keys() - known:
        raise _unexpected(other)
    return {key: value for key, value in member.items() if value is not None}


def _retry(given: dict[str, Any], place: str) -> dict[str, int | str]:
    for name in _MANDATORY:
        if name not in given:
            raise _wrong(f"{place}{name} must be specified")
    found: dict[str, int | str] = {}
    numbers: dict[str, int] = {}
    for name, (_, allowed) in _FIELDS.items():
        if name in given:
            found[name] = numbers[name] = _number(given[name], f"{place}{name}", allowed)
    if numbers["maxDelayTarget"] < numbers["minDelayTarget"]:
        raise _wrong(f"{place}maxDelayTarget must be greater than or equal to minDelayTarget")
    phases = ("numMinDelayRetries", "numNoDelayRetries", "numMaxDelayRetries")
    if numbers["numRetries"] < sum(numbers.get(name, 0) for name in phases):
        raise _wrong(
            f"{place}numRetries must be greater than or equal to total of numMinDelayRetries, "
            "numNoDelayRetries and numMaxDelayRetries"
        )
    backoff = given.get("backoffFunction")
    if backoff is not None:
        if backoff not in get_args(BackoffFunction):
            raise _wrong(
                f"{place}backoffFunction must be one of: linear, arithmetic, geometric or "
                "exponential"
            )
        found["backoffFunction"] = backoff
    return found


def _number(value: Any, place: str, allowed: Range) -> int:
    """A whole number, or its digits in a string."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 9:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong(f"{place} must be an integer")
    if value < allowed.low:
        raise _wrong(f"{place} must be greater than or equal to {allowed.low}")
    if value > allowed.high:
        raise _wrong(f"{place} must be less than or equal to {allowed.high}")
    return value


def _content_type(
    request: dict[str, Any] | None, place: str, allowed: frozenset[str]
) -> str | None:
    value = (request or {}).get("headerContentType")
    if value is None:
        return None
    if not (isinstance(value, str) and _is_header(value) and _media_type(value) in allowed):
        raise _wrong(f"{place} is not a supported content type")
    return value


def _is_header(text: str) -> bool:
    return text.isascii() and text.isprintable() and len(text) <= 256


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _object(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(f"{place} must be a JSON object")
    return value


def _unexpected(name: str) -> InvalidParameterException:
    return _wrong(f"Unexpected JSON member: {name.encode(errors='replace').decode()}")


def _wrong(what: str) -> InvalidParameterException:
    return invalid_parameter(f"{_NAME}: {what}")


# --- What counts ---------------------------------------------------------------------------------


def effective_policy(
    topic: DeliveryPolicy | None, subscription: DeliveryPolicy | None = None, *, raw: bool = False
) -> EffectivePolicy:
    """Of each part the subscription's, else the topic's, else AWS's default."""
    topic = topic or DeliveryPolicy()
    own = subscription if subscription and not topic.disable_overrides else DeliveryPolicy()
    rate = own.max_receives_per_second
    content_type = own.content_type or topic.content_type or DEFAULT_CONTENT_TYPE
    if not raw and _media_type(content_type) not in _CONTENT_TYPES:
        content_type = DEFAULT_CONTENT_TYPE
    return EffectivePolicy(
        _retry_policy(own.retry if own.retry is not None else topic.retry),
        topic.max_receives_per_second if rate is None else rate,
        content_type,
    )


def _retry_policy(given: dict[str, int | str] | None) -> RetryPolicy:
    if given is None:
        return DEFAULT_RETRY_POLICY
    fields = {field: given[name] for name, (field, _) in _FIELDS.items() if name in given}
    if "backoffFunction" in given:
        fields["backoff_function"] = given["backoffFunction"]
    return msgspec.convert(fields, RetryPolicy)


# --- As text -------------------------------------------------------------------------------------


def stored_topic_text(policy: DeliveryPolicy) -> str:
    """What GetTopicAttributes shows as DeliveryPolicy: what was given, and whether subscriptions
    may override it."""
    rate, content_type = policy.max_receives_per_second, policy.content_type
    http = {
        **({} if policy.retry is None else {_TOPIC.retry: policy.retry}),
        _OVERRIDES: policy.disable_overrides,
        **({} if rate is None else {_TOPIC.throttle: {"maxReceivesPerSecond": rate}}),
        **({} if content_type is None else {_TOPIC.request: {"headerContentType": content_type}}),
    }
    return _text({"http": http})


def stored_subscription_text(policy: DeliveryPolicy) -> str:
    rate, content_type = policy.max_receives_per_second, policy.content_type
    return _text(
        {
            "healthyRetryPolicy": policy.retry,
            "sicklyRetryPolicy": None,
            "throttlePolicy": None if rate is None else {"maxReceivesPerSecond": rate},
            "requestPolicy": None if content_type is None else {"headerContentType": content_type},
            "guaranteed": False,
        }
    )


def effective_topic_text(topic: DeliveryPolicy | None) -> str:
    effective = effective_policy(topic)
    rate = effective.max_receives_per_second
    http = {
        _TOPIC.retry: _shown(effective.retry),
        _OVERRIDES: topic is not None and topic.disable_overrides,
        **({} if rate is None else {_TOPIC.throttle: {"maxReceivesPerSecond": rate}}),
        _TOPIC.request: {"headerContentType": effective.content_type},
    }
    return _text({"http": http})


def effective_subscription_text(effective: EffectivePolicy) -> str:
    rate = effective.max_receives_per_second
    return _text(
        {
            "healthyRetryPolicy": _shown(effective.retry),
            "sicklyRetryPolicy": None,
            "throttlePolicy": None if rate is None else {"maxReceivesPerSecond": rate},
            "requestPolicy": {"headerContentType": effective.content_type},
            "guaranteed": False,
        }
    )


def _shown(retry: RetryPolicy) -> dict[str, int | str]:
    shown: dict[str, int | str] = {
        name: getattr(retry, field) for name, (field, _) in _FIELDS.items()
    }
    shown["backoffFunction"] = retry.backoff_function
    return shown


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"))
