"""A connection between a transport and a handler that are ours: no socket, no clock."""

import asyncio
from collections.abc import Callable

import pytest

from tidegate.http.connection import Connection, ConnectionOptions, Shared
from tidegate.http.heads import HttpLimits
from tidegate.http.messages import Request
from unit.http.http_fakes import Client, FakeHandler, answer, get

CLOSE = b"Connection: close"
OPTIONS = ConnectionOptions(
    limits=HttpLimits(max_body_bytes=10_000),
    head_timeout_s=20,
    body_timeout_s=30,
    idle_timeout_s=40,
    write_timeout_s=50,
    linger_s=5,
    max_ahead_bytes=100,
    max_receiving_bytes=5_000,
)


def on_loop(test: Callable[[], None]) -> None:
    """Run `test` within an event loop, and then what it left on the loop."""

    async def run() -> None:
        test()
        await asyncio.sleep(0)

    asyncio.run(run())


class TestAnswers:
    def test_a_request_is_answered(self) -> None:
        assert Client(FakeHandler()).send(get(b"/a")) == answer(b"/a")

    def test_the_handlers_fields_are_sent(self) -> None:
        client = Client(lambda request, c: c.respond(404, b"X: y\r\n", b"no"))
        expected = b"HTTP/1.1 404 Not Found\r\nDate: now\r\nX: y\r\nContent-Length: 2\r\n\r\nno"
        assert client.send(get(b"/")) == expected

    def test_a_status_without_a_reason(self) -> None:
        client = Client(lambda request, c: c.respond(299, b"", b""))
        assert client.send(get(b"/")).startswith(b"HTTP/1.1 299 \r\nDate: now\r\n")

    def test_the_peer_is_known(self) -> None:
        handler = FakeHandler()
        Client(handler).send(get(b"/"))
        assert handler.requests[0].peer == "192.0.2.1"

    def test_the_connection_stays_open(self) -> None:
        client = Client(FakeHandler())
        assert client.send(get(b"/a")) + client.send(get(b"/b")) == answer(b"/a") + answer(b"/b")
        assert not client.transport.closed

    def test_head_gets_the_length_without_the_body(self) -> None:
        answered = Client(FakeHandler()).send(get(b"/abc", method=b"HEAD"))
        assert answered == answer(b"/abc").removesuffix(b"/abc")

    def test_close_is_said_and_done(self) -> None:
        client = Client(FakeHandler())
        assert client.send(get(b"/", CLOSE)) == answer(b"/", CLOSE)
        assert client.transport.closed

    def test_http_1_0_is_closed(self) -> None:
        client = Client(FakeHandler())
        assert client.send(get(b"/", version=b"1.0")) == answer(b"/", CLOSE)
        assert client.transport.closed

    def test_http_1_0_is_kept_alive_when_asked(self) -> None:
        client = Client(FakeHandler())
        keep = b"Connection: keep-alive"
        assert client.send(get(b"/", keep, version=b"1.0")) == answer(b"/", keep)
        assert not client.transport.closed

    def test_an_answer_to_no_request_is_a_bug(self) -> None:
        client = Client(FakeHandler())
        client.send(get(b"/"))
        with pytest.raises(AssertionError):
            client.connection.respond(200, b"", b"")


