"""Lists are cursor-paginated, newest first."""

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request


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
