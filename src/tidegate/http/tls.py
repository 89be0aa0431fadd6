"""TLS between a socket and a `Connection`: records to plain bytes and back, and the way there.

    FRESH      nothing has come; its first byte says whether the client speaks TLS
    SHAKING    the handshake goes on
    OPEN       a Connection is above, and takes this for its transport
    SHUT       we have said that nothing more comes; what still comes is thrown away

The loop's own TLS is not used, for three reasons: its transports cannot close our half alone, which
a refused client needs to read why; a client in its handshake, or silent, is nobody's to count and
to end; and the context is fixed when the listener starts.  Here a client is a member of the
listener from the first moment on, until the Connection above takes its place.

A TLS record that opens a connection begins with 0x16 (RFC 8446, 5.1), no HTTP request does.  So a
port can take both, and one that takes TLS alone can tell a client that speaks HTTP what is wrong.
"""

import asyncio
import logging
import ssl
from contextlib import suppress
from typing import Any, Final

from tidegate.http.certificates import Certificates
from tidegate.http.connection import Connection, Shared
from tidegate.http.messages import HttpError

FRESH: Final = 0
SHAKING: Final = 1
OPEN: Final = 2
SHUT: Final = 3

_HANDSHAKE_RECORD: Final = 0x16
_MOST_OF_A_RECORD: Final = 16_384

_log = logging.getLogger(__name__)

_SHORT_NAMES: Final = {
    "commonName": "CN",
    "countryName": "C",
    "domainComponent": "DC",
    "localityName": "L",
    "organizationName": "O",
    "organizationalUnitName": "OU",
    "stateOrProvinceName": "ST",
    "streetAddress": "STREET",
    "userId": "UID",
}
"""RFC 4514, 3."""


