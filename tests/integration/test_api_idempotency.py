"""Idempotency keys: a request that is sent again makes nothing new."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection
from rest_framework.test import APIClient

from tests.integration.conftest import signed_in
from tests.integration.rest import Part, file, post, refused, stored
from tests.photos import tiny
from uploads.models import Event, Image, Prediction, Upload, User

TWO = (file(tiny(1), "a.png"), file(tiny(2), "b.png"))


@pytest.mark.django_db
def test_the_same_key_and_content_answer_the_first_upload_again(
    as_ada: APIClient, media: Path
) -> None:
    first = post(as_ada, *TWO, key="k", image_type="en")
    again = post(as_ada, *TWO, key="k", image_type="en")
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()
    assert again["Location"] == first["Location"]
    assert (Upload.objects.count(), Image.objects.count(), Prediction.objects.count()) == (1, 2, 2)
    assert Event.objects.filter(kind="upload.created").count() == 1
    assert len(stored(media)) == 2


@pytest.mark.django_db
def test_another_boundary_is_the_same_content(as_ada: APIClient) -> None:
    first = post(as_ada, file(), key="k")
    body = (
        b'--x\r\nContent-Disposition: form-data; name="images"; filename="a.png"\r\n'
        b"Content-Type: image/png\r\n\r\n" + tiny() + b"\r\n--x--\r\n"
    )
    again = as_ada.post(
        "/api/uploads/",
        body,
        content_type="multipart/form-data; boundary=x",
        headers={"Idempotency-Key": "k"},
    )
    assert again.json() == first.json()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ((TWO[1], TWO[0]), {}),
        (TWO[:1], {}),
        ((file(tiny(3), "a.png"), TWO[1]), {}),
        ((file(tiny(1), "z.png"), TWO[1]), {}),
        (TWO, {"model": "background-removal"}),
        (TWO, {"model_version": "1"}),
        (TWO, {"params": '{"iterations": 2}'}),
        (TWO, {"image_type": "en"}),
    ],
)
def test_the_same_key_with_other_content_is_refused(
    as_ada: APIClient, media: Path, parts: tuple[Part, ...], fields: dict[str, str]
) -> None:
    assert post(as_ada, *TWO, key="k").status_code == 202
    refused(post(as_ada, *parts, key="k", **fields), 422, "idempotency_key_reused")
    assert Upload.objects.count() == 1
    assert len(stored(media)) == 2


@pytest.mark.django_db
def test_a_key_is_its_users_own(as_ada: APIClient, as_bob: APIClient) -> None:
    mine, theirs = post(as_ada, *TWO, key="k"), post(as_bob, file(), key="k")
    assert theirs.status_code == 202
    assert theirs.json()["id"] != mine.json()["id"]


@pytest.mark.django_db
def test_without_a_key_every_request_is_an_upload(as_ada: APIClient) -> None:
    assert post(as_ada, file()).json()["id"] != post(as_ada, file()).json()["id"]


@pytest.mark.django_db
def test_a_key_is_free_again_once_its_upload_is_deleted(as_ada: APIClient) -> None:
    first = post(as_ada, file(), key="k").json()
    assert as_ada.delete(f"/api/uploads/{first['id']}/").status_code == 204
    second = post(as_ada, file(), key="k")
    assert second.status_code == 202
    assert second.json()["id"] != first["id"]


@pytest.mark.django_db
def test_a_key_of_two_hundred_characters_is_the_longest(as_ada: APIClient) -> None:
    assert post(as_ada, file(), key="k" * 200).status_code == 202
    for key in ("k" * 201, "", "nul\0"):
        body = refused(post(as_ada, file(), key=key), 400, "invalid")
        assert body["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_make_one_upload(ada: User, models: None, media: Path) -> None:
    clients = [signed_in(ada) for _ in range(20)]
    together = Barrier(len(clients))

    def send(client: APIClient) -> tuple[int, int]:
        together.wait(30)
        try:
            answer = post(client, *TWO, key="k")
            return answer.status_code, answer.json().get("id")
        finally:
            connection.close()

    with ThreadPoolExecutor(len(clients)) as pool:
        answers = set(pool.map(send, clients))
    assert answers == {(202, Upload.objects.get().pk)}
    assert (Image.objects.count(), Prediction.objects.count()) == (2, 2)
    assert len(stored(media)) == 2
