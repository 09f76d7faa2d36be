"""E-mail on finished uploads: to who asked for it, about what has happened since, at least once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from django.core import mail
from django.utils import timezone
from rest_framework.test import APIClient

from consumers.database import in_database
from consumers.worker.mail import Mail
from tests.integration.keys import key_of, with_key
from tests.integration.rest import fail, file, refused, succeed, uploaded
from uploads import notices
from uploads.events import Actor
from uploads.models import EmailNotices, User, Webhook
from uploads.webhooks import registry
from uploads.webhooks.bodies import KINDS
from uploads.webhooks.outbox import delay

pytestmark = pytest.mark.django_db

ME = "/api/users/me/"


@pytest.fixture(autouse=True)
def mail_server(settings: Any) -> None:
    settings.EMAIL_HOST = "mail.example"


@pytest.fixture
def told(ada: User, as_ada: APIClient) -> APIClient:
    """Ada's client; she has asked for e-mail."""
    ada.email = "ada@example.com"
    ada.save()
    assert wish(as_ada).json()["email_notices"] is True
    return as_ada


def wish(client: APIClient, *, wanted: bool = True) -> Any:
    return client.patch(ME, {"email_notices": wanted}, format="json")


def end_all(body: dict[str, Any]) -> None:
    for image in body["images"]:
        succeed(image["prediction"]["id"])


def send_all() -> None:
    """What a worker does now and then, a minute and more after the last message."""
    EmailNotices.objects.update(due_at=timezone.now())
    while message := notices.take():
        notices.send(message)


def test_a_finished_upload_is_told_once_and_only_when_all_of_it_has_ended(
    told: APIClient,
) -> None:
    body = uploaded(told, file(name="secret-name.png"), file())
    first, second = (image["prediction"]["id"] for image in body["images"])
    fail(first)
    send_all()
    assert mail.outbox == []
    succeed(second)
    send_all()
    send_all()
    (message,) = mail.outbox
    assert (message.to, message.subject) == (
        ["ada@example.com"],
        "Darkroom: 1 upload has finished",
    )
    assert message.body == f"Upload {body['id']} (ocr): 1 succeeded, 1 failed.\n"


def test_what_finishes_within_a_minute_comes_in_one_message(told: APIClient) -> None:
    for _ in range(3):
        end_all(uploaded(told))
    send_all()
    end_all(uploaded(told))
    assert notices.take() is None
    assert [one.subject for one in mail.outbox] == ["Darkroom: 3 uploads have finished"]
    send_all()
    assert len(mail.outbox) == 2


def test_nobody_is_told_who_did_not_ask_or_asks_no_more(told: APIClient, as_bob: APIClient) -> None:
    end_all(uploaded(as_bob))
    wish(told, wanted=False)
    end_all(uploaded(told))
    send_all()
    assert mail.outbox == []
    assert told.get(ME).json()["email_notices"] is False
    # Nor of what was before they asked.
    wish(told)
    send_all()
    assert mail.outbox == []


def test_who_was_disabled_or_lost_their_address_is_told_nothing(told: APIClient, ada: User) -> None:
    end_all(uploaded(told))
    User.objects.filter(pk=ada.pk).update(is_active=False)
    send_all()
    User.objects.filter(pk=ada.pk).update(is_active=True, email="")
    send_all()
    assert mail.outbox == []


def test_a_deleted_upload_is_not_told_of(told: APIClient) -> None:
    body = uploaded(told)
    end_all(body)
    told.delete(f"/api/uploads/{body['id']}/")
    send_all()
    assert mail.outbox == []


def test_a_disabled_webhook_is_told_of(told: APIClient, ada: User) -> None:
    webhook = registry.make(ada, "https://example.com/hook?secret=abc", KINDS, "", Actor())
    registry.disable(webhook, Webhook.Disabled.NOT_TAKEN, Actor(), "timeout")
    send_all()
    (message,) = mail.outbox
    assert message.subject == "Darkroom: 1 webhook was disabled"
    assert "example.com was disabled: Nothing was taken" in message.body
    assert "abc" not in message.body


