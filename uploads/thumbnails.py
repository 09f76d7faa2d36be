"""Thumbnails as they are served: derived, not flushed, and so at times lost."""

from typing import Final

from django.http import Http404, StreamingHttpResponse
from django.utils import timezone

from uploads.downloads import local_inline
from uploads.models import Image
from uploads.storage import cache, handover, keys, local, volume

_LOST: Final = "The thumbnail was lost: it is made again in a moment."


def thumbnail_of(image: Image) -> StreamingHttpResponse:
    """An image's thumbnail.

    One that a power cut has taken is forgotten: the image then says that it has none, and is given
    another in a moment.

    Raises:
        Http404: there is none.
    """
    if not image.thumbnail_path:
        raise Http404("The thumbnail is not made yet.")
    return _served(image, image.thumbnail_path, image.thumbnail_content_type)


def display_of(image: Image) -> StreamingHttpResponse:
    """The larger picture of an original that not every browser shows.

    One that was lost is made again as a thumbnail is.

    Raises:
        Http404: there is none (any more).
    """
    if not image.thumbnail_path or image.is_shown_by_browsers:
        raise Http404("There is no such picture: see the file or the thumbnail.")
    return _served(image, keys.display_path(image.thumbnail_path), "image/jpeg")


def _served(image: Image, path: str, content_type: str) -> StreamingHttpResponse:
    """A picture of the image that was made with its thumbnail; without it both are forgotten.

    Raises:
        StorageUnavailable: it is in the object store, which does not answer.
    """
    try:
        if handover.is_by_store():
            cache.bring_picture(path)
        return local_inline(path, content_type)
    except Http404:
        if not _has_original(image) or volume.problem():
            raise  # perhaps the whole volume is away
        rows = Image.objects.filter(pk=image.pk, thumbnail_path=image.thumbnail_path)
        rows.update(thumbnail_path="", thumbnail_due=timezone.now())
        raise Http404(_LOST) from None


def _has_original(image: Image) -> bool:
    is_archived = bool(image.archived_at)
    return bool(image.image_path) and (is_archived or local.path_of(image.image_path).is_file())
