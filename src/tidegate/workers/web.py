"""What a sender needs of an HTTP client."""

from collections.abc import Mapping
from typing import Protocol

from tidegate.workers.web_client import Answer


class Web(Protocol):
    """A client as `workers.web_client` has one."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Raises NoAnswer."""
        ...

    async def request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        """Raises NoAnswer."""
        ...

    async def close(self) -> None: ...
