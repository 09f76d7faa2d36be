"""What goes with a deleted upload: everything its user wrote or got; facts stay for the audit."""

from typing import Any, Final

from django.db.models import Q

from uploads.models import Correction, Image, ModelOutput, Prediction, Upload

_NO_PICTURE: Final[dict[str, Any]] = {
    "image_name": "",
    "image_type": "",
    "thumbnail_path": "",
    "thumbhash": "",
    "thumbnail_due": None,
}


def erase_params(upload: Upload) -> None:
    """Takes the parameters out of its predictions; what was told of them has them from there."""
    Prediction.objects.filter(image__upload=upload).update(params={})
    upload.params = {}


def erase_params_of(image: Image) -> None:
    """The same for one image of an upload whose others stay."""
    Prediction.objects.filter(image=image).update(params={})


def erase_contents(upload: Upload) -> None:
    """Takes out its results, and its images' names and hints, once nothing of it runs."""
    Prediction.objects.filter(image__upload=upload).update(output=None, output_path="")
    _erase_corrections(Q(prediction__image__upload=upload))
    upload.images.update(**_NO_PICTURE, image_path="")
    upload.idempotency_key = None


def erase_contents_of(image: Image) -> None:
    """The same for one image of an upload whose others stay; its original has its own way to go."""
    Prediction.objects.filter(image=image).update(output=None, output_path="")
    _erase_corrections(Q(prediction__image=image))
    Image.objects.filter(pk=image.pk).update(**_NO_PICTURE)


def _erase_corrections(which: Q) -> None:
    """What somebody wrote over a result, and the result that they wrote over."""
    Correction.objects.filter(which).delete()
    ModelOutput.objects.filter(which).delete()
