"""The signatures of notifications that queues show: made in threads, and the last ones kept."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from typing import Final

from tidegate.kms.notary import Notary, SignatureVersion

_MOST: Final = 16_384
_THREADS: Final = 2

Unsigned = tuple[SignatureVersion, bytes]
_Key = tuple[str, bytes]


class NotarySignatures:
    """The port `services.sqs.envelopes.Signatures`, over a notary that is there when it is first
    asked for."""

    def __init__(self, notary: Callable[[], Notary], loop: asyncio.AbstractEventLoop) -> None:
        self._notary = notary
        self._loop = loop
        self._threads: ThreadPoolExecutor | None = None
        self._made: OrderedDict[_Key, str] = OrderedDict()

    @property
    def certificate_path(self) -> str:
        return f"/{self._notary().seal.certificate_name}"

    def find(self, version: SignatureVersion, text: bytes) -> str | None:
        return self._made.get(_key(version, text))

    def now(self, version: SignatureVersion, text: bytes) -> str:
        found = self.find(version, text)
        if found is None:
            found = self._notary().seal.sign(version, text)
            self._keep([(version, text)], [found])
        return found

    def make(
        self,
        unsigned: list[Unsigned],
        then: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="notary")
        notary = self._notary()
        future = self._threads.submit(_sign_all, notary, unsigned)
        future.add_done_callback(
            lambda done: self._loop.call_soon_threadsafe(self._finish, done, unsigned, then, failed)
        )

    def _finish(
        self,
        done: "Future[list[str]]",
        unsigned: list[Unsigned],
        then: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        try:
            self._keep(unsigned, done.result())
            then()
        except Exception as error:  # one request's, which learns of it
            failed(error)

    def _keep(self, unsigned: list[Unsigned], signatures: list[str]) -> None:
        for (version, text), signature in zip(unsigned, signatures, strict=True):
            self._made[_key(version, text)] = signature
        while len(self._made) > _MOST:
            self._made.popitem(last=False)

    def close(self) -> None:
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)


def _key(version: SignatureVersion, text: bytes) -> _Key:
    return version, sha256(text).digest()


def _sign_all(notary: Notary, unsigned: list[Unsigned]) -> list[str]:
    seal = notary.seal
    return [seal.sign(version, text) for version, text in unsigned]
