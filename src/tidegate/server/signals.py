"""Stopping by signal: the first one drains, a second one ends the process at once."""

import asyncio
import logging
import os
import signal
from collections.abc import Callable

logger = logging.getLogger(__name__)

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopSignals:
    """Turns SIGINT and SIGTERM into one call of `drain`.

    Whoever sends a second signal does not want to wait: `end` gets the exit status that a shell
    shows for that signal, and the default for it does not return.
    """

    def __init__(self, drain: Callable[[], None], end: Callable[[int], None] = os._exit) -> None:
        self._drain = drain
        self._end = end
        self._draining = False

    def install(self, loop: asyncio.AbstractEventLoop) -> None:
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self.receive, number)

    def receive(self, number: signal.Signals) -> None:
        if self._draining:
            logger.warning("%s again: ending at once", number.name)
            self._end(128 + number)
            return
        self._draining = True
        logger.info("%s: draining, then stopping; once more ends at once", number.name)
        self._drain()
