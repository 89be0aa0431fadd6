"""What SMS may cost: of a month, and of one message.

Amounts are whole millionths of a US dollar, so that sums are exact.  Sources: SNS API reference,
SetSMSAttributes; SNS developer guide, "Publishing to a mobile phone", and the texts under which SNS
logs an SMS that was not sent.
"""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

import msgspec

MICRO: Final = 1_000_000
MOST_USD: Final = 1_000_000_000
DEFAULT_MONTHLY_LIMIT: Final = 1 * MICRO
"""What AWS lets an account spend that has asked for no more."""

NO_QUOTA: Final = "No quota left for account"
TOO_DEAR: Final = "This delivery would exceed max price"


class Spent(msgspec.Struct, frozen=True):
    """What an account has spent in a month, in UTC."""

    month: str = ""
    """Such as 2026-11."""
    micro_usd: int = 0

    def in_month(self, month: str) -> int:
        """What was spent in that month: nothing, if it is another one."""
        return self.micro_usd if self.month == month else 0

    def plus(self, month: str, micro_usd: int) -> "Spent":
        """After a message has cost so much; with a new month, counting starts anew."""
        return Spent(month, self.in_month(month) + micro_usd)


def month_of(at: int) -> str:
    """The month of an instant in milliseconds."""
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m")


def micro_usd(text: str | None) -> int | None:
    """Of an amount in dollars, such as `0.50`; None for what is no such amount."""
    try:
        amount = Decimal(text or "")
    except InvalidOperation:
        return None
    return int(amount * MICRO) if amount.is_finite() and 0 <= amount <= MOST_USD else None


def refusal(cost: int, spent: int, monthly_limit: int, max_price: int | None) -> str | None:
    """Why a message that costs so much may not be sent; None where it may."""
    if spent + cost > monthly_limit:
        return NO_QUOTA
    if max_price is not None and cost > max_price:
        return TOO_DEAR
    return None
