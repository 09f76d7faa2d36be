"""Actions that change what people see: asked for once more, with a count and a reason."""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse

from uploads.actors import actor_of
from uploads.errors import UploadsError
from uploads.events import Actor
from uploads.models import lengths

Row = TypeVar("Row")

_ONE: Final = re.compile(r"s\b")
"""What makes the first word that has it mean several: `queued predictions`, `API keys`."""

MOST_ROWS: Final = 2000
"""That one action changes: each is a commit of its own, and somebody waits for the page."""

MOST_COUNTED: Final = 10_000
"""Rows are counted so far: counting a million would take longer than anybody waits."""


def confirmed_by(request: HttpRequest) -> Actor | None:
    """Who confirms an action, with the reason that they give; None: they are to be asked."""
    reason = request.POST.get("reason", "").strip()
    if not request.POST.get("confirmed") or not reason:
        return None
    return actor_of(request, reason=reason)


def ask(
    request: HttpRequest,
    rows: QuerySet[Any],
    *,
    verb: str,
    things: str,
    users: str = "user",
    target: str = "",
    note: str = "",
    back: str = "",
) -> TemplateResponse:
    """The page that counts what an action would change, and asks for a reason.

    `verb` is what it does ("Cancel"), `things` to what ("predictions"), `users` the lookup of
    whose they are. With a `target` ("the queue of ocr") it is that which is acted on, at once, and
    the rows are those that it concerns. `note` says what it means. `back` is an address without
    the act; empty: the same.
    """
    owners = list(rows.order_by().values_list(users, flat=True)[: MOST_COUNTED + 1])
    counted = _counted(owners, things)
    context = {
        **admin.site.each_context(request),
        "title": f"{verb} {target or things}?",
        "verb": verb,
        "back": back,
        "note": note,
        "what": f"{target}, with {counted}" if target else counted,
        "is_too_many": len(owners) > MOST_ROWS and not target,
        "most": f"{MOST_ROWS:,}",
        "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "checkbox": ACTION_CHECKBOX_NAME,
        "action": request.POST.get("action", ""),
        "select_across": request.POST.get("select_across", "0"),
        "is_reason_missing": bool(request.POST.get("confirmed")),
        "reason_length": lengths.WHY,
    }
    return TemplateResponse(request, "admin/uploads/confirm.html", context)


def each(
    request: HttpRequest,
    rows: Iterable[Row],
    act: Callable[[Row, Actor], Any],
    actor: Actor,
    done: str,
) -> None:
    """Acts on each of these rows, and tells how many are `done` and why others could not be."""
    acted = refused = 0
    reasons: set[str] = set()
    # A list that is filtered by their state loses them, so they are counted one by one.
    for row in rows:
        try:
            act(row, actor)
        except UploadsError as error:
            refused += 1
            reasons.add(error.message)
        else:
            acted += 1
    if acted:
        messages.success(request, f"{acted:,} {done}.")
    if refused:
        why = " ".join(sorted(reasons))
        messages.warning(request, f"{refused:,} could not be {done}. {why}")


def _counted(owners: list[Any], things: str) -> str:
    if not owners:
        return f"no {things}"
    people = len(set(owners))
    if len(owners) == 1:
        return f"1 {_ONE.sub('', things, count=1)} of 1 user"
    if len(owners) > MOST_COUNTED:
        return f"{MOST_COUNTED:,} or more {things} of {people:,} or more users"
    return f"{len(owners):,} {things} of {people:,} user{'' if people == 1 else 's'}"
