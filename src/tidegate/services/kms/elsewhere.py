"""Work that takes too long for the event loop: an RSA key takes up to seconds to make."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final, Protocol

from tidegate.base.call import Call
from tidegate.base.refusals import ThrottlingException

_MOST_WAITING: Final = 32


class Elsewhere(Protocol):
    """elsewhere(call, work, then): `then(work())`, later; what either raises, the call fails
    with."""

    def __call__(
        self, call: Call, work: Callable[[], Any], then: Callable[[Any], None]
    ) -> None: ...


class OtherThread:
    """Does the work in one thread, in order, and goes on in the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="kms")
        self._waiting = 0

    def __call__(self, call: Call, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Raises ThrottlingException where too much work waits."""
        if self._waiting >= _MOST_WAITING:
            raise ThrottlingException
        self._waiting += 1
        future = self._loop.run_in_executor(self._thread, work)
        future.add_done_callback(partial(self._finish, call, then))

    def _finish(self, call: Call, then: Callable[[Any], None], future: asyncio.Future[Any]) -> None:
        self._waiting -= 1
        if future.cancelled():
            return
        try:
            then(future.result())
        except Exception as error:
            call.fail(error)

    def close(self) -> None:
        """Whatever has not begun does not begin any more."""
        self._thread.shutdown(wait=False, cancel_futures=True)
