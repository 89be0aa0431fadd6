"""A player over a transport made of nothing: windows, errors, and connections that break."""

import asyncio

import pytest

from fake_sqs import FakeSqs
from tidegate.bench.load import Endpoint, Pace, play
from tidegate.bench.scripts import BatchSender, Drainer, Sender, Site
from tidegate.bench.signing import Signer
from tidegate.bench.tally import Tally

URL = "http://fake/000000000000/q"
SIGNER = Signer("test", "test", "us-east-1")


class Line:
    """A transport whose other end is a fake server in the same process."""

    def __init__(self, network: "Network", protocol: asyncio.Protocol) -> None:
        self._network = network
        self._protocol = protocol
        self._lost = False

    def write(self, data: bytes) -> None:
        asyncio.get_running_loop().call_soon(self._answer, data)

    def _answer(self, data: bytes) -> None:
        if self._lost:
            return
        answer = self._network.answer(data)
        if answer is None:
            self.abort()
        else:
            self._protocol.data_received(answer)

    def abort(self) -> None:
        if not self._lost:
            self._lost = True
            asyncio.get_running_loop().call_soon(self._protocol.connection_lost, None)


class Network:
    def __init__(self) -> None:
        self.fake = FakeSqs()
        self.fake.createqueue({"QueueName": "q"})
        self.connections = 0
        self.hang_ups = 0
        self.extra = b""

    async def connect(self, protocol: asyncio.Protocol) -> None:
        self.connections += 1
        protocol.connection_made(Line(self, protocol))

    def answer(self, request: bytes) -> bytes | None:
        if self.hang_ups:
            self.hang_ups -= 1
            return None
        status, body = self.fake.handle(request)
        return b"HTTP/1.1 %d X\r\n%bContent-Length: %d\r\n\r\n%b" % (
            status,
            self.extra,
            len(body),
            body,
        )


def _run(network: Network, make, tally: Tally, seconds: float = 60, **pace):
    site = Site(SIGNER, "fake", URL, tally, 100)
    return asyncio.run(play(network.connect, SIGNER, make(site), tally, Pace(seconds, 0, **pace)))


def test_all_scripts_are_played_to_their_end():
    network, tally = Network(), Tally()
    _run(network, lambda site: [BatchSender(site, lane, 40) for lane in range(3)], tally)
    assert tally.units == tally.units_ever == 120
    assert tally.calls == tally.call_times.total == 12
    assert len(network.fake.queues["q"]) == 120
    drained = Tally()
    run = _run(network, lambda site: [Drainer(site) for _ in range(2)], drained)
    assert drained.units == 120
    assert not drained.errors
    assert run.rate > 0


def test_a_window_that_ends_ends_the_run():
    network, tally = Network(), Tally()
    run = _run(network, lambda site: [Sender(site, 0)], tally, seconds=0.01)
    assert tally.units_ever == len(network.fake.queues["q"])
    assert tally.units_ever >= tally.units > 0
    assert run.rate == tally.units / 0.01


def test_answers_other_than_200_are_counted_and_the_load_goes_on():
    network, tally = Network(), Tally()
    refusals = iter([(400, {"__type": "Nope"}), (503, {})])
    network.fake.refuse = lambda *_: next(refusals, None)
    _run(network, lambda site: [BatchSender(site, 0, 50)], tally)
    assert tally.errors == {"status 400": 1, "status 503": 1}
    assert "Nope" in tally.samples[0]
    assert tally.units == 30


def test_a_connection_that_breaks_is_an_error_and_opened_anew():
    network, tally = Network(), Tally()
    network.hang_ups = 1
    _run(network, lambda site: [BatchSender(site, 0, 30)], tally)
    assert tally.errors == {"broken connection": 1}
    assert network.connections == 2
    assert tally.units == 20


def test_a_server_that_closes_after_each_answer_is_no_error():
    network, tally = Network(), Tally()
    network.extra = b"Connection: close\r\n"
    _run(network, lambda site: [BatchSender(site, 0, 30)], tally)
    assert not tally.errors
    assert tally.units == 30
    assert network.connections >= 3


def test_a_run_that_gets_no_answer_ends_with_an_error():
    network, tally = Network(), Tally()

    async def connect(protocol: asyncio.Protocol) -> None:
        line = Line(network, protocol)
        line.write = lambda data: None
        protocol.connection_made(line)

    network.connect = connect
    _run(network, lambda site: [Sender(site, 0)], tally, seconds=0.01, grace_s=0.01)
    assert tally.errors == {"no answer": 1}
    assert tally.units == 0


@pytest.mark.parametrize("url", ["", "127.0.0.1:4566", "ftp://x", "http://"])
def test_what_is_no_endpoint_is_refused(url):
    with pytest.raises(ValueError, match="not an endpoint"):
        Endpoint(url)


def test_an_endpoint_knows_its_host_header():
    assert Endpoint("http://127.0.0.1:4566/").host_header == "127.0.0.1:4566"
    assert Endpoint("https://sqs.example.com").host_header == "sqs.example.com"
