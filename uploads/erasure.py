"""What goes with a deleted upload: everything its user wrote or got; facts stay for the audit."""

from typing import Final

from django.db.models import QuerySet

from uploads.models import Event, Image, Prediction, Upload

_A_STATEMENT: Final = 200


def erase_params(upload: Upload) -> None:
    """Takes the parameters out of its predictions and of all that was told of them.

    To be called before anything more is told of them.
    """
    Prediction.objects.filter(image__upload=upload).update(params={})
    _erase_told(Event.objects.filter(upload_id=upload.pk))
    upload.params = {}


def erase_params_of(image: Image) -> None:
    """The same for one image of an upload whose others stay."""
    Prediction.objects.filter(image=image).update(params={})
    _erase_told(Event.objects.filter(upload_id=image.upload_id, image_id=image.pk))


def _erase_told(rows: QuerySet[Event]) -> None:
    told = rows.filter(facts__has_key="params")
    events = [event for event in told if event.facts["params"]]
    for event in events:
        event.facts["params"] = {}
    Event.objects.bulk_update(events, ["facts"], batch_size=_A_STATEMENT)


def erase_contents(upload: Upload) -> None:
    """Takes out its results, and its images' names and hints, once nothing of it runs."""
    Prediction.objects.filter(image__upload=upload).update(output=None, output_path="")
    upload.images.update(
        image_name="", image_type="", image_path="", thumbnail_path="", thumbnail_due=None
    )
    upload.idempotency_key = None


def erase_contents_of(image: Image) -> None:
    """The same for one image of an upload whose others stay; its original has its own way to go."""
    Prediction.objects.filter(image=image).update(output=None, output_path="")
    Image.objects.filter(pk=image.pk).update(
        image_name="", image_type="", thumbnail_path="", thumbnail_due=None
    )
