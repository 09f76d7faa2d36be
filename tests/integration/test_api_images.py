"""Images: what is known of one, its original and its thumbnail."""

from pathlib import Path

import pytest
from rest_framework.test import APIClient

from tests.integration.attempts import claim
from tests.integration.rest import content_of, file, refused, succeed, uploaded
from tests.photos import photo
from uploads.models import Event, Image, User
from uploads.storage import local

pytestmark = pytest.mark.django_db


def test_an_image_reads_as_in_its_upload(as_ada: APIClient) -> None:
    for image in uploaded(as_ada, file(), file())["images"]:
        assert as_ada.get(f"/api/images/{image['id']}/").json() == image


def test_an_image_shows_the_prediction_its_upload_asked_for(as_ada: APIClient) -> None:
    image = uploaded(as_ada)["images"][0]
    as_ada.post(image["predictions"], {"model": "background-removal"}, format="json")
    fresh = as_ada.get(f"/api/images/{image['id']}/").json()
    assert fresh["prediction"]["id"] == image["prediction"]["id"]


def test_an_original_comes_back_byte_for_byte_as_a_harmless_attachment(as_ada: APIClient) -> None:
    coffee = photo("coffee")
    image = uploaded(as_ada, file(coffee, "coffee.png"))["images"][0]
    answer = as_ada.get(image["file"])
    assert answer.status_code == 200
    assert content_of(answer) == coffee
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Length"] == str(len(coffee))
    assert answer["Content-Disposition"] == 'attachment; filename="coffee.png"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cross-Origin-Resource-Policy"] == "same-site"
    assert answer["Cache-Control"] == "private, no-store"


def test_a_name_that_is_not_ascii_comes_back_encoded(as_ada: APIClient) -> None:
    image = uploaded(as_ada, file(name="caffè.png"))["images"][0]
    disposition = as_ada.get(image["file"])["Content-Disposition"]
    assert disposition == "attachment; filename*=utf-8''caff%C3%A8.png"


def test_a_download_is_told_to_the_audit_alone(as_ada: APIClient, ada: User) -> None:
    image = uploaded(as_ada)["images"][0]
    answer = as_ada.get(image["file"], headers={"User-Agent": "curl/8"})
    content_of(answer)
    event = Event.objects.get(kind="image.downloaded")
    assert (event.user_id, event.actor_id, event.image_id) == (ada.pk, ada.pk, image["id"])
    assert (event.seq, event.client, event.address) == (None, "curl/8", "127.0.0.1")


def test_a_thumbnail_is_there_once_it_is_made(as_ada: APIClient) -> None:
    image = uploaded(as_ada)["images"][0]
    address = f"/api/images/{image['id']}/thumbnail/"
    assert image["thumbnail"] is None
    refused(as_ada.get(address), 404, "not_found")
    succeed(image["prediction"]["id"])
    assert as_ada.get(f"/api/images/{image['id']}/").json()["thumbnail"] == address
    answer = as_ada.get(address)
    assert content_of(answer) == b"a thumbnail"
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_thumbnail_of_an_earlier_version_is_told_as_what_it_is(
    as_ada: APIClient, media: Path
) -> None:
    image = uploaded(as_ada)["images"][0]
    (media / "old.webp").write_bytes(b"RIFF")
    Image.objects.update(thumbnail_path="old.webp")
    answer = as_ada.get(f"/api/images/{image['id']}/thumbnail/")
    assert (answer["Content-Type"], content_of(answer)) == ("image/webp", b"RIFF")


@pytest.mark.parametrize("is_empty", [True, False])
def test_a_thumbnail_that_was_lost_with_the_power_is_made_again_by_the_next_prediction(
    as_ada: APIClient, media: Path, *, is_empty: bool
) -> None:
    image = uploaded(as_ada)["images"][0]
    if is_empty:
        (media / "lost.jpg").touch()
    Image.objects.update(thumbnail_path="lost.jpg")
    refused(as_ada.get(f"/api/images/{image['id']}/thumbnail/"), 404, "not_found")
    assert as_ada.get(f"/api/images/{image['id']}/").json()["thumbnail"] is None
    (taken,) = claim()
    assert taken.wants_thumbnail


def test_while_the_originals_are_away_too_no_thumbnail_is_given_up(
    as_ada: APIClient, media: Path
) -> None:
    image = uploaded(as_ada)["images"][0]
    succeed(image["prediction"]["id"])
    media.rename(media.parent / "away")
    media.mkdir()
    address = f"/api/images/{image['id']}/thumbnail/"
    refused(as_ada.get(address), 404, "not_found")
    assert as_ada.get(f"/api/images/{image['id']}/").json()["thumbnail"] == address


@pytest.mark.parametrize("accept", ["image/webp,image/*", "text/html", "nonsense"])
def test_a_file_is_given_whatever_its_client_says_to_accept(as_ada: APIClient, accept: str) -> None:
    image = uploaded(as_ada)["images"][0]
    succeed(image["prediction"]["id"])
    for what in ("file", "thumbnail"):
        address = f"/api/images/{image['id']}/{what}/"
        assert as_ada.get(address, headers={"Accept": accept}).status_code == 200
    refused(as_ada.get("/api/images/999/file/", headers={"Accept": accept}), 404, "not_found")


def test_an_original_that_is_gone_is_not_found(as_ada: APIClient) -> None:
    image = uploaded(as_ada)["images"][0]
    local.path_of(Image.objects.get().image_path).unlink()
    refused(as_ada.get(image["file"]), 404, "not_found")
    assert not Event.objects.filter(kind="image.downloaded").exists()
