"""The shapes of what models give, told apart by `kind`."""

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers


class OutputNote(serializers.Serializer[None]):
    """What could not be done."""

    code = serializers.CharField()
    message = serializers.CharField()


class _Output(serializers.Serializer[None]):
    notes = OutputNote(many=True, required=False)


class TextRegion(serializers.Serializer[None]):
    """A line of text."""

    polygon = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()),
        help_text="Its corners as x and y, in pixels of the upright image.",
    )
    text = serializers.CharField(allow_blank=True)
    confidence = serializers.FloatField(required=False, help_text="From 0 to 1.")
    original = serializers.CharField(
        required=False, allow_blank=True, help_text="What the model has read, once it is corrected."
    )


class TextOutput(_Output):
    """Text that was read."""

    kind = serializers.ChoiceField(choices=["text"])
    text = serializers.CharField(allow_blank=True)
    paragraphs = serializers.ListField(child=serializers.CharField(), required=False)
    language = serializers.CharField(required=False, allow_null=True)
    turned = serializers.IntegerField(
        required=False, help_text="By how many degrees the image lay turned, clockwise."
    )
    regions = TextRegion(many=True)


class ImageOutput(_Output):
    """A picture."""

    kind = serializers.ChoiceField(choices=["image"])
    url = serializers.CharField(help_text="The path of its file.")
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    transparent = serializers.BooleanField(
        required=False, help_text="Whether any of it is. Not known of old ones."
    )
    content_type = serializers.CharField()


class Label(serializers.Serializer[None]):
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]  # the contract's word
    score = serializers.FloatField()


class LabelsOutput(_Output):
    """Labels, the likeliest first."""

    kind = serializers.ChoiceField(choices=["labels"])
    labels = Label(many=True)


class RawOutput(_Output):
    """Tensors by their names, as they came."""

    kind = serializers.ChoiceField(choices=["raw"])
    tensors = serializers.DictField()


@extend_schema_field(
    PolymorphicProxySerializer(
        component_name="PredictionOutput",
        serializers=[TextOutput, ImageOutput, LabelsOutput, RawOutput],
        resource_type_field_name=None,
    )
)
class OutputField(serializers.DictField):
    """What came out, of one of these kinds."""
