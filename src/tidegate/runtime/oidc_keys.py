"""The keys of OpenID Connect issuers, fetched from them and kept for a while.

An issuer's discovery document (OpenID Connect Discovery 1.0, section 4) says where its keys are.
Both are fetched in a thread, over TLS with a certificate that the system trusts; only an issuer on
this machine may do without, and only for developers.  No redirects are followed, and size and time
have bounds.

Keys are good for an hour.  A token of a key that is not among them has them fetched again, but not
more than once a minute; a failure stands for ten seconds.  So whoever sends made-up tokens does not
make us trouble the issuer.
"""

import asyncio
import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ssl import SSLContext, create_default_context
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from tidegate.auth.web_identity import NO_KEY, Jwk
from tidegate.base.hosts import is_loopback
from tidegate.base.refusals import (
    IDPCommunicationErrorException,
    InvalidIdentityTokenException,
)

Keys = Sequence[Jwk]
Then = Callable[[Keys | Exception], None]
Fetch = Callable[[str], Keys]
"""fetch(issuer): blocks.  Raises a Refusal."""

KEYS_S: Final = 3600
UNKNOWN_KEY_S: Final = 60
FAILURE_S: Final = 10
MOST_ISSUERS: Final = 256
MOST_KEYS: Final = 100
DOCUMENT_BYTES: Final = 256 * 1024
REQUEST_S: Final = 5.0


class _Fetched(msgspec.Struct, frozen=True):
    answer: Keys | Exception
    at: float


class OidcKeys:
    """The keys of issuers, for one event loop.  `clock` gives seconds that never run back."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        executor: Executor,
        fetch: Fetch,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._loop = loop
        self._executor = executor
        self._fetch = fetch
        self._clock = clock
        self._fetched: dict[str, _Fetched] = {}
        self._waiting: dict[str, list[Then]] = {}

    def get(self, issuer: str, key_id: str | None, then: Then) -> None:
        """Calls `then` with the issuer's keys, or with why they are not to be had: a Refusal, or a
        bug of ours.

        At once where they are known, else from the loop.  `key_id` is the key that is looked for.
        """
        known = self._fetched.get(issuer)
        if known is not None and self._is_fresh(known, key_id):
            then(known.answer)
            return
        waiting = self._waiting.get(issuer)
        if waiting is not None:
            waiting.append(then)
            return
        self._waiting[issuer] = [then]
        self._executor.submit(self._run, issuer)

    def _is_fresh(self, fetched: _Fetched, key_id: str | None) -> bool:
        age_s = self._clock() - fetched.at
        if isinstance(fetched.answer, Exception):
            return age_s < FAILURE_S
        is_there = key_id is None or any(key.get("kid") == key_id for key in fetched.answer)
        return age_s < (KEYS_S if is_there else UNKNOWN_KEY_S)

    def _run(self, issuer: str) -> None:
        """In the executor's thread."""
        answer: Keys | Exception
        try:
            answer = self._fetch(issuer)
        except Exception as error:
            # Whoever waits must be told, whatever it was.
            answer = error
        self._loop.call_soon_threadsafe(self._arrived, issuer, answer)

    def _arrived(self, issuer: str, answer: Keys | Exception) -> None:
        if len(self._fetched) >= MOST_ISSUERS:
            del self._fetched[next(iter(self._fetched))]
        self._fetched[issuer] = _Fetched(answer, self._clock())
        for then in self._waiting.pop(issuer):
            then(answer)


class _Deadline:
    """Cuts a connection when its time is over, whatever it waits for.

    A timeout of the socket would begin anew with each byte, and an issuer that sends one now and
    then in its handshake or in its headers would hold the thread for hours.
    """

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> "_Deadline":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        for each in self._sockets:
            each.close()

    def connect(self, *arguments: Any) -> socket.socket:
        """As `socket.create_connection`."""
        connected = socket.create_connection(*arguments)
        # Another handle of the same connection, for TLS takes this one over.
        self._sockets.append(connected.dup())
        if self.is_over:
            self._cut()
        return connected

    def _cut(self) -> None:
        self.is_over = True
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    # --- What urllib connects by ----------------------------------------------------------------

    def http(self, host: str, **options: Any) -> HTTPConnection:
        return self._over(HTTPConnection(host, **options))

    def https(self, host: str, **options: Any) -> HTTPConnection:
        return self._over(HTTPSConnection(host, **options))

    def _over(self, connection: Any) -> HTTPConnection:
        connection._create_connection = self.connect
        opened: HTTPConnection = connection
        return opened


