"""Uploads that come at once: one commit for all of them, and each as if it were alone."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Event as Flag
from typing import Any

import pytest
from django.db import IntegrityError, connection
from rest_framework.test import APIClient

from tests.darkroom import until
from tests.integration.conftest import Uploads, signed_in
from tests.integration.rest import file, post
from uploads import statements
from uploads.catalog import offers
from uploads.events import Actor
from uploads.intake import commits
from uploads.intake.commits import Draft
from uploads.models import Event, Image, Prediction, Upload, User

pytestmark = pytest.mark.django_db(transaction=True)

_NOTHING: Any = object()
"""What is asked for first, so that others wait for it."""


class Gate:
    """Holds back the first commit until so many uploads wait for the next one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sizes: list[int] = []
        self._commit = commits._commit
        self._has_begun, self._may_go_on = Flag(), Flag()
        monkeypatch.setattr(commits._together, "_do", self._held_back)

    def _held_back(self, drafts: Sequence[Draft]) -> Any:
        self.sizes.append(len(drafts))
        self._has_begun.set()
        self._may_go_on.wait(30)
        return self._commit(drafts)

    def send(self, *clients: APIClient, **fields: str) -> list[Any]:
        """What each is answered; all but the first wait while the first is committed."""

        def one(client: APIClient) -> Any:
            try:
                return post(client, file(), file(name="b.png"), **fields)
            finally:
                connection.close()

        with ThreadPoolExecutor(len(clients)) as pool:
            answers = [pool.submit(one, clients[0])]
            assert self._has_begun.wait(30)
            answers += [pool.submit(one, client) for client in clients[1:]]
            until(lambda: len(commits._together._waiting) == len(clients) - 1, "the others wait")
            self._may_go_on.set()
            return [answer.result(30) for answer in answers]


def test_uploads_that_wait_together_have_one_commit_in_common(
    ada: User, bob: User, models: None, media: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whose = (ada, ada, bob, ada)
    gate = Gate(monkeypatch)
    answers = gate.send(*[signed_in(user) for user in whose])
    assert gate.sizes == [1, 3]
    for answer, user in zip(answers, whose, strict=True):
        assert answer.status_code == 202
        body = answer.json()
        stored = Prediction.objects.filter(image__upload=body["id"]).order_by("pk")
        assert {one.user_id for one in stored} == {user.pk}
        told = [image["prediction"]["id"] for image in body["images"]]
        assert told == list(stored.values_list("pk", flat=True))
    for user, uploads in ((ada, 3), (bob, 1)):
        seqs = Event.objects.filter(user_id=user.pk, seq__isnull=False).order_by("seq")
        # One of each upload, and of each of its two images.
        assert [one.seq for one in seqs] == list(range(1, 1 + 3 * uploads))
        ranks = Prediction.objects.filter(user=user).values_list("fair_rank", flat=True)
        assert sorted(ranks) == list(range(2 * uploads))


def test_an_idempotency_key_that_comes_twice_in_a_group_is_one_upload(
    ada: User, models: None, media: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    answers = gate.send(*[signed_in(ada) for _ in range(4)], key="k")
    assert [answer.status_code for answer in answers] == [202] * 4
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert (Upload.objects.count(), Prediction.objects.count()) == (1, 2)


def test_a_refused_upload_takes_nothing_from_those_committed_with_it(
    ada: User, upload: Uploads
) -> None:
    taken = upload(ada, idempotency_key="k")

    def draft(key: str | None) -> Draft:
        pk = statements.next_upload_id()
        fields = {"model": "ocr", "model_version": "2", "params": {}, "content_sha256": "c" * 64}
        row = Upload(pk=pk, user=ada, upload_path=f"u{pk}", idempotency_key=key, **fields)
        image = Image(upload_id=pk, position=0, image_name="a.png", image_path=f"u{pk}/a.png")
        image.content_type, image.width, image.height = "image/png", 1, 1
        image.size, image.sha256 = 1, "d" * 64
        return Draft(row, [image], Actor(id=ada.pk), offers.choose("ocr", None))

    outcomes = _settled([draft("other"), draft("k"), draft(None)])
    assert [type(one) for one in outcomes] == [tuple, IntegrityError, tuple]
    assert Upload.objects.exclude(pk=taken.pk).count() == 2
    assert Image.objects.count() == Prediction.objects.count() == 3


def _wait(together: Any, count: int) -> bool:
    return len(together._waiting) == count


def _settled(drafts: Sequence[Draft]) -> list[Any]:
    """What becomes of these in one group: an answer or an error for each."""
    first, may_go_on = Flag(), Flag()
    real = commits._commit

    def hold(group: Sequence[Draft]) -> Any:
        first.set()
        may_go_on.wait(30)
        return real(group) if group[0] is not _NOTHING else [None]

    together: Any = type(commits._together)(hold, shared=(), most=100)

    def call(one: Any) -> Any:
        try:
            return together.call(one)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(drafts) + 1) as pool:
        pool.submit(call, _NOTHING)
        assert first.wait(30)
        futures: list[Future[Any]] = []
        for count, one in enumerate(drafts, start=1):
            futures.append(pool.submit(call, one))
            until(partial(_wait, together, count), "it waits")
        may_go_on.set()
        return [future.exception(30) or future.result() for future in futures]
