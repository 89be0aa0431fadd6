"""What SNS asks of others: to send what no client called for, and to say what a caller may."""

from collections.abc import Callable
from typing import Protocol

from tidegate.base.call import Call
from tidegate.catalog.push import PlatformApplication, PlatformEndpoint
from tidegate.catalog.topics import Subscription


class Outward(Protocol):
    """Sends messages of SNS's own.  Each returns at once, neither blocks nor raises, and is called
    after the change that it tells of was handed to the log."""

    def send_confirmation(self, subscription: Subscription, token: str) -> None:
        """Ask the endpoint whether it wants the messages: SubscriptionConfirmation."""

    def send_cancellation(self, subscription: Subscription, token: str) -> None:
        """Tell the endpoint that it gets no more: UnsubscribeConfirmation.  The subscription is
        gone; the token makes a new one like it."""

    def send_password(self, account: str, region: str, number: str, password: str) -> None:
        """Send a one-time password to a phone in the SMS sandbox."""

    def tell_endpoint_event(
        self, application: PlatformApplication, event: str, endpoint: PlatformEndpoint
    ) -> None:
        """Publish to the topic that the application's attribute `event` names (such as
        EventEndpointCreated), for a device that was created, updated or deleted."""


class MayAlso(Protocol):
    def __call__(self, call: Call, action: str, resource: str) -> None:
        """Raises AccessDeniedException where the caller may not do this besides."""


Seal = Callable[[bytes, bytes], bytes]
"""seal(secret, associated_data): what is opened with the same associated data only."""
