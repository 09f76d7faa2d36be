"""WhiteNoise for an asynchronous server: static files without a thread for any request."""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # it has no types
    """Serves static files; everything else goes on without leaving the event loop."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> None:
        super().__init__(get_response)
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answers for a static file, or passes the request on."""
        if iscoroutinefunction(self):
            return self._answer(request)
        response: HttpResponseBase = super().__call__(request)
        return response

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        find = self.find_file if self.autorefresh else self.files.get
        file = find(request.path_info)
        if file is None:
            passed: HttpResponseBase = await self.get_response(request)
            return passed
        return self._whole(file, request)

    def _whole(self, file: object, request: HttpRequest) -> HttpResponse:
        """A static file is small and soon lies in the system's memory: to read it at once takes
        less of the event loop than to hand it to a thread, let alone to stream it."""
        streamed = self.serve(file, request)
        response = HttpResponse(b"".join(streamed), status=streamed.status_code)
        del response["Content-Type"]
        for name, value in streamed.items():
            response[name] = value
        streamed.close()
        return response
