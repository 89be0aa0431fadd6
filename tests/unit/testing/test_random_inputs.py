"""How Hypothesis looks for inputs, here and where CI is set in the environment."""

import os

from hypothesis import HealthCheck, settings


def test_busy_machine_fails_no_test() -> None:
    current = settings()
    assert current.deadline is None
    assert HealthCheck.too_slow in current.suppress_health_check


def test_ci_repeats_its_inputs_and_every_run_says_how_to_repeat_a_failure() -> None:
    current = settings()
    assert current.derandomize == ("CI" in os.environ)
    assert current.print_blob
