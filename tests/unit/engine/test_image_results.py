"""Images as a model gives them back: as bytes, and with their transparency."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from inference.engine.types import ImageJob, Succeeded

pytestmark = pytest.mark.slow


async def test_an_image_may_come_as_bytes_and_its_result_go_as_bytes(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    add_model("invert", "return ImageOutput(255 - request.image)", kind="image")
    engine = await bench()
    memory = io.BytesIO()
    Image.new("RGB", (5, 4), (1, 2, 3)).save(memory, "PNG")
    outcome = await engine.predict(
        ImageJob(
            id=-1,
            attempt=1,
            model="invert",
            version="1",
            source=memory.getvalue(),
            params={},
            results=None,
        )
    )
    assert isinstance(outcome, Succeeded), outcome
    assert outcome.output_file is None
    assert outcome.output_bytes is not None
    with Image.open(io.BytesIO(outcome.output_bytes)) as image:
        assert (image.size, image.getpixel((0, 0))) == ((5, 4), (254, 253, 252))
    assert not (tmp_path / "results").exists()


async def test_a_model_may_keep_the_transparency_and_give_webp(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    code = "return ImageOutput(np.roll(request.rgba, 1, axis=1), format='webp')"
    add_model("roll", f"import numpy as np; {code}", kind="image")
    engine = await bench()
    memory = io.BytesIO()
    pixels = np.zeros((1, 3, 4), np.uint8)
    pixels[0, 0] = 200, 200, 200, 100
    Image.fromarray(pixels).save(memory, "PNG")
    outcome = await engine.predict(
        ImageJob(
            id=-1,
            attempt=1,
            model="roll",
            version="1",
            source=memory.getvalue(),
            params={},
            results=tmp_path / "results",
        )
    )
    assert isinstance(outcome, Succeeded), outcome
    assert outcome.output_file == "output.webp"
    with Image.open(tmp_path / "results" / "output.webp") as image:
        assert np.asarray(image)[0, :, 3].tolist() == [0, 100, 0]
