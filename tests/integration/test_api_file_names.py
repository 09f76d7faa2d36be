"""File names: data to show, never a path to follow."""

from pathlib import Path

import pytest
from rest_framework.test import APIClient

from tests.integration.rest import content_of, file, post, refused, stored, uploaded
from tests.photos import tiny
from uploads.models import Upload

pytestmark = pytest.mark.django_db

NAMES = {
    "..": None,
    ".": None,
    "a/b.jpg": None,
    "../../etc/passwd": None,
    "C:\\photos\\a.jpg": None,
    "nul\0.png": None,
    "\u202e\u200b": None,
    " ": None,
    "CON": "CON",
    ".htaccess": ".htaccess",
    "😀 party.png": "😀 party.png",
    "cafe\u0301.png": "café.png",
    "gnp\u202egpj.exe": "gnpgpj.exe",
    'quote".png': 'quote".png',
    "semi;colon,comma.png": "semi;colon,comma.png",
    "<script>.png": "<script>.png",
    "%2e%2e%2f.png": "%2e%2e%2f.png",
    "x" * 700: "x" * 255,
}


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
    assert content_of(download) == tiny()


def test_a_name_of_five_thousand_characters_is_refused(as_ada: APIClient) -> None:
    assert post(as_ada, file(name="x" * 5000)).status_code == 400
    assert not Upload.objects.exists()


def test_a_quote_in_a_name_stays_inside_the_header(as_ada: APIClient) -> None:
    name = 'a"; filename="evil.html'
    (image,) = uploaded(as_ada, file(name=name))["images"]
    assert image["name"] == name
    disposition = as_ada.get(image["file"])["Content-Disposition"]
    assert disposition == 'attachment; filename="a\\"; filename=\\"evil.html"'
