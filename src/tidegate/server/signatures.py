"""The signatures of notifications that queues show: made in threads, and the last ones kept.

Who wants one that is being made waits for it: a message that a hundred queues show at once is
signed once.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from typing import Any, Final

from tidegate.base.refusals import Fault
from tidegate.kms.notary import Notary, SignatureVersion

_MOST: Final = 16_384
_THREADS: Final = 2

Unsigned = tuple[SignatureVersion, bytes]
_Key = tuple[str, bytes]
_Job = asyncio.Future[dict[_Key, str]]


class NotarySignatures:
    """The port `services.sqs.envelopes.Signatures`, over a notary that is there when it is first
    asked for."""

    def __init__(self, notary: Callable[[], Notary], loop: asyncio.AbstractEventLoop) -> None:
        self._notary = notary
        self._loop = loop
        self._threads: ThreadPoolExecutor | None = None
        self._made: OrderedDict[_Key, str] = OrderedDict()
        self._making: dict[_Key, _Job] = {}
        """What each is made with."""

    @property
    def certificate_path(self) -> str:
        return f"/{self._notary().seal.certificate_name}"

    def find(self, version: SignatureVersion, text: bytes) -> str | None:
        return self._made.get(_key(version, text))

    def now(self, version: SignatureVersion, text: bytes) -> str:
        found = self.find(version, text)
        if found is None:
            found = self._notary().seal.sign(version, text)
            self._keep({_key(version, text): found})
        return found

    def make(
        self,
        unsigned: list[Unsigned],
        then: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        wanted = {_key(version, text): (version, text) for version, text in unsigned}
        new = {key: each for key, each in wanted.items() if key not in self._making}
        if new:
            self._making.update(dict.fromkeys(new, self._start(new)))
        jobs = {self._making[key] for key in wanted}
        asyncio.gather(*jobs).add_done_callback(partial(_tell, then, failed))

    def _start(self, new: dict[_Key, Unsigned]) -> _Job:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="notary")
        job = self._loop.run_in_executor(self._threads, _sign_all, self._notary(), new)
        job.add_done_callback(partial(self._finish, new))
        return job

    def _finish(self, new: dict[_Key, Unsigned], job: _Job) -> None:
        for key in new:
            del self._making[key]
        if not job.cancelled() and job.exception() is None:
            self._keep(job.result())

    def _keep(self, signatures: dict[_Key, str]) -> None:
        self._made.update(signatures)
        while len(self._made) > _MOST:
            self._made.popitem(last=False)

    def close(self) -> None:
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)


def _key(version: SignatureVersion, text: bytes) -> _Key:
    return version, sha256(text).digest()


def _sign_all(notary: Notary, unsigned: dict[_Key, Unsigned]) -> dict[_Key, str]:
    seal = notary.seal
    return {key: seal.sign(version, text) for key, (version, text) in unsigned.items()}


def _tell(
    then: Callable[[], None], failed: Callable[[Exception], None], done: asyncio.Future[Any]
) -> None:
    """All that somebody waits for is there, or something of it cannot be made."""
    try:
        done.result()
        then()
    except asyncio.CancelledError:
        failed(Fault("The server stops."))
    except Exception as error:  # one request's, which learns of it
        failed(error)
