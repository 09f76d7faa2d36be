"""The shapes of models, for the OpenAPI document."""

from rest_framework import serializers

from uploads.catalog.desired import Desired


class ParamsSchema(serializers.Serializer[None]):
    """JSON Schema of an object, with whatever keywords its model's author has used."""

    type = serializers.CharField(required=False)
    properties = serializers.DictField(
        child=serializers.DictField(), required=False, help_text="In the order to show."
    )
    required = serializers.ListField(  # type: ignore[assignment]  # JSON Schema's word
        child=serializers.CharField(), required=False
    )


class Refusal(serializers.Serializer[None]):
    code = serializers.CharField(help_text="model_unavailable.")
    message = serializers.CharField()


class ModelVersion(serializers.Serializer[None]):
    version = serializers.CharField()
    state = serializers.CharField(help_text="The best that any live worker has.")
    refusal = Refusal(allow_null=True, help_text="What an upload for it is refused with now.")
    labels = serializers.ListField(child=serializers.CharField())
    params_schema = ParamsSchema(help_text="JSON Schema of its parameters.")
    reason = serializers.CharField(required=False, help_text="For staff alone.")


class ModelAtWorker(serializers.Serializer[None]):
    """What one worker has of a model."""

    worker = serializers.CharField()
    version = serializers.CharField(help_text="Empty: the model's folder cannot be used.")
    state = serializers.CharField()
    reason = serializers.CharField()
    sha256 = serializers.CharField()
    instances = serializers.IntegerField()
    memory_bytes = serializers.IntegerField()


class Language(serializers.Serializer[None]):
    """A language whose text a model reads."""

    code = serializers.CharField(help_text="As BCP 47 has it: en, zh, …")
    note = serializers.CharField(required=False, help_text="What restricts it.")


class Card(serializers.Serializer[None]):
    """What to know before relying on a model; what its author did not tell is not there."""

    purpose = serializers.CharField(required=False, help_text="What it is for.")
    limits = serializers.CharField(required=False, help_text="What it cannot do.")
    quality = serializers.CharField(
        required=False, help_text="How often it is right, as it was measured."
    )
    time = serializers.CharField(required=False, help_text="How long an image takes.")
    memory = serializers.CharField(required=False, help_text="What one process uses.")
    license = serializers.CharField(required=False, help_text="Of its code and weights.")
    source = serializers.CharField(  # type: ignore[assignment]  # its base has such an attribute
        required=False, help_text="Where its weights come from."
    )


class Model(serializers.Serializer[None]):
    name = serializers.CharField()
    title = serializers.CharField(help_text="What people call it; else its name.")
    description = serializers.CharField()
    task = serializers.CharField(
        allow_null=True, help_text="What it is for: text-recognition, classification, …"
    )
    card = Card()
    license = serializers.CharField(allow_null=True, help_text="As its card has it.")
    sample = serializers.CharField(
        allow_null=True, help_text="The path of a photo to try it with, a JPEG."
    )
    versions = ModelVersion(many=True)
    default_version = serializers.CharField(allow_null=True)
    params_schema = ParamsSchema(
        help_text="JSON Schema, of the default version; its properties in the order to show."
    )
    output_kind = serializers.CharField(help_text="tensors: it takes no images.")
    platform = serializers.CharField()
    languages = Language(many=True)
    state = serializers.CharField(help_text="Of the default version.")
    refusal = Refusal(
        allow_null=True, help_text="What an upload for its default version is refused with now."
    )
    desired_state = serializers.ChoiceField(choices=[str(one) for one in Desired])
    reason = serializers.CharField(required=False, help_text="For staff alone.")
    workers = ModelAtWorker(many=True, required=False, help_text="For staff alone.")
