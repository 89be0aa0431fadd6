"""What is known of a message that was taken to be delivered, beside what its sender needs."""

import msgspec

from tidegate.catalog.push import PlatformApplication, PlatformEndpoint
from tidegate.catalog.topics import Subscription, Topic
from tidegate.engine.commands import Receipt


class Device(msgspec.Struct, frozen=True):
    """An app on a device."""

    application: PlatformApplication
    endpoint: PlatformEndpoint


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """The `receipt` of a job."""

    receipt: Receipt
    delivery_id: str
    """The message's id in its queue."""
    account_region: str
    """The scope of the definitions that it is about."""
    destination: str
    """Whom it goes to, without credentials."""
    topic: Topic | None = None
    """None for what was published straight to a device or a phone."""
    subscription: Subscription | None = None
    device: Device | None = None
    most_per_second: int | None = None
    """What the subscription lets be sent."""
    is_confirmation: bool = False
    """Whether it is a message of SNS's own."""
