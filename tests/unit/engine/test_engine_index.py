"""What an engine knows of its models before any child runs."""

import re
from pathlib import Path
from typing import Any

import pytest

from inference.engine.errors import LoadFailed, ModelNotFound, ModelUnavailable
from inference.engine.status import State, VersionStatus
from inference.engine.types import Failed, GivenBack, Outcome, Tensor, TensorJob

ANSWER = "return LabelsOutput([('a', 1)])"
TENSORS = """
[[inputs]]
name = "x"
datatype = "FP32"
shape = [2]
[[outputs]]
name = "y"
datatype = "FP32"
shape = [2]
"""


def failure(outcome: Outcome) -> tuple[str, str]:
    assert isinstance(outcome, Failed), outcome
    return outcome.code, outcome.message


def statuses(engine: Any) -> list[tuple[str, str, State]]:
    return [(one.model, one.version, one.state) for one in engine.engine.index()]


async def test_a_version_is_meant_by_its_number_its_label_or_none(
    bench: Any, add_model: Any
) -> None:
    for version in ("1", "2", "10"):
        add_model("echo", ANSWER, config="labels = {stable = 2}", version=version)
    engine = (await bench()).engine
    assert engine.resolve("echo").number == "10"
    assert engine.resolve("echo", "1").number == "1"
    assert engine.resolve("echo", "stable").number == "2"
    engine.have_mean({("echo", ""): "2", ("echo", "stable"): "1", ("echo", "canary"): "7"})
    assert engine.resolve("echo").number == "2"
    assert engine.resolve("echo", "stable").number == "1"
    assert engine.resolve("echo", "10").number == "10"
    for unknown in ("3", "canary", "../1"):
        with pytest.raises(ModelNotFound, match=f"no model echo version {re.escape(unknown)}"):
            engine.resolve("echo", unknown)
    for absent in ("other", ""):
        with pytest.raises(ModelNotFound, match=f"no model {absent}"):
            engine.resolve(absent)


async def test_before_the_first_request_a_model_is_ready_without_a_child(
    bench: Any, add_model: Any
) -> None:
    add_model("echo", ANSWER, config="labels = {stable = 1}")
    engine = await bench()
    version = engine.engine.resolve("echo")
    assert engine.engine.index() == [
        VersionStatus("echo", "1", State.READY, sha256=version.sha256, labels=("stable",))
    ]


async def test_an_invalid_folder_is_told_with_its_reason(
    bench: Any, add_model: Any, repository: Path
) -> None:
    add_model("bad", ANSWER, config="color = 'red'")
    engine = (await bench()).engine
    (status,) = engine.index()
    assert (status.model, status.version, status.state) == ("bad", "", State.UNAVAILABLE)
    assert status.reason.startswith(f"{repository}/bad/model.toml: color: ")
    # Whoever asks for it is not told where it lies.
    with pytest.raises(ModelUnavailable, match=r"^The model bad cannot be served\.$"):
        engine.resolve("bad")
    assert engine.capacity("bad", "1") == 0


async def test_an_unloaded_model_takes_no_work_and_says_so(bench: Any, add_model: Any) -> None:
    add_model("echo", ANSWER)
    add_model("other", ANSWER)
    engine = await bench()
    await engine.engine.unload("echo")
    assert statuses(engine) == [
        ("echo", "1", State.UNAVAILABLE),
        ("other", "1", State.READY),
    ]
    assert engine.engine.index()[0].reason == "unloaded"
    assert engine.engine.capacity("echo", "1") == 0
    outcome = await engine.predict(engine.job("echo"))
    assert failure(outcome) == ("model_unavailable", "The model echo is unloaded.")


async def test_what_was_never_there_is_neither_loaded_nor_unloaded(bench: Any) -> None:
    engine = (await bench()).engine
    with pytest.raises(ModelNotFound):
        await engine.load("ghost")
    with pytest.raises(ModelNotFound):
        await engine.unload("ghost")
    assert engine.index() == []


async def test_a_model_is_given_only_what_it_takes(bench: Any, add_model: Any) -> None:
    add_model("images", ANSWER)
    add_model("tensors", "...", config=f"max_batch_size = 4{TENSORS}", kind="tensors")
    engine = await bench()

    def tensors(model: str, items: int) -> TensorJob:
        inputs = {"x": Tensor("FP32", (items, 2), bytes(8 * items))}
        return TensorJob(
            id=-1, attempt=1, model=model, version="1", inputs=inputs, outputs=("y",), items=items
        )

    assert failure(await engine.predict(engine.job("tensors"))) == (
        "invalid_input",
        "The model tensors takes tensors, not images.",
    )
    assert failure(await engine.predict(tensors("images", 1))) == (
        "invalid_input",
        "The model images takes images, not tensors.",
    )
    for items in (0, 5):
        assert failure(await engine.predict(tensors("tensors", items))) == (
            "invalid_input",
            f"A request for tensors has 1 to 4 items, not {items}.",
        )


async def test_an_engine_that_has_not_started_or_has_stopped_gives_work_back(
    bench: Any, add_model: Any
) -> None:
    add_model("echo", ANSWER)
    engine = await bench()
    await engine.engine.stop(0)
    assert isinstance(await engine.predict(engine.job("echo")), GivenBack)
    assert engine.engine.capacity("echo", "1") == 0


async def test_every_new_id_is_negative_and_another(bench: Any) -> None:
    engine = (await bench()).engine
    ids = [engine.new_id() for _ in range(3)]
    assert len(set(ids)) == 3
    assert all(one < 0 for one in ids)


async def test_a_version_whose_package_is_missing_says_so_and_the_others_are_served(
    bench: Any, add_model: Any, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"torchscript": "model.pt", "onnx": "model.onnx"}
    for version, backend in (("1", "torchscript"), ("2", "onnx")):
        config = f'backend = "onnx"\n{TENSORS}[versions.1]\nbackend = "torchscript"\n'
        add_model("digits", ANSWER, config=config, kind="tensors", version=version)
        (repository / "digits" / version / files[backend]).write_bytes(b"")
    monkeypatch.setattr(
        "inference.engine.installed.find_spec", lambda name: name != "torch" or None
    )
    engine = (await bench()).engine
    assert [(one.version, one.state) for one in engine.index()] == [
        ("1", State.UNAVAILABLE),
        ("2", State.READY),
    ]
    assert engine.index()[0].reason.startswith("PyTorch is not installed")
    with pytest.raises(ModelUnavailable):
        engine.resolve("digits", "1")
    assert engine.resolve("digits").number == "2"
    assert engine.capacity("digits", "1") == 0


async def test_a_model_that_requires_what_is_not_there_cannot_be_loaded(
    bench: Any, add_model: Any
) -> None:
    add_model("echo", ANSWER, config='requires = ["json", "no_such_package.part"]')
    engine = (await bench()).engine
    (status,) = engine.index()
    expected = "The Python package no_such_package.part is not installed."
    assert (status.state, status.reason) == (State.UNAVAILABLE, expected)
    with pytest.raises(LoadFailed, match="no_such_package"):
        await engine.load("echo")