class TestPipelining:
    def test_requests_sent_together_are_answered_in_order(self) -> None:
        client = Client(FakeHandler())
        assert client.send(get(b"/a") + get(b"/b") + get(b"/c")) == b"".join(
            answer(path) for path in (b"/a", b"/b", b"/c")
        )

    def test_a_thousand_need_no_stack(self) -> None:
        client = Client(FakeHandler())
        assert client.send(get(b"/a") * 1000) == answer(b"/a") * 1000

    def test_the_next_request_waits_for_the_answer(self) -> None:
        handler = FakeHandler(at_once=False)
        client = Client(handler)

        def test() -> None:
            client.send(get(b"/a") + get(b"/b"))
            client.send(get(b"/c"))
            assert handler.paths == ["/a"]
            client.connection.respond(200, b"", b"1")
            assert handler.paths == ["/a"], "not from within the answer"

        on_loop(test)
        assert handler.paths == ["/a", "/b"]
        on_loop(lambda: client.connection.respond(200, b"", b"2"))
        on_loop(lambda: client.connection.respond(200, b"", b"3"))
        assert handler.paths == ["/a", "/b", "/c"]
        assert client.transport.take() == answer(b"1") + answer(b"2") + answer(b"3")

    def test_a_request_is_not_served_twice_when_more_comes_before_its_turn(self) -> None:
        handler = FakeHandler(at_once=False)
        client = Client(handler)

        def test() -> None:
            client.send(get(b"/a") + get(b"/b"))
            client.connection.respond(200, b"", b"1")
            client.send(get(b"/c"))

        on_loop(test)
        assert handler.paths == ["/a", "/b"]

    def test_a_client_far_ahead_is_not_read_from(self) -> None:
        handler = FakeHandler(at_once=False)
        client = Client(handler, OPTIONS)

        def test() -> None:
            client.send(get(b"/a"))
            client.send(get(b"/b"))
            assert client.transport.reading
            client.send(get(b"/c") * 5)
            assert not client.transport.reading
            client.connection.respond(200, b"", b"")

        on_loop(test)
        assert client.transport.reading

    def test_nothing_behind_close_is_served(self) -> None:
        handler = FakeHandler()
        client = Client(handler)
        client.send(get(b"/a", CLOSE) + get(b"/b"))
        client.send(get(b"/c"))
        assert handler.paths == ["/a"]
        # Closed in halves: what was sent behind must not reset the answer away.
        assert client.transport.half_closed
        assert not client.transport.closed


class TestContinue:
    RAW = get(b"/", b"Expect: 100-continue", b"Content-Length: 2")

    def test_a_client_that_waits_is_told_once(self) -> None:
        client = Client(FakeHandler())
        assert client.send(self.RAW) == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert client.send(b"a") == b""
        assert client.send(b"b") == answer(b"/")

    def test_a_client_that_does_not_wait_is_not_told(self) -> None:
        assert Client(FakeHandler()).send(self.RAW + b"ab") == answer(b"/")

    def test_too_large_a_body_is_refused_instead(self) -> None:
        client = Client(FakeHandler(), OPTIONS)
        raw = get(b"/", b"Expect: 100-continue", b"Content-Length: 10001")
        assert client.send(raw).startswith(b"HTTP/1.1 413 ")


class TestRefusals:
    def test_what_is_no_http_is_refused(self) -> None:
        client = Client(FakeHandler())
        answered = client.send(b"\x16\x03\x01\r\n\r\n")
        assert answered.startswith(b"HTTP/1.1 400 Bad Request\r\nDate: now\r\n")
        assert b"\r\nConnection: close\r\n" in answered
        assert client.transport.half_closed

    def test_requests_before_it_are_answered(self) -> None:
        answered = Client(FakeHandler()).send(get(b"/a") + b"\n\r\n\r\n")
        assert answered.startswith(answer(b"/a") + b"HTTP/1.1 400 ")

    def test_it_comes_after_the_answer_under_way(self) -> None:
        handler = FakeHandler(at_once=False)
        client = Client(handler)

        def test() -> None:
            assert client.send(get(b"/a") + b"\n\r\n\r\n") == b""
            client.connection.respond(200, b"", b"1")

        on_loop(test)
        assert client.transport.take().startswith(answer(b"1") + b"HTTP/1.1 400 ")

    def test_what_still_comes_is_thrown_away(self) -> None:
        handler = FakeHandler()
        client = Client(handler)
        client.send(b"\n\r\n\r\n")
        assert client.send(get(b"/")) == b""
        assert handler.requests == []

    def test_it_ends_when_the_client_closes(self) -> None:
        client = Client(FakeHandler())
        client.send(b"\n\r\n\r\n")
        assert client.connection.eof_received() is False

    def test_it_ends_when_the_client_does_not_close(self) -> None:
        client = Client(FakeHandler(), OPTIONS)
        client.send(b"\n\r\n\r\n")
        client.pass_time(4)
        assert not client.transport.closed
        client.pass_time(1)
        assert client.transport.aborted

    def test_one_connection_too_many(self) -> None:
        shared = Shared(FakeHandler(), OPTIONS, max_connections=1)
        first, second = Client(FakeHandler(), shared=shared), Client(FakeHandler(), shared=shared)
        assert second.transport.take().startswith(b"HTTP/1.1 503 ")
        assert second.transport.closed
        assert first.send(get(b"/")) == answer(b"/")
        second.connection.connection_lost(None)
        first.connection.connection_lost(None)
        assert not Client(FakeHandler(), shared=shared).transport.closed


