import pytest

from tidegate.wire.instants import instant_text, parse_instant


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1310414129.611, "2011-07-11T19:55:29.611Z"),
        (1310414129.0, "2011-07-11T19:55:29Z"),
        (-0.5, "1969-12-31T23:59:59.500Z"),
        (1310414129.9999, "2011-07-11T19:55:30Z"),
    ],
)
def test_as_text(seconds: float, text: str) -> None:
    assert instant_text(seconds) == text
    assert parse_instant(text) == round(seconds, 3)


@pytest.mark.parametrize(
    "text", ["2011-07-11T19:55:29", "2011-07-11T21:55:29+02:00", "2011-07-11 19:55:29Z"]
)
def test_other_forms_of_the_same_instant(text: str) -> None:
    assert parse_instant(text) == 1310414129.0


@pytest.mark.parametrize("text", ["", "now", "1310414129.", "2011-13-01T00:00:00Z"])
def test_what_is_no_instant(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_instant(text)
