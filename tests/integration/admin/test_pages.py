"""The admin's pages: everything can be looked at, requeue and cancel act."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from project.admin_look import LOOK
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
    QueuePause,
    TrafficSplit,
    Upload,
    User,
    Webhook,
    Worker,
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


def test_the_list_tells_who_sent_what_and_how_it_stands(
    desk: Client, history: dict[str, Any]
) -> None:
    body = text_of(desk.get(listing(Upload)))
    for fact in ("ada", "ocr", "1 failed", "3 succeeded", "1 running", "1 canceled", "127.0.0.1"):
        assert fact in body
    assert reverse("admin:thumbnail", args=[history["images"][0]["id"]]) in body


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


@pytest.mark.parametrize("state", ["queued", "running", "succeeded", "failed", "canceled"])
def test_uploads_are_filtered_by_state(desk: Client, history: dict[str, Any], state: str) -> None:
    body = text_of(desk.get(listing(Upload), {"state": state}))
    assert page(Upload, history["id"]) in body


def test_filters_leave_out_what_does_not_match(desk: Client, history: dict[str, Any]) -> None:
    gone = Upload.objects.get(deleted_at__isnull=False)
    for model, query in (
        (Upload, {"model__exact": "background-removal"}),
        (Upload, {"deleted_at__isempty": "1"}),
        (Upload, {"state": "failed"}),
    ):
        body = text_of(desk.get(listing(model), query))
        wanted = page(Upload, gone.pk) in body, page(Upload, history["id"]) in body
        expected = {"model__exact": (False, False), "deleted_at__isempty": (False, True)}
        assert wanted == expected.get(next(iter(query)), (False, True))
    failed = text_of(desk.get(listing(Prediction), {"state__exact": "failed"}))
    assert failed.count("unreadable_image") >= 1
    events = text_of(desk.get(listing(Event), {"kind__exact": "upload.deleted"}))
    assert "prediction.queued</td>" not in events


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


@pytest.mark.parametrize("model", AUDITED)
def test_any_search_is_answered(desk: Client, history: dict[str, Any], model: Any) -> None:
    queries = ["ada", "1", "127.0.0.1", "x" * 300, "9" * 30, "'\"%_\\", "\0"]
    statuses = {query: desk.get(listing(model), {"q": query}).status_code for query in queries}
    # Back to the whole list, with a word: a NUL is in nothing that could be found.
    assert statuses == {**dict.fromkeys(queries, 200), "\0": 302}


def test_a_search_finds_by_user_name_and_file_and_counts_right(
    desk: Client, history: dict[str, Any]
) -> None:
    for query in ("ada", "failed <b>.png", "png", str(history["id"])):
        body = text_of(desk.get(listing(Upload), {"q": query}))
        assert page(Upload, history["id"]) in body, query
        assert "3 succeeded" in body, query
    assert page(Upload, history["id"]) not in text_of(desk.get(listing(Upload), {"q": "bob"}))


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


def test_the_list_costs_the_same_however_much_there_is(
    desk: Client, as_ada: APIClient, django_assert_max_num_queries: Any
) -> None:
    for _ in range(6):
        uploaded(as_ada, *[file()] * 3)
    with django_assert_max_num_queries(12):
        text_of(desk.get(listing(Upload)))
    with django_assert_max_num_queries(12):
        text_of(desk.get(listing(Prediction)))


def test_an_empty_list_says_in_a_sentence_that_there_is_nothing(desk: Client) -> None:
    empty = text_of(desk.get(listing(Upload)))
    assert "There are no uploads yet." in empty
    assert "Uploads | Darkroom" in " ".join(empty.split())
    assert "No uploads match these filters." in text_of(desk.get(listing(Upload), {"q": "nobody"}))


def test_a_list_is_called_the_same_in_the_sidebar_and_on_its_page(
    desk: Client, history: dict[str, Any]
) -> None:
    entries = [one for group in LOOK["SIDEBAR"]["navigation"] for one in group["items"]]
    lists = {str(one["link"]): one["title"] for one in entries if "/uploads/" in str(one["link"])}
    assert {listing(one) for one in [*AUDITED, User]} == set(lists)
    for address, title in lists.items():
        assert f"<title>{title} | Darkroom</title>" in " ".join(
            text_of(desk.get(address)).split()
        ).replace("<title> ", "<title>").replace(" </title>", "</title>")


def test_every_kind_of_event_has_words_of_its_own() -> None:
    assert set(WORDS) == set(Kind)
    assert len(set(WORDS.values())) == len(WORDS)


def test_empty_lists_of_what_is_now_say_how_it_stands(desk: Client) -> None:
    for table, words in (
        (QueuePause, "No queue is paused."),
        (TrafficSplit, "No traffic is split."),
        (Worker, "No worker runs:"),
        (ModelCommand, "Nobody has loaded or unloaded a model by hand."),
    ):
        assert words in text_of(desk.get(listing(table)))


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


def test_counts_of_rows_have_separators(desk: Client, ada: User) -> None:
    Upload.objects.bulk_create(
        Upload(user=ada, model="ocr", upload_path=str(number)) for number in range(1001)
    )
    assert "1,001 uploads" in " ".join(text_of(desk.get(listing(Upload))).split())
