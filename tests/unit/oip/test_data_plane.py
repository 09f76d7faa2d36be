"""What the data plane tells of itself and its models, and who may command."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import descriptor_pb2

from inference.engine.statistics import Duration, VersionStatistics
from inference.engine.status import State
from inference.oip import metadata
from inference.oip.errors import ProtocolError, Status
from inference.oip.messages import message
from project.health import VERSION
from tests.darkroom import ROOT
from tests.unit.oip.bench import (
    BOTH_FACES,
    MANAGER,
    PERSON,
    FakeEngine,
    config,
    data_plane,
    image_config,
)

PROTOCOL = ROOT / "inference" / "oip"


def asked(call: str, /, **fields: Any) -> Any:
    return message(f"{call}Request")(**fields)


def tensors(entries: Any) -> list[tuple[str, str, list[int]]]:
    return [(entry.name, entry.datatype, list(entry.shape)) for entry in entries]


def test_the_compiled_protocol_is_what_its_text_says(tmp_path: Path) -> None:
    compiled = tmp_path / "protocol.binpb"
    subprocess.run(
        [
            *(sys.executable, "-m", "grpc_tools.protoc", "-I", PROTOCOL, "--include_imports"),
            *(f"--descriptor_set_out={compiled}", PROTOCOL / "protocol.proto"),
        ],
        check=True,
    )
    texts = [
        descriptor_pb2.FileDescriptorSet.FromString(path.read_bytes())
        for path in (compiled, PROTOCOL / "protocol.binpb")
    ]
    assert texts[0] == texts[1]


def test_the_server_tells_name_version_and_only_what_it_can() -> None:
    answer = data_plane(FakeEngine())[0].server_metadata(asked("ServerMetadata"))
    assert (answer.name, answer.version) == ("darkroom", VERSION)
    assert "classification" in answer.extensions
    assert not [one for one in answer.extensions if "shared_memory" in one or "sequence" in one]


def test_it_is_ready_until_it_drains() -> None:
    plane, _, _ = data_plane(FakeEngine(config()))
    assert plane.server_live(asked("ServerLive")).live
    assert plane.server_ready(asked("ServerReady")).ready
    assert plane.model_ready(asked("ModelReady", name="adder")).ready
    plane.drain()
    assert plane.server_live(asked("ServerLive")).live
    assert not plane.server_ready(asked("ServerReady")).ready
    assert not plane.model_ready(asked("ModelReady", name="adder")).ready


def test_it_is_not_ready_while_it_rests() -> None:
    plane, _, _ = data_plane(FakeEngine(config()))
    for is_resting in (True, False):
        plane.rest(is_resting=is_resting)
        assert plane.server_live(asked("ServerLive")).live
        assert plane.server_ready(asked("ServerReady")).ready is not is_resting
        assert plane.model_ready(asked("ModelReady", name="adder")).ready is not is_resting


def test_a_model_is_ready_when_its_version_is() -> None:
    engine = FakeEngine(config())
    plane, _, _ = data_plane(engine)
    assert plane.model_ready(asked("ModelReady", name="adder", version="stable")).ready
    assert not plane.model_ready(asked("ModelReady", name="adder", version="2")).ready
    assert not plane.model_ready(asked("ModelReady", name="nobody")).ready
    engine.states["adder"] = State.UNAVAILABLE
    assert not plane.model_ready(asked("ModelReady", name="adder")).ready


def test_a_model_of_tensors_shows_its_tensors_with_the_batch() -> None:
    answer = data_plane(FakeEngine(config()))[0].model_metadata(
        asked("ModelMetadata", name="adder")
    )
    assert (answer.name, list(answer.versions), answer.platform) == ("adder", ["1"], "python")
    assert tensors(answer.inputs) == [("a", "FP32", [-1, 4]), ("b", "FP32", [-1, 4])]
    assert tensors(answer.outputs) == [("sum", "FP32", [-1, 4])]


def test_a_model_without_a_batch_shows_its_tensors_as_they_are() -> None:
    plane, _, _ = data_plane(FakeEngine(config(max_batch_size=0)))
    answer = plane.model_metadata(asked("ModelMetadata", name="adder"))
    assert tensors(answer.outputs) == [("sum", "FP32", [4])]


@pytest.mark.parametrize(
    ("kind", "outputs"), [("text", ["result"]), ("image", ["result", "image"])]
)
def test_a_model_of_images_shows_what_every_such_model_takes(kind: str, outputs: list[str]) -> None:
    plane, _, _ = data_plane(FakeEngine(image_config(output_kind=kind, max_batch_size=4)))
    answer = plane.model_metadata(asked("ModelMetadata", name="reader"))
    assert tensors(answer.inputs) == [("image", "BYTES", [-1]), ("params", "BYTES", [-1])]
    assert tensors(answer.outputs) == [(name, "BYTES", [-1]) for name in outputs]
    told = plane.model_config(asked("ModelConfig", name="reader")).config
    assert told.max_batch_size == 0
    assert [(one.name, one.optional) for one in told.input] == [("image", False), ("params", True)]


def test_a_model_with_both_adapters_shows_its_tensors_and_tells_of_the_other_one() -> None:
    plane, _, _ = data_plane(FakeEngine(config("flowers", **BOTH_FACES)))
    answer = plane.model_metadata(asked("ModelMetadata", name="flowers"))
    assert tensors(answer.inputs) == [("image", "FP32", [-1, 3, 8, 8])]
    told = plane.model_config(asked("ModelConfig", name="flowers")).config
    assert told.parameters["image_inputs"].string_value == "image,params"
    assert told.parameters["image_outputs"].string_value == "result"
    assert told.output[0].label_filename == "labels.txt"
    assert told.input[0].format == 2


@pytest.mark.parametrize(
    ("policy", "field"),
    [({}, "all"), ({"latest": 2}, "latest"), ({"specific": ["1", "3"]}, "specific")],
)
def test_the_configuration_is_told_in_the_protocols_words(policy: Any, field: str) -> None:
    full = config(
        version_policy=policy or {"all": True},
        labels={"stable": 1},
        instances={"count": 2, "device": "cuda:1"},
        batching={"max_queue_delay_ms": 2.5, "max_queue_size": 9, "timeout_ms": 40},
    )
    answer = data_plane(FakeEngine(full))[0].model_config(asked("ModelConfig", name="adder")).config
    assert answer.version_policy.WhichOneof("policy_choice") == field
    assert (answer.max_batch_size, answer.backend) == (8, "python")
    assert (answer.instance_group[0].count, list(answer.instance_group[0].gpus)) == (2, [1])
    batching = answer.dynamic_batching
    assert batching.max_queue_delay_microseconds == 2500
    assert batching.default_queue_policy.default_timeout_microseconds == 40_000
    assert batching.default_queue_policy.max_queue_size == 9
    assert answer.parameters["label.stable"].string_value == "1"


def test_statistics_are_told_of_one_or_all() -> None:
    engine = FakeEngine(config(), image_config())
    counts = VersionStatistics(inference_count=6, execution_count=2, success=Duration(3, 900))
    engine.statistics._versions["adder", "1"] = counts
    plane, _, _ = data_plane(engine)
    (one,) = plane.model_statistics(asked("ModelStatistics", name="adder", version="1")).model_stats
    assert (one.inference_count, one.execution_count) == (6, 2)
    assert (one.inference_stats.success.count, one.inference_stats.success.ns) == (3, 900)
    assert (one.memory_usage[0].type, one.memory_usage[0].byte_size) == ("CPU", 4096)
    everything = plane.model_statistics(asked("ModelStatistics")).model_stats
    assert [entry.name for entry in everything] == ["adder", "reader"]


@pytest.mark.parametrize("call", ["model_metadata", "model_config", "model_statistics"])
def test_what_is_not_there_is_not_found(call: str) -> None:
    plane, _, _ = data_plane(FakeEngine(config()))
    for fields in ({"name": "nobody"}, {"name": "adder", "version": "9"}):
        with pytest.raises(ProtocolError) as raised:
            getattr(plane, call)(asked("ModelMetadata", **fields))
        assert raised.value.status is Status.NOT_FOUND


async def test_the_index_may_leave_out_what_is_not_ready() -> None:
    engine = FakeEngine(config(), image_config())
    engine.states["reader"] = State.LOADING
    plane, _, _ = data_plane(engine)
    everything = (await plane.repository_index(asked("RepositoryIndex"), PERSON)).models
    assert [(one.name, one.state) for one in everything] == [
        ("adder", "READY"),
        ("reader", "LOADING"),
    ]
    ready = (await plane.repository_index(asked("RepositoryIndex", ready=True), PERSON)).models
    assert [one.name for one in ready] == ["adder"]


async def test_only_who_may_manage_is_told_why_a_model_is_not_served() -> None:
    engine = FakeEngine(config())
    engine.reasons["adder"] = "/srv/models/adder/model.toml: not TOML"
    plane, _, _ = data_plane(engine)
    for call, told in ((MANAGER, engine.reasons["adder"]), (PERSON, "")):
        index = await plane.repository_index(asked("RepositoryIndex"), call)
        assert [one.reason for one in index.models] == [told]


async def test_who_may_manage_loads_and_unloads() -> None:
    plane, control, _ = data_plane(FakeEngine())
    await plane.load(asked("RepositoryModelLoad", model_name="adder"), MANAGER)
    await plane.unload(asked("RepositoryModelUnload", model_name="adder"), MANAGER)
    assert control.commands == [("load", "adder", 8), ("unload", "adder", 8)]


async def test_who_may_not_manage_is_refused() -> None:
    plane, control, _ = data_plane(FakeEngine())
    for call in (
        plane.load(asked("RepositoryModelLoad", model_name="adder"), PERSON),
        plane.unload(asked("RepositoryModelUnload", model_name="adder"), PERSON),
    ):
        with pytest.raises(ProtocolError) as raised:
            await call
        assert raised.value.status is Status.PERMISSION_DENIED
    assert control.commands == []


@pytest.mark.parametrize("key", ["config", "file:1/model.onnx"])
async def test_nothing_is_loaded_from_a_request(key: str) -> None:
    plane, control, _ = data_plane(FakeEngine())
    request = asked("RepositoryModelLoad", model_name="adder")
    request.parameters[key].string_param = "{}"
    with pytest.raises(ProtocolError) as raised:
        await plane.load(request, MANAGER)
    assert raised.value.status is Status.INVALID_ARGUMENT
    assert key in raised.value.message
    assert control.commands == []


async def test_there_is_one_repository() -> None:
    plane, _, _ = data_plane(FakeEngine())
    with pytest.raises(ProtocolError) as raised:
        await plane.repository_index(asked("RepositoryIndex", repository_name="other"), PERSON)
    assert raised.value.status is Status.UNIMPLEMENTED


def test_extensions_are_named_once() -> None:
    assert len(set(metadata.EXTENSIONS)) == len(metadata.EXTENSIONS)
