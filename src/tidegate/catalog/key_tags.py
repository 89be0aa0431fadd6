"""Tags of keys.  Source: the KMS service model (TagResource) and the developer guide, "Tags in AWS
KMS"."""

from collections.abc import Iterable, Mapping

from tidegate.base.kms_limits import TAGS
from tidegate.base.refusals import LimitExceededException, TagException


def checked_tags(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The tags of a request; raises TagException."""
    tags: dict[str, str] = {}
    for name, value in pairs:
        check_tag_key(name)
        if not (_is_plain(name) and _is_plain(value)):
            raise TagException(
                "Tag keys and values can only contain letters, digits, spaces and _.:/=+-@"
            )
        if name in tags:
            raise TagException("Duplicate tag keys")
        tags[name] = value
    return tags


def check_tag_key(name: str) -> None:
    """Raises TagException for a key that is AWS's own."""
    if name.lower().startswith("aws:"):
        raise TagException("aws: prefixed tag key names are not allowed for external use.")


def with_tags(tags: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    """Raises LimitExceededException where they become too many."""
    together = {**tags, **added}
    if len(together) > TAGS:
        raise LimitExceededException(f"A key cannot have more than {TAGS} tags.")
    return together


def without_tags(tags: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    gone = set(names)
    return {name: value for name, value in tags.items() if name not in gone}


def _is_plain(text: str) -> bool:
    return all(c.isalnum() or c in " _.:/=+-@" or (c.isspace() and c > "\x9f") for c in text)