class TlsConnection(asyncio.Transport, asyncio.Protocol):
    """One client of a port with TLS: a protocol to the socket, a transport to a Connection."""

    __slots__ = (
        "_certificates",
        "_connection",
        "_deadline",
        "_incoming",
        "_outgoing",
        "_plain_http",
        "_shared",
        "_socket",
        "_state",
        "_tls",
    )

    _socket: asyncio.Transport
    _tls: ssl.SSLObject
    _incoming: ssl.MemoryBIO
    _outgoing: ssl.MemoryBIO

    def __init__(self, shared: Shared, certificates: Certificates, plain_http: bool) -> None:
        super().__init__()
        self._shared = shared
        self._certificates = certificates
        self._plain_http = plain_http
        self._state = FRESH
        self._connection: Connection | None = None
        self._deadline = shared.idle_deadline

    # --- From the socket ---------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # No isinstance: uvloop's transports only behave like asyncio's.
        self._socket = transport  # type: ignore[assignment]
        shared = self._shared
        shared.connections.add(self)
        if len(shared.connections) > shared.max_connections or shared.draining:
            # Whoever has no room has none for handshakes either, so nothing is answered.
            self.abort()

    def data_received(self, data: bytes) -> None:
        state = self._state
        if state == FRESH and not self._begin(data):
            return
        if state == SHUT:
            return
        self._incoming.write(data)
        if state == OPEN or self._shake():
            self._read()

    def eof_received(self) -> bool:
        """No more comes; a client need not say so in TLS before, as HTTP knows what is whole."""
        if self._connection is None:
            return False
        self._tell_eof(self._connection)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._state = SHUT
        connection, self._connection = self._connection, None
        if connection is None:
            self._shared.leave(self)
        else:
            connection.connection_lost(exc)

    def pause_writing(self) -> None:
        if self._connection is not None:
            self._connection.pause_writing()

    def resume_writing(self) -> None:
        if self._connection is not None:
            self._connection.resume_writing()

    # --- From the listener, until there is a Connection --------------------------------------

    def sweep(self, tick: int) -> None:
        """Once a second: end what has taken too long."""
        if self._deadline <= tick:
            self.abort()

    def drain(self) -> None:
        """No request has come, so none is lost."""
        self.abort()

    # --- From the Connection -----------------------------------------------------------------

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._socket.get_extra_info(name, default)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Dropped once we have said that nothing more comes."""
        if self._state == OPEN:
            # The BIO takes all of it, so this is no partial write.
            self._tls.write(data)
            self._socket.write(self._outgoing.read())

    def get_write_buffer_size(self) -> int:
        return self._socket.get_write_buffer_size()

    def write_eof(self) -> None:
        self._shut()
        self._socket.write_eof()

    def close(self) -> None:
        self._shut()
        self._socket.close()

    def abort(self) -> None:
        self._state = SHUT
        self._socket.abort()

    def pause_reading(self) -> None:
        self._socket.pause_reading()

    def resume_reading(self) -> None:
        self._socket.resume_reading()

    # --- Inside ------------------------------------------------------------------------------

    def _begin(self, data: bytes) -> bool:
        """Whether it is TLS; whatever else it is, we are out of it."""
        if data[0] != _HANDSHAKE_RECORD:
            self._step_aside(data)
            return False
        shared = self._shared
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = self._certificates.current
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._state = SHAKING
        self._deadline = shared.tick + shared.options.head_timeout_s
        return True

    def _step_aside(self, data: bytes) -> None:
        """Leave the socket to a Connection without TLS."""
        shared, socket = self._shared, self._socket
        connection = Connection(shared)
        shared.connections.discard(self)
        socket.set_protocol(connection)
        connection.connection_made(socket)
        if self._plain_http:
            connection.data_received(data)
        else:
            connection.refuse(
                HttpError(400, "this port takes HTTPS only: begin the URL with https")
            )

    def _shake(self) -> bool:
        """Whether the handshake is over and a Connection is there."""
        tls, shared = self._tls, self._shared
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            self._flush()
            return False
        except ssl.SSLError as error:
            self._give_up(error)
            return False
        self._flush()
        self._state = OPEN
        connection = self._connection = Connection(
            shared, True, _subject(tls.getpeercert()), _agreed(tls)
        )
        shared.connections.discard(self)
        connection.connection_made(self)
        return True

    def _give_up(self, error: ssl.SSLError) -> None:
        """No handshake: close, but only our half, so that the client reads the alert that says why.

        One with TLS 1.3 has sent its first request by now, if all that it lacks is a certificate.
        """
        peer = self._socket.get_extra_info("peername")
        _log.debug("no TLS with %s: %s", peer, error.reason)
        self._state = SHUT
        self._deadline = self._shared.tick + self._shared.options.linger_s
        self._flush()
        self._socket.write_eof()

    def _read(self) -> None:
        """Hand on what has become readable, in one piece: a request often comes in two records."""
        tls, incoming, connection = self._tls, self._incoming, self._connection
        assert connection is not None
        pieces = []
        ended = False
        try:
            while True:
                piece = tls.read(_MOST_OF_A_RECORD)
                if not piece:
                    ended = True
                    break
                pieces.append(piece)
                if not incoming.pending and not tls.pending():
                    break  # Reading once more would say so with an exception, which costs more.
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:
            # A record that was forged or torn: nothing of this socket can be trusted any more.
            self._flush()
            self.abort()
            return
        self._flush()
        if pieces:
            connection.data_received(pieces[0] if len(pieces) == 1 else b"".join(pieces))
        if ended:
            self._tell_eof(connection)

    def _tell_eof(self, connection: Connection) -> None:
        if not connection.eof_received():
            self.close()

    def _shut(self) -> None:
        """Say that nothing more comes, once."""
        if self._state == OPEN:
            self._state = SHUT
            # It has said so, and then finds that the client has not.
            with suppress(ssl.SSLError):
                self._tls.unwrap()
            self._flush()

    def _flush(self) -> None:
        if self._outgoing.pending:
            self._socket.write(self._outgoing.read())


def _agreed(tls: ssl.SSLObject) -> tuple[str, str]:
    """The version and the cipher suite that a handshake has ended with."""
    version, cipher = tls.version(), tls.cipher()
    assert version is not None, "the handshake is over"
    assert cipher is not None, "the handshake is over"
    return version, cipher[0]


def _subject(certificate: Any) -> str | None:
    """The subject of a client's certificate as text (RFC 4514), such as `CN=encoder,O=Example`;
    None without a certificate."""
    if not certificate:
        return None
    relative_names = [
        "+".join(f"{_SHORT_NAMES.get(name, name)}={_escaped(value)}" for name, value in relative)
        for relative in certificate["subject"]
    ]
    return ",".join(reversed(relative_names))


def _escaped(value: str) -> str:
    """RFC 4514, 2.4: so that no value can look like more than itself."""
    escaped = "".join("\\" + each if each in '\\",+;<>=' else each for each in value)
    escaped = escaped.replace("\0", "\\00")
    if escaped.startswith(("#", " ")):
        escaped = "\\" + escaped
    if escaped.endswith(" ") and len(value) > 1:
        escaped = escaped[:-1] + "\\ "
    return escaped
