"""What SMS may cost, to the millionth of a dollar."""

import pytest

from tidegate.workers.sms.spending import (
    NO_QUOTA,
    TOO_DEAR,
    Spent,
    micro_usd,
    month_of,
    refusal,
)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        *(("1", 1_000_000), ("0.50", 500_000), ("0.00645", 6_450), ("0", 0), ("1e2", 100_000_000)),
        *((None, None), ("", None), ("-1", None), ("NaN", None), ("Infinity", None), ("x", None)),
        ("1e400", None),
    ],
)
def test_amount_in_dollars(text: str | None, amount: int | None) -> None:
    assert micro_usd(text) == amount


def test_month_is_over_at_midnight_utc() -> None:
    assert month_of(1_793_491_199_999) == "2026-10"
    assert month_of(1_793_491_200_000) == "2026-11"


def test_sum_of_a_month_starts_anew_with_the_next() -> None:
    spent = Spent().plus("2026-10", 300).plus("2026-10", 400)
    assert (spent.in_month("2026-10"), spent.in_month("2026-11")) == (700, 0)
    assert spent.plus("2026-11", 50) == Spent("2026-11", 50)


def test_limit_of_the_month_may_be_reached_but_not_passed() -> None:
    assert refusal(100, 900, 1_000, None) is None
    assert refusal(101, 900, 1_000, None) == NO_QUOTA


def test_price_of_a_message_may_have_a_limit() -> None:
    assert refusal(100, 0, 1_000, 100) is None
    assert refusal(101, 0, 1_000, 100) == TOO_DEAR
    # Whoever has no money left is told so, whatever the message costs.
    assert refusal(101, 1_000, 1_000, 100) == NO_QUOTA


def test_what_costs_nothing_is_always_sent() -> None:
    assert refusal(0, 0, 0, 0) is None
