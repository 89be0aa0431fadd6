"""Whatever comes instead of a handshake: a request is served, or the client ended; nothing else."""

from __future__ import annotations

import ssl
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tls_files import TlsFiles
from unit.http.http_fakes import FakeHandler, get
from unit.http.test_tls import Port, TlsClient


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    return TlsFiles(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def port(files: TlsFiles) -> Port:
    return Port(files, FakeHandler())


@pytest.fixture(scope="module")
def context(files: TlsFiles) -> ssl.SSLContext:
    return files.client()


CHANGES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=4)


@given(
    changes=CHANGES,
    cut=st.floats(0, 1),
    more=st.binary(max_size=40),
    piece=st.integers(1, 600),
    flights=st.integers(0, 1),
)
def test_changed_handshakes_and_records_end_in_order(
    port: Port,
    context: ssl.SSLContext,
    changes: list[tuple[float, int]],
    cut: float,
    more: bytes,
    piece: int,
    flights: int,
) -> None:
    socket = port.accept()
    client = TlsClient(socket, context)
    for _ in range(flights):
        with suppress(ssl.SSLWantReadError):
            client.tls.do_handshake()
        client.exchange()
    with suppress(ssl.SSLWantReadError):
        client.tls.do_handshake()
    if flights:
        client.tls.write(get(b"/"))
    raw = bytearray(client.outgoing.read())
    for place, value in changes:
        raw[int(place * len(raw))] = value
    raw = raw[: int(cut * len(raw))] + more
    for start in range(0, len(raw), piece):
        if not socket.transport.closed:
            socket.send(bytes(raw[start : start + piece]))
    port.pass_time(40)
    assert socket.transport.closed
    socket.lose()
    assert port.members == 0
