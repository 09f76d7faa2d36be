"""The command `cutouts`: removes the background of photos and compares with outlines by hand."""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from inference.engine.child.backends import python
from inference.engine.model import ImageOutput, LoadContext, Request
from quality.conditions import Pixels
from quality.photos import PhotoMissing, photo
from quality.reading import MODELS
from quality.report import write_json, write_sheet

OUTLINES: Final = Path(__file__).parent / "outlines"
SHORT: Final = ("astronaut", "coffee", "camera")
TOLERANCE: Final = 3
"""Pixels by which an edge may be off."""
BEHIND: Final = np.array([0, 200, 0])

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Cutout:
    """How near one cut-out comes to its outline."""

    photo: str
    used_for: str
    iou: float
    """Intersection over union, at alpha one half."""
    edge: float
    """F-measure of the boundary's pixels within `TOLERANCE`."""
    cpu_seconds: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--version", default="2")
    parser.add_argument("--short", action="store_true", help=f"{', '.join(SHORT)} only")
    parser.add_argument("--threads", type=int, default=1)


def measure(arguments: argparse.Namespace, console: Console) -> None:
    """Print the table and write the figures and the contact sheet to var/quality."""
    names = SHORT if arguments.short else sorted(file.stem for file in OUTLINES.glob("*.json"))
    folder = MODELS / "background-removal" / arguments.version
    model = python.load(
        [folder, folder.parent], LoadContext(folder, "cpu", arguments.threads), None
    )
    found: list[Cutout] = []
    pictures: list[tuple[str, Pixels]] = []
    for name in names:
        outline = json.loads((OUTLINES / f"{name}.json").read_text())
        try:
            image = photo(outline["source"], outline["sha256"])
        except PhotoMissing as missing:
            console.print(f"Without {name}: {missing}")
            continue
        cutout, pixels = _cut_out(model, name, image, outline)
        found.append(cutout)
        pictures += [(name, image), (f"{name} {cutout.iou:.3f} {cutout.edge:.2f}", pixels)]
    _print(console, found)
    title = f"background-removal-{arguments.version}"
    console.print(str(write_json(title, [asdict(one) for one in found])))
    console.print(str(write_sheet(title, pictures)))


def scores(mask: Mask, outline: Any) -> tuple[float, float]:
    """IoU and edge F-measure of a mask (h, w) against an outline, where that is sure."""
    wanted = _filled(outline["subject"], mask.shape) & ~_filled(outline["holes"], mask.shape)
    counts = ~_filled(outline["unsure"], mask.shape)
    union = ((mask | wanted) & counts).sum()
    overlap = (mask & wanted & counts).sum() / max(1, union)
    edges = [_edge(one) & counts for one in (mask, wanted)]
    near = [_share_near(edges[0], edges[1]), _share_near(edges[1], edges[0])]
    return float(overlap), 2 * near[0] * near[1] / max(1e-9, sum(near))


def _cut_out(model: Any, name: str, image: Pixels, outline: Any) -> tuple[Cutout, Pixels]:
    height, width = image.shape[:2]
    started = time.process_time()
    (output,) = model.predict([Request(image, width, height, 1.0, {}, "", lambda *_: None)])
    seconds = time.process_time() - started
    assert isinstance(output, ImageOutput)  # noqa: S101  # for the type checker
    pixels = output.pixels
    if pixels.shape[2] == 3:  # no subject was found
        pixels = np.dstack([pixels, np.full(image.shape[:2], 255, np.uint8)])
    iou, edge = scores(pixels[..., 3] > 127, outline)
    alpha = pixels[..., 3:] / 255
    shown = np.asarray(pixels[..., :3] * alpha + BEHIND * (1 - alpha), np.uint8)
    return Cutout(name, outline["used_for"], iou, edge, seconds), shown


def _filled(polygons: Sequence[Any], shape: tuple[int, ...]) -> Mask:
    filled = np.zeros(shape, np.uint8)
    for polygon in polygons:
        cv2.fillPoly(filled, [np.array(polygon, np.int32)], 1)
    return filled > 0


def _edge(mask: Mask) -> Mask:
    """The mask's outermost pixels, but for those at the picture's own edges."""
    inner = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1)
    return np.asarray(mask & (inner == 0))


def _share_near(edge: Mask, other: Mask) -> float:
    """Which part of an edge lies within the tolerance of the other."""
    if not edge.any() or not other.any():
        return 0.0
    distance = cv2.distanceTransform((~other).astype(np.uint8), cv2.DIST_L2, 5)
    return float((distance[edge] <= TOLERANCE).mean())


def _print(console: Console, found: Sequence[Cutout]) -> None:
    table = Table("photo", "used for", "IoU", "edge F", "CPU s", title="Cut-outs")
    for one in found:
        figures = f"{one.iou:.3f}", f"{one.edge:.2f}", f"{one.cpu_seconds:.2f}"
        table.add_row(one.photo, one.used_for, *figures)
    for kind in ("tuning", "held_out"):
        of_kind = [one for one in found if one.used_for == kind]
        if of_kind:
            worst = min(one.iou for one in of_kind)
            mean = np.mean([one.iou for one in of_kind])
            edge = np.mean([one.edge for one in of_kind])
            table.add_row("mean (worst)", kind, f"{mean:.3f} ({worst:.3f})", f"{edge:.2f}", "")
    console.print(table)
