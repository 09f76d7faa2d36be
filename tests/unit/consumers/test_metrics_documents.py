"""The table in the documents, the dashboard and the code name the same metrics."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prometheus_client import ProcessCollector
from prometheus_client.metrics_core import Metric

# Every module that defines metrics: importing it registers them.
from consumers.metrics import engine, failures, history, registry, sockets  # noqa: F401
from project.metrics import requests  # noqa: F401
from project.metrics.backlog import Snapshot
from project.metrics.storage import Storage
from uploads.storage import archive

ROOT = Path(__file__).resolve().parents[3]
STANDARD = "process_resident_memory_bytes"
"""Of Prometheus' own names, the one that is named here; the rest come with it."""


def sampled(metric: Metric) -> str:
    """The name as queries have it; a histogram's without its suffixes."""
    return f"{metric.name}_total" if metric.type == "counter" else metric.name


def measured() -> Iterator[Metric]:
    """What is looked at only when somebody asks."""
    yield from Snapshot([], Storage(archive.Backlog(0, None), (1, 1))).collect()
    yield from engine.Instances([]).collect()


def labels_of(name: str) -> str:
    made = registry.REGISTRY._names_to_collectors.get(name)
    return ", ".join(getattr(made, "_labelnames", ()))


def told() -> dict[str, tuple[str, str]]:
    """Type and labels of each metric by its name."""
    found = {
        sampled(one): (one.type, labels_of(sampled(one))) for one in registry.REGISTRY.collect()
    }
    for one in measured():
        found[sampled(one)] = (one.type, ", ".join(getattr(one, "_labelnames", ())))
    return found


def documented() -> dict[str, tuple[str, str]]:
    """The same as the table has it."""
    rows = re.findall(
        r"^\| `([a-z_]+)` \| (\w+) \| ([a-z, ]*) ?\|",
        (ROOT / "docs" / "metrics.md").read_text(),
        re.MULTILINE,
    )
    return {name: (kind, labels.strip()) for name, kind, labels in rows}


def dashboard() -> Any:
    return json.loads((ROOT / "deploy" / "grafana" / "darkroom.json").read_text())


def queries() -> list[str]:
    targets = [target for panel in dashboard()["panels"] for target in panel.get("targets", ())]
    variables = dashboard()["templating"]["list"]
    asked = [one["definition"] for one in variables if one["type"] == "query"]
    return [target["expr"] for target in targets] + asked


def test_the_table_names_every_metric_with_its_type_and_labels() -> None:
    table = documented()
    assert table.pop(STANDARD) == ("gauge", "process")
    assert STANDARD in {one.name for one in ProcessCollector(registry=None).collect()}
    assert table == told()


def test_the_dashboard_asks_for_every_metric_and_for_no_other() -> None:
    known = told()
    asked = set()
    for query in queries():
        for name in re.findall(r"\b(?:darkroom|process)_[a-z_]+\b", query):
            base = re.sub(r"_(bucket|sum|count)$", "", name)
            asked.add(base if known.get(base, ("", ""))[0] == "histogram" else name)
    assert asked == known.keys() | {STANDARD}


def test_the_dashboard_filters_by_labels_that_are_there() -> None:
    known = told()
    for query in queries():
        for name, selector in re.findall(r"\b(darkroom_[a-z_]+)\{([^}]*)\}", query):
            base = re.sub(r"_(bucket|sum|count)$", "", name)
            labels = (known.get(name) or known[base])[1].split(", ")
            for label in re.findall(r"(\w+)=", selector):
                assert label in labels, query


def test_the_dashboard_is_one_that_grafana_imports() -> None:
    board = dashboard()
    assert board["schemaVersion"] >= 36
    assert board["title"] == "Darkroom"
    assert board["templating"]["list"][0]["type"] == "datasource"
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))
    taken = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert (x, y) not in taken, panel["title"]
                taken.add((x, y))
        if panel["type"] != "row":
            assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
            assert panel["targets"], panel["title"]


def test_figures_of_what_waits_and_runs_are_zero_where_nothing_does() -> None:
    figures = [panel for panel in dashboard()["panels"] if panel["type"] == "stat"]
    firsts = [panel["targets"][0]["expr"] for panel in figures]
    # A queue without anything in it has no series.
    asked = [one for one in firsts if re.search("darkroom_(queue|predictions_running)", one)]
    assert len(asked) == 3
    assert all(one.endswith(" or vector(0)") for one in asked)


def test_every_query_has_its_brackets_in_pairs() -> None:
    for query in queries():
        for opening, closing in ("()", "[]", "{}"):
            assert query.count(opening) == query.count(closing), query


def test_no_label_is_one_that_could_name_a_person_or_a_thing() -> None:
    forbidden = {"user", "username", "upload", "image", "prediction", "path", "name", "address"}
    for name, (_, labels) in told().items():
        assert not forbidden & set(labels.split(", ")), name
