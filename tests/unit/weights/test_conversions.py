"""A converted network computes what the original does, by an independent reckoning."""

import json
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import onnxruntime
import pytest

from inference.weights import convert_esrgan, convert_ncnn, convert_ppocr

if TYPE_CHECKING:
    pass

Floats = npt.NDArray[np.float32]

RANDOM = np.random.default_rng(7)
PICTURE = RANDOM.random((1, 3, 6, 5), np.float32)


def numbers(*shape: int) -> Floats:
    return (RANDOM.random(shape, np.float32) - 0.5).astype(np.float16).astype(np.float32)


def convolved(picture: Floats, kernel: Floats, bias: Floats) -> Floats:
    """(C, H, W) with a kernel (out, in, size, size), and as much padding as keeps its size."""
    _, height, width = picture.shape
    size = kernel.shape[-1]
    padded = np.pad(picture, ((0, 0), (size // 2, size // 2), (size // 2, size // 2)))
    result = np.zeros((len(kernel), height, width), np.float32)
    for y in range(size):
        for x in range(size):
            seen = padded[:, y : y + height, x : x + width]
            result += np.einsum("oi,ihw->ohw", kernel[:, :, y, x], seen)
    return np.asarray(result + bias[:, None, None], np.float32)


def repeated(picture: Floats, times: int) -> Floats:
    return picture.repeat(times, axis=1).repeat(times, axis=2)


def run(network: bytes) -> Floats:
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"image": PICTURE})[0][0], np.float32)


PARAM = """7767517
8 9
Input input.1 0 1 data
Split split 1 2 data a b
Convolution Conv_0 1 1 b c 0=12 1=3 4=1 5=1 6=324
PReLU PRelu_1 1 1 c d 0=12
PixelShuffle Shuffle 1 1 d e 0=2
Interp Resize 1 1 a f 0=1 1=2.0e+00 2=2.0e+00
BinaryOp Add 2 1 e f output
"""


@pytest.mark.parametrize("precision", ["<f2", "<f4"])
def test_a_network_of_ncnn_computes_the_same_as_onnx(precision: str) -> None:
    kernel, bias, slope = numbers(12, 3, 3, 3), numbers(12), numbers(12)
    flag = 0x01306B47 if precision == "<f2" else 0
    weights = struct.pack("<I", flag) + kernel.astype(precision).tobytes()
    weights += bias.tobytes() + slope.tobytes()
    hidden = convolved(PICTURE[0], kernel, bias)
    hidden = np.where(hidden < 0, hidden * slope[:, None, None], hidden)
    shuffled = hidden.reshape(3, 2, 2, 6, 5).transpose(0, 3, 1, 4, 2).reshape(3, 12, 10)
    expected = shuffled + repeated(PICTURE[0], 2)
    found = run(convert_ncnn.convert(PARAM.encode(), weights))
    assert np.allclose(found, expected, atol=1e-5)


def test_a_network_of_ncnn_that_is_not_known_is_refused() -> None:
    for line, told in (
        ("Softmax s 1 1 data output 0=1", "a layer of the kind Softmax is not known"),
        ("Interp r 1 1 data output 0=3 1=0.5 2=0.5", "only enlarging by the nearest pixel"),
        ("Convolution c 1 1 data output 0=3 1=3 4=1 5=1 6=81 9=2", "only plain convolutions"),
        ("BinaryOp m 2 1 data data output 0=2", "only sums"),
    ):
        with pytest.raises(ValueError, match=told):
            convert_ncnn.convert(f"7767517\n2 2\nInput i 0 1 data\n{line}".encode(), bytes(1000))
    with pytest.raises(ValueError, match="not a network of ncnn"):
        convert_ncnn.convert(b"something\nelse", b"")
    with pytest.raises(ValueError, match="precision 0x1 are not known"):
        convert_ncnn.convert(PARAM.encode(), struct.pack("<I", 1) + bytes(5000))


def layer(kind: str, name: str, *inputs: str, **config: Any) -> dict[str, Any]:
    inbound = [[[one, 0, 0, {}] for one in inputs]] if inputs else []
    return {"class_name": kind, "name": name, "config": config, "inbound_nodes": inbound}


