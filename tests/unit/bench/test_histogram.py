import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.bench.histogram import Histogram

DURATIONS = st.lists(st.integers(0, 2**44), min_size=1, max_size=50)


@given(DURATIONS, st.sampled_from([1, 50, 90, 99, 99.9, 100]))
def test_a_percentile_is_never_below_the_truth_and_at_most_a_128th_above(values, percent):
    histogram = Histogram()
    for value in values:
        histogram.record(value)
    rank = max(1, -(-len(values) * percent // 100))
    truth = sorted(values)[int(rank) - 1]
    assert truth <= histogram.percentile(percent) <= truth + truth / 128


@given(DURATIONS, DURATIONS)
def test_adding_is_the_same_as_recording_both(one, other):
    parts = [Histogram(), Histogram()]
    whole = Histogram()
    for histogram, values in zip(parts, (one, other), strict=True):
        for value in values:
            histogram.record(value)
            whole.record(value)
    parts[0].add(parts[1])
    assert parts[0].total == whole.total
    assert parts[0].max == whole.max
    assert [parts[0].percentile(p) for p in (1, 50, 99)] == [
        whole.percentile(p) for p in (1, 50, 99)
    ]


def test_an_empty_histogram_has_no_percentiles():
    assert Histogram().percentile(99) == 0


@pytest.mark.parametrize("value", [-5, 2**45, 2**60])
def test_durations_out_of_range_are_counted(value):
    histogram = Histogram()
    histogram.record(value)
    assert histogram.total == 1
    assert histogram.percentile(50) <= max(value, 0)
