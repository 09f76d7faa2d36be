"""The models that conformance tests ask: small ones in Python, with answers known beforehand."""

import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DATATYPES: Final = (
    "BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64",
    "FP16", "FP32", "FP64", "BYTES",
)  # fmt: skip
LABELS: Final = ("crow", "daw", "jay", "magpie", "rook")


@dataclass(frozen=True)
class Names:
    """What the models of the repository are called."""

    adder: str = "adder"
    """a, b: FP32 [-1, 4] → sum, difference. Versions 1 and 2; `stable` is 1. Version 2 doubles."""
    echo: str = "echo"
    """One input of each datatype, in_FP32 [-1], … → out_FP32, … unchanged; it does not batch."""
    birds: str = "birds"
    """pixels: UINT8 [-1, 8, 8, 3] → scores: FP32 [-1, 5], the mean color's. Takes images too."""
    brightness: str = "brightness"
    """Of images: the labels bright and dark. Its params: {"gain": number}."""
    negative: str = "negative"
    """Of images: gives the negative as an image."""
    patient: str = "patient"
    """steps: INT32 [-1, 1] → steps, after 10 ms for each step. At most two requests wait for it."""
    exposure: str = "exposure"
    """Of images: reports 20 steps of 50 ms each."""
    fragile: str = "fragile"
    """x: FP32 [-1, 1] → x. Raises for values below 0, and its process dies below -100."""
    broken: str = "broken"
    """Does not load."""


NAMES: Final = Names()


def write(root: Path) -> None:
    """Writes every model's folder into `root`."""
    _write_adder(root)
    _write_echo(root)
    _write_birds(root)
    _write_images(root)
    _write_troubles(root)


def _model(root: Path, name: str, toml: str, code: str, version: str = "1") -> None:
    folder = root / name
    (folder / version).mkdir(parents=True, exist_ok=True)
    (folder / "model.toml").write_text(textwrap.dedent(toml))
    (folder / version / "model.py").write_text(textwrap.dedent(code))


def _tensor(kind: str, name: str, datatype: str, shape: list[int]) -> str:
    return f'[[{kind}]]\nname = "{name}"\ndatatype = "{datatype}"\nshape = {shape}\n'


def _write_adder(root: Path) -> None:
    toml = 'description = "Sums."\nmax_batch_size = 8\n[labels]\nstable = 1\n' + "".join(
        _tensor(kind, name, "FP32", [4])
        for kind, name in (
            ("inputs", "a"),
            ("inputs", "b"),
            ("outputs", "sum"),
            ("outputs", "difference"),
        )
    )
    for version, factor in (("1", 1), ("2", 2)):
        code = f"""
            class Model:
                def __init__(self, context):
                    pass

                def infer(self, tensors):
                    a, b = tensors["a"], tensors["b"]
                    return {{"sum": (a + b) * {factor}, "difference": (a - b) * {factor}}}
        """
        _model(root, NAMES.adder, toml, code, version)


def _write_echo(root: Path) -> None:
    toml = "max_batch_size = 0\n" + "".join(
        _tensor("inputs", f"in_{datatype}", datatype, [-1])
        + _tensor("outputs", f"out_{datatype}", datatype, [-1])
        for datatype in DATATYPES
    )
    code = """
        class Model:
            def __init__(self, context):
                pass

            def infer(self, tensors):
                return {name.replace("in_", "out_"): array for name, array in tensors.items()}
    """
    _model(root, NAMES.echo, toml, code)


def _write_birds(root: Path) -> None:
    toml = f"""
        output_kind = "labels"
        max_batch_size = 4

        {textwrap.indent(_tensor("inputs", "pixels", "UINT8", [8, 8, 3]), " " * 8).strip()}
        {textwrap.indent(_tensor("outputs", "scores", "FP32", [5]), " " * 8).strip()}

        [preprocessing]
        width = 8
        height = 8
        layout = "NHWC"
        scale = 1

        [interpretation]
        kind = "labels"
        top_k = 2
    """
    code = """
        import numpy as np

        class Model:
            def __init__(self, context):
                pass

            def infer(self, tensors):
                red, green, blue = np.moveaxis(tensors["pixels"].mean(axis=(1, 2)), 1, 0)
                scores = np.stack([red, green, blue, 255 - red, 0 * red], axis=1)
                return {"scores": (scores / 255).astype(np.float32)}
    """
    _model(root, NAMES.birds, toml, code)
    (root / NAMES.birds / "labels.txt").write_text("\n".join(LABELS) + "\n")


def _write_images(root: Path) -> None:
    toml = """
        output_kind = "labels"
        max_batch_size = 4

        [params]
        type = "object"
        additionalProperties = false

        [params.properties.gain]
        type = "number"
        minimum = 0
    """
    code = """
        from inference.engine.model import LabelsOutput

        class Model:
            def __init__(self, context):
                pass

            def predict(self, requests):
                return [self.measure(request) for request in requests]

            def measure(self, request):
                bright = float(request.image.mean()) / 255 * request.params.get("gain", 1)
                return LabelsOutput([("bright", bright), ("dark", 1 - bright)])
    """
    _model(root, NAMES.brightness, toml, code)
    code = """
        from inference.engine.model import ImageOutput

        class Model:
            def __init__(self, context):
                pass

            def predict(self, requests):
                return [ImageOutput(255 - request.image) for request in requests]
    """
    _model(root, NAMES.negative, 'output_kind = "image"\nmax_batch_size = 4\n', code)
    code = """
        import time

        from inference.engine.model import LabelsOutput

        class Model:
            def __init__(self, context):
                pass

            def predict(self, requests):
                for request in requests:
                    for step in range(20):
                        request.report("expose", step / 20)
                        time.sleep(0.05)
                return [LabelsOutput([("done", 1.0)]) for request in requests]
    """
    _model(root, NAMES.exposure, 'output_kind = "labels"\n', code)


def _write_troubles(root: Path) -> None:
    toml = "max_batch_size = 1\n[batching]\nmax_queue_size = 2\n" + (
        _tensor("inputs", "steps", "INT32", [1]) + _tensor("outputs", "steps", "INT32", [1])
    )
    code = """
        import time

        class Model:
            def __init__(self, context):
                pass

            def infer(self, tensors):
                time.sleep(int(tensors["steps"].sum()) / 100)
                return {"steps": tensors["steps"]}
    """
    _model(root, NAMES.patient, toml, code)
    toml = (
        "max_batch_size = 8\n"
        + _tensor("inputs", "x", "FP32", [1])
        + (_tensor("outputs", "x", "FP32", [1]))
    )
    code = """
        import os
        import signal

        class Model:
            def __init__(self, context):
                pass

            def infer(self, tensors):
                if (tensors["x"] < -100).any():
                    os.kill(os.getpid(), signal.SIGKILL)
                if (tensors["x"] < 0).any():
                    raise ValueError("x is below 0")
                return {"x": tensors["x"]}
    """
    _model(root, NAMES.fragile, toml, code)
    code = "raise RuntimeError('not today')\n"
    _model(root, NAMES.broken, 'output_kind = "labels"\n', code)
