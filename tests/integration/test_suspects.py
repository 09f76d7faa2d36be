"""What a worker dies with counts against it, so a suspect is taken only where it can begin."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from asgiref.sync import sync_to_async

from consumers.worker.pipeline import Pipeline
from tests.fakes.engine import FakeEngine
from tests.integration.attempts import claim, lease_runs_out, reap
from tests.integration.conftest import Uploads
from uploads.models import Prediction, User

pytestmark = pytest.mark.django_db(transaction=True)


def a_worker_dies_with_three(ada: User, upload: Uploads) -> None:
    upload(ada, count=3)
    claim(limit=3)
    lease_runs_out()
    reap()


class Desk:
    """A pipeline on an engine whose jobs end when the test says so."""

    def __init__(self, instances: int) -> None:
        self.engine = FakeEngine(hold=True, instances=instances)
        self.pipeline = Pipeline("host:1:aa", "host:1", self.engine, [("ocr", "2")])
        self.writer = asyncio.create_task(self.pipeline.write_endings())

    async def claim(self) -> int:
        """Claims as often as there may be more; how many are held then."""
        self.pipeline.room.clear()
        while await self.pipeline.claim_round() and self.pipeline.may_be_more:
            pass
        return len(self.pipeline.held())


@pytest.fixture
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    one = Desk(request.param)
    await one.engine.start()
    yield one
    one.engine.release()
    await one.pipeline.settle()
    one.writer.cancel()


@pytest.mark.parametrize("desk", [0], indirect=True)
async def test_a_suspect_is_not_taken_while_no_instance_is_loaded_and_has_one_started(
    ada: User, upload: Uploads, desk: Desk
) -> None:
    await sync_to_async(a_worker_dies_with_three)(ada, upload)
    assert await desk.claim() == 0
    assert await Prediction.objects.filter(state="queued").acount() == 3
    await asyncio.wait_for(desk.pipeline.room.wait(), 10)
    assert await desk.claim() == 1


@pytest.mark.parametrize("desk", [1, 2], indirect=True)
async def test_a_worker_holds_no_more_suspects_than_it_has_instances(
    ada: User, upload: Uploads, desk: Desk
) -> None:
    await sync_to_async(a_worker_dies_with_three)(ada, upload)
    assert await desk.claim() == desk.engine.instances


@pytest.mark.parametrize("desk", [1], indirect=True)
async def test_the_next_suspect_is_taken_when_the_ending_of_the_last_is_written(
    ada: User, upload: Uploads, desk: Desk
) -> None:
    await sync_to_async(a_worker_dies_with_three)(ada, upload)
    for left in (2, 1, 0):
        assert await desk.claim() == 1
        (job,) = desk.engine.running.values()
        assert job.alone
        desk.engine.end(job.id)
        await asyncio.wait_for(desk.pipeline.settle(), 10)
        assert await Prediction.objects.filter(state="queued").acount() == left
        assert desk.pipeline.room.is_set() == (left > 0)


@pytest.mark.parametrize("desk", [0], indirect=True)
async def test_what_is_no_suspect_is_taken_before_any_instance_is_loaded(
    ada: User, upload: Uploads, desk: Desk
) -> None:
    await sync_to_async(upload)(ada, count=3)
    assert await desk.claim() == 3
