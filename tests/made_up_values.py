"""Values for the shapes of a service, made up from a seed: the same each time, and quickly, for IAM
alone has 180 operations.

Strings are of every kind that XML carries, and many are what the models allow.
"""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

TEXTS = (
    *("a", "Ab-1_", "/x/", "123456789012", "arn:aws:iam::123456789012:user/x", "x" * 70),
    *("", " ", "b c", "<&>\"'\r\n\t", "\u00e9\u03a9", "\U0001f30a", "a=b&c=d+%20"),
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class MadeUp:
    """Makes the values of one seed.

    With `complete` no required member is left out; instants are multiples of `instant_ms`.
    """

    def __init__(self, seed: str, complete: bool, instant_ms: int) -> None:
        self._random = Random(seed)
        self._complete = complete
        self._instant_ms = instant_ms

    def value(self, shape: Any) -> Any:
        random = self._random
        match shape.type_name:
            case "structure":
                return self._structure(shape)
            case "list":
                return [self.value(shape.member) for _ in range(random.randint(1, 2))]
            case "map":
                return {
                    random.choice(TEXTS): self.value(shape.value)
                    for _ in range(random.randint(1, 2))
                }
            case "string":
                return random.choice(shape.enum if shape.enum and random.random() < 0.7 else TEXTS)
            case "blob":
                return random.randbytes(random.randint(0, 5))
            case "boolean":
                return random.random() < 0.5
            case "integer":
                return random.choice((-1, 0, 1, 900, 3600, 2**31 - 1))
            case "timestamp":
                return EPOCH + timedelta(
                    milliseconds=random.randrange(2**42) // self._instant_ms * self._instant_ms
                )
        raise AssertionError(shape.type_name)

    def _structure(self, shape: Any) -> dict[str, Any]:
        random = self._random
        chosen = [
            name
            for name in shape.members
            if (self._complete and name in shape.required_members) or random.random() < 0.5
        ]
        # The Query protocol has no form for a structure without members.
        chosen = chosen or list(shape.members)[:1]
        return {name: self.value(shape.members[name]) for name in chosen}
