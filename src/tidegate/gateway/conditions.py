"""The condition keys of a request: what a policy may ask of it.

User guide, "AWS global condition context keys".  What only the caller settles (aws:username and its
like) `auth.policy` knows by itself; what only a service knows its table of operations gives.
Nothing is computed before a policy asks for it.
"""

import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from tidegate.auth.policy.variables import Value
from tidegate.base.call import Operation
from tidegate.gateway.exchange import Exchange

Clock = Callable[[], float]
"""Unix seconds."""

_REQUEST_TAG: Final = "aws:requesttag/"
_MOST_TEXT_CHARS: Final = 1024
"""What policies see of a header: a wildcard takes a time that grows with its text, and a client may
send a long one."""


class RequestKeys:
    """context(key) -> value: the keys of one request, by names in lower case."""

    __slots__ = ("_clock", "_exchange", "_of_service", "_operation", "_shape", "_tags_of")

    def __init__(
        self,
        exchange: Exchange,
        operation: Operation,
        shape: Any,
        tags_of: Callable[[str], Mapping[str, str]],
        clock: Clock,
    ) -> None:
        """`tags_of` a resource, by its ARN."""
        self._exchange = exchange
        self._operation = operation
        self._shape = shape
        self._tags_of = tags_of
        self._clock = clock
        self._of_service: dict[str, Value] | None = None

    def __call__(self, key: str) -> Value | None:
        read = _READERS.get(key)
        if read is not None:
            return read(self)
        if key.startswith(_REQUEST_TAG):
            return _by_lower_name(_tags_of(self._shape), key[len(_REQUEST_TAG) :])
        vendor, _, name = key.partition(":")
        if name.startswith("resourcetag/") and vendor in ("aws", self._exchange.service):
            return _by_lower_name(self._tags_of(self._exchange.resource), key.partition("/")[2])
        return self._service_keys().get(key)

    def _service_keys(self) -> dict[str, Value]:
        if self._of_service is None:
            context = self._operation.context
            values = {} if context is None else context(self._exchange, self._shape)
            self._of_service = {
                key.lower(): value if isinstance(value, str) else tuple(value)
                for key, value in values.items()
            }
        return self._of_service

    # --- One key each ----------------------------------------------------------------------------

    def current_time(self) -> Value:
        return _iso(int(self._clock()))

    def epoch_time(self) -> Value:
        return str(int(self._clock()))

    def source_ip(self) -> Value | None:
        return self._exchange.request.peer or None

    def secure_transport(self) -> Value:
        return "true" if self._exchange.connection.secure else "false"

    def user_agent(self) -> Value | None:
        return self._header("user-agent")

    def referer(self) -> Value | None:
        return self._header("referer")

    def _header(self, name: str) -> Value | None:
        value = self._exchange.request.headers.get(name)
        return None if value is None else value[:_MOST_TEXT_CHARS]

    def requested_region(self) -> Value | None:
        return self._exchange.region or None

    def resource_account(self) -> Value | None:
        parts = self._exchange.resource.split(":", 5)
        return (parts[4] if len(parts) == 6 else self._exchange.principal.account) or None

    def tag_keys(self) -> Value | None:
        named = _tag_keys_of(self._shape) or tuple(_tags_of(self._shape))
        return named or None


_READERS: Final[dict[str, Callable[[RequestKeys], Value | None]]] = {
    "aws:currenttime": RequestKeys.current_time,
    "aws:epochtime": RequestKeys.epoch_time,
    "aws:sourceip": RequestKeys.source_ip,
    "aws:securetransport": RequestKeys.secure_transport,
    "aws:useragent": RequestKeys.user_agent,
    "aws:referer": RequestKeys.referer,
    "aws:requestedregion": RequestKeys.requested_region,
    "aws:resourceaccount": RequestKeys.resource_account,
    "aws:tagkeys": RequestKeys.tag_keys,
    # A service that calls for a client does not come through the gateway.
    "aws:viaawsservice": lambda keys: "false",
}


@lru_cache(maxsize=4)
def _iso(instant: int) -> str:
    """Unix seconds as policies write them; the same for all requests of a second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(instant))


def _tags_of(shape: Any) -> dict[str, str]:
    """The tags that a request brings, in whichever form its service has them."""
    tags = getattr(shape, "Tags", None) or getattr(shape, "tags", None) or {}
    if isinstance(tags, Mapping):
        return dict(tags)
    pairs = ((_either(tag, "Key", "TagKey"), _either(tag, "Value", "TagValue")) for tag in tags)
    return {str(key): str(value or "") for key, value in pairs}


def _either(shape: Any, name: str, other: str) -> Any:
    return getattr(shape, name) if hasattr(shape, name) else getattr(shape, other, None)


def _tag_keys_of(shape: Any) -> tuple[str, ...]:
    return tuple(getattr(shape, "TagKeys", None) or ())


def _by_lower_name(tags: Mapping[str, str], name: str) -> str | None:
    """Names of tags are compared whatever their case (aws:ResourceTag matches a tag TagKey1 or
    tagkey1, "but not both").  Of two that differ in case alone none counts: else whoever sets tags
    could have a policy look at the one that it is meant to see."""
    found = [value for key, value in tags.items() if key.lower() == name]
    return found[0] if len(found) == 1 else None
