"""The shapes of uploads, images, predictions, refusals and pages, read and documented."""

from typing import Any

from rest_framework import serializers

from uploads.api.bodies import StrictBody
from uploads.api.output_schemas import OutputField
from uploads.api.runs import RUNS_SHOWN
from uploads.models import lengths
from uploads.states import State


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
    code = serializers.CharField(help_text="model_unavailable, model_paused or no_worker.")
    message = serializers.CharField()


class Timing(serializers.Serializer[None]):
    """Where the time went, in milliseconds, as far as it is known."""

    queue_ms = serializers.IntegerField(required=False, help_text="Before its batch began.")
    decode_ms = serializers.IntegerField(required=False)
    compute_ms = serializers.IntegerField(required=False)
    encode_ms = serializers.IntegerField(required=False)
    total_ms = serializers.IntegerField(required=False, help_text="With waiting.")
    batch_size = serializers.IntegerField(required=False, help_text="Images computed at once.")


class Provenance(serializers.Serializer[None]):
    """What computed it, as far as it is known."""

    model_sha256 = serializers.CharField(required=False, help_text="Of the version's files.")
    device = serializers.CharField(required=False)
    worker = serializers.CharField(required=False)


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
    timing = Timing(allow_null=True)
    provenance = Provenance(allow_null=True)
    output = OutputField(allow_null=True, help_text="Null until it has succeeded.")


class ImageFacts(serializers.Serializer[None]):
    """One file of an upload, or one page of a document."""

    id = serializers.IntegerField()
    upload = serializers.IntegerField()
    position = serializers.IntegerField(help_text="Of its file among those that were sent.")
    page = serializers.IntegerField(help_text="Of its file, from 1.")
    pages = serializers.IntegerField(help_text="How many its file has, each an image of its own.")
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
    display = serializers.CharField(
        help_text="What every browser shows: the original, or a JPEG of it that is made with the"
        " thumbnail, upright and of at most 2,000 pixels a side.",
    )
    thumbnail = serializers.CharField(allow_null=True)
    thumbhash = serializers.CharField(
        allow_null=True,
        help_text="The picture in 25 bytes, as base64, to be shown until the thumbnail is there:"
        " see https://evanw.github.io/thumbhash/. Null before that is made, and for old ones.",
    )
    archived_at = serializers.DateTimeField(allow_null=True)
    pinned = serializers.BooleanField(
        help_text="Whether its local files stay, however old they are."
    )
    predictions = serializers.CharField()


class Image(ImageFacts):
    """An image with the prediction that its upload asked for."""

    prediction = Prediction(allow_null=True)


class ListedImage(ImageFacts):
    """An image with when it was sent and its newest predictions."""

    created_at = serializers.DateTimeField()
    runs = Prediction(
        many=True,
        help_text=f"Its newest {RUNS_SHOWN} predictions, oldest first; `predictions` has all.",
    )
    runs_count = serializers.IntegerField(help_text="How many predictions it has in all.")


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


class NewPrediction(StrictBody[None]):
    model = serializers.CharField(max_length=lengths.MODEL_NAME)
    model_version = serializers.CharField(max_length=lengths.LABEL, required=False, allow_null=True)
    params = serializers.DictField(required=False)


def page_of(item: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[None]]:
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