def convolution(name: str, source: str, size: int, padding: str, **other: Any) -> dict[str, Any]:
    plain = {"strides": [1, 1], "dilation_rate": [1, 1], "activation": "linear", "use_bias": True}
    config = {"kernel_size": [size, size], "padding": padding, **plain, **other}
    return layer("Conv2D", name, source, **config)


def described(layers: list[dict[str, Any]], weights: dict[str, Floats]) -> tuple[bytes, bytes]:
    """A network as TensorFlow.js stores it: its JSON and its weights."""
    network = {"layers": layers, "input_layers": [["LR", 0, 0]], "output_layers": [["SR", 0, 0]]}
    entries = [
        {"name": name, "shape": value.shape, "dtype": "float32"} for name, value in weights.items()
    ]
    model = {
        "modelTopology": {"model_config": {"config": network}},
        "weightsManifest": [{"paths": ["shard"], "weights": entries}],
    }
    return json.dumps(model).encode(), b"".join(value.tobytes() for value in weights.values())


def test_a_network_of_tensorflow_js_computes_the_same_as_onnx() -> None:
    layers = [
        layer("InputLayer", "LR"),
        convolution("A", "LR", 3, "same"),
        layer("Activation", "A_relu", "A", activation="relu"),
        layer("Concatenate", "both", "LR", "A_relu", axis=3),
        convolution("B", "both", 1, "valid"),
        layer("Add", "sum", "B", "LR"),
        layer("UpSampling2D", "UP", "sum", size=[2, 2], interpolation="nearest"),
        convolution("SR", "UP", 3, "same"),
    ]
    shapes = {"A": (3, 3, 3, 4), "B": (1, 1, 7, 3), "SR": (3, 3, 3, 3)}
    weights: dict[str, Floats] = {}
    for name, shape in shapes.items():
        weights |= {f"{name}/kernel": numbers(*shape), f"{name}/bias": numbers(shape[-1])}

    def convolve(picture: Floats, name: str) -> Floats:
        kernel = weights[f"{name}/kernel"].transpose(3, 2, 0, 1)
        return convolved(picture, kernel, weights[f"{name}/bias"])

    pixels = PICTURE[0] * 255
    joined = np.concatenate([pixels, np.maximum(convolve(pixels, "A"), 0)])
    summed = convolve(joined, "B") + pixels
    expected = convolve(repeated(summed, 2), "SR") / 255
    found = run(convert_esrgan.convert(*described(layers, weights)))
    assert np.allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("strange", "told"),
    [
        (layer("LSTM", "SR", "UP"), "a layer of the kind LSTM is not known"),
        (layer("Activation", "SR", "UP", activation="tanh"), "activation tanh is not known"),
        (convolution("SR", "UP", 3, "same", strides=[2, 2]), "only plain convolutions"),
    ],
)
def test_a_network_of_tensorflow_js_that_is_not_known_is_refused(
    strange: dict[str, Any], told: str
) -> None:
    layers = [
        layer("InputLayer", "LR"),
        layer("UpSampling2D", "UP", "LR", size=[2, 2], interpolation="nearest"),
        strange,
    ]
    with pytest.raises(ValueError, match=told):
        convert_esrgan.convert(*described(layers, {}))


def test_other_weights_than_floats_are_refused() -> None:
    model, shard = described([], {"A/bias": numbers(4)})
    with pytest.raises(ValueError, match="only weights in float32"):
        convert_esrgan.convert(model.replace(b"float32", b"float16"), shard)


def test_a_recogniser_of_pp_ocr_gets_its_letters() -> None:
    weights = struct.pack("<I", 0) + numbers(12, 3, 3, 3).tobytes() + bytes(96)
    network = convert_ncnn.convert(PARAM.encode(), weights)
    lettered = convert_ppocr.with_letters(network, "a\n가\n的\n".encode())
    session = onnxruntime.InferenceSession(lettered, providers=["CPUExecutionProvider"])
    assert session.get_modelmeta().custom_metadata_map == {"character": "a\n가\n的"}
    assert np.array_equal(run(lettered), run(network))
