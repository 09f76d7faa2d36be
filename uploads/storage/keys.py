"""How files are called in storage: the same keys on the local disk and in the archive."""

import re
import unicodedata
from typing import Final

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


def upload_path(user_id: int, upload_id: int) -> str:
    """The folder of an upload."""
    return f"{user_id}/upload{upload_id}"


def image_path(folder: str, position: int, name: str, page: int = 1) -> str:
    """The key of an original: its position keeps equal names apart, and so does its page.

    Under the key of each page lies the whole document.
    """
    place = f"{position}" if page == 1 else f"{position}.{page}"
    return f"{folder}/images/{place}-{safe_name(name)}"


def page_of(key: str) -> int:
    """Which page of its file the key of an original stands for, from 1."""
    place = key.rpartition("/")[2].partition("-")[0]
    return int(place.partition(".")[2] or 1)


def document_key(key: str) -> str:
    """The key of the first page of an original's file: its own, but for later pages."""
    folder, _, name = key.rpartition("/")
    place, _, rest = name.partition("-")
    return f"{folder}/{place.partition('.')[0]}-{rest}"


def thumbnail_path(folder: str, image_id: int) -> str:
    return f"{folder}/thumbnails/{image_id}.jpg"


def display_path(thumbnail: str) -> str:
    """The key of the larger picture beside a thumbnail, where browsers do not show the original."""
    return thumbnail.removesuffix(".jpg") + "-display.jpg"


def results_folder(folder: str, prediction_id: int) -> str:
    """The folder of all attempts' results."""
    return f"{folder}/results/{prediction_id}"


def results_path(folder: str, prediction_id: int, attempt: int) -> str:
    """The folder of an attempt's results: attempts never share one, so no file needs a fence."""
    return f"{results_folder(folder, prediction_id)}/{attempt}"


def safe_name(name: str) -> str:
    """A client's file name as plain ASCII that any file system and any object store takes."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    cleaned = _UNSAFE.sub("-", ascii_name).strip("-.")
    return cleaned[-100:].lstrip("-.") or "image"
