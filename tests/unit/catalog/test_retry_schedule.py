"""The four phases of a retry policy, as the developer guide has them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.catalog.delivery_policy import BackoffFunction, RetryPolicy
from tidegate.catalog.retry_schedule import (
    AWS_MANAGED,
    CUSTOMER_MANAGED,
    HTTP_TOTAL_S,
    delay_s,
)

FUNCTIONS: list[BackoffFunction] = ["linear", "arithmetic", "geometric", "exponential"]


def delays(policy: RetryPolicy, most_s: int | None = None) -> list[int]:
    found = []
    while (delay := delay_s(policy, len(found) + 1, most_s)) is not None:
        found.append(delay)
    return found


@st.composite
def policies(draw: st.DrawFn) -> RetryPolicy:
    low, high = sorted((draw(st.integers(1, 3600)), draw(st.integers(1, 3600))))
    phase = st.integers(0, 40)
    return RetryPolicy(
        min_delay_target=low,
        max_delay_target=high,
        num_retries=draw(st.integers(0, 100)),
        num_no_delay_retries=draw(phase),
        num_min_delay_retries=draw(phase),
        num_max_delay_retries=draw(phase),
        backoff_function=draw(st.sampled_from(FUNCTIONS)),
    )


def test_default_is_three_retries_twenty_seconds_apart() -> None:
    assert delays(RetryPolicy()) == [20, 20, 20]


def test_linear_backoff_of_the_developer_guide() -> None:
    assert delays(RetryPolicy(max_delay_target=40)) == [20, 30, 40]


def test_sample_policy_of_the_developer_guide() -> None:
    """3 at once, 2 one second apart, 10 from 1 to 60 seconds, 35 sixty seconds apart."""
    policy = RetryPolicy(
        min_delay_target=1,
        max_delay_target=60,
        num_retries=50,
        num_no_delay_retries=3,
        num_min_delay_retries=2,
        num_max_delay_retries=35,
        backoff_function="exponential",
    )
    found = delays(policy)
    assert len(found) == 50
    assert found[:5] == [0, 0, 0, 1, 1]
    assert (found[5], found[14]) == (1, 60)
    assert found[15:] == [60] * 35


def test_the_four_curves_lie_below_each_other() -> None:
    """As the guide draws them for ten retries from 5 to 260 seconds."""
    curves = [
        delays(RetryPolicy(5, 260, num_retries=10, backoff_function=function))
        for function in FUNCTIONS
    ]
    for higher, lower in pairwise(curves):
        pairs = list(zip(higher, lower, strict=True))
        assert all(a >= b for a, b in pairs)
        assert all(a > b for a, b in pairs[3:-1])
    assert all((curve[0], curve[-1]) == (5, 260) for curve in curves)
    assert curves[0][1] == 33
    assert curves[3] == [5, 5, 6, 8, 12, 20, 36, 68, 132, 260]


def test_policies_that_aws_has_for_its_own() -> None:
    """100,015 retries over 23 days; 50 over more than six hours."""
    assert delay_s(AWS_MANAGED, 100_015) == 20
    assert delay_s(AWS_MANAGED, 100_016) is None
    assert [delay_s(AWS_MANAGED, attempt) for attempt in (1, 4, 6, 15)] == [0, 1, 1, 20]
    assert 23 * 86_400 < sum(delays(AWS_MANAGED)) < 24 * 86_400
    assert len(delays(CUSTOMER_MANAGED)) == 50
    assert 6 * 3600 < sum(delays(CUSTOMER_MANAGED)) < 7 * 3600


def test_delays_end_before_they_come_to_more_than_the_bound() -> None:
    policy = RetryPolicy(600, 600, num_retries=100)
    assert delays(policy, HTTP_TOTAL_S) == [600] * 6


@pytest.mark.parametrize("attempt", [0, -1, 4])
def test_no_retry_beyond_the_number(attempt: int) -> None:
    assert delay_s(RetryPolicy(), attempt) is None


@given(policies())
def test_there_are_as_many_retries_as_the_policy_says(policy: RetryPolicy) -> None:
    assert len(delays(policy)) == policy.num_retries


@given(policies())
def test_phases_follow_each_other(policy: RetryPolicy) -> None:
    found = delays(policy)
    immediate = policy.num_no_delay_retries
    pre = immediate + policy.num_min_delay_retries
    post = max(pre, policy.num_retries - policy.num_max_delay_retries)
    assert not any(found[:immediate])
    assert set(found[immediate:pre]) <= {policy.min_delay_target}
    assert set(found[post:]) <= {policy.max_delay_target}
    assert found == sorted(found)
    rest = found[immediate:]
    assert all(policy.min_delay_target <= delay <= policy.max_delay_target for delay in rest)


@given(policies(), st.integers(0, 20_000))
def test_bounded_delays_are_the_first_of_all(policy: RetryPolicy, most_s: int) -> None:
    bounded = delays(policy, most_s)
    whole = delays(policy)
    assert bounded == whole[: len(bounded)]
    assert sum(bounded) <= most_s
    assert len(bounded) == len(whole) or sum(whole[: len(bounded) + 1]) > most_s
