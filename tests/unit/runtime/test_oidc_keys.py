"""The keys of issuers are kept for a while, and fetched again no more often than that."""

from concurrent.futures import Executor

import pytest

from tidegate.base.refusals import IDPCommunicationErrorException, Refusal
from tidegate.runtime.oidc_keys import (
    FAILURE_S,
    KEYS_S,
    MOST_ISSUERS,
    UNKNOWN_KEY_S,
    IssuerClient,
    OidcKeys,
    is_here,
)
from tidegate.testing.executors import HeldExecutor, InlineExecutor

ISSUER = "https://issuer.example"
DOWN = IDPCommunicationErrorException("down")


class FakeLoop:
    def call_soon_threadsafe(self, then, *args):
        then(*args)


class Bench:
    def __init__(self, executor: Executor) -> None:
        self.now = 0.0
        self.fetched: list[str] = []
        self.published: object = [{"kid": "k1"}]
        self.keys = OidcKeys(FakeLoop(), executor, self._fetch, lambda: self.now)

    def _fetch(self, issuer):
        self.fetched.append(issuer)
        if isinstance(self.published, Exception):
            raise self.published
        return self.published

    def get(self, key_id="k1", issuer=ISSUER):
        answers = []
        self.keys.get(issuer, key_id, answers.append)
        return answers

    def fetches(self, key_id="k1", *, after_s=0.0):
        """How often keys are fetched for a request that comes so much later."""
        self.now += after_s
        before = len(self.fetched)
        assert len(self.get(key_id)) == 1
        return len(self.fetched) - before


@pytest.fixture
def bench():
    return Bench(InlineExecutor())


def test_keys_are_fetched_once_an_hour(bench):
    assert bench.get() == [[{"kid": "k1"}]]
    assert bench.fetches(after_s=KEYS_S - 1) == 0
    assert bench.fetches(after_s=1) == 1
    assert bench.fetches() == 0


def test_new_key_is_looked_for_once_a_minute(bench):
    bench.fetches()
    assert bench.fetches("k2", after_s=UNKNOWN_KEY_S - 1) == 0
    bench.published = [{"kid": "k1"}, {"kid": "k2"}]
    assert bench.fetches("k2", after_s=1) == 1
    assert bench.get("k2") == [bench.published]
    assert bench.fetches("k2") == 0


def test_token_that_names_no_key_takes_those_that_are_there(bench):
    bench.fetches()
    assert bench.fetches(None, after_s=KEYS_S - 1) == 0


def test_failure_stands_for_a_moment(bench):
    bench.published = DOWN
    assert bench.get() == [DOWN]
    assert bench.fetches(after_s=FAILURE_S - 1) == 0
    bench.published = [{"kid": "k1"}]
    assert bench.fetches(after_s=1) == 1
    assert bench.get() == [bench.published]


def test_bug_reaches_who_asked(bench):
    bench.published = KeyError("bug")
    assert isinstance(bench.get()[0], KeyError)


def test_issuers_are_kept_apart_and_are_not_many(bench):
    for number in range(MOST_ISSUERS + 2):
        bench.get(issuer=f"{ISSUER}/{number}")
    assert len(bench.keys._fetched) == MOST_ISSUERS
    before = len(bench.fetched)
    bench.get(issuer=f"{ISSUER}/{MOST_ISSUERS}")
    assert len(bench.fetched) == before
    bench.get(issuer=f"{ISSUER}/0")
    assert bench.fetched[before:] == [f"{ISSUER}/0"]


def test_who_asks_meanwhile_waits_for_the_same_answer():
    executor = HeldExecutor()
    bench = Bench(executor)
    one, other = bench.get(), bench.get("k2")
    assert (one, other) == ([], [])
    executor.run_all()
    assert one == other == [bench.published]
    assert bench.fetched == [ISSUER]


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8080/x", "https://localhost", "http://[::1]/", "http://127.9.9.9"],
)
def test_this_machine(url):
    assert is_here(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://issuer.example",
        "http://127.0.0.1@issuer.example/",
        "http://127.0.0.1.issuer.example/",
        "http://localhost.issuer.example",
        "http://10.0.0.1/",
        "http://[",
        "",
        "127.0.0.1",
    ],
)
def test_elsewhere(url):
    assert not is_here(url)


@pytest.mark.parametrize(
    "issuer", ["http://issuer.example", "ftp://localhost", "file:///etc", "issuer.example", ""]
)
def test_only_tls_leads_elsewhere(issuer):
    for local in (True, False):
        fetches_nothing(issuer, local)


def test_for_others_than_developers_this_machine_is_elsewhere():
    fetches_nothing("http://localhost:1", local=False)


def fetches_nothing(issuer, local):
    with pytest.raises(Refusal) as caught:
        IssuerClient(local=local).fetch(issuer)
    assert caught.value.message.startswith("Couldn't retrieve verification key")
