"""Images become tensors: each value worked out by hand."""

from typing import Any

import numpy as np
import pytest
from PIL import Image, _imaging

from inference.engine.child.preprocess import needed_scale, preprocess
from inference.engine.image_config import Preprocessing
from inference.engine.model import Array, Pixels

RED, GREEN, BLUE = (200, 10, 20), (10, 200, 30), (20, 30, 200)
AS_IT_IS: dict[str, Any] = {"fit": "none", "scale": 1.0}


def picture(*rows: list[tuple[int, int, int]]) -> Pixels:
    return np.array(rows, np.uint8)


def made(image: Pixels, datatype: str = "FP32", **keys: Any) -> Array:
    return preprocess(Image.fromarray(image), Preprocessing(**keys), datatype)


def plain(width: int, height: int, color: tuple[int, int, int] = RED) -> Pixels:
    return np.full((height, width, 3), color, np.uint8)


def test_values_are_scaled_then_the_mean_is_taken_away_then_divided_by_std() -> None:
    tensor = made(picture([RED]), fit="none", mean=(0.5, 0.0, 0.1), std=(0.25, 2.0, 1.0))
    assert tensor.dtype == np.float32
    assert tensor.shape == (3, 1, 1)
    wanted = [(200 / 255 - 0.5) / 0.25, 10 / 255 / 2, 20 / 255 - 0.1]
    assert tensor.reshape(-1).tolist() == pytest.approx(wanted, abs=1e-6)


def test_one_mean_and_std_hold_for_every_channel() -> None:
    tensor = made(picture([RED]), fit="none", scale=1.0, mean=(100,), std=(10,))
    assert tensor.reshape(-1).tolist() == [10, -9, -8]


def test_colors_come_in_the_order_that_is_asked_for() -> None:
    image = picture([RED, GREEN])
    assert made(image, **AS_IT_IS)[:, 0, 0].tolist() == [200, 10, 20]
    assert made(image, color="BGR", **AS_IT_IS)[:, 0, 1].tolist() == [30, 200, 10]
    gray = made(image, color="GRAY", **AS_IT_IS)
    assert gray.shape == (1, 1, 2)
    assert gray[0, 0].tolist() == [
        round(0.299 * 200 + 0.587 * 10 + 0.114 * 20),
        round(0.299 * 10 + 0.587 * 200 + 0.114 * 30),
    ]


def test_channels_come_first_or_last() -> None:
    image = picture([RED, GREEN], [BLUE, RED], [GREEN, BLUE])
    first, last = made(image, **AS_IT_IS), made(image, layout="NHWC", **AS_IT_IS)
    assert first.shape == (3, 3, 2)
    assert last.shape == (3, 2, 3)
    assert last.tolist() == image.tolist()
    assert first[2].tolist() == [[20, 30], [200, 20], [30, 200]]
    assert first.flags.c_contiguous


@pytest.mark.parametrize(
    ("datatype", "dtype"), [("FP16", "<f2"), ("FP32", "<f4"), ("FP64", "<f8"), ("UINT8", "u1")]
)
def test_the_tensor_has_the_inputs_datatype(datatype: str, dtype: str) -> None:
    tensor = made(picture([RED]), datatype, **AS_IT_IS)
    assert tensor.dtype == np.dtype(dtype)
    assert tensor.reshape(-1).tolist() == [200, 10, 20]


@pytest.mark.parametrize("fit", ["stretch", "crop", "letterbox"])
def test_the_filter_is_the_one_that_is_asked_for(fit: str) -> None:
    image = np.random.default_rng(4).integers(0, 256, (40, 40, 3), np.uint8)
    for name, resampling in (
        ("bilinear", Image.Resampling.BILINEAR),
        ("bicubic", Image.Resampling.BICUBIC),
    ):
        tensor = made(
            image, "UINT8", fit=fit, width=9, height=9, scale=1, layout="NHWC", filter=name
        )
        assert (
            tensor.tolist()
            == np.asarray(Image.fromarray(image).resize((9, 9), resampling)).tolist()
        )


def test_stretch_squeezes_into_the_size() -> None:
    # Two columns of one color each: with an averaging filter both stay what they are.
    image = np.concatenate([plain(40, 10, RED), plain(40, 10, BLUE)], axis=1)
    tensor = made(image, fit="stretch", width=8, height=5, scale=1.0, layout="NHWC")
    assert tensor.shape == (5, 8, 3)
    assert tensor[2, 0].tolist() == list(RED)
    assert tensor[2, 7].tolist() == list(BLUE)


def test_crop_cuts_the_middle_out_of_what_fills_the_size() -> None:
    image = np.concatenate([plain(10, 10, RED), plain(10, 10, GREEN), plain(10, 10, BLUE)], axis=1)
    tensor = made(image, fit="crop", width=10, height=10, scale=1.0, layout="NHWC")
    assert tensor.tolist() == plain(10, 10, GREEN).tolist()


