"""An account that its user deletes: it ends at once, and all that it had is gone soon."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F
from rest_framework.test import APIClient

from tests.fakes.object_store import FakeObjectStore
from tests.integration import archives
from tests.integration.archives import audited
from tests.integration.rest import PASSWORD, refused, stored, succeed, uploaded
from tests.integration.token_requests import me, renew, sign_in
from uploads import account_removal
from uploads.events import Actor
from uploads.models import (
    ApiKey,
    EmailNotices,
    Event,
    Image,
    Prediction,
    Scope,
    Upload,
    User,
    Webhook,
)
from uploads.sign_in import keys
from uploads.storage import removal

pytestmark = pytest.mark.django_db

URL = "/api/users/me/delete/"


def delete(client: APIClient, password: Any = PASSWORD) -> Any:
    return client.post(URL, {"password": password}, format="json")


def test_the_account_ends_at_once_with_all_ways_into_it(as_ada: APIClient, ada: User) -> None:
    elsewhere = sign_in().json()
    _, key = keys.make(ada, "my laptop", list(Scope), None, Actor(id=ada.pk))
    Webhook.objects.create(user=ada, url="https://me.example/", kinds=[], secret="s", after_seq=0)
    EmailNotices.objects.create(user=ada, after_seq=0)
    assert delete(as_ada).status_code == 204
    refused(as_ada.get("/api/users/me/"), 401, "signed_out")
    refused(me(elsewhere["access"]), 401, "signed_out")
    refused(renew(elsewhere["refresh"]), 401, "token_not_valid")
    refused(sign_in(), 401, "invalid_credentials")
    refused(me(key), 401, "key_not_valid")
    assert not Webhook.live().exists()
    assert not EmailNotices.objects.exists()
    assert Event.objects.filter(kind="user.deleted", user_id=ada.pk).count() == 1


def test_nothing_that_names_anybody_is_left(as_ada: APIClient, ada: User, media: Path) -> None:
    keys.make(ada, "my laptop", list(Scope), None, Actor(id=ada.pk))
    body = uploaded(as_ada)
    succeed(body["images"][0]["prediction"]["id"])
    uploaded(as_ada)
    delete(as_ada)
    account_removal.go_on()
    ada.refresh_from_db()
    assert ada.username == f"deleted#{ada.pk}"
    assert {ada.email, ada.first_name, ada.last_name} == {""}
    assert not ada.is_active
    assert set(ApiKey.objects.values_list("name", flat=True)) == {""}
    assert not Upload.objects.filter(deleted_at=None).exists()
    assert set(Image.objects.values_list("image_name", flat=True)) == {""}
    assert set(Prediction.objects.values_list("output", flat=True)) == {None}
    assert stored(media) == []
    assert audited().startswith("0 violations")


def test_its_name_is_free(as_ada: APIClient) -> None:
    delete(as_ada)
    body = {"username": "ada", "password": "another-enlarger-7"}
    assert APIClient().post("/api/users/", body, format="json").status_code == 201


def test_the_archive_is_emptied_too(as_ada: APIClient, store: FakeObjectStore, media: Path) -> None:
    uploaded(as_ada)
    archives.copy_all()
    assert store.files
    delete(as_ada)
    account_removal.go_on()
    archives.remove_all()
    assert store.files == {}


def test_what_others_have_stays(as_ada: APIClient, as_bob: APIClient, media: Path) -> None:
    uploaded(as_bob)
    before = stored(media)
    uploaded(as_ada)
    delete(as_ada)
    account_removal.go_on()
    removal.remove_files()
    assert stored(media) == before
    assert as_bob.get("/api/users/me/").json()["counts"]["images"] == 1


def test_it_goes_some_at_a_time_whoever_goes_on(
    as_ada: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_removal, "UPLOADS_A_ROUND", 2)
    for _ in range(5):
        uploaded(as_ada)
    delete(as_ada)
    left = []
    for _ in range(3):
        account_removal.go_on()
        left.append(Upload.objects.filter(deleted_at=None).count())
    assert left == [3, 1, 0]


def test_an_upload_that_was_on_its_way_goes_too(as_ada: APIClient, ada: User) -> None:
    body = uploaded(as_ada)
    delete(as_ada)
    account_removal.go_on()
    Upload.objects.filter(pk=body["id"]).update(deleted_at=None)
    account_removal.go_on()
    assert not Upload.objects.filter(deleted_at=None).exists()
    assert User.objects.filter(erasing_since__isnull=False).exists()
    User.objects.update(erasing_since=F("erasing_since") - timedelta(hours=2))
    account_removal.go_on()
    assert not User.objects.filter(erasing_since__isnull=False).exists()


@pytest.mark.parametrize("password", ["wrong", ""])
def test_without_the_password_nothing_happens(as_ada: APIClient, password: str) -> None:
    uploaded(as_ada)
    assert delete(as_ada, password).status_code in {400, 403}
    account_removal.go_on()
    assert as_ada.get("/api/users/me/").json()["counts"]["uploads"] == 1


def test_an_account_of_staff_is_not_deleted_so(as_ada: APIClient, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(is_staff=True)
    refused(delete(as_ada), 403, "staff_account")


def test_a_key_deletes_no_account(ada: User) -> None:
    _, key = keys.make(ada, "a script", list(Scope), None, Actor(id=ada.pk))
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Api-Key {key}")
    refused(delete(client), 403, "not_for_keys")


def test_an_account_ends_once_however_often_that_is_asked_at_a_time(ada: User) -> None:
    for _ in range(2):
        account_removal.order(ada, Actor(id=ada.pk))
    assert Event.objects.filter(kind="user.deleted").count() == 1
