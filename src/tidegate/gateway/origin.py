"""The origin of a request: scheme, host and port by which the client reached us.

Queue URLs are built from it, and go into XML, JSON and logs of others.  A client may write anything
into Host, so only what cannot be more than a host and a port is taken.
"""

import re
from typing import Final

_HOST: Final = re.compile(r"[A-Za-z0-9.\-_:\[\]]{1,255}").fullmatch
_MANY: Final = 1024


class Origins:
    """Origins by Host; `address`, such as `127.0.0.1:4566`, is for requests without."""

    __slots__ = ("_known", "_known_secure", "address")

    def __init__(self, address: str) -> None:
        self.address = address
        self._known: dict[str, str] = {}
        self._known_secure: dict[str, str] = {}

    def of(self, host: str | None, secure: bool) -> str:
        """The origin, of a request that came encrypted or not, without a trailing slash."""
        known = self._known_secure if secure else self._known
        origin = known.get(host or "")
        if origin is not None:
            return origin
        scheme = "https" if secure else "http"
        if host is None or not _HOST(host):
            # Not kept: it may be as long as a head, and come from whoever signs nothing.
            return f"{scheme}://{self.address}"
        if len(known) >= _MANY:
            known.clear()
        origin = known[host] = f"{scheme}://{host}"
        return origin
