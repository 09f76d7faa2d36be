"""An unchanged tritonclient.http asks of the server, its models and its repository."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import tritonclient.http as triton

from tests.conformance.asking_http import inputs, refused
from tests.conformance.conftest import Served

pytestmark = pytest.mark.slow


@pytest.fixture
def client(http_url: str) -> Iterator[Any]:
    with triton.InferenceServerClient(http_url, concurrency=4) as client:
        yield client


def test_the_server_lives_and_is_ready_without_a_token(client: Any) -> None:
    assert client.is_server_live()
    assert client.is_server_ready()


def test_the_server_says_what_it_is_without_a_token(client: Any) -> None:
    metadata = client.get_server_metadata()
    assert metadata["name"] == "darkroom"
    assert {"binary_tensor_data", "model_repository", "statistics"} <= set(metadata["extensions"])


def test_a_model_says_whether_it_is_ready(client: Any, served: Served) -> None:
    assert client.is_model_ready("adder", headers=served.headers)
    assert client.is_model_ready("adder", "2", headers=served.headers)
    assert client.is_model_ready("adder", "stable", headers=served.headers)
    assert not client.is_model_ready("adder", "9", headers=served.headers)
    assert not client.is_model_ready("nobody", headers=served.headers)
    assert not client.is_model_ready("adder")


def test_a_model_says_what_it_takes_and_gives(client: Any, served: Served) -> None:
    metadata = client.get_model_metadata("adder", headers=served.headers)
    assert metadata["versions"] == ["1", "2"]
    assert metadata["inputs"] == [
        {"name": "a", "datatype": "FP32", "shape": [-1, 4]},
        {"name": "b", "datatype": "FP32", "shape": [-1, 4]},
    ]
    assert [output["name"] for output in metadata["outputs"]] == ["sum", "difference"]
    assert client.get_model_metadata("adder", "1", headers=served.headers)["name"] == "adder"


def test_a_model_says_how_it_is_configured(client: Any, served: Served) -> None:
    config = client.get_model_config("adder", headers=served.headers)
    assert config["max_batch_size"] == 8
    assert config["input"][0]["dims"] == [4]
    assert config["input"][0]["data_type"] == "TYPE_FP32"
    assert "dynamic_batching" in config


def test_the_repository_is_a_list_of_versions(client: Any, served: Served) -> None:
    index = client.get_model_repository_index(headers=served.headers)
    assert {"name": "adder", "version": "2", "state": "READY"} in index


def test_statistics_are_numbers_that_rise(client: Any, served: Served) -> None:
    def count(**which: str) -> int:
        found = client.get_inference_statistics(headers=served.headers, **which)
        (entry,) = [
            one for one in found["model_stats"] if (one["name"], one["version"]) == ("adder", "2")
        ]
        assert isinstance(entry["inference_stats"]["compute_infer"]["ns"], int)
        inferences: int = entry["inference_count"]
        return inferences

    before = count(model_name="adder", model_version="2")
    client.infer("adder", inputs(), model_version="2", headers=served.headers)
    assert count(model_name="adder", model_version="2") == before + 2
    assert count(model_name="adder") == count() == before + 2


def test_a_manager_loads_and_unloads(client: Any, served: Served) -> None:
    staff = served.staff_headers
    client.unload_model("negative", headers=staff)
    assert not client.is_model_ready("negative", headers=staff)
    states = {entry["name"]: entry for entry in client.get_model_repository_index(headers=staff)}
    assert states["negative"]["state"] == "UNAVAILABLE"
    client.load_model("negative", headers=staff)
    assert client.is_model_ready("negative", headers=staff)


def test_others_may_not_load_nor_unload(client: Any, served: Served) -> None:
    for command in (client.load_model, client.unload_model):
        message = refused(partial(command, "adder", headers=served.headers), "403")
        assert "manage_models" in message


def test_nothing_is_loaded_from_a_request(client: Any, served: Served) -> None:
    staff, config = served.staff_headers, json.dumps({"backend": "python"})
    for brought in ({"config": config}, {"config": config, "files": {"file:1/model.py": b"x"}}):
        call = partial(client.load_model, "adder", headers=staff, **brought)
        assert "is refused" in refused(call, "400")


def test_a_load_that_fails_says_why(client: Any, served: Served) -> None:
    message = refused(lambda: client.load_model("broken", headers=served.staff_headers), "400")
    assert "not today" in message
    call = partial(client.load_model, "nobody", headers=served.staff_headers)
    assert "nobody" in refused(call, "404")


@pytest.mark.parametrize(
    "call",
    [
        lambda c, h: c.get_trace_settings(headers=h),
        lambda c, h: c.get_trace_settings("adder", headers=h),
        lambda c, h: c.update_trace_settings(settings={}, headers=h),
        lambda c, h: c.get_log_settings(headers=h),
        lambda c, h: c.update_log_settings({}, headers=h),
        lambda c, h: c.get_system_shared_memory_status(headers=h),
        lambda c, h: c.register_system_shared_memory("r", "k", 8, headers=h),
        lambda c, h: c.unregister_system_shared_memory(headers=h),
        lambda c, h: c.get_cuda_shared_memory_status("r", headers=h),
        lambda c, h: c.register_cuda_shared_memory("r", b"k", 0, 8, headers=h),
        lambda c, h: c.unregister_cuda_shared_memory("r", headers=h),
    ],
)
def test_what_is_not_served_says_so(client: Any, served: Served, call: Any) -> None:
    assert "not served" in refused(lambda: call(client, served.headers), "501")
