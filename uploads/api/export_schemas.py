"""The shapes of exports."""

from rest_framework import serializers

from uploads.api.bodies import OneOf, StrictBody
from uploads.api.image_filter import MAX_TEXT_LENGTH
from uploads.exports import forms
from uploads.exports.archive import Include
from uploads.exports.tickets import MAX_IMAGES
from uploads.models import lengths
from uploads.states import State

_LARGEST_ID = (1 << 63) - 1
_FORMS = [form for form in forms.FORMS if form != forms.EVERYTHING]

_MOMENT = "With its offset, such as 2026-11-30T00:00:00Z."


class ExportFilter(StrictBody[None]):
    """The filters of the list of images; without any it is all of them."""

    q = serializers.CharField(required=False, allow_blank=True, max_length=MAX_TEXT_LENGTH)
    model = serializers.CharField(required=False, allow_blank=True, max_length=lengths.MODEL_NAME)
    state = OneOf(required=False, allow_blank=True, choices=[str(s) for s in State])
    label = serializers.CharField(  # type: ignore[assignment]  # a field, not this one's own label
        required=False, allow_blank=True, max_length=MAX_TEXT_LENGTH
    )
    created_after = serializers.CharField(required=False, allow_blank=True, help_text=_MOMENT)
    created_before = serializers.CharField(required=False, allow_blank=True, help_text=_MOMENT)


class NewExport(StrictBody[None]):
    """Either `images` or `filter`."""

    format = OneOf(choices=_FORMS, default="zip")
    include = serializers.ListField(
        child=OneOf(choices=[str(one) for one in Include]),
        required=False,
        allow_empty=False,
        max_length=len(Include),
        help_text="What of each image a ZIP has; both unless told otherwise.",
    )
    images = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=_LARGEST_ID),
        required=False,
        allow_empty=False,
        max_length=MAX_IMAGES,
    )
    filter = ExportFilter(required=False)

    def validate(self, asked: dict[str, object]) -> dict[str, object]:
        if ("images" in asked) == ("filter" in asked):
            raise serializers.ValidationError("Send either 'images' or 'filter'.")
        return asked


class Export(serializers.Serializer[None]):
    """A download that waits to be fetched, once."""

    url = serializers.CharField(
        help_text="Fetched with the cookie of this answer, or with the user's access token."
    )
    expires_at = serializers.DateTimeField()
    images = serializers.IntegerField(help_text="How many there are.")
    bytes = serializers.IntegerField(help_text="Of their originals, each file counted once.")
    missing = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="Those that were asked for and are not the user's, or not any more.",
    )
