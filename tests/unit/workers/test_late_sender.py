"""A sender that is made when it is needed: once, and again if that failed."""

import asyncio
from typing import Any

import pytest

from notifications import notification
from tidegate.workers.late_sender import LateSender
from tidegate.workers.notification import Notification
from tidegate.workers.outcome import Outcome, Verdict, delivered


class Kept:
    def __init__(self) -> None:
        self.targets: list[Any] = []
        self.closed = False

    async def send(self, notification: Notification, target: Any) -> Outcome:
        self.targets.append(target)
        return delivered()

    async def close(self) -> None:
        self.closed = True


def test_sender_is_made_by_the_first_message_for_all() -> None:
    made: list[Kept] = []

    def make() -> Kept:
        made.append(Kept())
        return made[-1]

    async def run() -> None:
        late = LateSender(make)
        assert made == []
        outcomes = await asyncio.gather(*(late.send(notification(), n) for n in range(3)))
        assert {outcome.verdict for outcome in outcomes} == {Verdict.DELIVERED}
        await late.close()

    asyncio.run(run())
    (sender,) = made
    assert sorted(sender.targets) == [0, 1, 2]
    assert sender.closed


def test_sender_that_nobody_needed_is_not_made_to_be_closed() -> None:
    def make() -> Kept:
        raise AssertionError("nobody has sent anything")

    asyncio.run(LateSender(make).close())


def test_sender_that_could_not_be_made_is_made_for_the_next_message() -> None:
    tries: list[int] = []

    def make() -> Kept:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("no")
        return Kept()

    async def run() -> None:
        late = LateSender(make)
        with pytest.raises(OSError, match="no"):
            await late.send(notification(), 1)
        assert (await late.send(notification(), 1)).verdict is Verdict.DELIVERED

    asyncio.run(run())
