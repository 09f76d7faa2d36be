"""The shapes of webhooks and of what was sent to them."""

from typing import Any

from rest_framework import serializers

from uploads.api.bodies import OneOf, StrictBody
from uploads.models import Webhook, WebhookDelivery, lengths
from uploads.webhooks.bodies import KINDS


class WebhookView(serializers.Serializer[Webhook]):
    """A webhook as its user sees it: never its secret."""

    id = serializers.IntegerField(read_only=True)
    url = serializers.CharField(read_only=True)
    description = serializers.CharField(read_only=True)
    events = serializers.ListField(
        child=serializers.ChoiceField(KINDS), source="kinds", read_only=True
    )
    enabled = serializers.SerializerMethodField()
    disabled_reason = serializers.CharField(read_only=True)
    disabled_code = serializers.ChoiceField(
        Webhook.Disabled.choices, read_only=True, allow_blank=True
    )
    created_at = serializers.DateTimeField(read_only=True)
    disabled_at = serializers.DateTimeField(read_only=True, allow_null=True)
    delivered_at = serializers.DateTimeField(read_only=True, allow_null=True)

    def get_enabled(self, row: Webhook) -> bool:
        return row.disabled_at is None


class NewWebhookView(WebhookView):
    """One that was just made; `secret` verifies its messages and is shown this once."""

    secret = serializers.CharField(read_only=True)


class _Events(serializers.ListField):
    """Each once, in one order."""

    child = OneOf(KINDS)

    def __init__(self, **options: Any) -> None:
        super().__init__(min_length=1, max_length=len(KINDS), **options)

    def to_internal_value(self, data: Any) -> list[str]:
        given = super().to_internal_value(data)
        return [kind for kind in KINDS if kind in given]


class NewWebhook(StrictBody[None]):
    """What a webhook is made of."""

    url = serializers.CharField(max_length=lengths.WEBHOOK_URL)
    events = _Events(required=False, default=list(KINDS))
    description = serializers.CharField(
        max_length=lengths.WEBHOOK_DESCRIPTION, allow_blank=True, required=False, default=""
    )


class WebhookChange(StrictBody[None]):
    """What may be changed of one."""

    url = serializers.CharField(max_length=lengths.WEBHOOK_URL, required=False)
    events = _Events(required=False)
    description = serializers.CharField(
        max_length=lengths.WEBHOOK_DESCRIPTION, allow_blank=True, required=False
    )
    enabled = serializers.BooleanField(required=False)


class Delivery(serializers.Serializer[WebhookDelivery]):
    """One message: what it tells, and how sending it goes."""

    id = serializers.IntegerField(read_only=True)
    webhook = serializers.IntegerField(source="webhook_id", read_only=True)
    message_id = serializers.CharField(read_only=True)
    event = serializers.CharField(source="kind", read_only=True)
    seq = serializers.IntegerField(source="event_seq", read_only=True, allow_null=True)
    upload = serializers.IntegerField(source="upload_id", read_only=True, allow_null=True)
    prediction = serializers.IntegerField(source="prediction_id", read_only=True, allow_null=True)
    status = serializers.ChoiceField(WebhookDelivery.Status.choices, read_only=True)
    attempts = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    due_at = serializers.DateTimeField(read_only=True, allow_null=True)
    ended_at = serializers.DateTimeField(read_only=True, allow_null=True)
    http_status = serializers.IntegerField(read_only=True, allow_null=True)
    error_code = serializers.CharField(read_only=True)
    duration_ms = serializers.IntegerField(read_only=True, allow_null=True)
