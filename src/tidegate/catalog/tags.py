"""Tags: what a key and a value may be, and how many a queue has.

Source: developer guide, "Amazon SQS standard queue quotas" (tags), and "Tag naming limits" of AWS.
"""

from collections.abc import Iterable, Mapping

from tidegate.base import limits
from tidegate.base.refusals import InvalidParameterValueException


def check_tags(tags: Mapping[str, str]) -> None:
    """Raises InvalidParameterValueException for a key or value that no tag may have."""
    for key, value in tags.items():
        _check_key(key)
        if len(value) > limits.TAG_VALUE_CHARACTERS:
            raise InvalidParameterValueException(
                f"Tag values must be between 0 and {limits.TAG_VALUE_CHARACTERS} characters in "
                "length."
            )
        if not (_is_plain(key) and _is_plain(value)):
            raise InvalidParameterValueException(
                "Tag keys and values can only contain Unicode letters, digits, white space and "
                "_.:/=+-@."
            )


def check_keys(keys: Iterable[str]) -> None:
    """Raises InvalidParameterValueException for a key that no tag may have."""
    for key in keys:
        _check_key(key)


def merged(tags: Mapping[str, str], added: Mapping[str, str], name: str) -> dict[str, str]:
    """The tags of the queue `name` with others added; raises InvalidParameterValueException where
    they become too many."""
    together = {**tags, **added}
    if len(together) > limits.TAGS:
        raise InvalidParameterValueException(f"Too many tags added for queue {name}.")
    return together


def without(tags: Mapping[str, str], keys: Iterable[str]) -> dict[str, str]:
    gone = set(keys)
    return {key: value for key, value in tags.items() if key not in gone}


def _check_key(key: str) -> None:
    if not 1 <= len(key) <= limits.TAG_KEY_CHARACTERS:
        raise InvalidParameterValueException(
            f"Tag keys must be between 1 and {limits.TAG_KEY_CHARACTERS} characters in length."
        )
    if key.lower().startswith("aws:"):
        raise InvalidParameterValueException(
            "Tag keys that start with aws: are reserved and can't be added or removed."
        )


def _is_plain(text: str) -> bool:
    """Line breaks and other control characters are no white space here: XML would lose them."""
    return all(c.isalnum() or c in " _.:/=+-@" or (c.isspace() and c > "\x9f") for c in text)
