"""The events of a list, as it is filtered, as a file to take along."""

from collections.abc import AsyncIterator, Iterator

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.utils import timezone

from uploads.actors import actor_of
from uploads.event_export import Format, exported
from uploads.event_kinds import Kind
from uploads.events import recording
from uploads.models import Event
from uploads.threads import in_thread


def download(request: HttpRequest, rows: QuerySet[Event], form: str) -> StreamingHttpResponse:
    """These events as a ZIP file with a manifest; that they were taken is itself an event.

    Raises:
        Http404: there is no such format.
    """
    if form not in set(Format):
        raise Http404("Events are exported as csv or jsonl.")
    asked = request.GET.urlencode()
    with recording() as log:
        facts = {"format": form, "filter": asked}
        log.add(Kind.EVENTS_EXPORTED, user_id=0, actor=actor_of(request), facts=facts)
    about = {"filter": asked, "exported_by": request.user.get_username()}
    name = f"darkroom-events-{timezone.now():%Y%m%d-%H%M%S}.zip"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    pieces = exported(rows, Format(form), about)
    return StreamingHttpResponse(_sent(pieces), content_type="application/zip", headers=headers)


async def _sent(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    while piece := await in_thread(next, pieces, b""):
        yield piece