class _Http(urllib.request.HTTPHandler):
    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, request: urllib.request.Request) -> Any:
        return self.do_open(self._deadline.http, request)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, deadline: _Deadline, tls: SSLContext) -> None:
        super().__init__(context=tls)
        self._deadline = deadline
        self._tls = tls

    def https_open(self, request: urllib.request.Request) -> Any:
        return self.do_open(self._deadline.https, request, context=self._tls)


class IssuerClient:
    """Fetches an issuer's keys; blocks, for REQUEST_S a document and little more."""

    def __init__(self, tls: SSLContext | None = None, *, local: bool) -> None:
        """`tls` says which certificates are trusted, by default those that the system trusts;
        `local`, whether an issuer on this machine may do without."""
        self._tls = tls or create_default_context()
        self._local = local

    def fetch(self, issuer: str) -> Keys:
        """The keys that an issuer publishes.

        Raises IDPCommunicationErrorException where it does not answer,
        InvalidIdentityTokenException where it answers with something else.
        """
        local = self._local and is_here(issuer)
        document = self._document(issuer.rstrip("/") + "/.well-known/openid-configuration", local)
        keys_url = document.get("jwks_uri")
        if document.get("issuer") != issuer or not isinstance(keys_url, str):
            raise InvalidIdentityTokenException(NO_KEY)
        keys = self._document(keys_url, local and is_here(keys_url)).get("keys")
        if not isinstance(keys, list):
            raise InvalidIdentityTokenException(NO_KEY)
        return [key for key in keys[:MOST_KEYS] if isinstance(key, dict)]

    def _document(self, url: str, local: bool) -> dict[str, Any]:
        if not (url.startswith("https://") or (local and url.startswith("http://"))):
            raise InvalidIdentityTokenException(NO_KEY)
        try:
            content = self._content(url, local)
        except (OSError, HTTPException, ValueError) as error:
            # An address that cannot be one is a ValueError.
            if isinstance(error, urllib.error.HTTPError):
                error.close()
            raise IDPCommunicationErrorException(
                f"The identity provider could not be reached: {_reason(error)}"
            ) from None
        try:
            document = json.loads(content)
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):
            raise InvalidIdentityTokenException(NO_KEY)
        return document

    def _content(self, url: str, local: bool) -> bytes:
        """The body, in pieces, so that one that is too large is not read whole."""
        content = bytearray()
        request = urllib.request.Request(url, headers={"Accept": "application/json"})
        with _Deadline(REQUEST_S) as deadline:
            try:
                with self._opener(deadline, local).open(request, timeout=REQUEST_S) as answer:
                    while piece := answer.read1(64 * 1024):
                        content += piece
                        if len(content) > DOCUMENT_BYTES:
                            raise OSError("its answer is too large")
                    if answer.length:
                        raise OSError("its answer breaks off")
            finally:
                if deadline.is_over:
                    raise TimeoutError("its answer takes too long")
        return bytes(content)

    def _opener(self, deadline: _Deadline, local: bool) -> urllib.request.OpenerDirector:
        handlers = [_NoRedirects(), _Http(deadline), _Https(deadline, self._tls)]
        if local:
            return urllib.request.build_opener(urllib.request.ProxyHandler({}), *handlers)
        return urllib.request.build_opener(*handlers)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Whoever is sent elsewhere gets an error: trust was in the issuer's own address."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def is_here(url: str) -> bool:
    """Whether a URL's host is this machine; False for what is no URL."""
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False


def _reason(error: Exception) -> str:
    """For the client: the kind of failure, nothing of what is behind the address."""
    if isinstance(error, urllib.error.HTTPError):
        return f"it answers with status {error.code}"
    if isinstance(error, TimeoutError) or isinstance(getattr(error, "reason", None), TimeoutError):
        return "it does not answer in time"
    return "no connection, or not a good one"
