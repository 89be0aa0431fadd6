"""Where messages go, as each protocol's sender takes it."""

import re
from collections.abc import Callable
from typing import Any, Final, Protocol

from tidegate.catalog.entities import Entities
from tidegate.catalog.push import PlatformApplication, PlatformEndpoint
from tidegate.catalog.sms import OptedOutNumber, SmsSettings
from tidegate.catalog.topics import Subscription, Topic
from tidegate.kms.secret import Secret
from tidegate.runtime.definitions import Definitions
from tidegate.server.deliveries.taken import Device
from tidegate.services.sns.push_credentials import BUNDLE_ID, TEAM_ID
from tidegate.services.sns.sms_sandbox import SmsOptions, may_send
from tidegate.workers.functions.target import FirehoseTarget, LambdaTarget
from tidegate.workers.http_delivery import HttpTarget
from tidegate.workers.mail.message import MailTarget
from tidegate.workers.push.target import PushTarget
from tidegate.workers.sms.spending import Spent
from tidegate.workers.sms.text_message import SmsTarget

_BETWEEN_DIGITS: Final = re.compile("[-./ ]")


class OpenSecret(Protocol):
    def __call__(self, sealed: bytes, associated_data: bytes) -> bytes | None:
        """The secret; None where it does not open."""


class Unopened(Exception):
    """The credentials of an application do not open, for their key has left the keyring."""


class Targets:
    def __init__(
        self,
        definitions: Definitions,
        open_secret: OpenSecret,
        spent: Callable[[str], Spent],
        sms: SmsOptions,
    ) -> None:
        """`open_secret` opens what the entities seal; `spent(account_region)` is what the SMS of an
        account have cost."""
        self._definitions = definitions
        self._open_secret = open_secret
        self._spent = spent
        self._sms = sms

    @property
    def _entities(self) -> Entities:
        return self._definitions.entities

    def of(self, topic: Topic, subscription: Subscription, content_type: str) -> Any:
        """The target of a subscription; `content_type` is for HTTP.  Raises Unopened."""
        protocol, endpoint = subscription.protocol, subscription.endpoint
        version = topic.signature_version or "1"
        if protocol in ("http", "https"):
            return HttpTarget(endpoint, subscription.raw, content_type, version)
        if protocol in ("email", "email-json"):
            return MailTarget(endpoint, topic.display_name or None, version)
        if protocol == "lambda":
            return LambdaTarget(endpoint, version)
        if protocol == "firehose":
            return FirehoseTarget(endpoint, subscription.raw)
        if protocol == "sms":
            return self.phone(topic.scope, endpoint)
        assert protocol == "application", protocol
        return self.push(self.device(endpoint))

    def phone(self, account_region: str, number: str, *, is_password: bool = False) -> SmsTarget:
        """A one-time password goes to a number that is not verified yet."""
        found = e164(number)
        verified = is_password or may_send(self._sms, self._entities, account_region, found)
        settings = self._entities.find(SmsSettings, account_region, "")
        out = self._entities.find(OptedOutNumber, account_region, found)
        return SmsTarget(
            found,
            {} if settings is None else settings.attributes,
            self._spent(account_region),
            out is not None and out.opted_out,
            not verified,
        )

    def device(self, endpoint_arn: str) -> Device | None:
        """None where the endpoint or its application is gone."""
        application_arn, _, id = endpoint_arn.replace(":endpoint/", ":app/", 1).rpartition("/")
        endpoint = self._entities.find(PlatformEndpoint, application_arn, id)
        _, _, _, region, account, rest = application_arn.split(":", 5)
        key = rest.removeprefix("app/")
        application = self._entities.find(PlatformApplication, f"{account}/{region}", key)
        if endpoint is None or application is None:
            return None
        return Device(application, endpoint)

    def push(self, device: Device | None) -> PushTarget:
        """One that is gone takes nothing, as one that is disabled.  Raises Unopened."""
        if device is None:
            return PushTarget("", "", Secret(b""), enabled=False)
        application, endpoint = device.application, device.endpoint
        principal = application.sealed_principal
        return PushTarget(
            application.platform,
            endpoint.token,
            self._opened(application.sealed_credential, f"{application.arn}#credential"),
            self._opened(principal, f"{application.arn}#principal") if principal else None,
            application.attributes.get(TEAM_ID),
            application.attributes.get(BUNDLE_ID),
            application.enabled and endpoint.enabled,
        )

    def _opened(self, sealed: bytes, name: str) -> Secret:
        secret = self._open_secret(sealed, name.encode())
        if secret is None:
            raise Unopened(f"{name} does not open")
        return Secret(secret)


def e164(number: str) -> str:
    """A phone number with the plus sign and nothing between its digits."""
    return "+" + _BETWEEN_DIGITS.sub("", number).removeprefix("+")
