import pytest

from tidegate.gateway.origin import Origins

ADDRESS = "127.0.0.1:4566"


@pytest.mark.parametrize("host", ["a", "a.b-c_d:80", "[::1]:4566", "SQS.eu-west-1.Local"])
def test_the_host_is_taken_as_it_is(host: str) -> None:
    assert Origins(ADDRESS).of(host, secure=False) == f"http://{host}"


@pytest.mark.parametrize(
    "host", [None, "", "a/b", "a b", "u@a", "a<b>", 'a"', "a\r\nX: y", "\xe4", "a?b", "a" * 256]
)
def test_nothing_but_a_host_gets_into_the_origin(host: str | None) -> None:
    origins = Origins(ADDRESS)
    assert origins.of(host, secure=False) == f"http://{ADDRESS}"
    assert not origins._known


def test_the_scheme_is_that_of_the_connection() -> None:
    origins = Origins(ADDRESS)
    for _ in range(2):
        assert origins.of("b", secure=True) == "https://b"
        assert origins.of("b", secure=False) == "http://b"
    assert origins.of(None, secure=True) == f"https://{ADDRESS}"


def test_many_hosts_take_no_memory_without_end() -> None:
    origins = Origins(ADDRESS)
    for number in range(3000):
        assert origins.of(f"h{number}", secure=False) == f"http://h{number}"
    assert len(origins._known) <= 1024
