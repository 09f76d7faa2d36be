"""Every call of tritonclient.http and tritonclient.http.aio that applies, unchanged."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest
import tritonclient.http as triton
import tritonclient.http.aio as triton_aio
from tritonclient.utils import InferenceServerException

from tests.conformance.conftest import Served
from tests.photos import tiny

A = np.arange(8, dtype=np.float32).reshape(2, 4)
B = np.full((2, 4), 0.5, np.float32)


@pytest.fixture
def client(served: Served) -> Iterator[Any]:
    with triton.InferenceServerClient(served.http_url, concurrency=4) as client:
        yield client


@pytest.fixture
async def aio(served: Served) -> AsyncIterator[Any]:
    async with triton_aio.InferenceServerClient(served.http_url) as client:
        yield client


def inputs(*, binary: bool = True, a: Any = A, b: Any = B) -> list[Any]:
    """What the adder takes."""
    made = []
    for name, array in (("a", a), ("b", b)):
        tensor = triton.InferInput(name, array.shape, "FP32")
        tensor.set_data_from_numpy(array, binary_data=binary)
        made.append(tensor)
    return made


def refused(call: Callable[[], Any], status: str) -> str:
    with pytest.raises(InferenceServerException) as raised:
        call()
    assert raised.value.status() == status
    message: str = raised.value.message()
    assert "exception occurred in the client" not in message
    return message


# The server and its models.


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


# Inference.


@pytest.mark.parametrize("binary_in", [True, False])
@pytest.mark.parametrize("binary_out", [True, False])
def test_json_and_binary_give_the_same(
    client: Any, served: Served, *, binary_in: bool, binary_out: bool
) -> None:
    outputs = [triton.InferRequestedOutput("sum", binary_data=binary_out)]
    result = client.infer(
        "adder",
        inputs(binary=binary_in),
        model_version="1",
        outputs=outputs,
        request_id="seven",
        headers=served.headers,
    )
    np.testing.assert_array_equal(result.as_numpy("sum"), A + B)
    assert result.as_numpy("difference") is None
    response = result.get_response()
    assert (response["id"], response["model_version"]) == ("seven", "1")
    assert ("data" in response["outputs"][0]) is not binary_out


def test_without_a_version_the_highest_answers(client: Any, served: Served) -> None:
    result = client.infer("adder", inputs(), headers=served.headers)
    np.testing.assert_array_equal(result.as_numpy("sum"), (A + B) * 2)
    np.testing.assert_array_equal(result.as_numpy("difference"), (A - B) * 2)


def test_a_label_is_a_version(client: Any, served: Served) -> None:
    result = client.infer("adder", inputs(), model_version="stable", headers=served.headers)
    assert result.get_response()["model_version"] == "1"


@pytest.mark.parametrize("coding", [None, "gzip", "deflate"])
@pytest.mark.parametrize("binary", [True, False])
def test_bodies_are_compressed_both_ways(
    client: Any, served: Served, coding: str | None, *, binary: bool
) -> None:
    large = np.arange(100_000, dtype=np.float32)
    tensor = triton.InferInput("in_FP32", [100_000], "FP32")
    tensor.set_data_from_numpy(large, binary_data=binary)
    others = [given for given in echo_inputs() if given.name() != "in_FP32"]
    result = client.infer(
        "echo",
        [tensor, *others],
        outputs=[triton.InferRequestedOutput("out_FP32", binary_data=binary)],
        headers=served.headers,
        request_compression_algorithm=coding,
        response_compression_algorithm=coding,
    )
    np.testing.assert_array_equal(result.as_numpy("out_FP32"), large)


ECHO: dict[str, Any] = {
    "BOOL": np.array([True, False]),
    "UINT8": np.array([0, 255], np.uint8),
    "UINT16": np.array([0, 2**16 - 1], np.uint16),
    "UINT32": np.array([0, 2**32 - 1], np.uint32),
    "UINT64": np.array([0, 2**64 - 1], np.uint64),
    "INT8": np.array([-128, 127], np.int8),
    "INT16": np.array([-(2**15), 2**15 - 1], np.int16),
    "INT32": np.array([-(2**31), 2**31 - 1], np.int32),
    "INT64": np.array([-(2**63), 2**63 - 1], np.int64),
    "FP16": np.array([-0.1, 65504], np.float16),
    "FP32": np.array([-0.1, 3.4e38], np.float32),
    "FP64": np.array([-0.1, 1.7e308], np.float64),
    "BYTES": np.array([b"", "été".encode()], object),
}


def echo_inputs(*, binary: bool = True) -> list[Any]:
    """One input of each datatype; FP16 is binary always."""
    made = []
    for datatype, array in ECHO.items():
        tensor = triton.InferInput(f"in_{datatype}", array.shape, datatype)
        tensor.set_data_from_numpy(array, binary_data=binary or datatype == "FP16")
        made.append(tensor)
    return made


@pytest.mark.parametrize("binary", [True, False])
def test_every_datatype_goes_there_and_back(client: Any, served: Served, *, binary: bool) -> None:
    outputs = [
        triton.InferRequestedOutput(f"out_{datatype}", binary_data=binary or datatype == "FP16")
        for datatype in ECHO
    ]
    given = echo_inputs(binary=binary)
    result = client.infer("echo", given, outputs=outputs, headers=served.headers)
    for datatype, array in ECHO.items():
        back = result.as_numpy(f"out_{datatype}")
        if datatype == "BYTES" and not binary:
            back = np.array([text.encode() for text in back], object)
        np.testing.assert_array_equal(back, array)


def test_halves_and_bytes_that_json_cannot_say_are_refused_as_json(
    client: Any, served: Served
) -> None:
    for datatype, array in (("FP16", ECHO["FP16"]), ("BYTES", np.array([b"\xff", b""], object))):
        given = [one for one in echo_inputs() if one.name() != f"in_{datatype}"]
        tensor = triton.InferInput(f"in_{datatype}", array.shape, datatype)
        tensor.set_data_from_numpy(array)
        outputs = [triton.InferRequestedOutput(f"out_{datatype}", binary_data=False)]
        inputs = [*given, tensor]
        call = partial(client.infer, "echo", inputs, outputs=outputs, headers=served.headers)
        assert "binary" in refused(call, "400")


def test_classes_instead_of_values(client: Any, served: Served) -> None:
    pixels = np.zeros((1, 8, 8, 3), np.uint8)
    pixels[..., 1] = 200
    tensor = triton.InferInput("pixels", pixels.shape, "UINT8")
    tensor.set_data_from_numpy(pixels)
    for binary in (True, False):
        outputs = [triton.InferRequestedOutput("scores", binary_data=binary, class_count=2)]
        result = client.infer("birds", [tensor], outputs=outputs, headers=served.headers)
        first = result.as_numpy("scores")[0][0]
        assert (first if isinstance(first, str) else first.decode()).endswith(":3:magpie")


def test_an_image_is_a_string_of_bytes(client: Any, served: Served) -> None:
    image = triton.InferInput("image", [2], "BYTES")
    image.set_data_from_numpy(np.array([tiny(0), tiny(255)], object))
    params = triton.InferInput("params", [2], "BYTES")
    params.set_data_from_numpy(np.array([b"{}", b'{"gain": 0}'], object), binary_data=False)
    result = client.infer("brightness", [image, params], headers=served.headers)
    first, second = map(json.loads, result.as_numpy("result"))
    assert first["kind"] == "labels"
    assert second["labels"][0] == {"label": "dark", "score": 1.0}


def test_requests_made_at_once_are_all_answered(client: Any, served: Served) -> None:
    calls = []
    for number in range(20):
        given = inputs(a=A + number)
        calls.append(client.async_infer("adder", given, model_version="1", headers=served.headers))
    for number, call in enumerate(calls):
        np.testing.assert_array_equal(call.get_result().as_numpy("sum"), A + number + B)


def test_a_body_made_and_read_by_the_clients_own_means(client: Any, served: Served) -> None:
    body, head = triton.InferenceServerClient.generate_request_body(inputs())
    headers = {**served.headers, "Inference-Header-Content-Length": str(head)}
    answer = client._post("v2/models/adder/infer", body, headers, None)
    length = int(answer.get("inference-header-content-length"))
    read = triton.InferenceServerClient.parse_response_body(answer.read(), header_length=length)
    np.testing.assert_array_equal(read.as_numpy("sum"), (A + B) * 2)


def test_a_queue_that_is_full_is_too_many_requests(client: Any, served: Served) -> None:
    steps = triton.InferInput("steps", [1, 1], "INT32")
    steps.set_data_from_numpy(np.array([[20]], np.int32))
    with triton.InferenceServerClient(client._parsed_url.netloc, concurrency=12) as many:
        calls = [many.async_infer("patient", [steps], headers=served.headers) for _ in range(12)]
        statuses = []
        for call in calls:
            try:
                call.get_result()
            except InferenceServerException as error:
                statuses.append(error.status())
    assert statuses
    assert set(statuses) == {"429"}


# The asynchronous client.


async def test_the_asynchronous_client_gets_the_same_answers(aio: Any, served: Served) -> None:
    mine = {"headers": served.headers}
    assert await aio.is_server_live()
    assert await aio.is_server_ready()
    assert await aio.is_model_ready("adder", **mine)
    assert not await aio.is_model_ready("nobody", **mine)
    assert (await aio.get_server_metadata())["name"] == "darkroom"
    assert (await aio.get_model_metadata("adder", **mine))["name"] == "adder"
    assert (await aio.get_model_config("adder", **mine))["max_batch_size"] == 8
    assert (await aio.get_model_repository_index(**mine))[0]["name"] == "adder"
    statistics = await aio.get_inference_statistics("adder", **mine)
    assert statistics["model_stats"][0]["name"] == "adder"
    for call in (
        aio.get_log_settings(**mine),
        aio.get_trace_settings(**mine),
        aio.get_system_shared_memory_status(**mine),
        aio.get_cuda_shared_memory_status(**mine),
    ):
        with pytest.raises(InferenceServerException) as raised:
            await call
        assert raised.value.status() == "501"


async def test_the_asynchronous_client_loads_and_unloads(aio: Any, served: Served) -> None:
    staff = {"headers": served.staff_headers}
    await aio.unload_model("fragile", **staff)
    assert not await aio.is_model_ready("fragile", **staff)
    await aio.load_model("fragile", **staff)
    assert await aio.is_model_ready("fragile", **staff)
    with pytest.raises(InferenceServerException) as raised:
        await aio.load_model("adder", headers=served.headers)
    assert raised.value.status() == "403"


@pytest.mark.parametrize("coding", [None, "gzip", "deflate"])
async def test_the_asynchronous_client_infers(aio: Any, served: Served, coding: str | None) -> None:
    async def one(number: int) -> None:
        result = await aio.infer(
            "adder",
            inputs(a=A + number),
            model_version="1",
            headers=dict(served.headers),
            request_compression_algorithm=coding,
            response_compression_algorithm=coding,
        )
        np.testing.assert_array_equal(result.as_numpy("sum"), A + number + B)

    await asyncio.gather(*(one(number) for number in range(8)))


async def test_the_asynchronous_client_reads_a_large_answer_that_it_may_get_compressed(
    aio: Any, served: Served
) -> None:
    given = [one for one in echo_inputs() if one.name() != "in_INT32"]
    large = np.arange(50_000, dtype=np.int32)
    tensor = triton.InferInput("in_INT32", large.shape, "INT32")
    tensor.set_data_from_numpy(large)
    result = await aio.infer("echo", [*given, tensor], headers=served.headers)
    np.testing.assert_array_equal(result.as_numpy("out_INT32"), large)
