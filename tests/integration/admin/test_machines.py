"""What programs have of users, as staff see it: never a secret, and ended with a reason."""

import pytest
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from tests.integration.desk import HOOK, REASON, act, listing, page, text_of
from tests.integration.keys import key_of, with_key
from tests.integration.rest import refused
from uploads import replay
from uploads.events import Actor
from uploads.models import ApiKey, Event, User, Webhook, WebhookDelivery
from uploads.webhooks import registry
from uploads.webhooks.bodies import KINDS

pytestmark = pytest.mark.django_db


def test_a_revoked_key_does_nothing_any_more(desk: Client, ada: User) -> None:
    program = with_key(key_of(ada))
    act(desk, ApiKey, "revoke", ApiKey.objects.get().pk)
    refused(program.get("/api/users/me/"), 401, "key_not_valid")
    assert Event.objects.get(kind="key.revoked").reason == REASON


def test_a_webhook_that_staff_disable_keeps_their_reason_for_the_audit(
    desk: Client, ada: User
) -> None:
    webhook = registry.make(ada, HOOK, KINDS, "", Actor())
    act(desk, Webhook, "disable", webhook.pk)
    webhook.refresh_from_db()
    assert webhook.disabled_reason == "By whoever administers this server."
    assert webhook.disabled_code == "by_staff"
    told = Event.objects.get(kind="webhook.disabled")
    assert told.reason == REASON
    assert REASON not in str(replay.read(ada.pk, after=0, limit=10))


def test_no_page_shows_a_secret(desk: Client, ada: User) -> None:
    key_of(ada)
    webhook = registry.make(ada, HOOK, KINDS, "", Actor())
    rows = [ApiKey.objects.get(), webhook, registry.send_test(webhook)]
    for row in rows:
        for address in (listing(type(row)), page(type(row), row.pk)):
            body = text_of(desk.get(address))
            for secret in (webhook.secret, "k4ja1", ApiKey.objects.get().sha256):
                assert secret not in body


def test_a_delivery_names_where_it_goes_and_whose_it_is(desk: Client, ada: User) -> None:
    registry.send_test(registry.make(ada, HOOK, KINDS, "", Actor()))
    body = text_of(desk.get(listing(WebhookDelivery)))
    assert "https://example.com" in body
    assert "webhook.test" in body


def test_a_delivery_says_what_it_waits_for(desk: Client, ada: User) -> None:
    webhook = registry.make(ada, HOOK, KINDS, "", Actor())
    address = page(WebhookDelivery, registry.send_test(webhook).pk)
    assert "pending" in text_of(desk.get(address))
    registry.disable(webhook, Webhook.Disabled.BY_STAFF, Actor())
    assert "waits until its webhook is enabled" in text_of(desk.get(address))
    Webhook.objects.update(deleted_at=timezone.now())
    assert "not sent: its webhook is deleted" in text_of(desk.get(address))


def test_no_page_shows_where_on_a_server_a_webhook_goes(desk: Client, ada: User) -> None:
    # Who takes messages for others often has nothing but the path to know them by.
    webhook = registry.make(ada, "https://example.com/T0/k4ja1", KINDS, "", Actor())
    for row in (webhook, registry.send_test(webhook)):
        for address in (listing(type(row)), page(type(row), row.pk)):
            assert "k4ja1" not in text_of(desk.get(address))


@pytest.mark.parametrize(
    ("rows", "lookup", "value"),
    [
        (Webhook, "secret__startswith", "whsec_"),
        (Webhook, "secret__gt", "whsec_"),
        (Webhook, "secret", "whsec_"),
        (Webhook, "url__contains", "k4ja1"),
        (ApiKey, "sha256__startswith", "a"),
    ],
)
def test_no_filter_finds_a_secret_by_its_letters(
    desk: Client, rows: type[Model], lookup: str, value: str
) -> None:
    assert desk.get(listing(rows), {lookup: value}).status_code == 400
