"""What is told of results: whether bars are reached, and what became worse."""

import math
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from benchmarks.bars import Bar, bars
from benchmarks.compare import changes
from benchmarks.markdown import cores_by_day, costs, report
from benchmarks.plot import distance, svg
from benchmarks.results import Results

ABOUT = {"at": "2026-11-01T", "commit": "c0ffee", "changed": False, "cores": 2}
ABOUT |= {"processor": "some", "python": "3.11", "load_before": 0.1}


def results(*darkroom: float, litserve: tuple[float, ...] = (100.0, 50.0, 100.0)) -> Results:
    """Rates with eight in flight, by run."""
    found = Results(dict(ABOUT))
    for mine, other in zip(darkroom, litserve, strict=True):
        found.add("photos.8", "darkroom sqlite", {"per_second": mine})
        found.add("photos.8", "litserve 1", {"per_second": other / 2})
        found.add("photos.8", "litserve 2", {"per_second": other})
    return found


def bar(results: Results, name: str = "photos, 8 in flight, images/s by LitServe's") -> float:
    return next(one for one in bars() if one.name == name).value(results)


def test_a_ratio_is_taken_within_each_run_by_the_best_of_the_peers() -> None:
    # In the second run the machine was half as fast, for all of them.
    assert bar(results(40, 20, 40)) == pytest.approx(0.4)


def test_one_slow_run_does_not_decide() -> None:
    assert bar(results(40, 1, 40)) == pytest.approx(0.4)


def test_what_was_not_measured_has_no_figure() -> None:
    assert math.isnan(bar(Results(dict(ABOUT))))


def test_a_figure_that_is_a_fifth_worse_is_told() -> None:
    before, after = results(50, 25, 50), results(40, 20, 40)
    (change,) = [one for one in changes(before, after) if "8 in flight" in one.bar.name]
    assert change.worse_by == pytest.approx(0.25)
    assert change.is_much_worse
    assert not any(one.is_much_worse for one in changes(before, before))
    assert not any(one.is_much_worse for one in changes(after, before))


@pytest.mark.parametrize(
    ("sense", "value", "reached", "away"),
    [("at most", 4.0, False, 2.0), ("at most", 1.0, True, 0.5), ("at least", 1.0, False, 2.0)],
)
def test_a_bar_is_reached_on_its_better_side(
    sense: str, value: float, reached: bool, away: float
) -> None:
    one = Bar("one", sense, 2.0, lambda _: value)  # type: ignore[arg-type]  # from the table
    assert one.is_reached(value) is reached
    assert distance(one, value) == pytest.approx(away)


def test_results_are_the_same_when_read_again(tmp_path: Path) -> None:
    written = results(40, 20, 40)
    written.add("photos.8", "darkroom sqlite", {"per_second": 1, "p50_ms": math.nan})
    written.write(tmp_path / "r.json", {"a": math.nan})
    assert Results.read(tmp_path / "r.json") == written


def test_a_report_and_a_picture_tell_each_bar() -> None:
    told = report(results(40, 20, 40))
    assert "| photos, 8 in flight, images/s by LitServe's | ≥ 0.45 | 0.40 | **no** |" in told
    assert "| litserve 2 | 100 |" in told
    assert len(ET.fromstring(svg(results(40, 20, 40)))) > 3


def test_what_an_image_costs_is_told_in_core_hours_and_cores() -> None:
    told = results(40, 20, 40)
    told.add("photos.20 a POST", "darkroom postgres", {"cpu_web_ms": 12, "cpu_child_ms": 24})
    assert ["20 a POST: darkroom postgres", "36", "100,000"] in costs(told)[1]
    titles, rows = cores_by_day(told)
    busiest = rows[-1]
    assert busiest[:2] == ["10,000,000", "347"]
    assert busiest[titles.index("20 a POST: darkroom postgres")] == "12.5"
