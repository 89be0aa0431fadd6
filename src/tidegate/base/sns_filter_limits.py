"""AWS's limits of SNS filter policies as data in one table.

Source: SNS developer guide, "Filter policy constraints in Amazon SNS".
"""

from typing import Final

POLICY_BYTES: Final = 262_144
KEYS: Final = 5
"""Names at the top of a policy; names nested under them do not count."""
COMBINATIONS: Final = 150
"""The product of each key's number of values, each times how deep the key is nested."""
NUMBER_BOUND: Final = 1_000_000_000
"""Numbers that are compared as numbers lie between minus and plus this."""
NUMBER_DECIMALS: Final = 5
"""Digits after the decimal point that a comparison sees."""
WILDCARDS_OF_PATTERN: Final = 3
WILDCARD_POINTS: Final = 100
"""Of all patterns of a policy, as the guide counts them."""
