"""Pictures that come out of models, as files."""

import io

import numpy as np
import pytest
from PIL import Image

from inference.engine.child.encode import encode
from inference.engine.child.interpret import Interpreter
from inference.engine.image_config import Interpretation
from inference.engine.model import ImageOutput, Output, Pixels
from inference.engine.tensor_config import TensorConfig


def cutout() -> Pixels:
    """(4, 6, 4): the left half is hidden, one column of the rest half transparent."""
    pixels = np.full((4, 6, 4), 200, np.uint8)
    pixels[..., 3] = [0, 0, 0, 128, 255, 255]
    return pixels


def without_code() -> Output:
    """The same from a network whose output is declared to be a picture."""
    how = Interpretation(kind="image", layout="NHWC", scale=255)
    interpreter = Interpreter(how, [TensorConfig(name="y", datatype="FP32", shape=(4, 6, 4))], [])
    return interpreter.interpret({"y": np.divide(cutout(), 255, dtype=np.float32)})


def decoded(content: bytes | None) -> Pixels:
    assert content is not None
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image)


@pytest.mark.parametrize("output", [ImageOutput(cutout()), without_code()], ids=["code", "none"])
def test_no_color_is_left_where_a_picture_is_transparent(output: Output) -> None:
    pixels = decoded(encode(output, "image").content)
    assert not pixels[:, :3].any()
    assert (pixels[:, 3:] == cutout()[:, 3:]).all()


def test_a_picture_may_be_webp_and_hides_what_was_removed_there_too() -> None:
    encoded = encode(ImageOutput(cutout(), format="webp"), "image")
    assert (encoded.output["content_type"], encoded.file) == ("image/webp", "output.webp")
    assert encoded.content is not None
    with Image.open(io.BytesIO(encoded.content)) as image:
        assert image.format == "WEBP"
        pixels = np.asarray(image)
    assert (pixels[..., 3] == cutout()[..., 3]).all()
    hidden = encode(
        ImageOutput(np.where(pixels[..., 3:] == 0, 0, cutout()), format="webp"), "image"
    )
    assert encoded.content == hidden.content


def test_a_picture_too_large_for_webp_is_a_png_and_says_so() -> None:
    encoded = encode(ImageOutput(np.zeros((1, 16_384, 3), np.uint8), format="webp"), "image")
    assert (encoded.output["content_type"], encoded.file) == ("image/png", "output.png")
    assert [note["code"] for note in encoded.output["notes"]] == ["too_large_for_webp"]


def test_a_model_keeps_its_own_pixels_as_they_are() -> None:
    pixels = cutout()
    encode(ImageOutput(pixels), "image")
    assert (pixels == cutout()).all()
