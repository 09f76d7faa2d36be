"""Synchronous views take so many threads and connections, however many requests there are."""

import asyncio
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asgiref.sync import ThreadSensitiveContext
from asgiref.testing import ApplicationCommunicator
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.response import TemplateResponse

from project.handler import SpooledHandler
from project.server.request import TAKE_BODY
from uploads import threads
from uploads.sign_in import hashing, throttle
from uploads.threads import in_thread

pytestmark = pytest.mark.django_db(transaction=True)


async def test_no_more_run_at_a_time_than_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threads, "MAX_AT_A_TIME", 3)
    together = threading.Barrier(3)
    running: list[int] = []
    most: list[int] = []

    def view() -> None:
        running.append(1)
        together.wait(10)
        most.append(len(running))
        together.wait(10)
        running.pop()

    async def request() -> None:
        async with ThreadSensitiveContext():
            await in_thread(view)

    await asyncio.gather(*[request() for _ in range(9)])
    assert max(most) == 3


async def test_a_request_that_goes_on_keeps_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "_executor", ThreadPoolExecutor(1))

    def query() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        assert connection.connection is not None
        return threading.get_ident()

    def state() -> tuple[int, bool]:
        is_pooled = "pool" in connection.settings_dict["OPTIONS"]
        return threading.get_ident(), is_pooled == (connection.connection is None)

    async with ThreadSensitiveContext():
        thread = await in_thread(query)
        # The next one has it, with its connection where that is not a pool's.
        assert await in_thread(state) == (thread, True)


async def test_a_process_says_that_it_lives_while_every_thread_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threads, "MAX_AT_A_TIME", 0)
    communicator: Any = ApplicationCommunicator
    handler = SpooledHandler()

    async def ask(path: str) -> Any:
        headers = [(b"host", b"localhost")]
        scope = {"type": "http", "method": "GET", "path": path, "headers": headers}
        request = communicator(handler, scope)
        await request.send_input({"type": "http.request", "body": b""})
        return request

    waiting = await ask("/metadata")
    answer = await (await ask("/healthz")).receive_output(20)
    assert answer["status"] == 200
    assert await waiting.receive_nothing()
    await waiting.send_input({"type": "http.disconnect"})
    await waiting.wait(20)


async def test_who_leaves_does_not_close_what_a_view_still_reads() -> None:
    began, may_end = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()
    body = io.BytesIO(b"a photo")
    read: list[bytes] = []

    def view(request: HttpRequest) -> HttpResponse:
        loop.call_soon_threadsafe(began.set)
        may_end.wait(20)
        read.append(request.body)
        return HttpResponse()

    handler: Any = SpooledHandler()
    handler._middleware_chain = handler.make_view_atomic(view)
    headers = [(b"host", b"localhost"), (b"content-length", b"7")]
    communicator: Any = ApplicationCommunicator
    request = communicator(
        handler,
        {
            "type": "http",
            "method": "POST",
            "path": "/",
            "headers": headers,
            "extensions": {TAKE_BODY: lambda: body},
        },
    )
    assert await request.receive_nothing()
    await began.wait()
    await request.send_input({"type": "http.disconnect"})
    assert await request.receive_nothing()
    assert not body.closed
    may_end.set()
    await request.wait(20)
    assert read == [b"a photo"]
    assert body.closed


def test_who_waits_to_sign_in_leaves_room_for_everybody_else() -> None:
    signing_in = hashing.AT_ONCE + hashing.MAX_WAITING + throttle.MAX_WAITING
    assert signing_in < threads.MAX_AT_A_TIME


async def test_a_page_is_written_in_its_views_thread_which_gives_the_connection_back() -> None:
    used: list[int] = []

    def note() -> str:
        used.append(threading.get_ident())
        return "written"

    def view(request: HttpRequest) -> TemplateResponse:
        used.append(threading.get_ident())
        template = engines["django"].from_string("{{ note }}")
        return TemplateResponse(request, template, {"note": note})

    response = await SpooledHandler().make_view_atomic(view)(HttpRequest())
    assert response.content == b"written"
    assert used[0] == used[1]
    assert response.render is None
