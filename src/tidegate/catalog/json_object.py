"""JSON objects in attributes, and AWS's texts for what is none.

SNS reads attributes with Jackson and repeats what that says; the places, and the texts of the
faults that clients make most, are its own.  The source itself it hides.
"""

import json
from typing import Any, Final

from tidegate.base.refusals import InvalidParameterException, invalid_parameter

_FAULTS: Final = {
    "Expecting property name enclosed in double quotes": (
        "was expecting double-quote to start field name"
    ),
    "Illegal trailing comma before end of object": "was expecting double-quote to start field name",
    "Expecting ':' delimiter": "was expecting a colon to separate field name and value",
    "Expecting ',' delimiter": "was expecting comma to separate Object entries",
    "Expecting value": (
        "expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or "
        "'false')"
    ),
}
"""By what Python says of the same."""
_AT: Final = (
    "\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); "
    "line: {line}, column: {column}]"
)


def parse_object(name: str, text: str) -> dict[str, Any]:
    """The object that the attribute `name` holds; raises InvalidParameterException."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise _unparsable(name, text, error) from None
    except (ValueError, RecursionError):
        raise invalid_parameter(f"{name}: failed to parse JSON.") from None
    if not isinstance(value, dict):
        raise invalid_parameter(f"{name}: failed to parse JSON. Not a JSON object")
    return value


def _unparsable(name: str, text: str, error: json.JSONDecodeError) -> InvalidParameterException:
    at = _AT.format(line=error.lineno, column=error.colno)
    if error.pos >= len(text) or error.msg.startswith("Unterminated string"):
        fault = "Unexpected end-of-input"
    else:
        # A character that no answer can show is shown as another one.
        character = text[error.pos].encode(errors="replace").decode()
        what = _FAULTS.get(error.msg, "not allowed here")
        fault = f"Unexpected character ('{character}' (code {ord(text[error.pos])})): {what}"
    return invalid_parameter(f"{name}: failed to parse JSON. {fault}{at}")
