"""What the web sends on to a worker continues the trace of its request."""

from typing import Any

import pytest
from django.conf import settings as django_settings

from tests.fakes.grpc_worker import GrpcWorker
from tests.integration.v2.calling import Client, infer
from tests.traces import CLIENT, TRACE, TRACEPARENT, ids, tracing

pytestmark = [pytest.mark.django_db(transaction=True)]


async def test_the_span_of_the_request_goes_on_to_the_worker(
    client: Client, worker: GrpcWorker, settings: Any
) -> None:
    settings.MIDDLEWARE = [
        "project.tracing_middleware.TracingMiddleware",
        *django_settings.MIDDLEWARE,
    ]
    with tracing() as traces:
        answer = await infer(client, traceparent=TRACEPARENT)
        assert answer.status_code == 200
        (span,) = traces.all()
        assert traces.parent_of(span.name) == CLIENT
    assert span.name == "POST /v2/models/<str:model>/infer"
    _, _, metadata = worker.calls[-1]
    assert metadata["traceparent"] == f"00-{TRACE}-{ids(span)[1]}-01" == answer["traceresponse"]


async def test_where_nothing_is_traced_nothing_goes_on(client: Client, worker: GrpcWorker) -> None:
    await infer(client, traceparent=TRACEPARENT)
    _, _, metadata = worker.calls[-1]
    assert "traceparent" not in metadata
