"""The shapes of events, as REST gives them and the socket tells them."""

from typing import Final

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from uploads.api.schemas import Prediction
from uploads.event_kinds import AUDIT_ONLY, WITH_OUTPUT, Kind


def _kinds(of: str) -> list[str]:
    """The public ones whose names begin so."""
    return sorted(str(kind) for kind in Kind if kind not in AUDIT_ONLY and kind.startswith(of))


class _Event(serializers.Serializer[None]):
    type = serializers.ChoiceField(choices=["event"])
    seq = serializers.IntegerField(help_text="Rises by exactly 1 for each event.")
    at = serializers.DateTimeField()
    upload = serializers.IntegerField()
    image = serializers.IntegerField()
    prediction = serializers.IntegerField(allow_null=True)


class EventPrediction(Prediction):
    """A prediction as it was at an event of it."""

    truncated = serializers.BooleanField(
        required=False, help_text="Its output is larger than 256 KiB, and null here."
    )


class PredictionEvent(_Event):
    """What became of a prediction."""

    kind = serializers.ChoiceField(choices=_kinds("prediction."))
    prediction = serializers.IntegerField()
    data = EventPrediction(  # type: ignore[assignment]  # the contract's word
        help_text=f"Its output comes with {' and '.join(map(str, WITH_OUTPUT))} alone."
    )


class ImageEventData(serializers.Serializer[None]):
    id = serializers.IntegerField()
    sha256 = serializers.CharField(
        required=False, help_text="Of its original, where that was archived or purged."
    )
    thumbnail = serializers.CharField(
        required=False, help_text="With image.thumbnailed: its address."
    )
    thumbhash = serializers.CharField(
        required=False,
        allow_null=True,
        help_text="With image.thumbnailed: what is shown until that is there.",
    )


class ImageEvent(_Event):
    """What became of an image."""

    kind = serializers.ChoiceField(choices=_kinds("image."))
    data = ImageEventData()  # type: ignore[assignment]  # the contract's word


class UploadEventData(serializers.Serializer[None]):
    """All of it with upload.created, else `id` alone."""

    id = serializers.IntegerField()
    model = serializers.CharField(required=False)
    model_version = serializers.CharField(required=False)
    created_at = serializers.DateTimeField(required=False)
    images = serializers.ListField(child=serializers.IntegerField(), required=False)


class UploadEvent(_Event):
    """What became of an upload."""

    kind = serializers.ChoiceField(choices=_kinds("upload."))
    image = serializers.IntegerField(allow_null=True)
    data = UploadEventData()  # type: ignore[assignment]  # the contract's word


class WebhookEvent(_Event):
    """What became of a webhook."""

    kind = serializers.ChoiceField(choices=_kinds("webhook."))
    upload = serializers.IntegerField(allow_null=True)
    image = serializers.IntegerField(allow_null=True)
    data = serializers.DictField()  # type: ignore[assignment]  # the contract's word


EVENTS: Final = (PredictionEvent, ImageEvent, UploadEvent, WebhookEvent)


@extend_schema_field(
    PolymorphicProxySerializer("Event", list(EVENTS), resource_type_field_name=None, many=True)
)
class _Events(serializers.ListField):
    """Any of them."""


class EventPage(serializers.Serializer[None]):
    epoch = serializers.CharField()
    seq = serializers.IntegerField()
    results = _Events()
