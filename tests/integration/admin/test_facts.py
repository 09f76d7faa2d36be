"""What is kept as JSON is read in the admin as names beside values."""

import re
from typing import Any

import pytest
from django.contrib.admin import site
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from tests.integration.desk import LABELS, listing, page, text_of
from tests.integration.rest import file, succeed, uploaded
from uploads.admin import facts
from uploads.admin.words import client_in_words
from uploads.events import Actor
from uploads.models import Event, Image, Model, Prediction, Upload, User, Webhook, WebhookDelivery
from uploads.webhooks import registry
from uploads.webhooks.bodies import KINDS

pytestmark = pytest.mark.django_db

SCHEMA = {
    "properties": {
        "crop": {"title": "Crop to the subject", "type": "boolean", "default": False},
        "rect": {
            "title": "Where the subject is",
            "prefixItems": [{"title": one} for one in ("Left", "Top", "Width", "Height")],
        },
        "style_image": {"title": "Your own style", "format": "image-id"},
    }
}


def test_parameters_are_told_by_the_titles_of_their_author() -> None:
    params = {"crop": True, "rect": [1, 2, 30, 40], "style_image": 7, "min_size": {"low_end": None}}
    told = dict(facts.parameters(params, SCHEMA))
    link = told.pop("Your own style")
    assert told == {
        "Crop to the subject": "yes",
        "Where the subject is": "Left 1, Top 2, Width 30, Height 40",
        "min size": "low end none",
    }
    assert str(link) == f'<a href="{page(Image, 7)}">image 7</a>'


def test_a_prediction_s_page_reads_as_words_and_keeps_the_whole_answer_at_hand(
    desk: Client, as_ada: APIClient
) -> None:
    upload = uploaded(as_ada, file())
    pk = upload["images"][0]["prediction"]["id"]
    succeed(pk, LABELS)
    Model.objects.update_or_create(name="ocr", defaults={"params_schema": SCHEMA})
    Prediction.objects.filter(pk=pk).update(
        params={"crop": True, "<b>": "<i>"},
        timing={"queue_ms": 1500, "compute_ms": 20, "total_ms": 1600, "batch_size": 4},
        provenance={"model_sha256": "f" * 64, "device": "gpu-7", "worker": "host:1"},
    )
    body = text_of(desk.get(page(Prediction, pk)))
    for name, value in (
        ("Crop to the subject", "yes"),
        ("&lt;b&gt;", "&lt;i&gt;"),
        ("waited", "1.5 s"),
        ("computed in", "20 ms"),
        ("in a batch of", "4"),
        ("SHA-256 of the weights", "f" * 64),
        ("device", "gpu-7"),
    ):
        assert f"<dt>{name}</dt><dd>{value}</dd>" in body
    assert "seven 0.93" in body
    assert "&quot;score&quot;: 0.93" in body
    assert "Crop to the subject: yes" in text_of(desk.get(page(Image, upload["images"][0]["id"])))


def test_a_model_s_page_tells_what_it_takes_as_words(desk: Client) -> None:
    Model.objects.create(
        name="m",
        title="M",
        params_schema=SCHEMA,
        languages=[{"code": "en"}, {"code": "ja", "note": "printed"}],
    )
    body = text_of(desk.get(page(Model, "m")))
    assert "<dt>Crop to the subject</dt><dd>Without it: no. Programs call it crop.</dd>" in body
    assert "en, ja (printed)" in body
    assert "prefixItems" not in body


def test_an_event_s_page_tells_what_it_noted_as_words(desk: Client, as_ada: APIClient) -> None:
    uploaded(as_ada)
    event = Event.objects.get(kind="prediction.queued")
    body = text_of(desk.get(page(Event, event.pk)))
    assert "Queued" in body
    assert "prediction.queued" in body
    assert "<dt>model</dt><dd>ocr</dd>" in body
    assert "&#x27;" not in body[body.index("Noted") :]


def test_a_webhook_and_what_it_was_told_have_a_state_in_words(desk: Client, ada: User) -> None:
    hook = registry.make(ada, "https://example.com/", KINDS, "", Actor())
    delivery = registry.send_test(hook)
    assert "works" in text_of(desk.get(listing(Webhook)))
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        status="failed", attempts=11, http_status=500, error_code="http_500"
    )
    registry.disable(hook, Webhook.Disabled.NOT_TAKEN, Actor(), "http_500")
    for address in (listing(WebhookDelivery), page(WebhookDelivery, delivery.pk)):
        body = text_of(desk.get(address))
        assert "failed, answered with 500, sent 11 times" in body
        assert "Test" in body
    for address in (listing(Webhook), page(Webhook, hook.pk)):
        assert ": Nothing was taken for a day; the last trouble was http_500." in text_of(
            desk.get(address)
        )


@pytest.mark.parametrize(
    ("client", "words"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) Chrome/140 Safari/5",
            "Chrome on Linux",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) Chrome/1 Safari/5 Edg/1",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; like Mac OS X) Version/18 Safari/6",
            "Safari on iPhone",
        ),
        ("Mozilla/4.0 (compatible)", "Mozilla/4.0 (compatible)"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", ""),
    ],
)
def test_a_client_is_told_by_its_name(client: str, words: str) -> None:
    assert client_in_words(client) == words


def test_an_upload_s_page_tells_what_was_asked_as_words(desk: Client, as_ada: APIClient) -> None:
    upload = uploaded(as_ada)
    Model.objects.update_or_create(name="ocr", defaults={"params_schema": SCHEMA})
    Upload.objects.update(params={"crop": False})
    body = text_of(desk.get(page(Upload, upload["id"])))
    assert "<dt>Crop to the subject</dt><dd>no</dd>" in body


def test_where_an_image_is_stands_in_words(desk: Client, as_ada: APIClient) -> None:
    image = Image.objects.get(pk=uploaded(as_ada)["images"][0]["id"])
    pages: Any = site.get_model_admin(Image)
    told = pages.kept
    assert told(image) == "here"
    image.archived_at = image.pinned_at = timezone.now()
    assert told(image) == "here and in the archive, pinned"
    image.purged_at, image.pinned_at = timezone.now(), None
    assert told(image) == "in the archive"
    image.image_path = ""
    assert told(image) == "deleted"


def test_an_account_s_page_leads_to_all_that_is_theirs(desk: Client, ada: User) -> None:
    body = text_of(desk.get(page(User, ada.pk)))
    links = re.findall(r'href="(/admin/uploads/[a-z]+/\?user[^"]+)"', body)
    assert len(links) == 7
    for link in links:
        text_of(desk.get(link))
