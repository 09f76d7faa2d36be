"""Messages on their way to a real server that takes them, fails, hangs, redirects or floods."""

import asyncio
import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone
from rest_framework.test import APIClient
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from consumers.database import in_database
from consumers.worker import webhook_client
from tests.fakes.receiver import Receiver
from tests.integration.rest import succeed, uploaded
from tests.integration.webhooks.conftest import Hooks, Sender, due_test, only
from uploads.events import Actor
from uploads.models import Event, User, Webhook, WebhookDelivery
from uploads.webhooks import outbox, registry
from uploads.webhooks.outbox import delay

pytestmark = pytest.mark.django_db(transaction=True)

Status = WebhookDelivery.Status


def make_due() -> None:
    WebhookDelivery.objects.filter(status=Status.PENDING).update(due_at=timezone.now())


async def with_test(hook: Hooks, user: User, path: str) -> Webhook:
    """A webhook with a test message that is due."""
    webhook = await in_database(hook, user, path)
    await in_database(registry.send_test, webhook)
    return webhook


async def test_a_message_is_signed_and_says_what_rest_says(
    as_ada: APIClient, ada: User, hook: Hooks, receiver: Receiver, sender: Sender
) -> None:
    webhook = await in_database(hook, ada)

    def predict() -> Any:
        prediction = uploaded(as_ada)["images"][0]["prediction"]["id"]
        succeed(prediction)
        return as_ada.get(f"/api/predictions/{prediction}/").json()

    shown = await in_database(predict)
    await sender.settle()
    by_type = {json.loads(one.body)["type"]: one for one in receiver.received}
    assert by_type.keys() == {"prediction.succeeded", "upload.finished"}
    for one in receiver.received:
        Verifier(webhook.secret).verify(one.body, one.headers)
        with pytest.raises(WebhookVerificationError):
            Verifier(webhook.secret).verify(one.body + b" ", one.headers)
        assert one.headers["Content-Type"] == "application/json"
    data = json.loads(by_type["prediction.succeeded"].body)["data"]
    assert data == shown
    finished = json.loads(by_type["upload.finished"].body)["data"]
    assert (finished["id"], finished["counts"]["succeeded"]) == (shown["upload"], 1)
    assert finished["images"] == [shown["image"]]
    assert set(await in_database(lambda: list(_statuses(webhook)))) == {(Status.DELIVERED, 200)}


def _statuses(webhook: Webhook) -> Any:
    return WebhookDelivery.objects.filter(webhook=webhook).values_list("status", "http_status")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("500", 500, "http_500"), ("redirect", 302, "redirected")],
)
async def test_what_is_not_taken_is_due_again_and_a_redirect_is_not_followed(
    ada: User, hook: Hooks, receiver: Receiver, sender: Sender, path: str, status: int, code: str
) -> None:
    webhook = await with_test(hook, ada, path)
    await sender.settle()
    sent = await in_database(only, webhook)
    assert receiver.paths() == [f"/ada/{path}"]
    assert (sent.status, sent.http_status, sent.error_code) == (Status.PENDING, status, code)
    assert sent.due_at is not None
    wait = delay(1)
    assert wait is not None
    assert timezone.now() < sent.due_at < timezone.now() + 2 * wait
    await in_database(make_due)
    await sender.settle()
    ids = {one.headers["webhook-id"] for one in receiver.received}
    assert (len(receiver.received), ids) == (2, {sent.message_id})


async def test_an_answer_without_an_end_is_not_read(
    ada: User, hook: Hooks, receiver: Receiver, sender: Sender
) -> None:
    webhook = await with_test(hook, ada, "flood")
    await sender.settle()
    assert (await in_database(only, webhook)).status == Status.DELIVERED
    assert (len(sender.part._of_webhook), len(sender.part._of_user)) == (0, 0)


async def test_a_receiver_that_never_comes_to_its_answer_is_hung_up_on(
    ada: User, hook: Hooks, receiver: Receiver, sender: Sender
) -> None:
    webhook = await with_test(hook, ada, "hints")
    await sender.settle()
    sent = await in_database(only, webhook)
    assert (sent.status, sent.error_code) == (Status.PENDING, "bad_answer")


async def test_a_receiver_that_says_nothing_is_waited_for_so_long_only(
    ada: User,
    hook: Hooks,
    receiver: Receiver,
    sender: Sender,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhook_client, "TOTAL_SECONDS", 0.2)
    webhook = await with_test(hook, ada, "hang")
    await sender.settle()
    sent = await in_database(only, webhook)
    assert (sent.status, sent.http_status, sent.error_code) == (Status.PENDING, None, "timeout")


async def test_nobody_waits_for_somebody_elses_slow_receiver(
    ada: User, bob: User, hook: Hooks, receiver: Receiver, sender: Sender
) -> None:
    slow = await in_database(hook, ada, "hang")
    for _ in range(outbox.AT_ONCE_OF_WEBHOOK + 5):
        await in_database(due_test, slow)
    await sender.round()
    await with_test(hook, bob, "ok")
    await sender.round()
    async with asyncio.timeout(20):
        await receiver.until("/bob/ok")
    assert receiver.paths().count("/ada/hang") <= outbox.AT_ONCE_OF_WEBHOOK
    assert not receiver.let_go.is_set()


