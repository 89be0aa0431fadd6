"""What the tests share: how inputs are made up, and the server in a process of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from server_process import ServerProcess

# Before any test imports them: who comes first depends on which tests run.
pytest.register_assert_rewrite("engine_harness", "engine_model", "simulated_node", "small_log")

# A busy machine is no failure.  Every run by hand tries inputs of its own, and says how to repeat a
# failure; where CI is set the inputs are the same each time, so that a change fails by its own
# fault.
settings.register_profile(
    "tidegate",
    deadline=None,
    derandomize="CI" in os.environ,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("tidegate")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="also run tests that take minutes")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes minutes, runs with --slow only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--slow"):
        skip = pytest.mark.skip(reason="takes minutes; run it with --slow")
        for item in items:
            if "slow" in item.keywords:
                item.add_marker(skip)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shows with a failure what the servers have logged."""
    report = yield
    if report.failed:
        for process in ServerProcess.started:
            log = process.errors()[-3000:]
            report.sections.append((f"log of the server on port {process.port}", log))
    return report


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One server for all tests that neither stop it nor count its queues."""
    process = ServerProcess(tmp_path_factory.mktemp("server") / "data").start()
    yield process
    process.close()


@pytest.fixture
def new_server(tmp_path: Path) -> Iterator[Callable[..., ServerProcess]]:
    """Makes servers of the test's own, with their own data, for it to stop and kill."""
    made: list[ServerProcess] = []

    def make(*options: str, environment: dict[str, str] | None = None) -> ServerProcess:
        data = tmp_path / f"data{len(made)}"
        process = ServerProcess(data, *options, environment=environment)
        made.append(process)
        return process.start()

    yield make
    for process in made:
        process.close()
