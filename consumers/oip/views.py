"""The protocol's REST calls, answered by live workers.

Every call but those of the server's health and metadata needs a bearer token.
"""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from consumers.control import LOAD_SECONDS
from consumers.oip.forwarding import forwarder
from consumers.oip.requests import body_of, is_small, off_the_loop, only, token_of
from consumers.oip.responses import answer, error
from consumers.oip.worker_channel import Outgoing
from inference.oip import metadata
from inference.oip.errors import ProtocolError, Status
from inference.oip.gathering import merged_index, merged_statistics
from inference.oip.messages import message
from inference.oip.rest_json import (
    as_json,
    dumped,
    flag_of,
    object_of,
    parsed,
    text_of,
    without_empty,
)

_COMMAND_SECONDS: Final = LOAD_SECONDS + 10.0

GET: Final = ("GET", "HEAD")

ModelReadyRequest: Final = message("ModelReadyRequest")
ModelMetadataRequest: Final = message("ModelMetadataRequest")
ModelConfigRequest: Final = message("ModelConfigRequest")
ModelStatisticsRequest: Final = message("ModelStatisticsRequest")
RepositoryIndexRequest: Final = message("RepositoryIndexRequest")
_COMMANDS: Final = {
    "load": message("RepositoryModelLoadRequest"),
    "unload": message("RepositoryModelUnloadRequest"),
}


# Of the server.


@only(*GET)
async def server_live(request: HttpRequest) -> HttpResponse:
    """The web server answers."""
    return answer(dumped({"live": True}))


@only(*GET)
async def server_ready(request: HttpRequest) -> HttpResponse:
    """A worker is there."""
    if await forwarder().has_workers():
        return answer(dumped({"ready": True}))
    return error(503, "No worker is there to answer.")


@only(*GET)
async def server_metadata(request: HttpRequest) -> HttpResponse:
    """Name, version and extensions."""
    return answer(dumped(as_json(metadata.of_server())))


# Of a model.


@only(*GET)
async def model_ready(request: HttpRequest, model: str, version: str = "") -> HttpResponse:
    """A request for this version would be answered."""
    ready = ModelReadyRequest(name=model, version=version)
    reply = await _ask(request, "ModelReady", ready, model, version)
    if not reply.ready:
        return error(503, "The model is not ready.")
    return answer(dumped({"name": model, "ready": True}))


@only(*GET)
async def model_metadata(request: HttpRequest, model: str, version: str = "") -> HttpResponse:
    """What a model takes and gives."""
    wanted = ModelMetadataRequest(name=model, version=version)
    reply = await _ask(request, "ModelMetadata", wanted, model, version)
    return answer(dumped(as_json(reply)))


@only(*GET)
async def model_config(request: HttpRequest, model: str, version: str = "") -> HttpResponse:
    """How a model is configured."""
    wanted = ModelConfigRequest(name=model, version=version)
    reply = await _ask(request, "ModelConfig", wanted, model, version)
    return answer(dumped(as_json(reply.config)))


@only(*GET)
async def statistics(request: HttpRequest, model: str = "", version: str = "") -> HttpResponse:
    """What all workers have computed so far: of one model, or of all."""
    wanted = ModelStatisticsRequest(name=model, version=version)
    replies = await _ask_all(await token_of(request), "ModelStatistics", wanted)
    entries = [
        {**as_json(one), "response_stats": {}}
        for one in merged_statistics(reply.model_stats for reply in replies)
    ]
    return answer(dumped({"model_stats": entries}))


# Of the repository.


@only("POST")
async def repository_index(request: HttpRequest) -> HttpResponse:
    """How each version of each model stands, at its best among the workers."""
    token = await token_of(request)
    body = await off_the_loop(is_small(request), body_of, request)
    ready = flag_of(parsed(body).get("ready", False), "ready")
    # Judged when all are together: what one worker has unloaded may be ready at another.
    replies = await _ask_all(token, "RepositoryIndex", RepositoryIndexRequest())
    entries = [
        without_empty(as_json(one))
        for one in merged_index(reply.models for reply in replies)
        if one.state == "READY" or not ready
    ]
    return answer(dumped(entries))


@only("POST")
async def load(request: HttpRequest, model: str) -> HttpResponse:
    """Every worker has read the model's folder anew and serves it."""
    return await _command(request, "load", model)


@only("POST")
async def unload(request: HttpRequest, model: str) -> HttpResponse:
    """Every worker has let go of the model."""
    return await _command(request, "unload", model)


async def _command(request: HttpRequest, command: str, model: str) -> HttpResponse:
    token = await token_of(request)
    body = await off_the_loop(is_small(request), body_of, request)
    wanted = _COMMANDS[command](model_name=model)
    parameters = object_of(parsed(body).get("parameters"), "parameters")
    for key in parameters:
        # Their names are enough: the worker refuses those that would bring a model along.
        wanted.parameters[text_of(key, "A parameter's name")].bool_param = parameters[key] is True
    try:
        await forwarder().call(
            Outgoing(
                method=f"RepositoryModel{command.capitalize()}",
                payload=wanted.SerializeToString(),
                token=token,
                seconds=_COMMAND_SECONDS,
                repeats=0,
            )
        )
    finally:
        forwarder().expect_change()
    return answer(b"")


# What is not served.


async def not_served(request: HttpRequest, **_: str) -> HttpResponse:
    """Shared memory, and settings of traces and logs."""
    await token_of(request)
    raise ProtocolError(
        Status.UNIMPLEMENTED, "Shared memory and settings of traces and logs are not served."
    )


# Asking workers.


async def _ask(request: HttpRequest, method: str, wanted: Any, model: str, version: str) -> Any:
    call = Outgoing(
        method=method,
        payload=wanted.SerializeToString(),
        token=await token_of(request),
        model=model,
        version=version,
    )
    return message(f"{method}Response").FromString(await forwarder().call(call))


async def _ask_all(token: str, method: str, wanted: Any) -> list[Any]:
    call = Outgoing(method=method, payload=wanted.SerializeToString(), token=token)
    kind = message(f"{method}Response")
    return [kind.FromString(reply) for reply in await forwarder().call_all(call)]
