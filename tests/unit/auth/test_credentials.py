"""A secret is for signing only: it shows nowhere."""

import pytest

from tidegate.auth.credentials import AccessKey, Credentials, development_key


def test_secret_shows_in_no_text() -> None:
    key = AccessKey("AKIDEXAMPLE", "very-secret", "123456789012")
    shown = f"{key!r} {key!s} {Credentials([key])!r} {key.principal!r}"
    assert "AKIDEXAMPLE" in shown
    assert "very-secret" not in shown


def test_key_is_found_by_its_id() -> None:
    key = development_key()
    credentials = Credentials([key])
    assert credentials.find("test") is key
    assert credentials.find("TEST") is None


ARABIC_ONES = "\u0661" * 12


@pytest.mark.parametrize(
    "access_key", ["11112222333", "1111222233334", "11112222333a", ARABIC_ONES, ""]
)
def test_only_twelve_digits_are_an_account(access_key: str) -> None:
    assert Credentials([], any_account=True).find(access_key) is None