async def test_a_message_of_a_worker_that_died_is_sent_by_another(
    ada: User, hook: Hooks, receiver: Receiver, sender: Sender
) -> None:
    webhook = await with_test(hook, ada, "ok")
    (lost,) = await in_database(outbox.take, 5, Counter(), Counter())
    await sender.settle()
    assert receiver.received == []
    await in_database(make_due)
    await sender.settle()
    assert (await in_database(only, webhook)).status == Status.DELIVERED
    # What the first one notes late changes nothing.
    await in_database(outbox.note, lost, outbox.Outcome(None, "timeout", 1))
    assert (await in_database(only, webhook)).status == Status.DELIVERED


async def test_a_worker_that_was_overtaken_notes_nothing(
    ada: User, hook: Hooks, receiver: Receiver
) -> None:
    webhook = await with_test(hook, ada, "ok")
    (lost,) = await in_database(outbox.take, 5, Counter(), Counter())
    await in_database(make_due)
    (taken,) = await in_database(outbox.take, 5, Counter(), Counter())
    held = await in_database(only, webhook)
    for outcome in (outbox.Outcome(None, "timeout", 1), outbox.Outcome(200, "", 1)):
        await in_database(outbox.note, lost, outcome)
    now = await in_database(only, webhook)
    assert (now.status, now.due_at, now.error_code) == (Status.PENDING, held.due_at, "")
    await in_database(outbox.note, taken, outbox.Outcome(200, "", 1))
    assert (await in_database(only, webhook)).status == Status.DELIVERED


async def test_what_is_not_taken_for_a_day_disables_its_webhook_and_tells_its_user(
    ada: User, hook: Hooks, receiver: Receiver, sender: Sender
) -> None:
    webhook = await with_test(hook, ada, "500")
    whole, tries = timedelta(), 1
    while wait := delay(tries):
        whole, tries = whole + wait, tries + 1
    assert timedelta(hours=20) < whole < timedelta(hours=26)
    await in_database(lambda: WebhookDelivery.objects.update(tries=tries - 1))
    await sender.settle()
    sent = await in_database(only, webhook)
    assert (sent.status, sent.error_code) == (Status.FAILED, "http_500")
    await in_database(webhook.refresh_from_db)
    assert webhook.disabled_at is not None
    assert "http_500" in webhook.disabled_reason
    assert webhook.disabled_code == "not_taken"
    told = await in_database(Event.objects.get, kind="webhook.disabled")
    assert (told.user_id, told.seq, told.facts["webhook"]) == (ada.pk, 1, webhook.pk)


async def test_one_message_that_is_never_taken_among_others_disables_nothing(
    ada: User, hook: Hooks, receiver: Receiver, sender: Sender
) -> None:
    webhook = await with_test(hook, ada, "500")
    await in_database(
        lambda: WebhookDelivery.objects.update(
            tries=100, created_at=F("created_at") - timedelta(days=1)
        )
    )
    await in_database(lambda: Webhook.objects.update(delivered_at=timezone.now()))
    await sender.settle()
    assert (await in_database(only, webhook)).status == Status.FAILED
    await in_database(webhook.refresh_from_db)
    assert webhook.disabled_at is None


async def test_a_receiver_that_is_gone_is_believed_at_once(
    ada: User, hook: Hooks, receiver: Receiver, sender: Sender
) -> None:
    webhook = await with_test(hook, ada, "410")
    await sender.settle()
    await in_database(webhook.refresh_from_db)
    assert "410" in webhook.disabled_reason
    assert webhook.disabled_code == "gone"


async def test_a_message_about_what_was_deleted_is_not_sent(
    as_ada: APIClient, ada: User, hook: Hooks, receiver: Receiver, sender: Sender
) -> None:
    webhook = await in_database(hook, ada, "ok", "upload.finished")

    def finish_and_delete() -> None:
        upload = uploaded(as_ada)
        succeed(upload["images"][0]["prediction"]["id"])
        as_ada.delete(f"/api/uploads/{upload['id']}/")

    await in_database(finish_and_delete)
    await sender.settle()
    assert receiver.received == []
    assert (await in_database(only, webhook)).error_code == "event_gone"


async def test_a_disabled_or_deleted_webhook_is_sent_nothing(
    ada: User, bob: User, hook: Hooks, receiver: Receiver, sender: Sender
) -> None:
    disabled, deleted = await with_test(hook, ada, "ok"), await with_test(hook, ada, "ok")
    of_nobody = await with_test(hook, bob, "ok")
    await in_database(registry.disable, disabled, Webhook.Disabled.BY_STAFF, Actor())
    await in_database(registry.delete, deleted, Actor())
    await in_database(lambda: User.objects.filter(pk=of_nobody.user_id).update(is_active=False))
    await sender.settle()
    assert receiver.received == []
