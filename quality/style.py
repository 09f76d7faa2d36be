"""The command `style`: paints photos in each preset, and tells how near the style they come.

Style distance compares means and deviations of channels at four depths of a network that no
painter uses (the encoder of u2netp), as Gatys, Ecker and Bethge (2016) compare Gram matrices. It is
given as a share of what is left where colors alone are moved (Erik Reinhard et al.: Color Transfer
between Images, 2001).

It also tells which two styles look most alike at a glance.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from rich.console import Console
from rich.table import Table
from skimage import data

from inference.engine.child.backends import python
from inference.engine.model import ImageOutput, LoadContext, Request
from inference.painting.pictures import read_picture
from quality.conditions import Pixels
from quality.looks import looks, nearest
from quality.reading import MODELS
from quality.report import write_json, write_sheet

PHOTOS: Final = ("astronaut", "chelsea", "coffee", "rocket")
NETWORK: Final = MODELS / "background-removal" / "2" / "u2netp.onnx"
SIDE: Final = 320
DEPTHS: Final = 4
VERSION: Final = MODELS / "style-transfer" / "1"

Descriptor = list[npt.NDArray[np.float64]]


@dataclass(frozen=True)
class Painting:
    """How one photo came out in one style."""

    photo: str
    style: str
    distance: float
    """To the style picture, over that of the photo with the picture's colors: 1 is no style."""
    content: float
    """How far its edges are the photo's: a correlation, at most 1."""
    alike: str
    """The style in which the photo looks most like this painting."""
    apart: float
    """How far that one is: `looks`."""
    cpu_seconds: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--short", action="store_true", help="one photo")
    parser.add_argument("--threads", type=int, default=1)


def measure(arguments: argparse.Namespace, console: Console) -> None:
    """Print the table and write the figures and the contact sheet to var/quality."""
    if not NETWORK.is_file():
        console.print(f"{NETWORK.name} is missing, which compares styles: nothing is measured.")
        return
    describe = descriptor()
    model = python.load(
        [VERSION, VERSION.parent], LoadContext(VERSION, "cpu", arguments.threads), None
    )
    styles = {file.stem: read_picture(file) for file in sorted((VERSION / "styles").iterdir())}
    found, pictures = [], list(styles.items())
    for name in PHOTOS[:1] if arguments.short else PHOTOS:
        photo = np.asarray(getattr(data, name)(), np.uint8)
        painted: dict[str, tuple[Pixels, float]] = {}
        for style in styles:
            cpu = time.process_time()
            painting = _painted(model, photo, style)
            painted[style] = painting, time.process_time() - cpu
        alike = nearest({style: looks(one) for style, (one, _) in painted.items()})
        for style, picture in styles.items():
            painting, cpu = painted[style]
            colored = recolored(photo, picture)
            near, far = (distance(describe, one, picture) for one in (painting, colored))
            kept = edges_kept(photo, painting)
            found.append(Painting(name, style, near / far, kept, *alike[style], cpu))
            pictures.append((f"{found[-1].distance:.2f} {style}", painting))
    _print(console, found)
    console.print(str(write_json("style-transfer-1", [asdict(one) for one in found])))
    console.print(str(write_sheet("style-transfer-1", pictures)))


def descriptor() -> Any:
    """What describes a picture: means and deviations of channels at each depth."""
    network = onnx.load(NETWORK)
    names = [node.output[0] for node in network.graph.node if node.op_type == "Add"][:DEPTHS]
    del network.graph.output[:]
    network.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    session = onnxruntime.InferenceSession(
        network.SerializeToString(), providers=["CPUExecutionProvider"]
    )

    def describe(picture: Pixels) -> Descriptor:
        small = _at_scale(picture).astype(np.float32) / 255
        normal = (small - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)
        entry = session.get_inputs()[0].name
        features = session.run(names, {entry: normal.transpose(2, 0, 1)[None].astype(np.float32)})
        return [
            np.concatenate([one.mean(axis=(0, 2, 3)), one.std(axis=(0, 2, 3))]).astype(np.float64)
            for one in features
        ]

    return describe


def _at_scale(picture: Pixels) -> Pixels:
    """The middle of a picture, pixel by pixel: strokes are compared at the size they have."""
    missing = [max(0, SIDE - side) for side in picture.shape[:2]]
    around = [(one // 2, one - one // 2) for one in missing]
    filled = np.pad(picture, (*around, (0, 0)), mode="reflect")
    top, left = ((side - SIDE) // 2 for side in filled.shape[:2])
    return filled[top : top + SIDE, left : left + SIDE]


def distance(describe: Any, picture: Pixels, style: Pixels) -> float:
    """How far two pictures' descriptors are apart, relative to the style's, over all depths."""
    pairs = zip(describe(picture), describe(style), strict=True)
    return float(np.mean([np.linalg.norm(a - b) / np.linalg.norm(b) for a, b in pairs]))


def recolored(photo: Pixels, style: Pixels) -> Pixels:
    """The photo with the mean and deviation of the style's colors in Lab."""
    ours, theirs = (
        cv2.cvtColor(one.astype(np.float32) / 255, cv2.COLOR_RGB2LAB) for one in (photo, style)
    )
    moved = (ours - ours.mean((0, 1))) / (ours.std((0, 1)) + 1e-6) * theirs.std((0, 1))
    rgb = cv2.cvtColor(np.asarray(moved + theirs.mean((0, 1)), np.float32), cv2.COLOR_LAB2RGB)
    return np.asarray(np.clip(rgb, 0, 1) * 255, np.uint8)


def edges_kept(photo: Pixels, painting: Pixels) -> float:
    """The correlation of both pictures' edges, two pixels blurred."""
    edges = [_edges(one).ravel() for one in (photo, painting)]
    return float(np.corrcoef(edges[0], edges[1])[0, 1])


def _edges(picture: Pixels) -> npt.NDArray[np.float32]:
    grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), 2).astype(np.float32)
    return np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))


def _painted(model: Any, photo: Pixels, style: str) -> Pixels:
    height, width = photo.shape[:2]
    request = Request(photo, width, height, 1.0, {"style": style}, "", lambda *_: None)
    (output,) = model.predict([request])
    assert isinstance(output, ImageOutput)  # noqa: S101  # for the type checker
    return output.pixels


def _print(console: Console, found: Sequence[Painting]) -> None:
    columns = ("style", "distance", "content", "CPU s", "nearest look")
    table = Table(*columns, title="style-transfer 1")
    for style in [*sorted({one.style for one in found}), "all"]:
        of_it = [one for one in found if style in (one.style, "all")]
        figures = (
            np.mean([getattr(one, key) for one in of_it])
            for key in ("distance", "content", "cpu_seconds")
        )
        closest = min(of_it, key=lambda one: one.apart)
        table.add_row(
            style,
            *(f"{figure:.2f}" for figure in figures),
            f"{closest.apart:.0f} {closest.alike}",
        )
    console.print(table)
