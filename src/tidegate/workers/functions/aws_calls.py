"""Calls of AWS's APIs at an endpoint from the settings, signed where there is a key for it.

Rules of the signature: `auth.sigv4`.
"""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

import msgspec

from tidegate.auth.sigv4 import (
    ALGORITHM,
    TERMINATOR,
    Scope,
    Signer,
    canonical_path,
    canonical_query,
    timestamp_of,
)
from tidegate.kms.secret import Secret
from tidegate.workers.web import Web
from tidegate.workers.web_client import Answer

DEFAULT_REGION: Final = "us-east-1"


class CallerKey(msgspec.Struct, frozen=True):
    """The access key that calls are signed with."""

    access_key: str
    secret_key: Secret


class _Request(msgspec.Struct, frozen=True):
    """What is signed."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


class AwsCalls:
    """Sends calls; `clock` gives milliseconds."""

    def __init__(self, web: Web, key: CallerKey | None, clock: Callable[[], int]) -> None:
        self._web = web
        self._key = key
        self._clock = clock

    async def post(
        self, url: str, service: str, region: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        """The answer to a call; raises NoAnswer."""
        if self._key is not None:
            instant = self._clock() // 1000
            headers = signed_headers(self._key, url, service, region, headers, body, instant)
        return await self._web.post(url, headers, body)

    async def close(self) -> None:
        await self._web.close()


def signed_headers(
    key: CallerKey,
    url: str,
    service: str,
    region: str,
    headers: Mapping[str, str],
    body: bytes,
    instant: int,
) -> dict[str, str]:
    """The headers of a POST, which have lower-case names, and its signature at Unix seconds."""
    parts = urlsplit(url)
    timestamp = timestamp_of(instant)
    all_headers = {**headers, "host": parts.netloc, "x-amz-date": timestamp}
    names = tuple(sorted(all_headers))
    scope = Scope(key.access_key, timestamp[:8], region, service, TERMINATOR)
    path = parts.path or "/"
    request = _Request("POST", path, parts.query, all_headers, body)
    signature = Signer(key.secret_key.reveal(), scope, names).signature(
        request, canonical_path(path), canonical_query(parts.query), timestamp
    )
    return {
        **all_headers,
        "authorization": (
            f"{ALGORITHM} Credential={key.access_key}/{scope.text()}, "
            f"SignedHeaders={';'.join(names)}, Signature={signature}"
        ),
    }
