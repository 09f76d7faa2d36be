"""The public client's gRPC calls about the server, its models and their repository, and who may."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import tritonclient.grpc as triton
from tritonclient.grpc import InferenceServerClient
from tritonclient.utils import InferenceServerException

from tests.conformance.asking import images, summands
from tests.conformance.conftest import Served
from tests.photos import tiny

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[InferenceServerClient]:
    with triton.InferenceServerClient(served.grpc_url) as one:
        yield one


def test_the_server_is_live_and_ready_to_anybody(client: InferenceServerClient) -> None:
    assert client.is_server_live()
    assert client.is_server_ready()


def test_the_server_tells_what_it_is(client: InferenceServerClient) -> None:
    told = client.get_server_metadata(as_json=True)
    assert told["name"] == "darkroom"
    assert "statistics" in told["extensions"]


def test_a_model_is_ready_by_name_number_and_label(
    client: InferenceServerClient, served: Served
) -> None:
    for name, version in (("adder", ""), ("adder", "1"), ("adder", "stable"), ("birds", "")):
        assert client.is_model_ready(name, version, headers=served.headers)
    for name, version in (("adder", "3"), ("adder", "canary"), ("nobody", "")):
        assert not client.is_model_ready(name, version, headers=served.headers)


def test_a_models_metadata_names_its_tensors(client: InferenceServerClient, served: Served) -> None:
    told = client.get_model_metadata("adder", headers=served.headers, as_json=True)
    assert told == {
        "name": "adder",
        "versions": ["1", "2"],
        "platform": "python",
        "inputs": [{"name": name, "datatype": "FP32", "shape": ["-1", "4"]} for name in "ab"],
        "outputs": [
            {"name": name, "datatype": "FP32", "shape": ["-1", "4"]}
            for name in ("sum", "difference")
        ],
    }


def test_a_models_configuration_is_what_load_generators_read(
    client: InferenceServerClient, served: Served
) -> None:
    told = client.get_model_config("adder", headers=served.headers).config
    assert (told.name, told.max_batch_size) == ("adder", 8)
    assert told.HasField("dynamic_batching")
    assert [(one.name, one.data_type, list(one.dims)) for one in told.input] == [
        ("a", 11, [4]),
        ("b", 11, [4]),
    ]


def test_the_index_tells_every_version_and_its_state(
    client: InferenceServerClient, served: Served
) -> None:
    told = client.get_model_repository_index(headers=served.headers).models
    states = {(one.name, one.version): one.state for one in told}
    assert states["adder", "1"] == states["adder", "2"] == states["birds", "1"] == "READY"


def test_statistics_count_what_was_asked(client: InferenceServerClient, served: Served) -> None:
    def counted() -> Any:
        asked = client.get_inference_statistics("adder", "2", headers=served.headers)
        (told,) = asked.model_stats
        return told

    before = counted()
    client.infer("adder", summands(3), model_version="2", headers=served.headers)
    after = counted()
    assert after.inference_count - before.inference_count == 3
    assert after.execution_count - before.execution_count == 1
    assert after.inference_stats.success.count - before.inference_stats.success.count == 1
    assert after.inference_stats.compute_infer.ns > before.inference_stats.compute_infer.ns
    assert after.last_inference > before.last_inference
    assert 3 in {batch.batch_size for batch in after.batch_stats}
    everything = client.get_inference_statistics(headers=served.headers).model_stats
    assert {"adder", "birds"} <= {one.name for one in everything}


def test_a_manager_loads_and_unloads(client: InferenceServerClient, served: Served) -> None:
    client.unload_model("negative", headers=served.staff_headers)
    assert not client.is_model_ready("negative", headers=served.headers)
    with pytest.raises(InferenceServerException) as raised:
        client.infer("negative", [images(tiny())], headers=served.headers)
    assert raised.value.status() == "StatusCode.UNAVAILABLE"
    assert raised.value.message() == "The model negative is unloaded."
    client.load_model("negative", headers=served.staff_headers)
    assert client.is_model_ready("negative", headers=served.headers)
    client.infer("negative", [images(tiny())], headers=served.headers)


def test_a_model_that_does_not_load_says_why(client: InferenceServerClient, served: Served) -> None:
    with pytest.raises(InferenceServerException, match="not today"):
        client.load_model("broken", headers=served.staff_headers)
    with pytest.raises(InferenceServerException, match="no model nobody") as raised:
        client.load_model("nobody", headers=served.staff_headers)
    assert raised.value.status() == "StatusCode.NOT_FOUND"


@pytest.mark.parametrize(
    "extra",
    [{"config": "{}"}, {"config": "{}", "files": {"file:1/model.py": b"import os"}}],
)
def test_nothing_is_loaded_from_a_request(
    client: InferenceServerClient, served: Served, extra: dict[str, Any]
) -> None:
    with pytest.raises(InferenceServerException, match="nothing is loaded from a request"):
        client.load_model("adder", headers=served.staff_headers, **extra)


def test_who_may_not_manage_neither_loads_nor_unloads(
    client: InferenceServerClient, served: Served
) -> None:
    for command in (client.load_model, client.unload_model):
        with pytest.raises(InferenceServerException) as raised:
            command("adder", headers=served.headers)
        assert raised.value.status() == "StatusCode.PERMISSION_DENIED"


def test_a_plug_in_of_the_client_may_carry_the_token(served: Served) -> None:
    class Bearer(triton.InferenceServerClientPlugin):  # type: ignore[misc]  # it has no types
        def __call__(self, request: Any) -> None:
            request.headers.update(served.headers)

    with triton.InferenceServerClient(served.grpc_url) as client:
        client.register_plugin(Bearer())
        assert client.is_model_ready("adder")
        client.infer("adder", summands())


def test_without_a_token_nothing_is_told_of_models(client: InferenceServerClient) -> None:
    calls: list[Callable[[], Any]] = [
        lambda: client.is_model_ready("adder"),
        lambda: client.get_model_metadata("adder"),
        lambda: client.get_model_config("adder"),
        client.get_model_repository_index,
        client.get_inference_statistics,
        lambda: client.load_model("adder"),
        lambda: client.unload_model("adder"),
        lambda: client.infer("adder", summands()),
    ]
    for call in calls:
        with pytest.raises(InferenceServerException) as raised:
            call()
        assert raised.value.status() == "StatusCode.UNAUTHENTICATED"


def test_keep_alive_pings_are_welcome(served: Served) -> None:
    options = triton.KeepAliveOptions(
        keepalive_time_ms=10_000,
        keepalive_permit_without_calls=True,
        http2_max_pings_without_data=0,
    )
    with triton.InferenceServerClient(served.grpc_url, keepalive_options=options) as client:
        assert client.is_server_live()


def test_what_is_not_served_is_unimplemented(client: InferenceServerClient, served: Served) -> None:
    calls: list[Callable[[], Any]] = [
        lambda: client.get_trace_settings(headers=served.headers),
        lambda: client.update_trace_settings(settings={}, headers=served.headers),
        lambda: client.get_log_settings(headers=served.headers),
        lambda: client.update_log_settings({}, headers=served.headers),
        lambda: client.get_system_shared_memory_status(headers=served.headers),
        lambda: client.register_system_shared_memory("x", "/x", 8, headers=served.headers),
        lambda: client.unregister_system_shared_memory(headers=served.headers),
        lambda: client.get_cuda_shared_memory_status(headers=served.headers),
        lambda: client.register_cuda_shared_memory("x", b"", 0, 8, headers=served.headers),
        lambda: client.unregister_cuda_shared_memory(headers=served.headers),
    ]
    for call in calls:
        with pytest.raises(InferenceServerException) as raised:
            call()
        assert raised.value.status() == "StatusCode.UNIMPLEMENTED"
