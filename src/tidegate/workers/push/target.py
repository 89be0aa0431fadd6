"""Which app on which device gets a push notification, and what proves to the platform who sends."""

from hashlib import sha256
from typing import Any

import msgspec

from tidegate.kms.secret import Secret
from tidegate.workers.outcome import Undeliverable


class PushTarget(msgspec.Struct, frozen=True):
    """An endpoint, and the application that it belongs to."""

    platform: str
    """Such as APNS_SANDBOX."""
    token: str
    """What the platform calls the app on the device."""
    credential: Secret
    """PlatformCredential: a private key, a service account, or a client's secret."""
    principal: Secret | None = None
    """PlatformPrincipal: a certificate, a key's id, or a client's id."""
    team_id: str | None = None
    """ApplePlatformTeamID."""
    bundle_id: str | None = None
    """ApplePlatformBundleID."""
    enabled: bool = True
    """Of both, the endpoint and the application."""

    def __repr__(self) -> str:
        """Without the token, which is for the app and its senders alone."""
        return f"PushTarget({self.platform!r})"

    def principal_text(self) -> str:
        """Raises Undeliverable where it is no text."""
        return "" if self.principal is None else _text(self.principal)

    def credential_text(self) -> str:
        """Raises Undeliverable where it is no text."""
        return _text(self.credential)

    def credentials_digest(self) -> bytes:
        """The same for all endpoints of an application until its credentials change."""
        parts = (
            self.platform.encode(),
            b"" if self.principal is None else self.principal.reveal(),
            self.credential.reveal(),
            (self.team_id or "").encode(),
        )
        return sha256(b"".join(sha256(part).digest() for part in parts)).digest()


def _text(secret: Secret) -> str:
    try:
        return secret.reveal().decode()
    except UnicodeDecodeError:
        raise Undeliverable("the platform credentials are not text") from None


def payload_object(text: str) -> dict[str, Any]:
    """The object that a structured message has for its platform; raises Undeliverable."""
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Undeliverable("the message for the platform is no JSON object")
    return found
