"""`?redirect=1`: files by an address of the archive itself."""

from django.http import HttpResponseRedirect
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from uploads.downloads import presigned

PARAMETER = OpenApiParameter(
    "redirect",
    bool,
    description=(
        "`1`: where the archive holds the file, answer with a redirect to an address of its own "
        "that works for a minute, without a token. Else the file itself."
    ),
)


def asked_for(
    request: Request, key: str, content_type: str, name: str
) -> HttpResponseRedirect | None:
    """The redirect that a request asks for; None: it doesn't, or the archive has no such file."""
    if request.query_params.get("redirect") not in {"1", "true"}:
        return None
    return presigned(key, content_type, name)
