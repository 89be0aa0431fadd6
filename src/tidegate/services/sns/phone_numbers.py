"""Phone numbers in requests: E.164, with or without the plus sign."""

import re
from typing import Final

from tidegate.base.refusals import invalid_parameter

_NUMBER: Final = re.compile(r"\+?([0-9]{3,20})")


def read_number(text: str) -> str:
    """With the plus sign; raises InvalidParameterException."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise invalid_parameter("PhoneNumber Reason: input incorrectly formatted")
    return f"+{found[1]}"