def test_without_an_address_or_a_mail_server_nobody_can_ask(
    as_ada: APIClient, ada: User, settings: Any
) -> None:
    refused(wish(as_ada), 409, "no_email_address")
    settings.EMAIL_HOST = ""
    refused(wish(as_ada), 409, "mail_not_set_up")
    assert wish(as_ada, wanted=False).status_code == 200
    refused(as_ada.patch(ME, {"email_notices": "perhaps"}, format="json"), 400, "invalid")
    refused(with_key(key_of(ada)).patch(ME, {}, format="json"), 403, "not_for_keys")


def test_a_mail_server_that_fails_is_tried_again_and_given_up_after_a_day(
    told: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> int:
        raise ConnectionRefusedError

    end_all(uploaded(told))
    with monkeypatch.context() as broken:
        broken.setattr(notices, "send_mail", refuse)
        send_all()
        row = EmailNotices.objects.get()
        assert row.tries == 1
        assert timedelta(0) < row.due_at - timezone.now() < timedelta(minutes=1)
    send_all()
    assert len(mail.outbox) == 1
    end_all(uploaded(told))
    tries = 1
    while delay(tries):
        tries += 1
    EmailNotices.objects.update(tries=tries)
    monkeypatch.setattr(notices, "send_mail", refuse)
    send_all()
    assert EmailNotices.objects.get().tries == 0
    EmailNotices.objects.update(due_at=timezone.now())
    assert notices.take() is None


@pytest.mark.parametrize("address", [f"a@{'é' * 60}.com", f"{'é' * 60}@example.com"])
def test_an_address_that_no_mail_can_go_to_is_given_up_and_holds_nobody_up(
    told: APIClient, ada: User, as_bob: APIClient, bob: User, address: str
) -> None:
    User.objects.filter(pk=bob.pk).update(email="bob@example.com")
    wish(as_bob)
    ada.email = address
    ada.save()
    for client in (told, as_bob):
        end_all(uploaded(client))
    send_all()
    assert [message.to for message in mail.outbox] == [["bob@example.com"]]
    row = EmailNotices.objects.get(pk=ada.pk)
    assert (row.tries, row.due_at > timezone.now()) == (1, True)


def test_who_asks_no_more_while_a_message_is_sent_is_not_given_up(
    told: APIClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: Any, **__: Any) -> int:
        wish(told, wanted=False)
        raise ConnectionRefusedError

    monkeypatch.setattr(notices, "send_mail", refuse)
    end_all(uploaded(told))
    send_all()
    assert "mail not sent" in caplog.text
    assert "given up" not in caplog.text


def test_a_worker_that_dies_before_it_has_sent_leaves_the_message_to_another(
    told: APIClient,
) -> None:
    end_all(uploaded(told))
    assert notices.take() is not None
    assert notices.take() is None
    send_all()
    assert len(mail.outbox) == 1


class Mailbox:
    """What a real mail server was given."""

    def __init__(self) -> None:
        self.received: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.received.append(envelope)
        return "250 OK"


@pytest.mark.django_db(transaction=True)
async def test_a_worker_hands_messages_to_a_real_mail_server(
    told: APIClient, settings: Any
) -> None:
    mailbox = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailbox), "127.0.0.1", 0)
    async with server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_USE_TLS = "127.0.0.1", False
        settings.EMAIL_PORT = server.sockets[0].getsockname()[1]
        settings.DEFAULT_FROM_EMAIL = "darkroom@example.com"
        await in_database(lambda: end_all(uploaded(told)))
        await Mail().send_due()
    (envelope,) = mailbox.received
    assert envelope.mail_from == "darkroom@example.com"
    assert envelope.rcpt_tos == ["ada@example.com"]
    assert b"Subject: Darkroom: 1 upload has finished" in envelope.content
