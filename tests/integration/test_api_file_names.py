"""File names: data to show, never a path to follow."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from rest_framework.test import APIClient

from tests.integration.rest import content_of, file, post, refused, stored, uploaded
from tests.photos import tiny
from uploads.file_names import shown
from uploads.models import Upload

pytestmark = pytest.mark.django_db

NAMES = {
    "..": None,
    ".": None,
    "a/b.jpg": None,
    "../../etc/passwd": None,
    "nul\0.png": None,
    "\u202e\u200b": None,
    " ": None,
    "CON": "CON",
    ".htaccess": ".htaccess",
    "😀 party.png": "😀 party.png",
    "cafe\u0301.png": "café.png",
    "gnp\u202egpj.exe": "gnp\u202egpj.exe",
    "C:\\photos\\a.jpg": "C:\\photos\\a.jpg",
    "scan\\2024.png": "scan\\2024.png",
    "two\nlines.png": "two lines.png",
    "\U0001f469\u200d\U0001f467 family.png": "\U0001f469\u200d\U0001f467 family.png",
    "\u0645\u06cc\u200c\u062e\u0648\u0627.png": "\u0645\u06cc\u200c\u062e\u0648\u0627.png",
    'quote".png': 'quote".png',
    "semi;colon,comma.png": "semi;colon,comma.png",
    "<script>.png": "<script>.png",
    "%2e%2e%2f.png": "%2e%2e%2f.png",
    "x" * 700: "x" * 255,
}


def name_in(disposition: str) -> str:
    """The name that a browser saves a download under."""
    said = disposition.removeprefix("attachment; ")
    if said.startswith("filename*=utf-8''"):
        return unquote(said.removeprefix("filename*=utf-8''"))
    quoted = said.removeprefix('filename="').removesuffix('"')
    return re.sub(r'\\(["\\])', r"\1", quoted)


@pytest.mark.parametrize("sent", NAMES)
def test_a_name_is_shown_cleaned_or_refused_and_never_leads_out(
    as_ada: APIClient, media: Path, sent: str
) -> None:
    answer = post(as_ada, file(name=sent))
    kept = NAMES[sent]
    if kept is None:
        refused(answer, 400, "invalid_name")
        return
    (image,) = answer.json()["images"]
    assert image["name"] == kept
    (key,) = stored(media)
    assert (media / key).resolve().is_relative_to(media.resolve())
    assert Path(key).name.startswith("0-")
    assert key.isascii()
    download = as_ada.get(image["file"])
    disposition = download["Content-Disposition"]
    assert disposition.startswith("attachment; filename")
    assert "\n" not in disposition
    assert name_in(disposition) == shown(kept)
    assert content_of(download) == tiny()


def test_a_name_of_five_thousand_characters_is_refused(as_ada: APIClient) -> None:
    body = refused(post(as_ada, file(), file(name="x" * 5000)), 400, "malformed")
    assert body["errors"][0]["position"] == 1
    assert not Upload.objects.exists()


def test_a_quote_in_a_name_stays_inside_the_header(as_ada: APIClient) -> None:
    name = 'a"; filename="evil.html'
    (image,) = uploaded(as_ada, file(name=name))["images"]
    assert image["name"] == name
    disposition = as_ada.get(image["file"])["Content-Disposition"]
    assert disposition == 'attachment; filename="a\\"; filename=\\"evil.html"'
