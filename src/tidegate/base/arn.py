"""Amazon Resource Names: of queues, `arn:aws:sqs:<region>:<account>:<name>`, and of roles."""

import re
from functools import lru_cache
from typing import Final

HIDDEN: Final = "~"
"""What the names of the server's own queues begin with; no queue of a client's may."""
HIDDEN_MARK: Final = f":{HIDDEN}"
"""What only their ARNs hold."""
_ROLE: Final = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[!-~]{1,576}")
"""With a path of up to 512 characters (IAM's API reference, Role)."""


@lru_cache(maxsize=65536)
def queue_arn(region: str, account: str, name: str) -> str:
    """The ARN of a queue; the key under which the engine knows it."""
    return f"arn:aws:sqs:{region}:{account}:{name}"


def hidden_queue_arn(region: str, account: str, name: str) -> str:
    """The ARN of a queue of the server's own, which no client sees or can name."""
    return queue_arn(region, account, HIDDEN + name)


def is_hidden(name: str) -> bool:
    """Whether a queue of this name is the server's own."""
    return name.startswith(HIDDEN)


def parse_queue_arn(arn: str) -> tuple[str, str, str] | None:
    """(region, account, name) of a queue's ARN, or None where `arn` is no such thing."""
    parts = arn.split(":")
    if len(parts) != 6 or parts[0] != "arn" or parts[2] != "sqs":
        return None
    if not (parts[1].startswith("aws") and parts[3] and parts[4] and parts[5]):
        return None
    return parts[3], parts[4], parts[5]


def is_role_arn(arn: str) -> bool:
    """Whether it has the form of a role's ARN; no such role need be there."""
    return _ROLE.fullmatch(arn) is not None
