"""Turns: commands that are carried out together, and written together."""

from collections.abc import Callable
from typing import Any

import pytest

from engine_harness import arn
from simulated_node import Call, SimulatedNode, as_it_is
from tidegate.base.refusals import ThrottlingException
from tidegate.engine import commands
from tidegate.runtime.quotas import Quotas
from tidegate.runtime.turns import Turns


class Turned:
    """A node with its turns."""

    def __init__(self, quotas: Quotas | None = None) -> None:
        self.sim = SimulatedNode(quotas=quotas)
        self.sim.create("q")
        self.turns = Turns(self.sim.node, self.sim.commits)

    def send(self, text: str) -> Call:
        return self.submit(commands.Send(arn("q"), self.sim.entry(text)))

    def submit_second(self, second: Call) -> Callable[..., None]:
        """Submits the commands of one call, and fails at others."""
        submit = type(self.sim.node).submit

        def submitted(call: Call, *rest: Any) -> None:
            if call is not second:
                raise ValueError("bug")
            submit(self.sim.node, call, *rest)

        return submitted

    def submit(self, command: commands.Command) -> Call:
        call = Call(self.sim.clock)
        self.turns.submit(call, command, as_it_is)
        return call


def test_what_a_turn_gathers_is_carried_out_at_its_end_in_order() -> None:
    turned = Turned()
    turned.turns.begin()
    sent = [turned.send(text) for text in ("a", "b")]
    received = turned.submit(commands.Receive(arn("q"), 10, None, 0))
    assert turned.sim.commits.idle
    turned.turns.end()
    assert all(call.answered for call in (*sent, received)), "written without another turn"
    assert received.bodies == ["a", "b"]


def test_all_of_a_turn_is_written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    turned = Turned()
    flushes: list[int] = []
    finish = turned.sim.log.finish_flush
    monkeypatch.setattr(turned.sim.log, "finish_flush", lambda: (flushes.append(1), finish()))
    turned.turns.begin()
    for text in "abcde":
        turned.send(text)
    turned.turns.end()
    turned.sim.loop.settle()
    assert len(flushes) == 1


def test_outside_a_turn_a_command_runs_at_once() -> None:
    turned = Turned()
    call = turned.send("a")
    assert turned.sim.bodies("q") == ["a"]
    assert call.answered


def test_a_turn_without_commands() -> None:
    turned = Turned()
    turned.turns.begin()
    turned.turns.end()
    turned.turns.end()
    assert turned.send("a").error is None


def test_who_is_refused_costs_the_others_nothing() -> None:
    turned = Turned(Quotas())
    turned.turns.begin()
    missing = turned.submit(commands.PurgeQueue(arn("missing")))
    sent = turned.send("a")
    turned.turns.end()
    assert missing.error is not None
    assert sent.error is None


def test_quotas_are_told_to_the_call() -> None:
    turned = Turned(Quotas())
    turned.sim.create("q.fifo")
    turned.turns.begin()
    command = [
        commands.Send(arn("q.fifo"), turned.sim.entry(str(number), group="g"))
        for number in range(400)
    ]
    calls = [turned.submit(each) for each in command]
    turned.turns.end()
    refused = [call for call in calls if call.answered and call.error is not None]
    assert refused
    assert all(isinstance(call.error, ThrottlingException) for call in refused)
    assert refused[0] is not calls[0]


def test_a_failure_that_cannot_be_told_costs_the_others_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    turned = Turned()

    def fails(*given: object) -> None:
        raise ValueError("bug")

    monkeypatch.setattr(Call, "fail", fails)
    turned.turns.begin()
    turned.send("a")
    sent = turned.send("b")
    monkeypatch.setattr(turned.sim.node, "submit", turned.submit_second(sent))
    turned.turns.end()
    assert sent.answered
