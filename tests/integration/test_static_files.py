"""Static files, as the web's event loop serves them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from project.static import StaticFilesMiddleware


class NoThreads(ThreadPoolExecutor):
    """The event loop's threads, all of them busy for ever."""

    def submit(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("a static file was handed to a thread")


async def passed_on(request: HttpRequest) -> HttpResponse:
    return HttpResponse("passed on")


async def test_a_static_file_comes_at_once_however_busy_the_threads_are() -> None:
    asyncio.get_running_loop().set_default_executor(NoThreads())
    serve: Any = StaticFilesMiddleware(passed_on)
    path = "/static/frontend/js/main.js"
    whole = await serve(RequestFactory().get(path))
    assert b"import" in whole.content
    assert whole["Content-Type"].startswith("text/javascript")
    part = await serve(RequestFactory().get(path, headers={"Range": "bytes=0-9"}))
    assert (part.status_code, part.content) == (206, whole.content[:10])
    known = await serve(RequestFactory().get(path, headers={"If-None-Match": whole["ETag"]}))
    assert (known.status_code, known.content) == (304, b"")
    head = await serve(RequestFactory().head(path))
    assert (head.content, head["Content-Length"]) == (b"", str(len(whole.content)))


async def test_what_is_no_static_file_is_passed_on() -> None:
    serve: Any = StaticFilesMiddleware(passed_on)
    for path in ("/static/frontend/js/../../../manage.py", "/static/none.js", "/api/"):
        assert (await serve(RequestFactory().get(path))).content == b"passed on"
