"""What `up` gives each process of its own."""

from pathlib import Path

import pytest

from project.env import Env
from project.up.run import _servers
from project.up.sockets import listen


def environments(**values: object) -> dict[str, dict[str, str]]:
    """What each process gets, by its label."""
    env = Env(_env_file=None, data_dir=Path("/data"), **values)  # type: ignore[arg-type]
    with listen("127.0.0.1", 0) as listener:
        return {one.label: dict(one.environment) for one in _servers(env, listener, "redis://")}


@pytest.mark.parametrize(
    ("first", "ports"), [(8101, ["8101", "8102", "8103"]), (0, ["0"] * 3), (-1, ["-1"] * 3)]
)
def test_every_worker_has_a_metrics_port_of_its_own(first: int, ports: list[str]) -> None:
    given = environments(workers=3, metrics_port=first)
    assert [given[f"worker{i}"]["METRICS_PORT"] for i in (1, 2, 3)] == ports


@pytest.mark.parametrize(("first", "ports"), [(8001, ["8001", "8002"]), (0, ["0", "0"])])
def test_every_worker_has_a_grpc_port_of_its_own(first: int, ports: list[str]) -> None:
    given = environments(workers=2, grpc_port=first)
    assert [given[f"worker{i}"]["GRPC_PORT"] for i in (1, 2)] == ports


@pytest.mark.parametrize(
    ("first", "ports"), [(8201, ["8201", "8202"]), (0, ["0", "0"]), (-1, ["-1", "-1"])]
)
def test_every_worker_has_an_http_port_of_its_own(first: int, ports: list[str]) -> None:
    given = environments(workers=2, oip_http_port=first)
    assert [given[f"worker{i}"]["OIP_HTTP_PORT"] for i in (1, 2)] == ports


def test_web_processes_count_in_one_folder_and_workers_by_themselves() -> None:
    given = environments(web=2, workers=1)
    assert given["web1"]["METRICS_DIR"] == given["web2"]["METRICS_DIR"] == "/data/metrics"
    assert "METRICS_DIR" not in given["worker"]