class TestMemory:
    def test_all_unfinished_requests_together_are_bounded(self) -> None:
        shared = Shared(FakeHandler(), OPTIONS, max_connections=10)
        first, second = Client(FakeHandler(), shared=shared), Client(FakeHandler(), shared=shared)
        begin = get(b"/", b"Content-Length: 9000")
        assert first.send(begin + b"x" * 4000) == b""
        assert second.send(begin + b"x" * 2000).startswith(b"HTTP/1.1 503 ")
        assert shared.receiving == 4000
        assert first.send(b"x" * 5000) == answer(b"/")
        assert shared.receiving == 0

    def test_a_client_that_goes_gives_its_share_back(self) -> None:
        client = Client(FakeHandler(), OPTIONS)
        client.send(get(b"/", b"Content-Length: 9000") + b"x" * 100)
        assert client.shared.receiving == 100
        client.connection.connection_lost(None)
        assert client.shared.receiving == 0

    def test_what_is_sent_ahead_counts(self) -> None:
        handler = FakeHandler(at_once=False)
        client = Client(handler, OPTIONS)
        client.send(get(b"/"))
        client.send(b"x" * 4000)
        assert client.shared.receiving == 4000
        client.send(b"x" * 2000)
        assert client.transport.aborted


class TestGone:
    def waiting(self) -> tuple[Client, list[str]]:
        client, told = Client(FakeHandler(at_once=False), OPTIONS), list[str]()
        client.send(get(b"/"))
        client.connection.on_gone(lambda: told.append("gone"))
        assert not client.connection.gone
        return client, told

    def test_a_client_that_hangs_up_is_told_at_once(self) -> None:
        client, told = self.waiting()
        client.connection.eof_received()
        assert told == ["gone"]
        assert client.transport.aborted
        client.connection.connection_lost(None)
        assert told == ["gone"]
        assert client.connection.gone

    def test_a_reset_connection_too(self) -> None:
        client, told = self.waiting()
        client.connection.connection_lost(ConnectionResetError())
        assert told == ["gone"]

    def test_an_answer_for_one_that_is_gone_is_dropped(self) -> None:
        client, _ = self.waiting()
        client.connection.connection_lost(None)
        client.connection.respond(200, b"", b"")
        assert client.transport.take() == b""

    def test_nobody_is_told_after_the_answer(self) -> None:
        client, told = self.waiting()
        client.connection.respond(200, b"", b"")
        client.connection.eof_received()
        client.connection.connection_lost(None)
        assert told == []

    def test_one_that_is_gone_before_is_told_at_once(self) -> None:
        client, told = Client(FakeHandler(at_once=False)), list[str]()
        client.send(get(b"/"))
        client.connection.connection_lost(None)
        client.connection.on_gone(lambda: told.append("gone"))
        assert told == ["gone"]

    def test_a_client_that_closed_its_half_gets_its_answer(self) -> None:
        client = Client(FakeHandler(at_once=False))
        client.send(get(b"/"))
        assert client.connection.eof_received() is True
        assert client.connection.gone
        client.connection.respond(200, b"", b"1")
        assert client.transport.take() == answer(b"1", CLOSE)
        assert client.transport.closed

    def test_it_is_not_waited_for_without_end(self) -> None:
        client = Client(FakeHandler(at_once=False), OPTIONS)
        client.send(get(b"/"))
        client.connection.eof_received()
        client.pass_time(40)
        assert client.transport.aborted

    def test_a_bug_in_what_is_told_stays_there(self) -> None:
        client = Client(FakeHandler(at_once=False))
        client.send(get(b"/"))
        client.connection.on_gone(lambda: {}.clear(1))
        reported = reported_by(lambda: client.connection.connection_lost(None))
        assert [type(error) for error in reported] == [TypeError]


