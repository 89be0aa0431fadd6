"""A secret: bytes that show themselves in no repr, log, error or pickle."""

from hmac import compare_digest
from typing import NoReturn


class Secret:
    """Bytes that only `reveal` gives away.

    Two secrets compare in a time that does not depend on where they differ; they have no hash, so
    that none becomes a key of a dictionary.
    """

    __slots__ = ("_value",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, value: bytes) -> None:
        self._value = bytes(value)

    def reveal(self) -> bytes:
        return self._value

    def __len__(self) -> int:
        return len(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return compare_digest(self._value, other._value)

    def __repr__(self) -> str:
        return f"Secret({len(self._value)} bytes)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled or copied")
