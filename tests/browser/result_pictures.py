"""`make pictures`, of results that are pictures: beside each other and under a caption.

They come from a running Darkroom, by its API; the fonts of captions come with Pillow.
"""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageDraw, ImageOps

from tests.darkroom import ROOT, Person
from tests.photos import on_disk

SHIPPED: Final = ROOT / "inference" / "models"
STYLES: Final = SHIPPED / "style-transfer" / "1" / "styles"
PRESETS: Final = (
    *("stained-glass", "ink", "charcoal", "woodblock", "cubism"),
    *("water-lilies", "starry-night", "mosaic", "tiles", "pop-art", "paper-cut"),
)
TILE: Final = 128
GAP: Final = 5
CAPTION: Final = 13
CHECKED: Final = 8
"""The side of a square of the pattern behind what is transparent."""
DETAIL: Final = (28, 20, 148, 108)
"""Of the upscalers' sample: left, top, right, bottom."""
DETAIL_OF_PHOTO: Final = (72, 14, 192, 102)
"""Of the astronaut, halved: her face."""

Captioned = tuple[str, Image.Image]


def cut_outs(person: Person, folder: Path) -> Image.Image:
    """The dahlia; cut out; before its blurred background; as a mask."""
    sample = SHIPPED / "background-removal" / "sample.jpg"
    asked: list[dict[str, Any]] = [{}, {"background": "blur"}, {"output": "mask"}]
    results = [_result(person, sample, "background-removal", **params) for params in asked]
    size = (259, 193)
    shown = [ImageOps.fit(_on_checks(one), size) for one in (Image.open(sample), *results)]
    del folder
    return _sheet([("", one) for one in shown], columns=4)


def paintings(person: Person, folder: Path) -> Image.Image:
    """The astronaut in each preset, with its picture; a cup with other parameters."""
    astronaut, cup = on_disk(folder, "astronaut", "coffee")
    tiles: list[Captioned] = [("photo", _square(Image.open(astronaut)))]
    for style in PRESETS:
        painted = _result(person, astronaut, "style-transfer", style=style)
        tiles.append((style, _inlaid(painted, Image.open(STYLES / f"{style}.png"))))
    (picture,) = person.upload(astronaut, model="digits")["images"]
    asked: list[tuple[str, dict[str, Any]]] = [
        ("style_image", {"style_image": picture["id"]}),
        ("preserve_color", {"style": "starry-night", "preserve_color": True}),
        ("alpha 0.5", {"style": "ink", "alpha": 0.5}),
        ("stroke 256", {"style": "charcoal", "stroke": 256}),
        ("stroke 600", {"style": "charcoal", "stroke": 600}),
    ]
    tiles.append(("photo", _square(Image.open(cup))))
    for caption, params in asked:
        painted = _result(person, cup, "style-transfer", **params)
        inlay = Image.open(astronaut) if "style_image" in params else None
        tiles.append((caption, _inlaid(painted, inlay)))
    return _sheet(tiles, columns=6)


def enlarged(person: Person, folder: Path) -> Image.Image:
    """Details of a page and of a portrait: as it was, plainly enlarged, by each upscaler."""
    sample = ROOT / "inference" / "weights" / "catalog" / "upscale" / "sample.jpg"
    (astronaut,) = on_disk(folder, "astronaut")
    half = folder / "half.png"
    with Image.open(astronaut) as whole:
        whole.reduce(2).save(half)
    tiles = []
    for file, box in ((sample, DETAIL), (half, DETAIL_OF_PHOTO)):
        photo = Image.open(file).convert("RGB")
        larger = (4 * photo.width, 4 * photo.height)
        shown = [
            ("before", photo.resize(larger, Image.Resampling.NEAREST)),
            ("plainly enlarged", photo.resize(larger, Image.Resampling.LANCZOS)),
            *(
                (f"{model}, scale 4", _result(person, file, model, scale=4))
                for model in ("upscale", "upscale-esrgan-slim")
            ),
        ]
        corners = [4 * side for side in box]
        tiles += [
            (caption, one.crop((corners[0], corners[1], corners[2], corners[3])).reduce(2))
            for caption, one in shown
        ]
    return _sheet(tiles, columns=4)


SHEETS: Final = {
    "background-removal": cut_outs,
    "style-transfer": paintings,
    "upscale": enlarged,
}


def _result(person: Person, photo: Path, model: str, **params: Any) -> Image.Image:
    upload = person.upload(photo, model=model, params=json.dumps(params))
    (image,) = person.finished(upload)["images"]
    (prediction,) = person.get(image["predictions"])["results"]
    assert prediction["state"] == "succeeded", prediction
    answer = person.http.get(f"/api/predictions/{prediction['id']}/output/")
    answer.raise_for_status()
    return Image.open(io.BytesIO(answer.content))


def _on_checks(picture: Image.Image) -> Image.Image:
    """What is transparent in front of gray and white squares."""
    behind = Image.new("RGB", picture.size, "white")
    draw = ImageDraw.Draw(behind)
    for row, top in enumerate(range(0, picture.height, CHECKED)):
        for left in range(row % 2 * CHECKED, picture.width, 2 * CHECKED):
            draw.rectangle((left, top, left + CHECKED - 1, top + CHECKED - 1), fill="#d7d7d7")
    shown = picture.convert("RGBA")
    behind.paste(shown, mask=shown)
    return behind


def _square(picture: Image.Image) -> Image.Image:
    return ImageOps.fit(picture.convert("RGB"), (TILE, TILE))


def _inlaid(picture: Image.Image, inlay: Image.Image | None) -> Image.Image:
    """With another one small in its corner."""
    tile = _square(picture)
    if inlay is not None:
        small = ImageOps.fit(inlay.convert("RGB"), (TILE // 3, TILE // 3))
        tile.paste(small, (TILE - small.width, TILE - small.height))
    return tile


def _sheet(tiles: Sequence[Captioned], *, columns: int) -> Image.Image:
    """Tiles of one size, row by row; room for captions where there are any."""
    width, height = tiles[0][1].size
    above = CAPTION if any(caption for caption, _ in tiles) else 0
    rows = -(-len(tiles) // columns)
    size = (columns * (width + GAP) - GAP, rows * (above + height + GAP) - GAP)
    sheet = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(sheet)
    for position, (caption, tile) in enumerate(tiles):
        left, top = position % columns * (width + GAP), position // columns * (above + height + GAP)
        draw.text((left, top - 1), caption, fill="black")
        sheet.paste(tile, (left, top + above))
    return sheet
