"""The three roles of staff, over every page and every action."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.test import Client
from rest_framework.test import APIClient

from tests.integration.desk import AUDITED, HOOK, REASON, act, listing, page, text_of
from tests.integration.keys import key_of
from tests.integration.offered import live_worker
from tests.integration.rest import fail, uploaded
from uploads import roles
from uploads.catalog import drains, splits
from uploads.catalog.splits import Wish
from uploads.events import Actor
from uploads.models import (
    ApiKey,
    Event,
    Model,
    Prediction,
    QueuePause,
    Upload,
    User,
    Webhook,
    Worker,
)
from uploads.queue import pauses
from uploads.webhooks import registry
from uploads.webhooks.bodies import KINDS

pytestmark = pytest.mark.django_db

ACTS = {
    "requeue": (Prediction, roles.OPERATOR),
    "cancel": (Prediction, roles.OPERATOR),
    "move_to_front": (Prediction, roles.OPERATOR),
    "cancel_all": (User, roles.OPERATOR),
    "load": (Model, roles.OPERATOR),
    "unload": (Model, roles.OPERATOR),
    "pause": (Model, roles.OPERATOR),
    "resume": (QueuePause, roles.OPERATOR),
    "drain": (Worker, roles.OPERATOR),
    "take_again": (Worker, roles.OPERATOR),
    "end_sessions": (User, roles.ADMIN),
    "erase": (Upload, roles.ADMIN),
    "revoke": (ApiKey, roles.ADMIN),
    "disable": (Webhook, roles.ADMIN),
}
SPLIT: dict[str, Any] = {
    "model": "ocr",
    "label": "",
    "from_version": "1",
    "to_version": "2",
    "percent": 5,
    "margin": 10,
    "min_samples": 50,
}
ORDER = [roles.AUDITOR, roles.OPERATOR, roles.ADMIN]


@pytest.fixture(params=ORDER)
def role(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def browser(role: str, bob: User) -> Client:
    """That of somebody who has this role and nothing else."""
    roles.make()
    bob.is_staff = True
    bob.save()
    bob.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(bob)
    return client


def test_every_role_sees_everything(browser: Client, history: dict[str, Any], ada: User) -> None:
    text_of(browser.get("/admin/"))
    text_of(browser.get("/admin/find/", {"q": "ada"}))
    tables: list[Any] = [*AUDITED, User]
    for table in tables:
        text_of(browser.get(listing(table)))
        row = table.objects.first()
        text_of(browser.get(page(table, row.pk)))


@pytest.mark.parametrize("action", ACTS)
def test_each_act_belongs_to_a_role_and_to_those_above_it(
    browser: Client, role: str, action: str, as_ada: APIClient, ada: User, models: None
) -> None:
    table, lowest = ACTS[action]
    prediction = uploaded(as_ada)["images"][0]["prediction"]["id"]
    if action == "requeue":
        fail(prediction)
    if action == "resume":
        pauses.pause("ocr", Actor())
    key_of(ada)
    worker = live_worker().pk
    if action == "take_again":
        drains.ask(worker, Actor())
    rows = {
        Prediction: prediction,
        User: ada.pk,
        Model: "ocr",
        QueuePause: "ocr",
        ApiKey: ApiKey.objects.get().pk,
        Webhook: registry.make(ada, HOOK, KINDS, "", Actor()).pk,
        Worker: worker,
    }
    row = rows[table] if table in rows else Upload.objects.get().pk
    may = ORDER.index(role) >= ORDER.index(lowest)
    body = text_of(browser.get(listing(table)))
    assert (f'value="{action}"' in body) is may
    before = Event.objects.count()
    text_of(act(browser, table, action, row))
    assert (Event.objects.count() > before) is may


def test_a_group_of_failures_is_seen_by_all_and_retried_by_operators(
    browser: Client, role: str, as_ada: APIClient
) -> None:
    prediction = uploaded(as_ada)["images"][0]["prediction"]["id"]
    fail(prediction)
    text_of(browser.get("/admin/failures/"))
    address = "/admin/failures/retry/?code=unreadable_image&model=ocr"
    answer = browser.post(address, {"confirmed": "1", "reason": REASON})
    may = ORDER.index(role) >= ORDER.index(roles.OPERATOR)
    assert answer.status_code == (302 if may else 403)
    assert (Prediction.objects.get().state == "queued") is may


@pytest.mark.parametrize("act", ["start", "change", "finish", "take_back", "remove"])
def test_traffic_is_split_by_operators(
    browser: Client, role: str, act: str, as_ada: APIClient
) -> None:
    address = f"/admin/splits/start/?{urlencode(SPLIT)}"
    if act != "start":
        split = splits.start(Wish(**{**SPLIT, "percent": 10}), Actor())
        address = f"/admin/splits/{split.pk}/{act}/?percent=20"
    before = Event.objects.count()
    answer = browser.post(address, {"confirmed": "1", "reason": REASON})
    may = ORDER.index(role) >= ORDER.index(roles.OPERATOR)
    assert answer.status_code == (302 if may else 403)
    assert Event.objects.count() == before + may
    body = text_of(browser.get(page(Model, "ocr")))
    assert ("Split…" in body) is may


def test_no_role_gives_rights(browser: Client, role: str, ada: User, bob: User) -> None:
    for user in (ada, bob):
        form = {"username": user.username, "is_superuser": "on", "is_staff": "on"}
        browser.post(page(User, user.pk), form)
        user.refresh_from_db()
        assert not user.is_superuser


def test_what_is_taken_from_a_role_is_not_given_back() -> None:
    roles.make()
    group = Group.objects.get(name=roles.OPERATOR)
    group.permissions.remove(group.permissions.get(codename="manage_models"))
    roles.make()
    assert not group.permissions.filter(codename="manage_models").exists()
    assert group.permissions.filter(codename="requeue_prediction").exists()


def test_a_permission_that_comes_later_is_given_once_to_the_roles_that_are_there() -> None:
    roles.make()
    group = Group.objects.get(name=roles.OPERATOR)
    group.permissions.remove(group.permissions.get(codename="pause_model"))
    grant = roles.granting("model", {"pause_model": "Can pause"}, roles.OPERATOR, roles.ADMIN)
    grant(apps, None)
    assert group.permissions.filter(codename="pause_model").count() == 1
    auditor = Group.objects.get(name=roles.AUDITOR)
    assert not auditor.permissions.filter(codename="pause_model").exists()


def test_a_new_database_has_no_roles_before_its_permissions() -> None:
    roles.granting("model", {"pause_model": "Can pause"}, "nobody")(apps, None)
    assert not Group.objects.filter(name="nobody").exists()
