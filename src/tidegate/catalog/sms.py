"""The entities of SMS: an account's settings in a region, what it has spent, who opted out, and the
sandbox.

The scope of all of them is `account/region`.  Instants are integer milliseconds.
"""

from typing import Literal

import msgspec

from tidegate.catalog.entity import Entity


class SmsSettings(Entity, frozen=True):
    account_region: str
    """The scope: `account/region`."""
    attributes: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def scope(self) -> str:
        return self.account_region

    @property
    def key(self) -> str:
        return ""


class OptedOutNumber(Entity, frozen=True):
    """A phone that wants no messages, or wanted none once."""

    account_region: str
    number: str
    """In the form of E.164."""
    opted_out: bool = True
    opted_in_at: int | None = None
    """When it was last opted in by OptInPhoneNumber, which AWS allows every 30 days."""

    @property
    def scope(self) -> str:
        return self.account_region

    @property
    def key(self) -> str:
        return self.number


class SandboxNumber(Entity, frozen=True):
    """A phone to which an account in the sandbox may send, once it is verified."""

    account_region: str
    number: str
    status: Literal["Pending", "Verified"] = "Pending"
    password_digest: bytes = b""
    """SHA-256 of account, number and one-time password; empty once it was used."""
    password_expires_at: int = 0
    tries: int = 0
    """Wrong one-time passwords since the last one was sent."""
    verified_at: int | None = None

    @property
    def scope(self) -> str:
        return self.account_region

    @property
    def key(self) -> str:
        return self.number

    def __repr__(self) -> str:
        return f"SandboxNumber({self.account_region!r}, {self.status!r})"


class SmsSpending(Entity, frozen=True):
    """What an account's SMS have cost in a month."""

    account_region: str
    month: str
    """In UTC, such as 2026-11."""
    micro_usd: int
    """Millionths of a US dollar."""

    @property
    def scope(self) -> str:
        return self.account_region

    @property
    def key(self) -> str:
        return ""
