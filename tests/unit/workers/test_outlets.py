"""Who is served next, and how many places endpoints that hang can take from the others."""

from __future__ import annotations

from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.workers.outlets import Outlet, Outlets

PLENTY = 1_000


class Market:
    """Outlets with an endless supply of jobs in each."""

    def __init__(self, *queues: str, most: int = 8, widest: int = 4) -> None:
        self.outlets = Outlets(most, widest)
        self.now_s = 0.0
        self.rates: dict[str, int] = {}
        self.found: dict[str, Outlet] = {}
        self.served: dict[str, int] = {}
        for queue in queues:
            self.outlets.set_ready(queue)

    def serve(self, supply: int = PLENTY) -> list[str]:
        """Give away all places; which queues got how many, one name a place."""
        got: list[str] = []
        while (outlet := self.outlets.next()) is not None:
            self.found[outlet.queue] = outlet
            held = self.outlets.hold(outlet, self.rates.get(outlet.queue), self.now_s)
            if held:
                jobs = min(held, supply)
                self.outlets.taken(outlet, held, jobs)
                got += [outlet.queue] * jobs
        return got

    def finish(self, queue: str, *, failed: bool = False, slow: bool = False) -> None:
        self.outlets.finished(self.found[queue], is_failed=failed, is_slow=slow)


def test_places_are_given_in_turn() -> None:
    market = Market("a", "b", "c", most=7)
    assert market.serve() == ["a", "b", "c"]
    for queue in "abc":
        market.finish(queue)
    assert market.serve() == ["a", "a", "b", "b", "c", "c"]


def test_width_grows_with_success_and_falls_with_failure() -> None:
    market = Market("a", most=100, widest=4)
    assert market.serve() == ["a"]
    market.finish("a")
    assert market.serve() == ["a"] * 2
    market.finish("a")
    assert market.serve() == ["a"] * 3, "four at once now, and no more"
    market.finish("a")
    assert market.serve() == ["a"]
    for _ in range(4):
        assert market.serve() == []
        market.finish("a", failed=True)
    assert market.serve() == ["a"], "one at a time"
    market.finish("a")
    assert market.serve() == ["a"] * 2


def test_queue_that_has_no_more_is_left_until_it_says_something() -> None:
    market = Market("a")
    assert market.serve(supply=0) == []
    assert market.outlets.next() is None
    market.outlets.set_ready("a")
    assert market.serve() == ["a"]


def test_what_becomes_ready_during_a_take_is_not_missed() -> None:
    outlets = Outlets()
    outlets.set_ready("a")
    outlet = outlets.next()
    assert outlet is not None
    held = outlets.hold(outlet, None, 0.0)
    outlets.set_ready("a")
    assert outlets.next() is None, "it is being asked"
    outlets.taken(outlet, held, 0)
    assert outlets.next() is outlet


def test_endpoints_that_hang_leave_the_others_their_places() -> None:
    dead = [f"dead{i}" for i in range(8)]
    market = Market(*dead, most=8, widest=4)
    assert market.serve() == dead, "nobody knows yet that they hang"
    for queue in ("a", "b"):
        market.outlets.set_ready(queue)
    assert market.serve() == []
    for queue in dead:
        market.outlets.slow(market.found[queue])
    assert market.serve() == ["a", "b"], "though all those jobs are still under way"
    for _ in range(4):
        for queue in ("a", "b"):
            while market.found[queue].under_way:
                market.finish(queue)
        got = market.serve()
    assert got.count("a") == got.count("b") == 4, "as many as if nobody hung"


def test_suspects_get_less_than_half() -> None:
    dead = [f"dead{i}" for i in range(20)]
    market = Market(*dead, most=8, widest=1)
    tried: set[str] = set()
    while len(tried) < 20:
        got = market.serve()
        tried |= set(got)
        for queue in got:
            market.finish(queue, failed=True)
    assert len(market.serve()) == 4


