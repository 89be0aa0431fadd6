"""The example in examples/: run as its reader runs it, and the two promises it rests on."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
VIDEO_BURST = ROOT / "examples" / "video_burst"
LIMIT_S = 90


@pytest.fixture
def example(monkeypatch):
    """Makes the example's files importable, as they are for each other."""
    monkeypatch.syspath_prepend(str(VIDEO_BURST))


def run_quick(environment):
    command = [sys.executable, str(VIDEO_BURST / "run.py"), "--quick"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as process:
        try:
            printed, _ = process.communicate(timeout=LIMIT_S)
        finally:
            # Unlike a kill, it lets the example stop its own server and its encoders.
            process.terminate()
    return process.returncode, printed


def environment_without_endpoint():
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}


def test_every_job_of_the_burst_is_done_and_once():
    status, printed = run_quick(environment_without_endpoint())
    assert printed.rstrip().splitlines()[-1:] == ["Every job was done, and once: 40 of 40."], (
        printed
    )
    assert status == 0


def test_endpoint_that_cannot_be_reached_fails_the_run():
    environment = {
        **environment_without_endpoint(),
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "1",
    }
    status, printed = run_quick(environment)
    assert status == 1
    assert printed.rstrip().splitlines()[-1].startswith("FAILED: ")


@pytest.mark.usefixtures("example")
def test_second_result_of_a_job_is_turned_away_and_bills_nothing(tmp_path):
    from jobs import Job
    from results import Results, create_results

    create_results(tmp_path / "results.sqlite3")
    first, second = (Results(tmp_path / "results.sqlite3") for _ in range(2))
    job = Job(number=7, minutes=3, codec="h264")
    assert first.store(job, "encoder-1")
    assert not second.store(job, "encoder-2")
    assert first.done() == {7}
    assert (first.billed_minutes(), first.billed_twice(), first.repeats()) == (3, 0, 1)
    first.close()
    second.close()


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize(
    "wrong",
    [
        {"done": 39},
        {"done_twice": 1},
        {"minutes_billed": 101},
        {"dead": 1},
        {"healthy_dead": 1},
        {"left": 1},
    ],
)
def test_verdict_names_what_is_wrong(wrong):
    from report import Totals

    right = Totals(
        sent=40,
        done=40,
        done_twice=0,
        minutes_sent=100,
        minutes_billed=100,
        poison=2,
        dead=2,
        healthy_dead=0,
        left=0,
        redelivered=9,
        repeated=1,
        hung=1,
        crashed=3,
    )
    assert right.problems() == []
    failed = replace(right, **wrong)
    assert len(failed.problems()) == 1
    assert failed.verdict().startswith("FAILED: ")
