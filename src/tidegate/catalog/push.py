"""The entities of mobile push: applications on a platform, and the devices that they are on.

An application's scope is `account/region`, its key `<platform>/<name>`; an endpoint's scope is the
ARN of its application, its key a UUID made of the token with which it was created.
"""

import msgspec

from tidegate.catalog.entity import Entity
from tidegate.catalog.topics import topic_scope


def application_arn(account: str, region: str, platform: str, name: str) -> str:
    return f"arn:aws:sns:{region}:{account}:app/{platform}/{name}"


class PlatformApplication(Entity, frozen=True):
    account: str
    region: str
    platform: str
    """Such as APNS_SANDBOX."""
    name: str
    created_at: int
    sealed_credential: bytes
    """PlatformCredential, sealed as `<arn>#credential`."""
    sealed_principal: bytes = b""
    """PlatformPrincipal, sealed as `<arn>#principal`; empty where the platform has none."""
    attributes: dict[str, str] = msgspec.field(default_factory=dict)
    """Those that are no secrets, Enabled among them."""

    @property
    def scope(self) -> str:
        return topic_scope(self.account, self.region)

    @property
    def key(self) -> str:
        return f"{self.platform}/{self.name}"

    @property
    def arn(self) -> str:
        return application_arn(self.account, self.region, self.platform, self.name)

    @property
    def enabled(self) -> bool:
        return self.attributes.get("Enabled") != "false"

    def __repr__(self) -> str:
        return f"PlatformApplication({self.arn!r})"


class PlatformEndpoint(Entity, frozen=True):
    application_arn: str
    id: str
    token: str
    """What the platform calls the app on the device."""
    created_at: int
    enabled: bool = True
    custom_user_data: str | None = None
    attributes: dict[str, str] = msgspec.field(default_factory=dict)
    """Baidu's ChannelId and UserId."""

    @property
    def scope(self) -> str:
        return self.application_arn

    @property
    def key(self) -> str:
        return self.id

    @property
    def arn(self) -> str:
        return f"{self.application_arn.replace(':app/', ':endpoint/', 1)}/{self.id}"

    def __repr__(self) -> str:
        return f"PlatformEndpoint({self.arn!r})"


class MovedToken(Entity, frozen=True):
    """Where the endpoint with a token is, if not under the UUID that is made of the token: its
    token was changed, or that UUID was taken."""

    application_arn: str
    token: str
    endpoint_id: str

    @property
    def scope(self) -> str:
        return self.application_arn

    @property
    def key(self) -> str:
        return self.token

    def __repr__(self) -> str:
        return f"MovedToken({self.endpoint_id!r})"
