"""The REST call that computes: JSON and tensors in, JSON and tensors out."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from consumers.oip.forwarding import forwarder
from consumers.oip.requests import (
    body_of,
    is_small,
    json_bytes_of,
    off_the_loop,
    only,
    token_of,
)
from consumers.oip.responses import response_of
from consumers.oip.worker_channel import Outgoing
from inference.oip.messages import ModelInferResponse, message
from inference.oip.rest import OutputForm, read_infer
from inference.oip.rest_http import SMALL_BYTES, infer_reply
from inference.oip.rest_raw import read_raw

INFER_SECONDS: Final = 600.0
"""How long a worker may take. Each model's own time-outs are shorter, and the worker keeps them."""

ModelConfigRequest: Final = message("ModelConfigRequest")
ModelConfigResponse: Final = message("ModelConfigResponse")


@only("POST")
async def infer(request: HttpRequest, model: str, version: str = "") -> HttpResponse:
    """The model's outputs for the inputs of the body."""
    token = await token_of(request)
    json_bytes = json_bytes_of(request)
    config = await _config(token, model, version) if json_bytes == 0 else None
    payload, form = await off_the_loop(
        is_small(request), _read, request, json_bytes, config, model, version
    )
    reply = await forwarder().call(
        Outgoing(
            method="ModelInfer",
            payload=payload,
            token=token,
            model=model,
            version=version,
            seconds=INFER_SECONDS,
            # A model may compute a request twice; one that ends workers must not end them all.
            repeats=1,
        )
    )
    del payload
    accept = request.headers.get("Accept-Encoding", "")
    with forwarder().answers.admitted(len(reply)):
        return await off_the_loop(len(reply) <= SMALL_BYTES, _written, reply, form, accept)


async def _config(token: str, model: str, version: str) -> Any:
    wanted = ModelConfigRequest(name=model, version=version)
    call = Outgoing(
        method="ModelConfig",
        payload=wanted.SerializeToString(),
        token=token,
        model=model,
        version=version,
    )
    return ModelConfigResponse.FromString(await forwarder().call(call)).config


def _read(
    request: HttpRequest, json_bytes: int | None, config: Any, model: str, version: str
) -> tuple[bytes, OutputForm]:
    """The request to send on, and the form of the answer."""
    body = body_of(request)
    if config is None:
        call = read_infer(body, json_bytes, model, version)
    else:
        call = read_raw(body, config, model, version)
    return call.request.SerializeToString(), call.form


def _written(reply: bytes, form: OutputForm, accept: str) -> HttpResponse:
    return response_of(infer_reply(ModelInferResponse.FromString(reply), form, accept))
