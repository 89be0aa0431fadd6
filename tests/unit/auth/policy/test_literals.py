"""What texts stand for: numbers, instants, addresses."""

from decimal import Decimal

import pytest

from tidegate.auth.policy import literals


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970", 0),
        ("1970-01-02", 86_400),
        ("1970-01-01T00:01Z", 60),
        ("1970-01-01T00:00:01.25Z", Decimal("1.25")),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1970-01-01T00:00:00-0100", 3600),
        ("2024-02-29", 1_709_164_800),
        ("1709164800", 1_709_164_800),
        ("-5", -5),
    ],
)
def test_instant(text: str, seconds: Decimal | int) -> None:
    assert literals.instant(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["", "now", "1970-00", "1970-13", "2023-02-29", "1970-01-00", "1970-01-01T24:00Z", "0000-01-01",
     "1970-01-01T00:00", "1970-1-1", "1970-01-01T00:00:00Z\n", "1e3", "٣"],
)  # fmt: skip
def test_no_instant(text: str) -> None:
    assert literals.instant(text) is None


def test_an_ipv4_address_in_the_clothes_of_ipv6() -> None:
    assert literals.address("::ffff:192.0.2.1") == literals.address("192.0.2.1")
    assert literals.address("::ffff:192.0.2.1") != literals.address("192.0.2.2")


def test_a_network_may_name_any_of_its_addresses() -> None:
    assert literals.network("192.0.2.77/24") == literals.network("192.0.2.0/24")
    assert literals.network("192.0.2.0/33") is None
