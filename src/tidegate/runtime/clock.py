"""The clock.  Nothing below this package reads one."""

import time
from typing import Protocol


class Clock(Protocol):
    def now_ms(self) -> int:
        """The wall clock: integer milliseconds since the epoch.  It may step back; log time, which
        the engine makes of it, does not."""


class WallClock:
    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000
