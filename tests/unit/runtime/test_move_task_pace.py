"""How fast move tasks go when nobody waits for what they move."""

import pytest

from engine_harness import arn
from simulated_node import SimulatedNode
from tidegate.engine import commands

DEAD = 600


@pytest.fixture
def node() -> SimulatedNode:
    """A node with many dead letters."""
    node = SimulatedNode()
    node.create_with_dead_letters("failing", "dead", most=1)
    for _ in range(DEAD):
        node.send_later("failing", "x")
        node.receive_later("failing", wait=0, visibility=0)
        node.loop.settle()
    assert node.receive("failing") == []
    assert node.counts("dead")[0] == DEAD
    return node


def start(node: SimulatedNode, rate: int | None) -> None:
    node.call(commands.StartMessageMoveTask(arn("dead"), None, "task", rate))


@pytest.mark.parametrize("rate", [500, 100, 7])
def test_move_task_keeps_the_rate_it_was_given(node: SimulatedNode, rate: int) -> None:
    start(node, rate)
    node.loop.run_for(1)
    moved = DEAD - node.counts("dead")[0]
    assert rate <= moved <= rate * 1.05 + 1


def test_move_task_without_a_rate_is_not_held_back(node: SimulatedNode) -> None:
    start(node, None)
    node.loop.run_for(0.2)
    assert node.counts("dead")[0] == 0
