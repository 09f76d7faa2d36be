"""Text recognition: PP-OCR's detector finds lines, its recognizer reads them, by rapidocr."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from canvas import make_canvas
from languages import guessed, hinted, unreadable
from rapidocr import RapidOCR
from rapidocr.inference_engine.onnxruntime.main import OrtInferSession
from rapidocr.main import RapidOCRError
from reading_order import rows
from weights import verified_weights

from inference.engine.model import LoadContext, Note, Output, Pixels, Region, Request, TextOutput
from inference.onnx_options import session_options

LINES_AT_ONCE = 6
MIN_CONFIDENCE = 0.7
SURE = 0.8
"""A line that is read with less confidence than this is also tried upside down."""
LINE_ASPECT = 2.5
"""How many times as wide as high what is surely meant as a line is at least."""
MAX_PARTIAL_BYTES = 16 * 1024


class Model:
    """Reads one image at a time: stage `detect`, then `recognize` in small groups of lines."""

    def __init__(self, context: LoadContext) -> None:
        weights = verified_weights(context.files / "weights.sha256")

        def options(_: object) -> onnxruntime.SessionOptions:
            return session_options(context.threads)

        # The package has no setting for threads that sleep while they wait.
        replaced = staticmethod(options)
        OrtInferSession._init_sess_opts = replaced  # type: ignore[assignment, method-assign]  # noqa: SLF001
        # Paths are given, so that the package never looks for anything to download.
        self._ocr = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_preprocess_img": False,
                "Global.use_vertical_padding": False,
                "Det.model_path": str(weights["PP-OCRv6_det_small.onnx"]),
                "Rec.model_path": str(weights["PP-OCRv6_rec_small.onnx"]),
            }
        )
        blank = np.full((48, 320, 3), 255, np.uint8)
        self._detect(blank)
        self._recognize([blank])

    def predict(self, requests: Sequence[Request]) -> Sequence[Output | Exception]:
        """The text of each image."""
        return [self._read(request) for request in requests]

    def _read(self, request: Request) -> TextOutput:
        request.report("detect", 0.0)
        canvas = make_canvas(request.image, request.width, request.height)
        crops, found = self._detect(canvas.pixels)
        order = rows(found)
        flat = [index for row in order for index in row]
        polygons = canvas.to_original(found).round().astype(int).tolist()
        outlines = [{"polygon": polygons[index]} for index in flat]
        request.report("recognize", 0.0, {"regions": _head(outlines)})
        read: dict[int, Region] = {}
        for start in range(0, len(flat), LINES_AT_ONCE):
            group = flat[start : start + LINES_AT_ONCE]
            for index, line in zip(
                group, self._recognize([crops[index] for index in group]), strict=True
            ):
                text, confidence = line
                if text and confidence >= MIN_CONFIDENCE:
                    read[index] = Region(_corners(polygons[index]), text, confidence)
            done = start + len(group)
            lines = [_as_json(region) for region in read.values()]
            request.report("recognize", done / len(flat), {"regions": _tail(lines), "done": done})
        text = "\n".join(
            " ".join(read[index].text for index in row if index in read)
            for row in order
            if any(index in read for index in row)
        )
        language = hinted(request.image_type) or guessed(text)
        unread = sum(_is_line(crops[index]) for index in flat if index not in read)
        notes = _notes(request.image_type, len(read), unread)
        return TextOutput(list(read.values()), language, text, notes=notes)

    def _detect(self, pixels: Pixels) -> tuple[list[Pixels], npt.NDArray[np.float32]]:
        try:
            crops, found = self._ocr.detect_and_crop(pixels, {})
        except RapidOCRError:  # how it says that there is no text
            return [], np.empty((0, 4, 2), np.float32)
        return crops, np.asarray(found.boxes, np.float32)

    def _recognize(self, crops: list[Pixels]) -> list[tuple[str, float]]:
        lines = self._recognize_upright(crops)
        unsure = [index for index, (_, confidence) in enumerate(lines) if confidence < SURE]
        turned = self._recognize_upright([np.rot90(crops[index], 2) for index in unsure])
        for index, (text, confidence) in zip(unsure, turned, strict=True):
            # A single letter doesn't tell which way up it stands.
            if len(text) > 1 and confidence > lines[index][1]:
                lines[index] = text, confidence
        return lines

    def _recognize_upright(self, crops: list[Pixels]) -> list[tuple[str, float]]:
        if not crops:
            return []
        lines = self._ocr.recognize_txt(crops)
        texts = (text.strip() for text in lines.txts or ())
        return [(text, float(score)) for text, score in zip(texts, lines.scores, strict=True)]


def _notes(hint: str, read: int, unread: int) -> list[Note]:
    """What is told beside the text; `read` and `unread` are numbers of lines."""
    if name := unreadable(hint):
        message = f"This model cannot read {name}: it knows no letters of that script."
    elif unread and unread >= read:
        lines = "1 line that looks" if unread == 1 else f"{unread} lines that look"
        message = f"{lines} like text could not be read: this model may not know the script."
    else:
        return []
    return [Note("script_not_readable", message)]


def _is_line(crop: Pixels) -> bool:
    """Whether a crop has a line's shape; specks that are no text mostly have not."""
    height, width = crop.shape[:2]
    return bool(width >= LINE_ASPECT * height)


def _corners(polygon: list[list[int]]) -> Any:
    return tuple((x, y) for x, y in polygon)


def _as_json(region: Region) -> dict[str, Any]:
    return {
        "polygon": [list(corner) for corner in region.polygon],
        "text": region.text,
        "confidence": round(region.confidence, 4),
    }


def _head(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As many of the first entries as a partial result may hold."""
    room = MAX_PARTIAL_BYTES - 100
    for position, entry in enumerate(entries):
        room -= len(json.dumps(entry)) + 2
        if room < 0:
            return entries[:position]
    return entries


def _tail(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As many of the last entries as a partial result may hold."""
    return _head(entries[::-1])[::-1]
