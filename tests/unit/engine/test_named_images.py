"""Other images that parameters name by their ids: read, decoded, and told apart when they fail."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from inference.engine.types import Failed, Succeeded

CONFIG = """
params.properties.style_image = {type = "integer", format = "image-id"}
params.properties.count = {type = "integer"}
"""
SHAPE = """
other = request.images.get("style_image")
return LabelsOutput([("none" if other is None else str(other.shape[:2]), 1)])
"""


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    file = tmp_path / "style.png"
    Image.new("RGB", (2048, 512), "red").save(file)
    return file


@pytest.fixture
def damaged(picture: Path) -> Path:
    picture.write_bytes(picture.read_bytes()[:60])
    return picture


async def outcome_of(bench: Any, add_model: Any, **changes: Any) -> Any:
    add_model("painter", SHAPE, config=CONFIG)
    engine = await bench()
    return await engine.predict(engine.job("painter", **changes))


async def test_a_model_gets_the_image_that_a_parameter_names(
    bench: Any, add_model: Any, picture: Path
) -> None:
    outcome = await outcome_of(
        bench, add_model, params={"style_image": 7}, images={"style_image": picture}
    )
    assert isinstance(outcome, Succeeded)
    assert outcome.output["labels"][0]["label"] == "(256, 1024)"


async def test_a_model_gets_no_other_image_where_none_is_named(bench: Any, add_model: Any) -> None:
    outcome = await outcome_of(bench, add_model, params={"count": 7})
    assert isinstance(outcome, Succeeded)
    assert outcome.output["labels"][0]["label"] == "none"


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_named_image_that_was_deleted_fails_the_job_and_says_which(
    bench: Any, add_model: Any, tmp_path: Path, *, is_known: bool
) -> None:
    images = {"style_image": tmp_path / "deleted.png" if is_known else None}
    outcome = await outcome_of(bench, add_model, params={"style_image": 7}, images=images)
    assert isinstance(outcome, Failed)
    assert outcome.code == "source_gone"
    assert outcome.message == "The image chosen as style_image is no longer stored."


async def test_a_named_image_that_cannot_be_decoded_fails_the_job_and_says_which(
    bench: Any, add_model: Any, damaged: Path
) -> None:
    outcome = await outcome_of(
        bench, add_model, params={"style_image": 7}, images={"style_image": damaged}
    )
    assert isinstance(outcome, Failed)
    assert outcome.code == "unreadable_image"
    assert outcome.message.startswith("The image chosen as style_image: ")


async def test_a_protocol_that_knows_no_ids_of_images_is_refused_one(
    bench: Any, add_model: Any
) -> None:
    outcome = await outcome_of(bench, add_model, params={"style_image": 7})
    assert isinstance(outcome, Failed)
    assert outcome.code == "invalid_params"
    assert outcome.message.startswith("style_image: ")
