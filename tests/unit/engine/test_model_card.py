"""What a model's folder tells people of it."""

import io
from pathlib import Path

import pytest
from PIL import Image

from inference.engine import limits
from inference.engine.model_folder import InvalidModel, read_model
from tests.unit.engine.folders import VALID, make_model


def photo(format_name: str = "JPEG", side: int = 8) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (side, side)).save(file, format_name)
    return file.getvalue()


def test_a_model_needs_no_card(tmp_path: Path) -> None:
    model = read_model(make_model(tmp_path))
    assert (model.config.title, model.config.task, model.sample) == ("", None, b"")
    assert model.config.card.model_dump(exclude_defaults=True) == {}


def test_a_models_card_is_read(tmp_path: Path) -> None:
    config = VALID + 'title = "Read"\ntask = "text-recognition"\n[card]\nlimits = """\nNone.\n"""\n'
    folder = make_model(tmp_path, config=config)
    (folder / "sample.jpg").write_bytes(photo())
    model = read_model(folder)
    assert (model.config.title, model.config.task) == ("Read", "text-recognition")
    assert model.config.card.limits == "None."
    assert model.sample == photo()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is no photo"),
        (photo("PNG"), "is PNG, not JPEG"),
        (photo() + bytes(limits.SAMPLE_BYTES), "has more than 256 KiB"),
    ],
)
def test_a_sample_that_is_no_small_jpeg_is_refused(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    folder = make_model(tmp_path)
    (folder / "sample.jpg").write_bytes(content)
    with pytest.raises(InvalidModel, match=reason):
        read_model(folder)


def test_a_sample_outside_the_repository_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(photo())
    folder = make_model(tmp_path / "models")
    (folder / "sample.jpg").symlink_to(secret)
    with pytest.raises(InvalidModel, match="leads out of the repository"):
        read_model(folder)
