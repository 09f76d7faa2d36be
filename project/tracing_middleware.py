"""Where Darkroom traces: a span for each request, which continues its client's trace."""

from collections.abc import Awaitable, Callable
from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import async_only_middleware

from project.metrics.view import route_of
from tracing import spans
from tracing.methods import attribute_of, word_of
from tracing.spans import Kind
from tracing.traceparent import TRACEPARENT_KEY

_PROBES: Final = frozenset({"/healthz", "/readyz", "/metrics"})
_UNTRACED: Final = ("/static/", "/v2/health/")


@async_only_middleware
def TracingMiddleware(  # noqa: N802  # Django names middleware like classes
    get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]],
) -> Callable[[HttpRequest], Awaitable[HttpResponseBase]]:
    """Has a span from a request's head to the head of its response, which names it.

    What probes ask again and again, and files of the page, would only be in the way.
    """

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info in _PROBES or request.path_info.startswith(_UNTRACED):
            return await get_response(request)
        given = request.headers.get(TRACEPARENT_KEY)
        method = word_of(request.method)
        with spans.span(
            method,
            Kind.SERVER,
            parent=given,
            attributes={"http.request.method": attribute_of(request.method)},
        ) as span:
            response = await get_response(request)
            route = route_of(request, response)
            status = response.status_code
            told: dict[str, str | int] = {"http.route": route, "http.response.status_code": status}
            span.note(told, name=f"{method} {route}")
            if status >= 500:
                span.fail(str(status))
            if span.traceparent is not None:
                # https://www.w3.org/TR/trace-context-2/#traceresponse-header
                response["traceresponse"] = span.traceparent
        return response

    return middleware
