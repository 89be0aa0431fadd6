"""The origin of a request: scheme, host and port by which the client reached us.

Queue URLs are built from it, and go into XML, JSON and logs of others.  A client may write anything
into Host, so only what cannot be more than a host and a port is taken.
"""

import re
from typing import Final

_HOST: Final = re.compile(r"[A-Za-z0-9.\-_:\[\]]{1,255}").fullmatch
_MANY: Final = 1024


class Origins:
    """Origins by Host; `listening`, such as `http://127.0.0.1:4566`, is for requests without."""

    __slots__ = ("_known", "_scheme", "listening")

    def __init__(self, listening: str) -> None:
        self.listening = listening
        self._scheme = listening.partition("://")[0]
        self._known: dict[str, str] = {}

    def of(self, host: str | None) -> str:
        """The origin without a trailing slash."""
        if host is None:
            return self.listening
        origin = self._known.get(host)
        if origin is None:
            origin = f"{self._scheme}://{host}" if _HOST(host) else self.listening
            if len(self._known) >= _MANY:
                self._known.clear()
            self._known[host] = origin
        return origin