def test_crop_after_resize_brings_the_shorter_side_to_it_first() -> None:
    image = np.zeros((20, 45, 3), np.uint8)
    image[:, 22] = 255
    tensor = made(image, fit="crop", width=7, height=7, resize=20, scale=1.0, layout="NHWC")
    # Nothing to scale: 7 of 45 columns from (45 - 7) / 2 on, where the white one is the fourth.
    assert tensor.shape == (7, 7, 3)
    assert tensor[0, :, 0].tolist() == [0, 0, 0, 255, 0, 0, 0]
    assert made(image, fit="crop", width=7, height=9, resize=10).shape == (3, 9, 7)


@pytest.mark.parametrize("resize", [None, 256])
@pytest.mark.parametrize(
    "size", [(640, 480), (333, 1021), (1001, 37), (50, 49), (7, 3), (224, 224)]
)
def test_crop_gives_what_scaling_and_then_cutting_gives(
    size: tuple[int, int], resize: int | None
) -> None:
    image = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), np.uint8)
    ratio = resize / min(size) if resize else max(224 / size[0], 192 / size[1])
    width, height = (int(side * ratio + (1e-6 if resize else 0.5)) for side in size)
    left, top = round((width - 224) / 2), round((height - 192) / 2)
    scaled = Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR)
    wanted = np.asarray(scaled.crop((left, top, left + 224, top + 192)), int)
    keys: dict[str, Any] = {"width": 224, "height": 192, "resize": resize, "scale": 1.0}
    tensor = made(image, "UINT8", fit="crop", layout="NHWC", **keys)
    assert np.abs(tensor - wanted).max() <= 1


@pytest.mark.parametrize("size", [(1, 2000), (2000, 1)])
def test_crop_of_a_narrow_image_takes_no_more_memory_than_its_result(size: tuple[int, int]) -> None:
    _imaging.reset_stats()
    made(plain(*size), fit="crop", width=224, height=224)
    blocks: int = _imaging.get_stats()["allocated_blocks"]
    # Blocks have 16 MB; each image takes at least one. Scaled as a whole it would take 400 MB.
    assert blocks <= 4


def test_letterbox_centers_the_whole_image_and_fills_up() -> None:
    tensor = made(plain(8, 4), fit="letterbox", width=8, height=9, fill=7, scale=1.0, layout="NHWC")
    assert tensor.shape == (9, 8, 3)
    assert (tensor[:2] == 7).all()
    assert (tensor[2:6] == RED).all()
    assert (tensor[6:] == 7).all()
    wide = made(plain(2, 8), fit="letterbox", width=8, height=4, scale=1.0, layout="NHWC")
    assert (wide[:, :3] == 0).all()
    assert (wide[:, 3] == RED).all()
    assert (wide[:, 4:] == 0).all()


def test_the_filling_is_normalized_like_pixels() -> None:
    tensor = made(plain(2, 8), fit="letterbox", width=8, height=4, fill=255, mean=(0.5,))
    assert tensor[0, 0, 0] == 0.5


def test_none_keeps_the_size_down_to_a_multiple() -> None:
    assert made(plain(37, 50), fit="none").shape == (3, 50, 37)
    assert made(plain(37, 50), fit="none", multiple=16).shape == (3, 48, 32)
    assert made(plain(5, 50), fit="none", multiple=16).shape == (3, 48, 16)


@pytest.mark.parametrize("fit", ["stretch", "crop", "letterbox"])
@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (31, 33)])
def test_every_size_of_image_comes_to_the_wanted_size(fit: str, size: tuple[int, int]) -> None:
    assert made(plain(*size), fit=fit, width=32, height=24).shape == (3, 24, 32)


@pytest.mark.parametrize(
    ("keys", "size", "scale"),
    [
        ({"fit": "stretch", "width": 100, "height": 50}, (1000, 1000), 0.2),
        ({"fit": "stretch", "width": 50, "height": 100}, (1000, 2000), 0.1),
        ({"fit": "crop", "width": 100, "height": 100}, (4000, 1000), 0.2),
        ({"fit": "crop", "width": 100, "height": 100, "resize": 125}, (4000, 1000), 0.25),
        ({"fit": "letterbox", "width": 100, "height": 100}, (4000, 1000), 0.05),
        ({"fit": "crop", "width": 100, "height": 100}, (80, 60), 1.0),
        ({"fit": "none"}, (4000, 1000), 1.0),
    ],
)
def test_a_large_image_may_be_decoded_at_twice_the_needed_size(
    keys: dict[str, Any], size: tuple[int, int], scale: float
) -> None:
    assert needed_scale(size, Preprocessing(**keys)) == pytest.approx(scale)
