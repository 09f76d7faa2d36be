"""The admin's pages: everything can be looked at, requeue and cancel act."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from tests.integration.desk import AUDITED, REASON, act, listing, page, text_of
from tests.integration.rest import file, uploaded
from uploads.admin.timeline import WORDS
from uploads.event_kinds import Kind
from uploads.models import (
    ApiKey,
    Event,
    Model,
    ModelCommand,
    Prediction,
    Upload,
    User,
    Webhook,
)

pytestmark = pytest.mark.django_db


class Forms(HTMLParser):
    """How deep the forms of a page lie within each other."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self.deepest = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._depth += tag == "form"
        self.deepest = max(self.deepest, self._depth)

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag == "form"


@pytest.mark.parametrize("model", [*AUDITED, User])
def test_every_list_and_every_page_loads(desk: Client, history: dict[str, Any], model: Any) -> None:
    rows = list(model.objects.all())
    assert rows
    for address in (listing(model), *(page(model, row.pk) for row in rows)):
        forms = Forms()
        forms.feed(text_of(desk.get(address)))
        # Browsers drop a form within a form, and its button would send the one around it.
        assert forms.deepest == 1, address


def test_the_index_loads(desk: Client, history: dict[str, Any]) -> None:
    assert "Uploads" in text_of(desk.get("/admin/"))


def test_the_admin_shows_what_can_be_audited_and_no_plumbing() -> None:
    registered = {model.__name__ for model in admin.site._registry}
    assert {model.__name__ for model in [*AUDITED, User]} <= registered
    assert not registered & {"BlacklistedToken", "OutstandingToken", "Group"}


def test_a_page_shows_images_results_and_the_timeline(
    desk: Client, history: dict[str, Any]
) -> None:
    body = text_of(desk.get(page(Upload, history["id"])))
    picture = history["images"][1]["prediction"]["id"]
    assert reverse("admin:output", args=[picture]) in body
    for fact in ("hello", "seven 0.93", "unreadable_image", "The image&#x27;s body is broken."):
        assert fact in body
    assert "text &lt;b&gt;.png" in body
    assert "text <b>.png" not in body
    kinds = set(Event.objects.filter(upload_id=history["id"]).values_list("kind", flat=True))
    assert {"upload.created", "prediction.queued", "prediction.failed"} <= kinds
    positions = [body.index(kind) for kind in ("upload.created", "prediction.queued")]
    assert positions == sorted(positions)
    assert all(kind in body for kind in kinds)
    timeline = body[body.index("Timeline") :]
    assert "ada" in timeline
    assert "worker" in timeline
    assert text_of(desk.get(reverse("admin:uploads_upload_history", args=[history["id"]])))


def test_the_page_of_a_deleted_upload_tells_its_facts_without_its_contents(
    desk: Client, history: dict[str, Any]
) -> None:
    gone = Upload.objects.get(deleted_at__isnull=False)
    body = text_of(desk.get(page(Upload, gone.pk)))
    assert "upload.deleted" in body
    assert "(deleted)" in body
    assert "hello" not in body


def test_requeue_and_cancel_act_in_the_admins_name(
    desk: Client, history: dict[str, Any], boss: User
) -> None:
    rows = {row.state: row.pk for row in Prediction.objects.filter(model="ocr").order_by("-pk")}
    for action, chosen, kind in (
        ("requeue", rows["failed"], "prediction.requeued"),
        ("cancel", rows["running"], "prediction.cancel_requested"),
        ("cancel", rows["failed"], "prediction.canceled"),
    ):
        assert text_of(act(desk, Prediction, action, chosen))
        event = Event.objects.filter(prediction_id=chosen).latest("id")
        assert (event.kind, event.actor_id, event.reason) == (kind, boss.pk, REASON)
        assert event.address == "127.0.0.1"
    assert Prediction.objects.get(pk=rows["failed"]).state == "canceled"


def test_what_cannot_be_requeued_is_told_and_stops_nothing(
    desk: Client, history: dict[str, Any]
) -> None:
    chosen = list(Prediction.objects.filter(state__in=["failed", "succeeded"], model="ocr"))
    body = text_of(act(desk, Prediction, "requeue", *(row.pk for row in chosen)))
    assert "1 requeued." in body
    assert f"{len(chosen) - 1} could not be requeued." in body


def test_a_name_is_shown_in_the_direction_of_its_letters(desk: Client, as_ada: APIClient) -> None:
    body = uploaded(as_ada, file(name="gnp\u202egpj.exe"))
    prediction = body["images"][0]["prediction"]["id"]
    for address in (
        page(Upload, body["id"]),
        *(page(Prediction, prediction), listing(Prediction), listing(Upload)),
    ):
        text = text_of(desk.get(address))
        assert "\u202e" not in text
        assert ("gnpgpj.exe" in text) == (address != listing(Upload))


@pytest.mark.parametrize("pk", ["x", "²", "9" * 30, "-1", "999999", "1%00"])
def test_a_page_that_is_not_there_is_never_a_servers_error(desk: Client, pk: str) -> None:
    for model in AUDITED:
        base = listing(model)
        answer = desk.get(f"{base}{pk}/change/")
        # Back to the first page, with a word; an upload's own page has no such word.
        is_lost = model is not Upload or pk == "999999"
        assert answer.status_code == (302 if is_lost else 404)
    for picture in ("thumbnail", "output", "original"):
        assert desk.get(f"/admin/{picture}/{pk}/").status_code == 404


def test_every_kind_of_event_has_words_of_its_own() -> None:
    assert set(WORDS) == set(Kind)
    assert len(set(WORDS.values())) == len(WORDS)


def test_a_command_names_who_gave_it(desk: Client, history: dict[str, Any], boss: User) -> None:
    ModelCommand.objects.update(actor_id=boss.pk)
    for address in (listing(ModelCommand), page(ModelCommand, "ocr")):
        assert f'href="{page(User, boss.pk)}">boss<' in text_of(desk.get(address))


def test_what_a_key_may_and_a_hook_is_told_are_words(desk: Client, ada: User) -> None:
    key = ApiKey.objects.create(
        user=ada, name="n", prefix="drk_1", sha256="0", scopes=["read", "write"]
    )
    hook = Webhook.objects.create(
        user=ada,
        url="https://example.com/",
        kinds=["upload.finished", "x"],
        secret="s",
        after_seq=0,
    )
    for address in (listing(ApiKey), page(ApiKey, key.pk)):
        assert "read, write" in text_of(desk.get(address))
    for address in (listing(Webhook), page(Webhook, hook.pk)):
        assert "Upload finished, x" in text_of(desk.get(address))


def test_a_models_card_is_a_list_of_entries(desk: Client) -> None:
    Model.objects.create(name="m", title="M", card={"limits": "No <b>."}, output_kind="labels")
    assert "<dt>limits</dt><dd>No &lt;b&gt;.</dd>" in text_of(desk.get(page(Model, "m")))


def test_a_row_that_nobody_changes_here_has_no_history_of_changes_but_its_events(
    desk: Client, history: dict[str, Any]
) -> None:
    body = text_of(desk.get(page(Upload, history["id"])))
    assert "/history/" not in body
    assert "upload.created" in body
