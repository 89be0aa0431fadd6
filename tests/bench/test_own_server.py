"""The bench with servers of its own: started, stopped, killed, and their directories removed."""

import json

import pytest

from tidegate.bench import fan_out, standing
from tidegate.bench.main import run


def _bench(tmp_path, *arguments: str) -> list[dict[str, object]]:
    data, out = tmp_path / "data", tmp_path / "out.json"
    options = ["--data", str(data), "--seconds", "0.2", "--pairs", "1", "--json", str(out)]
    assert run([*arguments, *options]) == 0
    assert list(data.iterdir()) == []
    rows: list[dict[str, object]] = json.loads(out.read_text())["rows"]
    return rows


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch):
    monkeypatch.setattr(standing, "_SETTLE_S", 0.1)
    monkeypatch.setattr(standing, "_WAIT_S", 1)
    monkeypatch.setattr(standing, "_LONG_POLLS", 20)
    monkeypatch.setattr(standing, "_STARTS", 1)


def test_a_backlog_outlives_a_stop_and_a_kill(tmp_path):
    empty, full = _bench(tmp_path, "backlog", "--messages", "0,2000")
    assert empty["name"] == "backlog/0"
    assert full["name"] == "backlog/2000"
    metrics = full["metrics"]
    assert metrics["messages"] == 2000
    assert metrics["disk_mb"] > 2
    assert metrics["restart_s"] > 0
    assert metrics["killed_restart_s"] > 0
    assert metrics["of_empty"] > 0
    assert full["errors"] == {}


def test_idle_measures_start_memory_and_waiting(tmp_path):
    (row,) = _bench(tmp_path, "idle")
    assert row["metrics"]["start_s"] > 0
    assert row["metrics"]["resident_mb"] > 1
    assert "waiting_cpu_percent" in row["metrics"]
    assert row["errors"] == {}


def test_sends_to_our_own_server_are_counted(tmp_path):
    (row,) = _bench(tmp_path, "send", "--connections", "4")
    assert row["metrics"]["rate"] > 0
    assert row["metrics"]["server_cpu_percent"] > 0


def test_topics_are_published_to_and_their_queues_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(fan_out, "_QUEUES", (1, 3))
    one, three = _bench(tmp_path, "fan-out", "--connections", "4")
    assert (one["name"], three["name"]) == ("fan-out/1", "fan-out/3")
    for row in (one, three):
        assert row["metrics"]["rate"] > 0
        assert row["metrics"]["server_cpu_percent"] > 0
        assert row["errors"] == {}


def test_a_user_with_a_policy_and_a_sealed_queue_is_compared_with_neither(tmp_path):
    rows = _bench(tmp_path, "secured", "--connections", "4")
    assert [row["name"] for row in rows] == ["secured/send/4", "secured/drain/4"]
    for row in rows:
        rate, plain_rate = row["metrics"]["rate"], row["metrics"]["plain_rate"]
        assert row["metrics"]["of_plain"] == rate / plain_rate > 0
        assert row["errors"] == {}


def test_the_floor_answers_like_a_server_that_keeps_nothing(tmp_path):
    (row,) = _bench(tmp_path, "floor", "--connections", "4")
    assert row["name"] == "floor/4"
    assert row["metrics"]["rate"] > 0
    assert row["errors"] == {}
