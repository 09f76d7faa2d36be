"""One search over everything that can be audited, by words or by the file itself."""

import hashlib
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html

from uploads import finding
from uploads.admin import saved_searches
from uploads.admin.base import state_badge
from uploads.admin.change_list import before_of
from uploads.admin.date_range import DateRange
from uploads.admin.links import link_to
from uploads.admin.list_parameters import BEFORE, FROM, TO
from uploads.admin.pictures import picture_of
from uploads.admin.words import client_in_words
from uploads.models import Image, Prediction, Session, Upload, User

_LONGEST: Final = 200
_TEXT_SHOWN: Final = 160


def addresses() -> list[URLPattern]:
    """Where the search is."""
    return [path("find/", admin.site.admin_view(_page), name="find")]


def _page(request: HttpRequest) -> HttpResponse:
    """The search's form and what was found; a file is hashed and not kept."""
    if not request.user.has_perm("uploads.view_upload"):
        raise PermissionDenied
    file = request.FILES.get("file")
    query = request.GET.get("q", "")[:_LONGEST]
    if file is not None:
        digest = hashlib.sha256()
        for chunk in file.chunks():
            digest.update(chunk)
        query = digest.hexdigest()
    try:
        dates = DateRange.of(request.GET)
    except IncorrectLookupParameters:
        raise BadRequest("These dates are in no calendar.") from None
    found = finding.find(query, before_of(request) or None, begin=dates.begin, end=dates.end)
    asked = dict(dates.asked)
    context = {
        **admin.site.each_context(request),
        "title": "Find",
        "query": query,
        "file_name": file.name if file is not None else "",
        "names_read": f"{finding.NAMES_READ:,}",
        "first": asked.get(FROM, ""),
        "last": asked.get(TO, ""),
        "further_back": urlencode({"q": query, **asked, BEFORE: found.read_from + 1})
        if found.read_from
        else "",
        "texts_read": f"{finding.TEXTS_READ:,}",
        "at_most": finding.AT_MOST,
        "is_empty": not found,
        "saved": saved_searches.of(request),
        "groups": _groups(found),
    }
    return TemplateResponse(request, "admin/uploads/find.html", context)


def _groups(found: finding.Found) -> list[dict[str, Any]]:
    """What was found, a table for each kind: a heading, what its columns hold, its rows."""
    return [
        {"title": title, "columns": columns, "rows": rows}
        for title, columns, rows in (
            ("Images", _IMAGE, [_image(row) for row in found.images]),
            ("Uploads", _UPLOAD, [_upload(row) for row in found.uploads]),
            ("Predictions", _PREDICTION, [_prediction(row) for row in found.predictions]),
            ("Users", _USER, [_user(row) for row in found.users]),
            ("Sign-ins", _SESSION, [_session(row) for row in found.sessions]),
        )
        if rows
    ]


_SHA256_SHOWN: Final = 12
_IMAGE: Final = ("", "Image", "User", "Upload", "SHA-256", "Uploaded")
_UPLOAD: Final = ("Upload", "User", "Model", "From", "With", "Uploaded")
_PREDICTION: Final = ("Prediction", "Image", "User", "Model", "State", "Text")
_USER: Final = ("User", "Number", "Joined", "Last sign-in")
_SESSION: Final = ("User", "From", "With", "Signed in", "Ended")


def _image(row: Image) -> tuple[Any, ...]:
    user = row.upload.user
    name = row.shown_name or f"Image {row.pk} (deleted)"
    return (
        picture_of(row),
        link_to(Image, row.pk, name),
        link_to(User, user.pk, user.username),
        link_to(Upload, row.upload_id, row.upload_id),
        format_html(
            '<span class="dr-hash" title="{}">{}…</span>', row.sha256, row.sha256[:_SHA256_SHOWN]
        ),
        row.upload.created_at,
    )


def _upload(row: Upload) -> tuple[Any, ...]:
    return (
        link_to(Upload, row.pk, f"Upload {row.pk}{' (deleted)' if row.deleted_at else ''}"),
        link_to(User, row.user_id, row.user.username),
        row.model,
        row.address,
        client_in_words(row.client),
        row.created_at,
    )


def _prediction(row: Prediction) -> tuple[Any, ...]:
    return (
        link_to(Prediction, row.pk, row.pk),
        link_to(Image, row.image_id, row.image),
        link_to(User, row.user_id, row.user.username),
        f"{row.model} {row.model_version}",
        state_badge(row),
        str((row.output or {}).get("text", ""))[:_TEXT_SHOWN],
    )


def _user(row: User) -> tuple[Any, ...]:
    return (link_to(User, row.pk, row.username), row.pk, row.date_joined, row.last_login)


def _session(row: Session) -> tuple[Any, ...]:
    return (
        link_to(User, row.user_id, row.user.username),
        row.address,
        client_in_words(row.client),
        row.created_at,
        row.ended_at,
    )
