"""Every test of the engine runs twice: called directly, and with all that goes in and out encoded.

After each, the state is rebuilt from the log and from snapshots taken on the way.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.register_assert_rewrite("engine_harness")

from engine_harness import Engine  # noqa: E402


@pytest.fixture(params=["direct", "encoded"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made = Engine(encoded=request.param == "encoded")
    yield made
    made.check_recovery()
