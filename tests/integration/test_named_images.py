"""A parameter that is the id of another image: its owner alone may name it, while it is stored."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from consumers.worker.jobs import job_of, with_images
from tests.integration.conftest import Uploads
from tests.integration.offered import entry
from tests.integration.rest import file, post, refused, uploaded
from uploads import services
from uploads.catalog import offers
from uploads.events import Actor, Log
from uploads.models import Image, Prediction, Upload, User
from uploads.queue import leases
from uploads.queue.held import Claim
from uploads.storage import local

pytestmark = pytest.mark.django_db

STYLE = {"properties": {"style_image": {"type": "integer", "format": "image-id"}}}


@pytest.fixture
def painter(models: None) -> None:
    offers.publish([entry("painter", STYLE, "image")])


def send(client: APIClient, image: Any) -> Any:
    return post(client, file(), model="painter", params=f'{{"style_image": {image}}}')


def claimed() -> list[Claim]:
    with_events = Log()
    batch = leases.claim("worker", "painter", "2", 5, with_events)
    return with_images("painter", "2", batch)


def test_an_image_of_ones_own_may_be_named_and_reaches_the_engine(
    as_ada: APIClient, painter: None
) -> None:
    chosen = uploaded(as_ada, file())["images"][0]["id"]
    assert send(as_ada, chosen).status_code == 202
    (claim,) = claimed()
    stored = local.path_of(Image.objects.get(pk=chosen).image_path)
    assert job_of(claim).images == {"style_image": stored}
    assert stored.is_file()


def test_an_image_may_be_named_when_another_prediction_is_asked_for(
    as_ada: APIClient, painter: None
) -> None:
    one, other = uploaded(as_ada, file(), file(name="b.png"))["images"]
    body = {"model": "painter", "params": {"style_image": other["id"]}}
    assert as_ada.post(one["predictions"], body, format="json").status_code == 202


@pytest.mark.parametrize("number", [0, -1, 999_999, 9_000_000_000_000_000_000, "1e300"])
def test_an_image_that_does_not_exist_is_refused(
    as_ada: APIClient, painter: None, number: Any
) -> None:
    body = refused(send(as_ada, number), 400, "invalid_params")
    assert body["errors"][0]["field"] == "params.style_image"
    assert not Upload.objects.exists()


def test_somebody_elses_image_is_as_absent_as_none(
    as_ada: APIClient, as_bob: APIClient, painter: None
) -> None:
    hers = uploaded(as_ada, file())["images"][0]["id"]
    body = refused(send(as_bob, hers), 400, "invalid_params")
    absent = refused(send(as_bob, 999_999), 400, "invalid_params")
    assert str(body).replace(str(hers), "…") == str(absent).replace("999999", "…")
    mine = uploaded(as_bob, file())["images"][0]
    answer = as_bob.post(
        mine["predictions"], {"model": "painter", "params": {"style_image": hers}}, format="json"
    )
    refused(answer, 400, "invalid_params")


def test_a_deleted_image_is_refused(as_ada: APIClient, painter: None) -> None:
    upload = uploaded(as_ada, file())
    as_ada.delete(f"/api/uploads/{upload['id']}/")
    refused(send(as_ada, upload["images"][0]["id"]), 400, "invalid_params")


def test_an_image_that_is_deleted_while_its_job_waits_is_told_to_the_engine(
    as_ada: APIClient, painter: None, ada: User
) -> None:
    upload = uploaded(as_ada, file())
    assert send(as_ada, upload["images"][0]["id"]).status_code == 202
    services.delete(Upload.objects.get(pk=upload["id"]), Actor())
    (claim,) = claimed()
    assert job_of(claim).images == {"style_image": None}


def test_a_row_that_names_somebody_elses_image_does_not_reach_it(
    as_ada: APIClient, painter: None, upload: Uploads, bob: User
) -> None:
    hers = uploaded(as_ada, file())["images"][0]["id"]
    mine = upload(bob, model="painter")
    Prediction.objects.filter(image__upload=mine).update(params={"style_image": hers})
    assert [job_of(claim).images for claim in claimed()] == [{"style_image": None}]


def test_params_that_a_changed_schema_no_longer_allows_stop_no_claim(
    painter: None, upload: Uploads, ada: User
) -> None:
    odd = upload(ada, model="painter")
    Prediction.objects.filter(image__upload=odd).update(params={"style_image": "text"})
    assert [claim.images for claim in claimed()] == [{"style_image": None}]
