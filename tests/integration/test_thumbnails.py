"""An image shows its thumbnail from its first decoding on, whatever became of the attempt."""

import dataclasses
from collections.abc import Callable

import pytest

from consumers.worker.outcomes import ending_of
from inference.engine.types import (
    Canceled,
    Computed,
    Failed,
    FailureKind,
    GivenBack,
    ImageJob,
    Outcome,
)
from tests.fakes.engine import THUMBHASH, succeed
from tests.integration.attempts import claim, finish
from tests.integration.conftest import Uploads
from uploads.models import Image, User
from uploads.queue.held import Claim
from uploads.storage import keys

pytestmark = [pytest.mark.django_db(transaction=True)]

MakeOutcome = Callable[[ImageJob], Outcome]


def failed(kind: FailureKind) -> MakeOutcome:
    return lambda job: Failed(job, "model_error", "It failed.", kind)


def job_of(claim: Claim) -> ImageJob:
    return ImageJob(
        id=claim.id,
        attempt=claim.attempt,
        model=claim.model,
        version=claim.model_version,
        source=b"",
        params={},
        results=None,
    )


@pytest.mark.parametrize("is_written", [True, False])
@pytest.mark.parametrize(
    "make",
    [
        succeed,
        failed(FailureKind.PERMANENT),
        failed(FailureKind.TRANSIENT),
        failed(FailureKind.INFRASTRUCTURE),
        Canceled,
        GivenBack,
    ],
)
def test_the_row_names_the_thumbnail_that_was_written_and_no_other(
    ada: User, upload: Uploads, make: MakeOutcome, *, is_written: bool
) -> None:
    upload(ada)
    (taken,) = claim()
    outcome = make(job_of(taken))
    assert not isinstance(outcome, Computed)
    outcome = dataclasses.replace(outcome, thumbhash=THUMBHASH if is_written else None)
    assert finish(ending_of(taken, outcome, claimed_at=0.0, worker="host:1")) == []
    expected = keys.thumbnail_path(taken.upload_path, taken.image_id) if is_written else ""
    image = Image.objects.get()
    assert (image.thumbnail_path, image.thumbhash) == (expected, THUMBHASH if is_written else "")
