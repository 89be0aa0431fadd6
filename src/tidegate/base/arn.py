"""Amazon Resource Names of queues: `arn:aws:sqs:<region>:<account>:<name>`."""

from functools import lru_cache


@lru_cache(maxsize=65536)
def queue_arn(region: str, account: str, name: str) -> str:
    """The ARN of a queue; the key under which the engine knows it."""
    return f"arn:aws:sqs:{region}:{account}:{name}"


def parse_queue_arn(arn: str) -> tuple[str, str, str] | None:
    """(region, account, name) of a queue's ARN, or None where `arn` is no such thing."""
    parts = arn.split(":")
    if len(parts) != 6 or parts[0] != "arn" or parts[2] != "sqs":
        return None
    if not (parts[1].startswith("aws") and parts[3] and parts[4] and parts[5]):
        return None
    return parts[3], parts[4], parts[5]
