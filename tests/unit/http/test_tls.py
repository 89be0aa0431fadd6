"""TLS between a transport and a handler that are ours: no socket, no clock."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tidegate.http.certificates import Certificates
from tidegate.http.connection import Connection, ConnectionOptions, Shared
from tidegate.http.messages import Request
from tidegate.http.tls import TlsConnection, _subject
from tls_files import TlsFiles
from unit.http.http_fakes import FakeHandler, FakeTransport, answer, get

OPTIONS = ConnectionOptions(head_timeout_s=20, idle_timeout_s=40, linger_s=5)
ALERT = 0x15


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    return TlsFiles(tmp_path_factory.mktemp("tls"))


class Port:
    """What the clients of a listener share."""

    def __init__(
        self,
        files: TlsFiles,
        handler: Callable[[Request, Connection], None],
        max_connections: int = 100,
        plain_http: bool = False,
        **options: object,
    ) -> None:
        self.shared = Shared(handler, OPTIONS, max_connections)
        self.shared.date_line = b"Date: now\r\n"
        self.shared.begin_ok = b"HTTP/1.1 200 OK\r\nDate: now\r\n"
        self._certificates = Certificates(files.options(**options))
        self._plain_http = plain_http

    def accept(self) -> Socket:
        return Socket(TlsConnection(self.shared, self._certificates, self._plain_http))

    def pass_time(self, seconds: int) -> None:
        for _ in range(seconds):
            self.shared.count_second()

    @property
    def members(self) -> int:
        return len(self.shared.connections)


class Socket:
    """The socket of one client, seen from the client's side."""

    def __init__(self, tls: TlsConnection) -> None:
        self.tls = tls
        self.transport = FakeTransport()
        self.transport.protocol = tls
        tls.connection_made(self.transport)

    def send(self, raw: bytes) -> bytes:
        """What comes back at once."""
        protocol = self.transport.protocol
        assert isinstance(protocol, asyncio.Protocol)
        protocol.data_received(raw)
        return self.transport.take()

    def lose(self) -> None:
        protocol = self.transport.protocol
        assert protocol is not None
        protocol.connection_lost(None)


class TlsClient:
    """A client that speaks TLS over a socket of ours."""

    def __init__(self, socket: Socket, context: ssl.SSLContext) -> None:
        self.socket = socket
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")

    def connect(self, piece: int = 1 << 20) -> TlsClient:
        """Shake hands, sending pieces of that many bytes."""
        while True:
            try:
                self.tls.do_handshake()
            except ssl.SSLWantReadError:
                self.exchange(piece)
            else:
                self.exchange(piece)
                return self

    def exchange(self, piece: int = 1 << 20) -> None:
        """Send what waits, and take what comes back."""
        raw = self.outgoing.read()
        for start in range(0, len(raw), piece):
            self.incoming.write(self.socket.send(raw[start : start + piece]))

    def send(self, plain: bytes, piece: int = 1 << 20) -> bytes:
        """What comes back at once."""
        self.tls.write(plain)
        self.exchange(piece)
        return self.read()

    def read(self) -> bytes:
        self.incoming.write(self.socket.transport.take())
        read = b""
        with suppress(ssl.SSLWantReadError):
            while piece := self.tls.read(1 << 16):
                read += piece
        return read

    def says_end(self) -> bool:
        """Whether the server has said, in TLS, that nothing more comes."""
        self.incoming.write(self.socket.transport.take())
        try:
            return self.tls.read(1) == b""
        except ssl.SSLWantReadError:
            return False


def connect(port: Port, files: TlsFiles) -> TlsClient:
    return TlsClient(port.accept(), files.client()).connect()


