"""Lists are cursor-paginated, newest first."""

import re
from typing import Any, Final

from django.db.models import Q, QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from uploads.models import Image

_PLACE: Final = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})")


class NewestFirst(CursorPagination):
    """`{"next", "previous", "results"}` by descending id."""

    ordering = "-id"
    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The request's cursor; one that was tampered with is not found."""
        cursor: Any = super().decode_cursor(request)
        position = cursor.position if cursor is not None else None
        if position is not None and not (position.isascii() and position.isdigit()):
            raise NotFound("This is not a cursor of this list.")
        if position is not None and int(position) >= 1 << 63:
            raise NotFound("This is not a cursor of this list.")
        return cursor  # type: ignore[no-any-return]  # the stubs leave it open


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

    def get_next_link(self) -> str | None:
        """The next page's address, if there is one."""
        if self._last is None:
            return None
        return replace_query_param(self._url, "cursor", f"{self._last.upload_id}.{self._last.pk}")

    def get_previous_link(self) -> None:
        """There is no way back."""
        return
