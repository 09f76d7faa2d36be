"""The shapes of requests and answers: for reading small bodies and for the OpenAPI document."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from rest_framework import serializers

from uploads.models import User, lengths
from uploads.states import State
from uploads.wanted import Wanted


class Username(serializers.RegexField):
    """A name, judged as it will be stored: letters that only look different are the same."""

    def __init__(self) -> None:
        super().__init__(
            r"^[\w.@+-]+\Z",
            max_length=150,
            error_messages={"invalid": "A name has letters, digits and @ . + - _ only."},
        )

    def to_internal_value(self, data: str) -> str:
        return User.normalize_username(super().to_internal_value(data))


class TypedUsername(serializers.CharField):
    """A name as somebody typed it to sign in: no longer than one can be, once normalized."""

    def to_internal_value(self, data: str) -> str:
        return User.normalize_username(super().to_internal_value(data))


class Registration(serializers.Serializer[User]):
    """A new account."""

    id = serializers.IntegerField(read_only=True)
    username = Username()
    password = serializers.CharField(write_only=True, max_length=128, trim_whitespace=False)

    def validate_username(self, name: str) -> str:
        if User.objects.named(name) is not None:
            raise serializers.ValidationError("This name is taken.", code="username_taken")
        return name

    def validate_password(self, password: str) -> str:
        try:
            validate_password(password, User(username=str(self.initial_data.get("username", ""))))
        except ValidationError as error:
            raise serializers.ValidationError(error.messages, code="weak_password") from None
        return password


class Quota(serializers.Serializer[None]):
    bytes_used = serializers.IntegerField()
    bytes_limit = serializers.IntegerField(allow_null=True)
    queued = serializers.IntegerField()
    queued_limit = serializers.IntegerField(allow_null=True)


class Me(serializers.Serializer[User]):
    id = serializers.IntegerField()
    username = serializers.CharField()
    is_staff = serializers.BooleanField()
    quota = Quota()


class Credentials(serializers.Serializer[None]):
    username = TypedUsername(max_length=150)
    password = serializers.CharField(max_length=128, trim_whitespace=False, write_only=True)


class TokenPair(serializers.Serializer[None]):
    access = serializers.CharField()
    refresh = serializers.CharField()


class Refresh(serializers.Serializer[None]):
    refresh = serializers.CharField(max_length=4096)


class FaultEntry(serializers.Serializer[None]):
    field = serializers.CharField(required=False)
    position = serializers.IntegerField(required=False)
    name = serializers.CharField(required=False)
    code = serializers.CharField()
    message = serializers.CharField()


class Error(serializers.Serializer[None]):
    """What every refusal looks like."""

    code = serializers.CharField()
    message = serializers.CharField()
    errors = FaultEntry(many=True, required=False)  # type: ignore[assignment]  # the contract's word


class PredictionError(serializers.Serializer[None]):
    code = serializers.CharField()
    message = serializers.CharField()


class PredictionWaiting(serializers.Serializer[None]):
    code = serializers.CharField(help_text="model_unavailable or no_worker.")
    message = serializers.CharField()


class Prediction(serializers.Serializer[None]):
    """One model applied to one image."""

    id = serializers.IntegerField()
    image = serializers.IntegerField()
    upload = serializers.IntegerField()
    model = serializers.CharField()
    model_version = serializers.CharField()
    params = serializers.DictField()
    state = serializers.ChoiceField(choices=[str(s) for s in State])
    stage = serializers.CharField(allow_null=True)
    progress = serializers.FloatField()
    attempt = serializers.IntegerField()
    queue_position = serializers.IntegerField(allow_null=True)
    waiting = PredictionWaiting(
        allow_null=True, help_text="Why it is not taken now; null: only its turn has not come."
    )
    failures = serializers.IntegerField()
    error = PredictionError(allow_null=True)
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    timing = serializers.DictField(allow_null=True)
    provenance = serializers.DictField(allow_null=True)
    output = serializers.DictField(
        allow_null=True,
        help_text="Told apart by `kind`: text, image, labels or raw. `notes` says what could not be"
        " done, each with `code` and `message`.",
    )


class Image(serializers.Serializer[None]):
    """One file of an upload, with the prediction that its upload asked for."""

    id = serializers.IntegerField()
    upload = serializers.IntegerField()
    position = serializers.IntegerField()
    name = serializers.CharField()
    image_type = serializers.CharField(allow_blank=True)
    content_type = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    orientation = serializers.IntegerField(
        allow_null=True,
        help_text="1 to 8, as in EXIF: how the file's rows are turned to be upright, as width,"
        " height and results are. Null for images from before it was kept.",
    )
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    file = serializers.CharField()
    thumbnail = serializers.CharField(allow_null=True)
    archived_at = serializers.DateTimeField(allow_null=True)
    prediction = Prediction(allow_null=True)
    predictions = serializers.CharField()


class Counts(serializers.Serializer[None]):
    queued = serializers.IntegerField()
    running = serializers.IntegerField()
    succeeded = serializers.IntegerField()
    failed = serializers.IntegerField()
    canceled = serializers.IntegerField()


class Upload(serializers.Serializer[None]):
    """One request: some images for one model."""

    id = serializers.IntegerField()
    model = serializers.CharField()
    model_version = serializers.CharField()
    params = serializers.DictField()
    created_at = serializers.DateTimeField()
    counts = Counts()
    images = Image(many=True)


class ReceivedUpload(Upload):
    """An upload as it was received."""

    rejected = FaultEntry(
        many=True, required=False, help_text="With `?partial=1`: the files that were left out."
    )


class NewUpload(serializers.Serializer[None]):
    """multipart/form-data; the files may also be named `image0`, `image1`, …. Nothing else."""

    images = serializers.ListField(child=serializers.FileField(), required=False)
    model = serializers.CharField(required=False)
    model_version = serializers.CharField(required=False)
    params = serializers.CharField(required=False, help_text="A JSON object for the model.")
    image_type = serializers.CharField(required=False, max_length=lengths.IMAGE_TYPE)


class NewPrediction(serializers.Serializer[None]):
    model = serializers.CharField(max_length=lengths.MODEL_NAME)
    model_version = serializers.CharField(max_length=lengths.LABEL, required=False, allow_null=True)
    params = serializers.DictField(required=False)


class EventPage(serializers.Serializer[None]):
    epoch = serializers.CharField()
    seq = serializers.IntegerField()
    results = serializers.ListField(child=serializers.DictField())


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
    wanted = serializers.ChoiceField(choices=[str(one) for one in Wanted])
    reason = serializers.CharField(required=False, help_text="For staff alone.")
    workers = ModelAtWorker(many=True, required=False, help_text="For staff alone.")


def page_of(item: type[serializers.Serializer[None]]) -> type[serializers.Serializer[None]]:
    """The shape of a cursor-paginated list of `item`."""
    return type(
        f"{item.__name__}Page",
        (serializers.Serializer,),
        {
            "next": serializers.CharField(allow_null=True),
            "previous": serializers.CharField(allow_null=True),
            "results": item(many=True),
        },
    )
