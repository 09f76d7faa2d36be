"""The shapes of models, for the OpenAPI document."""

from rest_framework import serializers

from uploads.catalog.desired import Desired


class Refusal(serializers.Serializer[None]):
    code = serializers.CharField(help_text="model_unavailable.")
    message = serializers.CharField()


class ModelVersion(serializers.Serializer[None]):
    version = serializers.CharField()
    state = serializers.CharField(help_text="The best that any live worker has.")
    refusal = Refusal(allow_null=True, help_text="What an upload for it is refused with now.")
    labels = serializers.ListField(child=serializers.CharField())
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


class Model(serializers.Serializer[None]):
    name = serializers.CharField()
    description = serializers.CharField()
    versions = ModelVersion(many=True)
    default_version = serializers.CharField(allow_null=True)
    params_schema = serializers.DictField()
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
