"""The one reading of the wall clock."""

import time

import pytest

from tidegate.runtime.clock import WallClock


def test_wall_clock_gives_whole_milliseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_700_000_000_123_999_999)
    assert WallClock().now_ms() == 1_700_000_000_123
