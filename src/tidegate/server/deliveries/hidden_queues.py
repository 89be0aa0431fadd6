"""Hidden queues go when what they are for has gone: a subscription, a device, a FIFO topic.

The definition goes first.  Where a crash comes between the two, the queue is found at the next
start: nothing that stands is what it is for.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from tidegate.catalog.entities import Changes
from tidegate.catalog.entity import Entity, EntityName
from tidegate.catalog.push import PlatformEndpoint
from tidegate.catalog.topics import FIFO_SUFFIX, CancelledSubscription, Subscription, Topic
from tidegate.engine.commands import DeleteQueue
from tidegate.runtime.definitions import Definitions
from tidegate.runtime.node import Node
from tidegate.services.sns.delivery_queues import (
    Kind,
    cancelled_queue,
    device_queue,
    read_queue,
    subscription_queue,
    topic_queue,
)

_OWNERS: Final[Mapping[Kind, type[Entity]]] = {
    "cancelled": CancelledSubscription,
    "device": PlatformEndpoint,
    "subscription": Subscription,
    "topic": Topic,
}
"""What queues are for, by their kind.  That of phones stays."""


class HiddenQueues:
    def __init__(self, node: Node, definitions: Definitions, forget: Callable[[str], None]) -> None:
        """`forget(queue)` is called for each that has gone."""
        self._node = node
        self._by_arn = node.partition.state.by_arn
        self._definitions = definitions
        self._forget = forget

    def start(self) -> None:
        """Drop those that are for nothing, now and from now on."""
        for arn in list(self._ownerless()):
            self.drop(arn)
        self._definitions.watch(self._on_change)

    def drop(self, arn: str) -> None:
        """With what it holds."""
        self._node.run_unasked(DeleteQueue(arn))
        self._forget(arn)

    def drop_if_spent(self, arn: str) -> None:
        """Where it was made for one message only, and that has gone."""
        queue = self._by_arn.get(arn)
        if queue is None or queue.slots.live:
            return
        named = read_queue(arn)
        if named is not None and named.kind == "cancelled":
            self.drop(arn)

    def _on_change(self, changes: Changes) -> None:
        for name in changes.removed:
            arn = _queue_of(name)
            # The log may have refused the change.
            if arn in self._by_arn and not self._definitions.entities.has(name):
                self.drop(arn)

    def _ownerless(self) -> Iterable[str]:
        left: dict[Kind, dict[str, str]] = {kind: {} for kind in _OWNERS}
        for arn in self._by_arn:
            named = read_queue(arn)
            if named is not None and named.kind in left:
                left[named.kind][_identity(named.kind, named.account, named.region, named.id)] = arn
        for kind, owners in left.items():
            if owners:
                self._strike_out(kind, owners)
            yield from owners.values()

    def _strike_out(self, kind: Kind, owners: dict[str, str]) -> None:
        """Those that stand."""
        entities, owner = self._definitions.entities, _OWNERS[kind]
        for scope in entities.scopes(owner):
            for key in entities.all_of(owner, scope):
                owners.pop(f"{scope}/{key}" if kind == "topic" else key, None)


def _identity(kind: Kind, account: str, region: str, id: str) -> str:
    """UUIDs are like no other; topics have names of their place."""
    return f"{account}/{region}/{id}" if kind == "topic" else id


def _queue_of(name: EntityName) -> str:
    """The ARN of the queue that is there for an entity; "" where there can be none."""
    kind, scope, key = name.kind, name.scope, name.key
    if kind == Subscription.__name__:
        return subscription_queue(scope, key)
    if kind == CancelledSubscription.__name__:
        return cancelled_queue(scope, key)
    if kind == PlatformEndpoint.__name__:
        return device_queue(scope, key)
    if kind == Topic.__name__ and key.endswith(FIFO_SUFFIX):
        account, _, region = scope.partition("/")
        return topic_queue(f"arn:aws:sns:{region}:{account}:{key}")
    return ""
