"""Tags of topics.  Source: the SNS service model, which bounds their lengths, and answers
of AWS."""

from collections.abc import Iterable, Mapping

from tidegate.base.refusals import TagLimitExceededException, invalid_parameter
from tidegate.base.sns_limits import TAGS


def checked_tags(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The tags of a request; raises InvalidParameterException, TagLimitExceededException."""
    tags: dict[str, str] = {}
    for key, value in pairs:
        _check_key(key)
        if key in tags:
            raise invalid_parameter("Duplicated keys are not allowed.")
        if not (_is_plain(key) and _is_plain(value)):
            raise invalid_parameter(
                "Tags Reason: tag keys and values can only contain letters, digits, spaces and "
                "_.:/=+-@"
            )
        tags[key] = value
    return with_tags({}, tags)


def with_tags(tags: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    """Raises TagLimitExceededException where they become too many."""
    together = {**tags, **added}
    if len(together) > TAGS:
        raise TagLimitExceededException(
            "Could not complete request: tag quota of per resource exceeded"
        )
    return together


def without_tags(tags: Mapping[str, str], keys: Iterable[str]) -> dict[str, str]:
    """Raises InvalidParameterException for a key that is AWS's own."""
    gone = set(keys)
    for key in gone:
        _check_key(key)
    return {key: value for key, value in tags.items() if key not in gone}


def _check_key(key: str) -> None:
    if key.lower().startswith("aws:"):
        raise invalid_parameter("Tags Reason: aws: prefixed tag key names are not allowed")


def _is_plain(text: str) -> bool:
    return all(c.isalnum() or c in " _.:/=+-@" or (c.isspace() and c > "\x9f") for c in text)
