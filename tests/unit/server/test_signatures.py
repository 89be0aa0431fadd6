"""Signatures for queues: made elsewhere, kept for the next queue."""

from __future__ import annotations

import asyncio
from threading import Lock
from typing import Any

from tidegate.base.refusals import Fault
from tidegate.server.signatures import NotarySignatures


class FakeSeal:
    certificate_name = "SimpleNotificationService-1.pem"

    def __init__(self) -> None:
        self.signed: list[tuple[str, bytes]] = []
        self.held = Lock()
        """Nothing is signed while it is held."""

    def sign(self, version: str, text: bytes) -> str:
        with self.held:
            return self._sign(version, text)

    def _sign(self, version: str, text: bytes) -> str:
        if text == b"bad":
            raise ValueError("no")
        self.signed.append((version, text))
        return f"{version}:{text.decode()}"


class FakeNotary:
    def __init__(self) -> None:
        self.seal = FakeSeal()


async def make(signatures: NotarySignatures, *unsigned: tuple[Any, bytes]) -> list[Exception]:
    """The failures, once all is done."""
    done = asyncio.Event()
    failures: list[Exception] = []

    def fail(error: Exception) -> None:
        failures.append(error)
        done.set()

    signatures.make(list(unsigned), done.set, fail)
    await done.wait()
    return failures


def test_what_was_made_is_found_and_not_made_again() -> None:
    async def run() -> None:
        notary = FakeNotary()
        signatures = NotarySignatures(lambda: notary, asyncio.get_running_loop())  # type: ignore[arg-type, return-value]
        assert signatures.find("1", b"a") is None
        assert await make(signatures, ("1", b"a"), ("2", b"a")) == []
        assert signatures.find("1", b"a") == "1:a"
        assert signatures.now("2", b"a") == "2:a"
        assert signatures.now("1", b"b") == "1:b"
        assert notary.seal.signed == [("1", b"a"), ("2", b"a"), ("1", b"b")]
        assert signatures.certificate_path == "/SimpleNotificationService-1.pem"
        signatures.close()

    asyncio.run(run())


def test_what_is_being_made_is_waited_for() -> None:
    async def run() -> None:
        notary = FakeNotary()
        signatures = NotarySignatures(lambda: notary, asyncio.get_running_loop())  # type: ignore[arg-type, return-value]
        wanted = [[b"a"], [b"a"], [b"b", b"a"], [b"b"]]
        failures = await asyncio.gather(
            *(make(signatures, *(("1", text) for text in texts)) for texts in wanted)
        )
        assert failures == [[], [], [], []]
        assert sorted(notary.seal.signed) == [("1", b"a"), ("1", b"b")]
        signatures.close()

    asyncio.run(run())


def test_all_who_wait_learn_of_a_failure_and_may_try_again() -> None:
    async def run() -> None:
        signatures = NotarySignatures(FakeNotary, asyncio.get_running_loop())  # type: ignore[arg-type]
        bad = ("1", b"bad")
        found = await asyncio.gather(make(signatures, bad), make(signatures, ("1", b"a"), bad))
        assert [[type(each) for each in failures] for failures in found] == [[ValueError]] * 2
        assert len(await make(signatures, bad)) == 1
        signatures.close()

    asyncio.run(run())


def test_who_still_waits_at_the_end_is_told() -> None:
    async def run() -> None:
        notary = FakeNotary()
        signatures = NotarySignatures(lambda: notary, asyncio.get_running_loop())  # type: ignore[arg-type, return-value]
        with notary.seal.held:
            waiting = [asyncio.create_task(make(signatures, ("1", b"%d" % n))) for n in range(3)]
            await asyncio.sleep(0)
            signatures.close()
        failures = [await each for each in waiting]
        assert [type(each) for each in failures[2]] == [Fault]

    asyncio.run(run())


def test_a_failure_reaches_who_waits() -> None:
    async def run() -> None:
        signatures = NotarySignatures(FakeNotary, asyncio.get_running_loop())  # type: ignore[arg-type]
        (failure,) = await make(signatures, ("1", b"bad"))
        assert isinstance(failure, ValueError)
        assert signatures.find("1", b"bad") is None
        signatures.close()

    asyncio.run(run())


def test_the_last_ones_are_kept() -> None:
    async def run() -> None:
        signatures = NotarySignatures(FakeNotary, asyncio.get_running_loop())  # type: ignore[arg-type]
        for number in range(20_000):
            signatures.now("1", b"%d" % number)
        assert signatures.find("1", b"0") is None
        assert signatures.find("1", b"19999") == "1:19999"

    asyncio.run(run())
