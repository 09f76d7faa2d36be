"""A receiver, and webhooks of people."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone

from consumers.worker.webhooks import Webhooks
from tests.fakes.receiver import Receiver
from uploads.events import Actor
from uploads.models import User, Webhook, WebhookDelivery
from uploads.webhooks import registry
from uploads.webhooks.bodies import KINDS, TEST

Hooks = Callable[..., Webhook]


@pytest.fixture(autouse=True)
def private(settings: Any) -> None:
    """Receivers are on this machine."""
    settings.WEBHOOK_ALLOW_PRIVATE = True


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().running() as one:
        yield one


@pytest.fixture
def hook(receiver: Receiver, db: None) -> Hooks:
    """Makes a webhook of a user that goes to the receiver."""

    def make(user: User, path: str = "ok", *kinds: str) -> Webhook:
        url = f"{receiver.url}/{user.username}/{path}"
        return registry.make(user, url, kinds or KINDS, "", Actor())

    return make


class Sender:
    """A worker's part in it, round by round."""

    def __init__(self) -> None:
        self.part = Webhooks()

    async def round(self) -> None:
        """Begins to send what is due."""
        await self.part.send_due()

    async def settle(self) -> None:
        """Sends what is due, and waits until it is sent."""
        await self.part.send_due()
        while self.part._sending:
            await asyncio.wait(set(self.part._sending))


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    one = Sender()
    yield one
    await one.part.close()


def due_test(webhook: Webhook) -> WebhookDelivery:
    """One more test message that is due."""
    return WebhookDelivery.objects.create(webhook=webhook, kind=TEST, due_at=timezone.now())


def kinds_noted(webhook: Webhook) -> list[str]:
    """The kinds of what is noted for a webhook, oldest first."""
    return list(webhook.deliveries.order_by("pk").values_list("kind", flat=True))


def only(webhook: Webhook) -> WebhookDelivery:
    """The one delivery of a webhook, as it is now."""
    return WebhookDelivery.objects.get(webhook=webhook)
