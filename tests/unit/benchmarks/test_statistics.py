"""What figures say of measurements."""

import math

import pytest

from benchmarks.load import Window
from benchmarks.statistics import figures, medians, percentile


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 50), (0.99, 99), (1.0, 100)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: int) -> None:
    assert percentile(list(range(100, 0, -1)), share) == value


def test_there_is_no_percentile_of_nothing() -> None:
    assert math.isnan(percentile([], 0.5))


def test_processor_time_is_told_an_image() -> None:
    window = Window(seconds=10, latencies=[0.1, 0.3])
    told = figures(window, {"web": 2.0}, 40)
    assert told["per_second"] == 4
    assert told["p50_ms"] == pytest.approx(100)
    assert told["cpu_web_ms"] == 50


def test_a_median_is_taken_over_the_runs_that_have_the_figure() -> None:
    assert medians([{"a": 1}, {"a": 9, "b": 2}, {"a": 3}]) == {"a": 3, "b": 2}