def wide(market: Market, queue: str) -> None:
    """Have an outlet grow to four places, all taken."""
    for _ in range(3):
        market.serve()
        market.finish(queue)
    market.serve()
    assert market.found[queue].under_way == 4


def test_slow_endpoint_keeps_its_width_and_recovers() -> None:
    market = Market("a", most=100, widest=4)
    wide(market, "a")
    market.finish("a", slow=True)
    assert market.found["a"].is_suspect
    assert market.serve() == ["a"]
    market.finish("a")
    assert not market.found["a"].is_suspect


def test_lane_that_grows_narrow_while_it_stands_in_its_row_is_passed_over() -> None:
    market = Market("a", most=100, widest=4)
    wide(market, "a")
    market.finish("a", slow=True)
    market.finish("a", failed=True)
    assert market.outlets.next() is None
    market.finish("a", failed=True)
    market.finish("a", failed=True)
    assert market.serve() == ["a"]


def test_outlets_are_forgotten_when_there_is_nothing_to_know() -> None:
    market = Market("a", "b", "c")
    market.serve()
    market.finish("a")
    market.finish("b", failed=True)
    market.serve(supply=0)
    assert len(market.outlets) == 2, "b is suspect, and c has a job"
    market.outlets.forget("c")
    assert len(market.outlets) == 2
    market.finish("c", failed=True)
    market.serve(supply=0)
    assert len(market.outlets) == 1
    market.outlets.forget("b")
    market.outlets.forget("nothing")
    assert len(market.outlets) == 0


@pytest.mark.parametrize("rate", [1, 3, 10, 25, 100, 1000])
def test_no_second_sees_more_than_the_rate(rate: int) -> None:
    market = Market("a", most=5_000, widest=1_000)
    market.rates["a"] = rate
    starts: list[float] = []
    while market.now_s < 4.0:
        got = market.serve()
        starts += [market.now_s] * len(got)
        for _ in got:
            market.finish("a")
        outlet = market.found["a"]
        market.now_s += max(outlet.seconds_to_token(), 1e-4)
        market.outlets.resume(outlet)
    for index, start in enumerate(starts):
        assert bisect_left(starts, start + 1.0 - 1e-6) - index <= rate
    assert len(starts) >= 0.85 * rate * 4 - 1, "and it is used"


def test_throttled_lane_waits_even_if_more_becomes_ready() -> None:
    market = Market("a")
    market.rates["a"] = 1
    assert market.serve() == ["a"]
    market.finish("a")
    assert market.serve() == []
    market.outlets.set_ready("a")
    assert market.outlets.next() is None
    market.now_s = 1.0
    market.outlets.resume(market.found["a"])
    assert market.serve() == ["a"]


def test_tokens_that_a_take_did_not_need_come_back() -> None:
    market = Market("a")
    market.rates["a"] = 1
    assert market.serve(supply=0) == []
    market.outlets.set_ready("a")
    assert market.serve() == ["a"]


@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["ok", "fail", "slow", "new"])))
)
def test_counts_hold_whatever_happens(events: list[tuple[str, str]]) -> None:
    market = Market("a", "b", most=4, widest=4)
    under_way: dict[str, int] = {}

    def serve() -> None:
        for queue in market.serve():
            under_way[queue] = under_way.get(queue, 0) + 1

    serve()
    for queue, event in events:
        if event == "new":
            market.outlets.set_ready(queue)
        elif under_way.get(queue):
            under_way[queue] -= 1
            market.finish(queue, failed=event == "fail", slow=event == "slow")
        serve()
        assert market.outlets.under_way == sum(under_way.values()) <= 8
        for name, outlet in market.found.items():
            assert not under_way.get(name) or outlet.under_way == under_way[name]
    for queue, count in list(under_way.items()):
        for _ in range(count):
            market.finish(queue)
    assert market.outlets.under_way == 0
