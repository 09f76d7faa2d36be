"""What a request costs where it counts: statements, flushes and messages, not milliseconds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from channels.layers import get_channel_layer
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests.integration.rest import file, uploaded
from uploads import bus
from uploads.models import Prediction
from uploads.storage import local

pytestmark = pytest.mark.django_db(transaction=True)

_BEGIN = ("BEGIN", "START")


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What is sent to groups."""
    sent: list[tuple[str, dict[str, Any]]] = []

    async def send(group: str, message: dict[str, Any]) -> None:
        sent.append((group, message))

    monkeypatch.setattr(bus, "_send", send)
    return sent


@pytest.fixture
def statements(as_ada: APIClient, models: None) -> Iterator[CaptureQueriesContext]:
    """What the database is asked, once a first upload has been stored."""
    uploaded(as_ada, file())
    with CaptureQueriesContext(connection) as captured:
        yield captured


@pytest.mark.parametrize("count", [1, 20])
def test_an_upload_is_one_transaction_and_as_many_statements_whatever_it_holds(
    as_ada: APIClient, statements: CaptureQueriesContext, count: int
) -> None:
    uploaded(as_ada, *[file(name=f"{n}.png") for n in range(count)])
    told = [query["sql"] for query in statements.captured_queries]
    assert sum(sql.startswith(_BEGIN) for sql in told) <= 1
    writes = [sql for sql in told if sql.startswith("INSERT")]
    # Upload, images, predictions, the counter, events.
    assert len(writes) == 5
    assert len(told) <= 15, "\n".join(told)


@pytest.mark.parametrize("count", [1, 20])
def test_an_upload_is_flushed_once_by_file_and_by_folder_with_something_new(
    as_ada: APIClient,
    statements: CaptureQueriesContext,
    flushes: list[Path],
    media: Path,
    count: int,
) -> None:
    body = uploaded(as_ada, *[file(name=f"{n}.png") for n in range(count)])
    folder = media / str(Prediction.objects.latest("pk").user_id)
    assert len(flushes) == len(set(flushes)) == count + 3
    upload = folder / f"upload{body['id']}"
    assert {upload / "images", upload, folder} < set(flushes)


def test_nothing_waits_for_the_disk_while_a_transaction_is_open(
    as_ada: APIClient, statements: CaptureQueriesContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_at_a_flush = []
    take_over = local.take_over

    def noted(moves: Any) -> None:
        open_at_a_flush.append(connection.in_atomic_block)
        take_over(moves)

    monkeypatch.setattr(local, "take_over", noted)
    uploaded(as_ada, file())
    assert open_at_a_flush == [False]


def test_an_upload_sends_one_message(
    as_ada: APIClient, models: None, messages: list[tuple[str, dict[str, Any]]]
) -> None:
    uploaded(as_ada, *[file(name=f"{n}.png") for n in range(3)])
    [(group, message)] = messages
    assert (group, message["type"]) == (bus.EVERYBODY, "wake")
    assert [seq for _, seq in message["seqs"]] == [4]


def test_ids_of_uploads_are_never_given_twice(as_ada: APIClient, models: None) -> None:
    ids = [uploaded(as_ada, file())["id"] for _ in range(3)]
    assert ids == sorted(set(ids))


def test_workers_are_woken_by_the_thread_that_committed(
    as_ada: APIClient,
    models: None,
    messages: list[tuple[str, dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[str] = []

    def at_once(group: str, message: dict[str, Any]) -> bool:
        sent.append(message["type"])
        return True

    layer: Any = get_channel_layer()
    monkeypatch.setattr(layer, "group_send_at_once", at_once, raising=False)
    uploaded(as_ada, file())
    assert (sent, messages) == (["wake"], [])
