"""`?wait=`: answers that are held back until the work of an upload has ended."""

import asyncio
import functools
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from weakref import WeakKeyDictionary

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from rest_framework.response import Response

from uploads.api import queries
from uploads.api.requests import wait_seconds
from uploads.models import Upload
from uploads.threads import give_back_connections, in_thread

logger = logging.getLogger("darkroom.api")

POLL_SECONDS: Final = 0.2
"""How often the database is asked for all that wait."""

_poller: Final = ThreadPoolExecutor(1, thread_name_prefix="waits")


class Waits:
    """The waits of one event loop, which share one question to the database."""

    def __init__(self) -> None:
        self._of_user: Counter[int] = Counter()
        self._of_upload: dict[int, set[asyncio.Event]] = defaultdict(set)
        self._polling: asyncio.Task[None] | None = None

    async def until_finished(self, upload_id: int, user_id: int, seconds: float) -> None:
        """Waits for an upload's predictions to end, for so many seconds.

        A user with too many waits waits for nothing.
        """
        if self._of_user[user_id] >= settings.MAX_WAITS_PER_USER:
            return
        finished = asyncio.Event()
        self._of_user[user_id] += 1
        self._of_upload[upload_id].add(finished)
        if self._polling is None:
            self._polling = asyncio.create_task(self._poll())
        try:
            await asyncio.wait_for(finished.wait(), seconds)
        except TimeoutError:
            pass
        finally:
            self._leave(upload_id, user_id, finished)

    def _leave(self, upload_id: int, user_id: int, finished: asyncio.Event) -> None:
        self._of_user[user_id] -= 1
        if not self._of_user[user_id]:
            del self._of_user[user_id]
        self._of_upload[upload_id].discard(finished)
        if not self._of_upload[upload_id]:
            del self._of_upload[upload_id]
        if not self._of_upload and self._polling is not None:
            self._polling.cancel()
            self._polling = None

    async def _poll(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            asked = list(self._of_upload)
            try:
                unfinished = await loop.run_in_executor(_poller, _unfinished, asked)
            except Exception:  # those who wait end by their time
                logger.exception("waits could not be looked up")
                unfinished = set(asked)
            for upload_id in set(asked) - unfinished:
                for finished in self._of_upload.get(upload_id, ()):
                    finished.set()
            await asyncio.sleep(POLL_SECONDS)


_waits: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, Waits]] = WeakKeyDictionary()


def waiting(
    view: Callable[..., HttpResponseBase],
) -> Callable[..., Coroutine[Any, Any, HttpResponseBase]]:
    """Lets a view that answers with an upload hold its answer back until the work has ended.

    The waiting itself holds no database connection and nothing of the request's body.
    """

    @functools.wraps(view)
    async def waited(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        response: Any = await in_thread(_rendered, view, request, **kwargs)
        if response.status_code not in {200, 202} or not _is_unfinished(response.data):
            return response  # type: ignore[no-any-return]  # any response of the view
        seconds = wait_seconds(request)
        if seconds:
            request.close()
            waits = _waits.setdefault(asyncio.get_running_loop(), Waits())
            user: Any = request.user
            await waits.until_finished(response.data["id"], user.pk, seconds)
            await in_thread(_renew, response)
        return response  # type: ignore[no-any-return]

    waited.csrf_exempt = True  # type: ignore[attr-defined]  # Django's mark of bearer-token views
    return waited


def _rendered(view: Callable[..., HttpResponseBase], request: HttpRequest, **kwargs: Any) -> Any:
    """The view's response, written in its own thread: Django would start another one for that."""
    response: Any = view(request, **kwargs)
    if isinstance(response, Response):
        response.render()
        response.render = None  # type: ignore[assignment]  # Django asks whether there is one
    return response


def _is_unfinished(data: Any) -> bool:
    counts = data.get("counts") if isinstance(data, dict) else None
    return bool(counts and (counts["queued"] or counts["running"]))


def _unfinished(upload_ids: list[int]) -> set[int]:
    try:
        return queries.unfinished_among(upload_ids)
    finally:
        give_back_connections()


def _renew(response: Response) -> None:
    upload = Upload.objects.filter(pk=response.data["id"], deleted_at__isnull=True).first()
    if upload is not None:
        # What a partial upload left out is known from its request alone.
        response.data |= queries.upload_views([upload])[0]
        response.content = response.rendered_content
