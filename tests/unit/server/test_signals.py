"""The first signal drains, the second one ends."""

import signal

from tidegate.server.signals import StopSignals


def test_first_signal_drains_and_the_second_ends_at_once() -> None:
    drained: list[str] = []
    ended: list[int] = []
    signals = StopSignals(lambda: drained.append("drain"), ended.append)
    signals.receive(signal.SIGTERM)
    assert (drained, ended) == (["drain"], [])
    signals.receive(signal.SIGINT)
    assert (drained, ended) == (["drain"], [130])
