"""Delivery policies: how often, how fast and as what messages go to an HTTP or HTTPS endpoint.

    parse_topic_policy          the DeliveryPolicy of a topic, as a client set it
    parse_subscription_policy   that of a subscription
    effective_policy            what both and AWS's defaults come to

A topic's policy stands under `http`, with `default` before the names of its parts; it may forbid
that subscriptions have policies of their own.  Source: SNS developer guide, "Creating an HTTP/S
delivery policy"; what is mandatory, and the texts, from answers of AWS.
"""

from typing import Final, Literal

import msgspec

BackoffFunction = Literal["linear", "arithmetic", "geometric", "exponential"]


class RetryPolicy(msgspec.Struct, frozen=True):
    """In which four phases a delivery is tried again: at once, at the shortest delay, backing off
    from the shortest to the longest, and at the longest.  Delays are in seconds."""

    min_delay_target: int = 20
    max_delay_target: int = 20
    num_retries: int = 3
    """Tries after the first one, in all phases together."""
    num_max_delay_retries: int = 0
    num_no_delay_retries: int = 0
    num_min_delay_retries: int = 0
    backoff_function: BackoffFunction = "linear"


DEFAULT_RETRY_POLICY: Final = RetryPolicy()
