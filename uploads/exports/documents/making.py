"""A prediction's text in another form, as a file that is complete before it is sent."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from uploads.errors import NotExportable, SourceGone, StorageUnavailable
from uploads.exports.documents import hocr, pdf, plain
from uploads.exports.documents.pdf_picture import Embedded, embedded
from uploads.exports.names import safe_name, split
from uploads.exports.sources import Away, NotThere, Sources
from uploads.models import Image, Prediction
from uploads.storage import incoming


@dataclass(frozen=True)
class Form:
    """What a form is called, and how its file is written."""

    content_type: str
    write: Callable[[IO[bytes], Prediction, dict[str, Any]], None]


@dataclass(frozen=True)
class Document:
    """A file without a name, at its beginning, for its taker to close; its size in bytes."""

    file: IO[bytes]
    size: int
    name: str
    content_type: str


def made(prediction: Prediction, form: str) -> Document:
    """A prediction (with its image) in one of `FORMS`.

    Raises:
        NotExportable: its result is no text, or its photo does not go into a PDF.
        SourceGone: its photo is no longer stored.
        StorageUnavailable: the storage has no room, or does not give the photo now.
    """
    output = prediction.output
    if output is None or output.get("kind") != "text":
        raise NotExportable
    file = incoming.new_file()
    try:
        Path(file.name).unlink()
        FORMS[form].write(file, prediction, output)
        size = file.tell()
        file.seek(0)
    except BaseException as error:
        file.close()
        if isinstance(error, OSError):
            raise StorageUnavailable from error
        raise
    image = prediction.image
    stem = split(safe_name(image.image_name))[0]
    if image.pages > 1:
        stem += f"-p{image.page}"
    return Document(file, size, f"{stem}.{form}", FORMS[form].content_type)


def _text(file: IO[bytes], _: Prediction, output: dict[str, Any]) -> None:
    file.write(plain.text(output).encode(errors="replace"))


def _markdown(file: IO[bytes], _: Prediction, output: dict[str, Any]) -> None:
    file.write(plain.markdown(output).encode(errors="replace"))


def _hocr(file: IO[bytes], prediction: Prediction, output: dict[str, Any]) -> None:
    image = prediction.image
    text = hocr.hocr(
        output,
        name=image.shown_name,
        width=image.width,
        height=image.height,
        model=f"{prediction.model} {prediction.model_version}",
    )
    file.write(text.encode())


def _pdf(file: IO[bytes], prediction: Prediction, output: dict[str, Any]) -> None:
    image = prediction.image
    size = image.width, image.height
    pdf.write_pdf(file, output, _picture(image), size, image.shown_name)


def _picture(image: Image) -> Embedded:
    sources = Sources()
    try:
        shown = sources.original if image.is_shown_by_browsers else sources.display
        with shown(image) as file:
            return embedded(file)
    except Away as error:
        raise StorageUnavailable(f"The photo cannot be had: {error}.") from None
    except NotThere:
        raise SourceGone from None


FORMS: Final[dict[str, Form]] = {
    "txt": Form("text/plain; charset=utf-8", _text),
    "md": Form("text/markdown; charset=utf-8", _markdown),
    "hocr": Form("text/vnd.hocr+html; charset=utf-8", _hocr),
    "pdf": Form("application/pdf", _pdf),
}
