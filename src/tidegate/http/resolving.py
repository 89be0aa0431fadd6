"""Names to addresses, in threads of its own: the system's resolver blocks, and may for long.

Who asks for a name that is being asked for waits for the same answer, so a name that hangs takes
one thread however many want it.
"""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol

MOST_LOOKUPS: Final = 16
"""Names that are looked up at once."""


class Resolve(Protocol):
    """resolve(host, port): addresses in figures, best first.  Raises OSError."""

    async def __call__(self, host: str, port: int) -> list[str]: ...


class Resolver:
    """The system's resolver, for one event loop."""

    def __init__(self) -> None:
        self._threads: ThreadPoolExecutor | None = None
        self._pending: dict[tuple[str, int], asyncio.Future[list[str]]] = {}

    async def __call__(self, host: str, port: int) -> list[str]:
        """Raises OSError."""
        key = host, port
        pending = self._pending.get(key)
        if pending is None:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(MOST_LOOKUPS, "resolve")
            loop = asyncio.get_running_loop()
            pending = loop.run_in_executor(self._threads, _look_up, host, port)
            self._pending[key] = pending
            pending.add_done_callback(lambda done: self._forget(key, done))
        # Whoever gives up waiting must not take the answer from the others.
        return await asyncio.shield(pending)

    def _forget(self, key: tuple[str, int], done: asyncio.Future[list[str]]) -> None:
        del self._pending[key]
        if not done.cancelled():
            done.exception()

    def close(self) -> None:
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None


def _look_up(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise OSError("no name of a host") from None
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
