"""What accounts spend on SMS: counted at once, kept every few seconds."""

import asyncio
from collections.abc import Callable
from typing import Final

from tidegate.catalog.entities import Changes
from tidegate.catalog.sms import SmsSpending
from tidegate.runtime.definitions import Definitions
from tidegate.workers.sms.spending import Spent, month_of

NOTED_S: Final = 2.0
"""How soon after the first SMS its cost is kept: what a crash may forget."""


class Spending:
    def __init__(self, definitions: Definitions, loop: asyncio.AbstractEventLoop) -> None:
        self._definitions = definitions
        self._now_ms: Callable[[], int] = definitions.now_ms
        self._loop = loop
        self._unkept: dict[str, Spent] = {}
        self._timer: asyncio.TimerHandle | None = None

    def spent(self, account_region: str) -> Spent:
        """In the last month in which anything was spent."""
        unkept = self._unkept.get(account_region)
        if unkept is not None:
            return unkept
        kept = self._definitions.entities.find(SmsSpending, account_region, "")
        return Spent() if kept is None else Spent(kept.month, kept.micro_usd)

    def add(self, account_region: str, micro_usd: int) -> None:
        month = month_of(self._now_ms())
        self._unkept[account_region] = self.spent(account_region).plus(month, micro_usd)
        if self._timer is None:
            self._plan()

    def stop(self) -> None:
        """Keep what is left."""
        if self._timer is not None:
            self._timer.cancel()
            self._keep()

    def _keep_in_time(self) -> None:
        """What a full disk refuses is tried again."""
        self._timer = None
        self._keep()
        if self._unkept:
            self._plan()

    def _plan(self) -> None:
        self._timer = self._loop.call_later(NOTED_S, self._keep_in_time)

    def _keep(self) -> None:
        puts = tuple(
            SmsSpending(account_region, spent.month, spent.micro_usd)
            for account_region, spent in self._unkept.items()
        )
        self._definitions.note(Changes(puts))
        entities = self._definitions.entities
        for put in puts:
            if entities.find(SmsSpending, put.account_region, "") == put:
                del self._unkept[put.account_region]
