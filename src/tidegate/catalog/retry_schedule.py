"""When a delivery that failed is tried again: the four phases of a retry policy.

    retry            phase           delay
    1 ..             immediate       none                                  num_no_delay_retries
      ..             pre-backoff     min_delay_target                      num_min_delay_retries
      ..             backoff         from min_ to max_delay_target,        what the others leave
                                     by backoff_function
      .. num_retries post-backoff    max_delay_target                      num_max_delay_retries

Where the phases ask for more retries than num_retries allows, the later ones get fewer.

AWS says that the first retry of the backoff phase has the shortest delay and the last one the
longest, that a linear backoff grows by the same step (20, 30, 40), and draws the curves of all four
functions for ten retries from 5 to 260 seconds; it gives no formulas.  With x from 0 to 1 over the
n retries of the phase, i from 0, the curves are these, in the order in which they lie there:

    linear           x                                   equal steps
    arithmetic       i (i + 1) / (n (n - 1))             steps that grow by the same amount
    geometric        delays that grow by the same factor
    exponential      (2^i - 1) / (2^(n-1) - 1)           steps that double

Source: SNS developer guide, "Amazon SNS message delivery retries".  AWS adds a jitter that it does
not specify; here delays are exact.
"""

from functools import lru_cache
from typing import Final

from tidegate.catalog.delivery_policy import BackoffFunction, RetryPolicy

AWS_MANAGED: Final = RetryPolicy(
    min_delay_target=1,
    max_delay_target=20,
    num_retries=100_015,
    num_max_delay_retries=100_000,
    num_no_delay_retries=3,
    num_min_delay_retries=2,
    backoff_function="exponential",
)
"""Of Lambda, Firehose and SQS: 100,015 retries in 23 days."""

CUSTOMER_MANAGED: Final = RetryPolicy(
    min_delay_target=10,
    max_delay_target=600,
    num_retries=50,
    num_max_delay_retries=38,
    num_no_delay_retries=0,
    num_min_delay_retries=2,
    backoff_function="exponential",
)
"""Of e-mail, SMS and mobile push: 50 retries in six hours and more."""

HTTP_TOTAL_S: Final = 3600
"""What the delays to an HTTP endpoint may come to together; AWS calls it a hard limit."""


def delay_s(policy: RetryPolicy, attempt: int, most_s: int | None = None) -> int | None:
    """Seconds until the next try, after `attempt` tries (from 1) have failed; None to give up.

    With `most_s` no retry takes place that would bring all delays together above it.
    """
    if not 1 <= attempt <= policy.num_retries:
        return None
    if most_s is not None and _waited_s(policy, attempt) > most_s:
        return None
    return _delay_s(policy, attempt)


@lru_cache(maxsize=65_536)
def _waited_s(policy: RetryPolicy, retries: int) -> int:
    """The delays of the first `retries` retries together."""
    post_backoff = max(0, retries - policy.num_retries + _post_backoff(policy))
    before = sum(_delay_s(policy, retry) for retry in range(1, retries - post_backoff + 1))
    return before + post_backoff * policy.max_delay_target


def _post_backoff(policy: RetryPolicy) -> int:
    """The retries of the last phase."""
    earlier = policy.num_no_delay_retries + policy.num_min_delay_retries
    return max(0, min(policy.num_max_delay_retries, policy.num_retries - earlier))


def _delay_s(policy: RetryPolicy, retry: int) -> int:
    index = retry - 1 - policy.num_no_delay_retries
    if index < 0:
        return 0
    index -= policy.num_min_delay_retries
    if index < 0:
        return policy.min_delay_target
    retries = (
        policy.num_retries
        - policy.num_no_delay_retries
        - policy.num_min_delay_retries
        - policy.num_max_delay_retries
    )
    if index >= retries:
        return policy.max_delay_target
    return _backoff_s(
        policy.backoff_function, index, retries, policy.min_delay_target, policy.max_delay_target
    )


def _backoff_s(function: BackoffFunction, index: int, retries: int, low: int, high: int) -> int:
    last = retries - 1
    if last == 0 or low == high:
        return low
    if function == "geometric":
        # From 0 no factor leads up; a second is the least that a delay can be.
        least = max(low, 1)
        factor: float = (high / least) ** (index / last)
        return max(low, round(least * factor))
    if function == "linear":
        share = index / last
    elif function == "arithmetic":
        share = index * (index + 1) / (last * (last + 1))
    else:
        share = (2**index - 1) / (2**last - 1)
    return round(low + (high - low) * share)
