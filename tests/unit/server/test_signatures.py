"""Signatures for queues: made elsewhere, kept for the next queue."""

from __future__ import annotations

import asyncio
from typing import Any

from tidegate.server.signatures import NotarySignatures


class FakeSeal:
    certificate_name = "SimpleNotificationService-1.pem"

    def __init__(self) -> None:
        self.signed: list[tuple[str, bytes]] = []

    def sign(self, version: str, text: bytes) -> str:
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
