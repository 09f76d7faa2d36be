"""Lists are cursor-paginated, newest first."""

import re
from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from uploads.api import runs
from uploads.ids import id_in
from uploads.models import Image

_PLACE: Final = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})")


class NewestFirst(CursorPagination):
    """`{"next", "previous", "results"}` by descending id."""

    ordering = "-id"
    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The request's cursor; one that was tampered with is not found.

        The framework takes what names no place for the first page, which a client that follows
        cursors would read for ever.
        """
        if not request.query_params.get(self.cursor_query_param):
            return None
        cursor: Any = super().decode_cursor(request)
        if cursor.position is None or id_in(cursor.position) is None:
            raise NotFound("This is not a cursor of this list.")
        return cursor  # type: ignore[no-any-return]  # the stubs leave it open


class UploadsNewestFirst(NewestFirst):
    """The same of uploads; a page ends early where they have too many images for one answer."""

    _fitting: int | None = None

    def get_page_size(self, request: Request) -> int | None:
        """What was asked for, or what of it an answer holds."""
        return self._fitting or super().get_page_size(request)

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: Any = None
    ) -> list[Any] | None:
        """The page of these uploads that a request asks for."""
        page = super().paginate_queryset(queryset, request, view)
        if page:
            counted = Image.objects.filter(upload__in=page, deleted_at=None).order_by()
            counts = dict(counted.values_list("upload").annotate(Count("pk")))
            # It ends early where the cursor leads to: what is left out is on the page after it.
            nearest_first = page[::-1] if self.cursor and self.cursor.reverse else page
            fitting = runs.fitting(counts.get(upload.pk, 0) for upload in nearest_first)
            if fitting < len(page):
                self._fitting = fitting
                page = super().paginate_queryset(queryset, request, view)
        return page


class LatestUploadFirst(NewestFirst):
    """`{"next", "previous", "results"}` of images: uploads by descending id, each in its own order.

    A cursor names the last image of a page and its upload. `previous` is always None.
    """

    _url = ""
    _last: Image | None = None

    def page_of(self, images: QuerySet[Image], request: Request) -> list[Image]:
        """The page of these images that a request asks for.

        Raises:
            NotFound: the cursor is none of this list.
        """
        self._url = request.build_absolute_uri()
        if cursor := request.query_params.get("cursor"):
            place = _PLACE.fullmatch(cursor)
            if place is None:
                raise NotFound("This is not a cursor of this list.")
            upload, image = int(place[1]), int(place[2])
            later = Q(upload_id__lt=upload) | Q(upload_id=upload, pk__gt=image)
            images = images.filter(later)
        size = self.get_page_size(request) or self.page_size
        rows = list(images.order_by("-upload_id", "pk")[: size + 1])
        if len(rows) > size:
            self._last = rows[size - 1]
        return rows[:size]

    def shortened(self, page: list[Image], count: int) -> list[Image]:
        """The first so many of a page that was read; the next one begins with the others."""
        if count < len(page):
            self._last = page[count - 1]
        return page[:count]

    def get_next_link(self) -> str | None:
        """The next page's address, if there is one."""
        if self._last is None:
            return None
        return replace_query_param(self._url, "cursor", f"{self._last.upload_id}.{self._last.pk}")

    def get_previous_link(self) -> None:
        """There is no way back."""
        return
