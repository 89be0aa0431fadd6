"""How Hypothesis looks for inputs, here and where CI is set in the environment."""

from hypothesis import HealthCheck, settings


def test_busy_machine_fails_no_test() -> None:
    current = settings()
    assert current.deadline is None
    assert HealthCheck.too_slow in current.suppress_health_check


def test_every_run_tries_inputs_of_its_own_and_says_how_to_repeat_a_failure() -> None:
    current = settings()
    assert not current.derandomize
    assert current.print_blob
