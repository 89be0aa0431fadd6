"""What a denial looks like, in whichever protocol the service speaks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sdk.refusals import refused

# SQS and KMS add "Exception" in the JSON protocol, SQS for SDKs and IAM and STS do not.
DENIED = ("AccessDenied", "AccessDeniedException")


@contextmanager
def denied(*texts: str) -> Iterator[None]:
    """The block must be denied, with a message that has all these parts, in any case of letters.

    SQS writes the action of a denial in lower case, other services as in the policy.
    """
    with refused(DENIED, status=None) as caught:
        yield
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403), response
    message = response["Error"]["Message"].lower()
    for text in texts:
        assert text.lower() in message, response["Error"]


def eventually(holds: Callable[[], bool], limit_s: float = 10.0) -> None:
    """Asks until it holds, for what the server writes down after it has answered."""
    deadline = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come to hold"
        time.sleep(0.05)


def files_in(data: Path) -> Iterator[tuple[Path, bytes]]:
    """All that stands in a data directory; a file that goes meanwhile is left out.

    The room ahead in a segment, megabytes of zeros, is left out as well.
    """
    for path in data.rglob("*"):
        if path.is_file():
            with suppress(FileNotFoundError):
                yield path, path.read_bytes().rstrip(b"\0")
