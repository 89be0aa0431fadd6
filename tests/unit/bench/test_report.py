import json

from tidegate.bench.load import Run
from tidegate.bench.report import document, table
from tidegate.bench.rows import Pairs, Row
from tidegate.bench.tally import Tally
from tidegate.bench.targets import TARGETS, judge

SECOND = 1_000_000_000


def _run(rate: int, latency_ns: int = 1_000_000, errors: int = 0) -> Run:
    tally = Tally()
    tally.start_at, tally.end_at = 0, SECOND
    for _ in range(rate):
        tally.answered(1, SECOND - 1, SECOND - 1 - latency_ns)
    if errors:
        tally.error("status 500", "{}", errors)
    return Run(tally, SECOND, 0.5)


def _row(name: str, pairs: list[tuple[int, int]], **more) -> Row:
    row, gathered = Row(name, "message"), Pairs()
    for target, yardstick in pairs:
        gathered.add(_run(target, **more), _run(yardstick))
    gathered.fill(row)
    return row


def test_rate_yardstick_and_ratio_are_medians_each_of_their_own():
    row = _row("send/64", [(50, 100), (80, 200), (90, 100)])
    assert row.metrics["rate"] == 80
    assert row.metrics["yardstick"] == 100
    assert row.metrics["ratio"] == 0.5


def test_latencies_are_of_all_runs_together():
    row = _row("send/64", [(10, 10), (10, 10)], latency_ns=3_000_000)
    assert 3 <= row.metrics["p50_ms"] <= 3.03
    assert row.metrics["max_ms"] == 3


def test_errors_add_up_and_come_into_the_table():
    row = _row("send/64", [(10, 10), (10, 10)], errors=2)
    assert row.errors == {"status 500": 4}
    assert "ERROR 4 x status 500" in table([row])


def test_errors_of_the_yardstick_are_errors_too():
    row, pairs = Row("send/64", "message"), Pairs()
    for _ in range(2):
        pairs.add(_run(10), _run(10, errors=3))
    pairs.fill(row)
    assert row.errors == {"yardstick: status 500": 6}


def test_warm_up_and_what_comes_too_late_do_not_count():
    tally = Tally()
    tally.start_at, tally.end_at = 100, 200
    for now in (99, 100, 199, 200):
        tally.answered(1, now, now - 1)
    assert tally.units == 2
    assert tally.units_ever == 4
    assert tally.call_times.total == 2


def test_a_run_that_ran_out_of_work_lasts_until_its_last_unit():
    tally = Tally()
    tally.start_at, tally.end_at = 0, 10 * SECOND
    tally.answered(100, 2 * SECOND, 0)
    assert tally.rate(finished_at=3 * SECOND) == 50
    assert tally.rate(finished_at=11 * SECOND) == 10


def test_targets_are_judged_by_row_and_metric():
    missed = _row("send/64", [(50, 100)], latency_ns=20_000_000)
    assert [verdict.reached for verdict in judge(missed)] == [False, False]
    reached = _row("send/64", [(70, 100)])
    assert [verdict.reached for verdict in judge(reached)] == [True, True]
    assert judge(_row("send/256", [(50, 100)])) == []
    assert "ratio >= 0.6: MISSED" in table([missed])
    assert "ratio >= 0.6: reached" in table([reached])


def test_every_target_is_about_a_metric_once():
    assert len({(target.row, target.metric) for target in TARGETS}) == len(TARGETS)


def test_rows_without_a_rate_show_their_metrics_below_the_table():
    row = Row("idle", "")
    row.metrics.update(start_s=0.25, resident_mb=41.0, waiting_cpu_percent=0.4)
    text = table([row, _row("send/64", [(1, 1)])])
    assert "idle: start_s 0.25, resident_mb 41, waiting_cpu_percent 0.4" in text
    assert text.splitlines()[0].startswith("scenario")


def test_the_document_is_json_and_complete():
    written = json.loads(json.dumps(document([_row("send/64", [(70, 100)])], {"seconds": 5})))
    (row,) = written["rows"]
    assert row["metrics"]["ratio"] == 0.7
    assert row["targets"][0] == {"target": "ratio >= 0.6", "reached": True}
    assert written["settings"] == {"seconds": 5}
    assert written["machine"]["cores"] >= 1