class TestTime:
    @pytest.mark.parametrize(
        ("begin", "seconds"),
        [(get(b"/")[:9], 20), (get(b"/", b"Content-Length: 3") + b"a", 30)],
        ids=["head", "body"],
    )
    def test_half_a_request_is_not_waited_for(self, begin: bytes, seconds: int) -> None:
        client = Client(FakeHandler(), OPTIONS)
        client.send(begin)
        client.pass_time(seconds - 1)
        assert client.transport.take() == b""
        client.pass_time(1)
        assert client.transport.take().startswith(b"HTTP/1.1 408 ")

    def test_drops_of_a_request_buy_no_time(self) -> None:
        client = Client(FakeHandler(), OPTIONS)
        client.pass_time(5)
        for byte in get(b"/")[:20]:
            client.send(bytes([byte]))
            client.pass_time(1)
        assert client.transport.take().startswith(b"HTTP/1.1 408 ")

    def test_empty_lines_buy_no_time(self) -> None:
        client = Client(FakeHandler(), OPTIONS)
        for _ in range(40):
            client.send(b"\r\n")
            client.pass_time(1)
        assert client.transport.closed

    def test_an_idle_connection_is_closed(self) -> None:
        client = Client(FakeHandler(), OPTIONS)
        client.pass_time(30)
        client.send(get(b"/"))
        client.pass_time(39)
        assert not client.transport.closed
        client.pass_time(1)
        assert client.transport.closed
        assert not client.transport.aborted

    def test_one_that_cannot_be_closed_is_aborted(self) -> None:
        client = Client(FakeHandler(), OPTIONS)
        client.pass_time(45)
        assert client.transport.aborted

    def test_serving_may_take_its_time(self) -> None:
        client = Client(FakeHandler(at_once=False), OPTIONS)
        client.send(get(b"/"))
        client.pass_time(1000)
        client.connection.respond(200, b"", b"1")
        assert client.transport.take() == answer(b"1")
        assert not client.transport.closed

    def test_an_idle_connection_forgets_what_it_learned(self) -> None:
        client = Client(FakeHandler(), OPTIONS)
        for _ in range(3):
            client.send(get(b"/"))
        assert client.connection._parser._repetition is not None
        client.pass_time(6)
        assert client.connection._parser._repetition is None


class TestSlowReaders:
    def test_one_that_does_not_read_is_not_served(self) -> None:
        handler = FakeHandler()
        client = Client(handler, OPTIONS)
        handler.before = lambda connection: connection.pause_writing()
        client.send(get(b"/a") + get(b"/b"))
        client.send(get(b"/c"))
        assert handler.paths == ["/a"]
        handler.before = None
        client.connection.resume_writing()
        assert handler.paths == ["/a", "/b", "/c"]

    def test_one_that_reads_nothing_is_aborted(self) -> None:
        client = Client(FakeHandler(), OPTIONS)
        client.transport.unread = 1000
        client.connection.pause_writing()
        client.pass_time(49)
        assert not client.transport.closed
        client.pass_time(1)
        assert client.transport.aborted

    def test_one_that_reads_slowly_is_not(self) -> None:
        client = Client(FakeHandler(), OPTIONS)
        client.transport.unread = 1000
        client.connection.pause_writing()
        for _ in range(10):
            client.transport.unread -= 1
            client.pass_time(40)
        assert not client.transport.closed


class TestBugs:
    def test_a_handler_that_raises_ends_this_connection_only(self) -> None:
        def raising(request: Request, connection: Connection) -> None:
            raise KeyError(request.path)

        client = Client(raising)
        reported = reported_by(lambda: client.connection.data_received(get(b"/")))
        assert [type(error) for error in reported] == [KeyError]
        assert client.transport.take().startswith(b"HTTP/1.1 500 ")
        assert client.transport.closed


class TestDraining:
    def test_idle_connections_are_closed(self) -> None:
        client = Client(FakeHandler())
        client.connection.drain()
        assert client.transport.closed

    def test_what_is_under_way_is_answered_and_then_closed(self) -> None:
        client = Client(FakeHandler(at_once=False))
        client.send(get(b"/"))
        client.shared.draining = True
        client.connection.drain()
        assert not client.transport.closed
        client.connection.respond(200, b"", b"1")
        assert client.transport.take() == answer(b"1", CLOSE)
        assert client.transport.closed

    def test_half_a_request_is_waited_for(self) -> None:
        client = Client(FakeHandler())
        raw = get(b"/")
        client.send(raw[:9])
        client.shared.draining = True
        client.connection.drain()
        assert client.send(raw[9:]) == answer(b"/", CLOSE)

    def test_the_last_one_is_noticed(self) -> None:
        shared = Shared(FakeHandler(), OPTIONS, max_connections=10)
        first, second = Client(FakeHandler(), shared=shared), Client(FakeHandler(), shared=shared)
        empty: list[bool] = []
        shared.on_empty = lambda: empty.append(True)
        first.connection.connection_lost(None)
        assert empty == []
        second.connection.connection_lost(None)
        assert empty == [True]


def reported_by(act: Callable[[], None]) -> list[BaseException]:
    """The errors that reach the loop's exception handler."""
    reported: list[BaseException] = []

    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(
            lambda loop, context: reported.append(context["exception"])
        )
        act()

    asyncio.run(run())
    return reported
