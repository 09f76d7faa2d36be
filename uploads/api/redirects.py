"""`?redirect=1`: files by an address of the archive itself."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

PARAMETER = OpenApiParameter(
    "redirect",
    bool,
    description=(
        "`1`: where the archive holds the file, answer with a redirect to an address of its own "
        "that works for a minute, without a token. Else the file itself."
    ),
)


def is_wanted(request: Request) -> bool:
    """Whether this request asks to be sent to the archive."""
    return request.query_params.get("redirect") in {"1", "true"}
