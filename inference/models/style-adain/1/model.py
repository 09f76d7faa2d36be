"""AdaIN: a photo painted with the statistics of a picture by the decoder of an artist.

Beside this file lie `vgg_normalised.pth`, a decoder for each artist as `NAME.pth` or `NAME.tar`,
and, where an artist has a picture to paint like, `NAME.jpg` or `NAME.png`.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import torch
from adain import Statistics, decoded, encoded, restyled, statistics
from layers import decoder, encoder
from torch import nn

from inference.engine.model import (
    ImageOutput,
    InvalidParams,
    LoadContext,
    LoadError,
    Output,
    Pixels,
    Request,
)
from inference.painting.enlarge import Enlarger
from inference.painting.pictures import as_transparent, read_picture
from inference.painting.preview import preview
from inference.painting.working_copy import padded, shrunk

ENCODER: Final = "vgg_normalised.pth"
STROKE: Final = 768
STYLE_SIDE: Final = 512
"""The longest side at which a style picture is looked at, in pixels."""
LEAST: Final = 16
"""A side of a picture has at least so many pixels: its features have something to mirror."""
KEPT_DECODERS: Final = 4


class Model:
    """Works on one image at a time: stages `style`, `encode`, `paint` and `enlarge`."""

    def __init__(self, context: LoadContext) -> None:
        """Load the encoder, and each artist's decoder once to see that it is one."""
        self._context = context
        self._device = context.torch_device()
        cv2.setNumThreads(context.threads)
        self._encoder = encoder(context.load_weights(ENCODER), ENCODER).to(self._device)
        self._artists = artists(context.files)
        if not self._artists:
            raise LoadError(
                "There is no artist's decoder beside the encoder: NAME.pth or NAME.tar."
            )
        self._decoder = lru_cache(KEPT_DECODERS)(self._load_decoder)
        for name in self._artists:
            self._load_decoder(name)

    @torch.inference_mode()
    def predict(self, requests: Sequence[Request]) -> Sequence[Output | Exception]:
        """Each photo, painted, at its own size."""
        return [self._painted(request) for request in requests]

    def _painted(self, request: Request) -> ImageOutput:
        params = request.params
        request.report("style", 0.0)
        artist = str(params.get("artist", next(iter(self._artists))))
        if artist not in self._artists:
            raise InvalidParams(f"artist: there is none called {artist}.")
        style = self._style(request, artist)
        copy = shrunk(request.image, int(params.get("stroke", STROKE)))
        painting = self._paint(request, copy, style, self._decoder(artist))
        result = np.empty_like(request.image)
        preserve_color = bool(params.get("preserve_color", False))
        enlarger = Enlarger(copy, painting, preserve_color=preserve_color)
        for top, band in enlarger.bands(request.image):
            result[top : top + len(band)] = band
            request.report("enlarge", (top + len(band)) / len(result))
        return ImageOutput(as_transparent(result, request.rgba))

    def _paint(
        self, request: Request, copy: Pixels, style: Statistics, artist: nn.Module
    ) -> Pixels:
        height, width = copy.shape[:2]
        picture = self._tensor(copy)
        features = encoded(self._encoder, picture, lambda done: request.report("encode", done))
        features = restyled(features, style, float(request.params.get("alpha", 1.0)))

        def on_done(fraction: float, so_far: torch.Tensor) -> None:
            partial = preview(_pixels(so_far)[:height, :width])
            request.report("paint", fraction, partial)

        return _pixels(decoded(artist, features, on_done))[:height, :width]

    def _style(self, request: Request, artist: str) -> Statistics:
        picture = request.images.get("style_image")
        if picture is None:
            picture = self._picture_of(artist)
        features = encoded(
            self._encoder,
            self._tensor(shrunk(picture, STYLE_SIDE)),
            lambda done: request.report("style", done),
        )
        return statistics(features)

    def _picture_of(self, artist: str) -> Pixels:
        for ending in ("jpg", "png"):
            file = self._context.files / f"{artist}.{ending}"
            if file.is_file():
                return read_picture(file)
        raise InvalidParams(f"style_image: choose a picture to paint like: {artist} brings none.")

    def _load_decoder(self, artist: str) -> nn.Module:
        file = self._artists[artist]
        return decoder(self._context.load_weights(file.name), file.name).to(self._device)

    def _tensor(self, picture: Pixels) -> torch.Tensor:
        ready = padded(picture, multiple=1, least=LEAST)
        values = torch.from_numpy(np.ascontiguousarray(ready)).to(self._device)
        return values.permute(2, 0, 1)[None].float() / 255


def artists(folder: Path) -> dict[str, Path]:
    """The decoders in a folder, by their names; of two of one name the first counts."""
    found: dict[str, Path] = {}
    for file in sorted(folder.iterdir()):
        if file.suffix in {".pth", ".tar"} and file.name != ENCODER:
            found.setdefault(file.stem, file)
    return found


def _pixels(picture: torch.Tensor) -> Pixels:
    """(H, W, 3) uint8 of (1, 3, H, W) about 0 to 1."""
    values = (picture[0].clamp(0, 1) * 255).round().to(torch.uint8)
    return np.asarray(values.permute(1, 2, 0).cpu().numpy(), np.uint8)