@pytest.fixture(params=[ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def context(request: pytest.FixtureRequest, files: TlsFiles) -> ssl.SSLContext:
    context = files.client()
    context.minimum_version = context.maximum_version = request.param
    return context


class TestRequests:
    def test_a_request_is_answered_and_the_connection_is_secure(
        self, files: TlsFiles, context: ssl.SSLContext
    ) -> None:
        seen: list[Connection] = []

        def handler(request: Request, connection: Connection) -> None:
            seen.append(connection)
            connection.respond(200, b"", request.peer.encode())

        client = TlsClient(Port(files, handler).accept(), context).connect()
        assert client.send(get(b"/a")) == answer(b"192.0.2.1")
        assert client.send(get(b"/b")) == answer(b"192.0.2.1")
        assert seen[0].secure
        assert seen[0].client_subject is None
        agreed = client.tls.cipher()
        assert agreed is not None
        assert seen[0].tls == (client.tls.version(), agreed[0])

    @pytest.mark.parametrize("piece", [1, 7])
    def test_pieces_of_any_size_do(
        self, files: TlsFiles, context: ssl.SSLContext, piece: int
    ) -> None:
        client = TlsClient(Port(files, FakeHandler()).accept(), context).connect(piece)
        assert client.send(get(b"/a"), piece) == answer(b"/a")

    def test_a_request_in_the_last_flight_of_the_handshake_is_served(self, files: TlsFiles) -> None:
        client = TlsClient(Port(files, FakeHandler()).accept(), files.client())
        with suppress(ssl.SSLWantReadError):
            client.tls.do_handshake()
        client.exchange()
        client.tls.do_handshake()
        assert client.send(get(b"/early")) == answer(b"/early")

    def test_records_that_come_together_are_handed_on_together(self, files: TlsFiles) -> None:
        handler = FakeHandler()
        client = connect(Port(files, handler), files)
        above = client.socket.tls._connection
        assert above is not None
        listening = _Listening(above.data_received)
        client.socket.tls._connection = listening  # type: ignore[assignment]
        client.tls.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n")
        client.tls.write(b"ab")
        client.exchange()
        assert len(listening.taken) == 1
        assert handler.requests[0].body == b"ab"

    def test_a_large_answer_passes_whole(self, files: TlsFiles, context: ssl.SSLContext) -> None:
        body = bytes(range(250)) * 4000
        port = Port(files, lambda request, connection: connection.respond(200, b"", body))
        client = TlsClient(port.accept(), context).connect()
        assert client.send(get(b"/")) == answer(body)

    def test_http_11_is_what_is_agreed_on(self, files: TlsFiles) -> None:
        context = files.client()
        context.set_alpn_protocols(["h2", "http/1.1"])
        client = TlsClient(Port(files, FakeHandler()).accept(), context).connect()
        assert client.tls.selected_alpn_protocol() == "http/1.1"


class _Listening:
    """Stands before a connection and keeps what is handed on."""

    def __init__(self, receive: Callable[[bytes], None]) -> None:
        self._receive = receive
        self.taken: list[bytes] = []

    def data_received(self, data: bytes) -> None:
        self.taken.append(data)
        self._receive(data)


class TestWithoutTls:
    def test_http_is_told_what_the_port_takes(self, files: TlsFiles) -> None:
        port = Port(files, FakeHandler())
        socket = port.accept()
        said = socket.send(get(b"/"))
        assert said.startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert said.endswith(b"this port takes HTTPS only: begin the URL with https\n")
        assert socket.transport.half_closed
        port.pass_time(5)
        assert socket.transport.aborted

    def test_http_is_served_where_it_is_allowed(self, files: TlsFiles) -> None:
        seen: list[bool] = []

        def handler(request: Request, connection: Connection) -> None:
            seen.append(connection.secure)
            connection.respond(200, b"", b"ok")

        port = Port(files, handler, plain_http=True)
        plain = port.accept()
        assert plain.send(get(b"/")) == answer(b"ok")
        assert connect(port, files).send(get(b"/")) == answer(b"ok")
        assert seen == [False, True]
        assert port.members == 2
        plain.lose()
        assert port.members == 1

    def test_http_byte_by_byte_is_served_where_it_is_allowed(self, files: TlsFiles) -> None:
        socket = Port(files, FakeHandler(), plain_http=True).accept()
        answers = [socket.send(bytes([each])) for each in get(b"/a")]
        assert b"".join(answers) == answer(b"/a")

    @pytest.mark.parametrize("raw", [b"\x00", b"\xff" * 100, b"\x80\x2e\x01\x00\x02"])
    def test_garbage_is_no_tls(self, files: TlsFiles, raw: bytes) -> None:
        socket = Port(files, FakeHandler()).accept()
        assert socket.send(raw).startswith(b"HTTP/1.1 400 ")
        assert socket.transport.half_closed


class TestHandshakes:
    def test_garbage_ends_with_an_alert(self, files: TlsFiles) -> None:
        handler = FakeHandler()
        port = Port(files, handler)
        socket = port.accept()
        said = socket.send(b"\x16\x03\x01\x00\x05hello")
        assert said[0] == ALERT
        assert socket.transport.half_closed
        assert socket.send(b"more") == b""
        port.pass_time(4)
        assert not socket.transport.aborted
        port.pass_time(1)
        assert socket.transport.aborted
        socket.lose()
        assert port.members == 0
        assert handler.requests == []

    def test_client_that_takes_the_alert_is_gone_at_once(self, files: TlsFiles) -> None:
        socket = Port(files, FakeHandler()).accept()
        socket.send(b"\x16\x03\x01\x00\x05hello")
        assert not socket.tls.eof_received(), "the transport closes itself"

    def test_silent_client_is_ended_as_an_idle_one(self, files: TlsFiles) -> None:
        port = Port(files, FakeHandler())
        socket = port.accept()
        port.pass_time(39)
        assert not socket.transport.aborted
        port.pass_time(1)
        assert socket.transport.aborted

    def test_slow_handshake_is_ended(self, files: TlsFiles) -> None:
        port = Port(files, FakeHandler())
        socket = port.accept()
        port.pass_time(10)
        socket.send(b"\x16\x03")
        port.pass_time(19)
        assert not socket.transport.aborted
        socket.send(b"\x01")
        port.pass_time(1)
        assert socket.transport.aborted

    def test_handshakes_take_places_of_connections(self, files: TlsFiles) -> None:
        port = Port(files, FakeHandler(), max_connections=2)
        first, second, third = port.accept(), port.accept(), port.accept()
        assert third.transport.aborted
        assert third.transport.take() == b""
        third.lose()
        assert TlsClient(first, files.client()).connect().send(get(b"/a")) == answer(b"/a")
        second.lose()
        assert port.members == 1
        assert connect(port, files).send(get(b"/b")) == answer(b"/b")

    def test_drain_ends_handshakes_at_once_and_says_when_all_are_gone(
        self, files: TlsFiles
    ) -> None:
        port = Port(files, FakeHandler())
        told: list[bool] = []
        port.shared.on_empty = lambda: told.append(True)
        fresh, shaking = port.accept(), port.accept()
        shaking.send(b"\x16\x03")
        for member in list(port.shared.connections):
            member.drain()
        assert fresh.transport.aborted
        assert shaking.transport.aborted
        fresh.lose()
        assert told == []
        shaking.lose()
        assert told == [True]

    def test_nobody_is_let_in_while_draining(self, files: TlsFiles) -> None:
        port = Port(files, FakeHandler())
        port.shared.draining = True
        assert port.accept().transport.aborted

    def test_wrong_host_is_the_clients_to_refuse(self, files: TlsFiles) -> None:
        socket = Port(files, FakeHandler()).accept()
        client = TlsClient(socket, files.client())
        client.tls = files.client().wrap_bio(
            client.incoming, client.outgoing, server_hostname="other.test"
        )
        with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
            client.connect()
        client.exchange()
        assert socket.transport.half_closed


class TestEnds:
    def test_idle_connection_is_closed_with_notice(
        self, files: TlsFiles, context: ssl.SSLContext
    ) -> None:
        port = Port(files, FakeHandler())
        client = TlsClient(port.accept(), context).connect()
        port.pass_time(40)
        assert client.socket.transport.closed
        assert client.says_end()

    def test_drain_lets_the_answer_out_and_closes_with_notice(
        self, files: TlsFiles, context: ssl.SSLContext
    ) -> None:
        served: list[Connection] = []
        port = Port(files, lambda request, connection: served.append(connection))
        client = TlsClient(port.accept(), context).connect()
        client.send(get(b"/"))
        port.shared.draining = True
        for member in list(port.shared.connections):
            member.drain()
        served[0].respond(200, b"", b"last")
        assert client.read().endswith(b"last")
        assert client.socket.transport.closed
        assert client.says_end()

    def test_refused_client_reads_why_and_what_it_still_sends_is_thrown_away(
        self, files: TlsFiles, context: ssl.SSLContext
    ) -> None:
        client = TlsClient(Port(files, FakeHandler()).accept(), context).connect()
        said = client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n")
        assert said.startswith(b"HTTP/1.1 413 ")
        transport = client.socket.transport
        assert transport.half_closed
        assert not transport.closed
        assert client.socket.send(b"anything, as it is not even looked at") == b""
        client.socket.tls.eof_received()
        assert transport.closed

    def test_client_that_says_it_ends_is_closed(
        self, files: TlsFiles, context: ssl.SSLContext
    ) -> None:
        client = TlsClient(Port(files, FakeHandler()).accept(), context).connect()
        assert client.send(get(b"/a")) == answer(b"/a")
        with suppress(ssl.SSLWantReadError):
            client.tls.unwrap()
        client.exchange()
        assert client.socket.transport.closed

    def test_client_that_says_it_ends_while_it_is_served_is_gone(self, files: TlsFiles) -> None:
        gone: list[bool] = []
        port = Port(files, lambda r, connection: connection.on_gone(lambda: gone.append(True)))
        client = connect(port, files)
        client.send(get(b"/"))
        with suppress(ssl.SSLWantReadError):
            client.tls.unwrap()
        client.exchange()
        assert gone == [True]
        assert client.socket.transport.aborted

    def test_request_and_end_in_one_piece_are_answered(
        self, files: TlsFiles, context: ssl.SSLContext
    ) -> None:
        handler = FakeHandler(at_once=False)
        client = TlsClient(Port(files, handler).accept(), context).connect()
        client.tls.write(get(b"/last"))
        with suppress(ssl.SSLWantReadError):
            client.tls.unwrap()
        client.exchange()
        connection = client.socket.tls._connection
        assert connection is not None
        before = client.socket.transport.written
        connection.respond(200, b"", b"ok")
        assert client.socket.transport.written > before
        assert client.socket.transport.closed

    def test_client_that_hangs_up_without_notice_is_gone(self, files: TlsFiles) -> None:
        gone: list[bool] = []
        port = Port(files, lambda r, connection: connection.on_gone(lambda: gone.append(True)))
        client = connect(port, files)
        client.send(get(b"/"))
        client.socket.tls.eof_received()
        assert gone == [True]

    def test_lost_socket_is_told_and_leaves(self, files: TlsFiles) -> None:
        gone: list[bool] = []
        port = Port(files, lambda r, connection: connection.on_gone(lambda: gone.append(True)))
        client = connect(port, files)
        client.send(get(b"/"))
        client.socket.lose()
        assert gone == [True]
        assert port.members == 0

    def test_forged_record_ends_the_connection(
        self, files: TlsFiles, context: ssl.SSLContext
    ) -> None:
        handler = FakeHandler()
        client = TlsClient(Port(files, handler).accept(), context).connect()
        client.tls.write(get(b"/a"))
        record = bytearray(client.outgoing.read())
        record[-1] ^= 1
        said = client.socket.send(bytes(record))
        assert said
        assert client.socket.transport.aborted
        assert handler.requests == []

    def test_writes_that_pause_are_the_connections(self, files: TlsFiles) -> None:
        handler = FakeHandler()
        client = connect(Port(files, handler), files)
        client.socket.tls.pause_writing()
        assert client.send(get(b"/a")) == b""
        client.socket.tls.resume_writing()
        assert client.read() == answer(b"/a")


class TestClientCertificates:
    def served(self, files: TlsFiles, context: ssl.SSLContext, required: bool) -> str | None:
        seen: list[str | None] = []

        def handler(request: Request, connection: Connection) -> None:
            seen.append(connection.client_subject)
            connection.respond(200, b"", b"ok")

        port = Port(files, handler, client_ca=files.ca, client_required=required)
        TlsClient(port.accept(), context).connect().send(get(b"/"))
        return seen[0]

    @pytest.mark.parametrize("required", [True, False])
    def test_client_is_known_by_the_subject(self, files: TlsFiles, required: bool) -> None:
        client = files.client(files.client_certificate("encoder"))
        assert self.served(files, client, required) == "CN=encoder"

    def test_client_without_a_certificate_is_served_if_none_is_required(
        self, files: TlsFiles
    ) -> None:
        assert self.served(files, files.client(), required=False) is None

    def test_client_without_a_certificate_reads_that_one_is_required(
        self, files: TlsFiles, context: ssl.SSLContext
    ) -> None:
        handler = FakeHandler()
        port = Port(files, handler, client_ca=files.ca, client_required=True)
        client = TlsClient(port.accept(), context)
        with pytest.raises(ssl.SSLError, match=r"(?i)alert (handshake|certificate)"):
            client.connect().send(get(b"/"))
        assert client.socket.transport.half_closed
        assert handler.requests == []

    @pytest.mark.parametrize("required", [True, False])
    def test_certificate_of_a_stranger_is_refused(
        self, files: TlsFiles, tmp_path: Path, required: bool
    ) -> None:
        stranger = TlsFiles(tmp_path).client_certificate("encoder")
        port = Port(files, FakeHandler(), client_ca=files.ca, client_required=required)
        client = TlsClient(port.accept(), files.client(stranger))
        with pytest.raises(ssl.SSLError, match=r"(?i)unknown ca"):
            client.connect().send(get(b"/"))

    def test_certificate_for_servers_is_none_for_clients(self, files: TlsFiles) -> None:
        port = Port(files, FakeHandler(), client_ca=files.ca, client_required=True)
        client = TlsClient(port.accept(), files.client(files.server))
        with pytest.raises(ssl.SSLError, match="alert"):
            client.connect().send(get(b"/"))

    def test_subject_is_written_as_rfc_4514_does(self) -> None:
        subject = (
            (("countryName", "DE"),),
            (("organizationName", "Sue, Grabbit and Runn"),),
            (("organizationalUnitName", "a"), ("commonName", "#b=c ")),
        )
        assert _subject({"subject": subject}) == (
            "OU=a+CN=\\#b\\=c\\ ,O=Sue\\, Grabbit and Runn,C=DE"
        )
