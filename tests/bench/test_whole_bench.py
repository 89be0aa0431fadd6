"""The bench over real sockets: the yardstick in its process, and a fake SQS as the target."""

import asyncio
import json
import threading
from collections.abc import Iterator

import pytest

from fake_sqs import FakeSqs, serve
from tidegate.bench.main import run


@pytest.fixture
def fake() -> Iterator[FakeSqs]:
    fake = FakeSqs()
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(serve(fake))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield fake

    async def stop() -> None:
        server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # An aborted connection closes its socket in the next turn of the loop.
        await asyncio.sleep(0)

    asyncio.run_coroutine_threadsafe(stop(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def _bench(fake: FakeSqs, scenario: str, json_file, *more: str) -> int:
    options = ["--endpoint", fake.origin, "--seconds", "0.1", "--pairs", "1", "--connections", "2"]
    return run([scenario, *options, "--json", str(json_file), *more])


@pytest.mark.parametrize(
    ("scenario", "rows"),
    [
        ("send", ["send/2"]),
        ("batch", ["batch/2"]),
        ("drain", ["drain/2"]),
        ("pipeline", ["pipeline/2", "pipeline/half/2"]),
        ("fifo", ["fifo/2", "fifo/half/2"]),
    ],
)
def test_a_scenario_runs_to_its_end(fake, tmp_path, capsys, scenario, rows):
    assert _bench(fake, scenario, tmp_path / "out.json") == 0
    written = json.loads((tmp_path / "out.json").read_text())
    assert [row["name"] for row in written["rows"]] == rows
    for row in written["rows"]:
        assert row["metrics"]["rate"] > 0
        assert row["metrics"]["yardstick"] > 0
        assert row["metrics"]["p99_ms"] > 0
        assert row["errors"] == {}
    shown = capsys.readouterr()
    assert all(name in shown.out for name in rows)
    assert "pair 1 of 1" in shown.err
    assert fake.queues == {}


def test_errors_make_the_exit_status_1(fake, tmp_path, capsys):
    fake.refuse = lambda action, _: (500, {}) if action == "sendmessage" else None
    assert _bench(fake, "send", tmp_path / "out.json") == 1
    assert "status 500" in capsys.readouterr().out


def test_a_target_that_is_not_there_is_told(capsys):
    options = ["--endpoint", "http://127.0.0.1:9", "--seconds", "0.1", "--pairs", "1"]
    assert run(["send", *options]) == 1
    assert "tidegate bench:" in capsys.readouterr().err
