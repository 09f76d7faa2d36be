"""The protocol's REST calls, answered by live workers.

Every call but those of the server's health and metadata needs a bearer token.
"""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from consumers.control import LOAD_SECONDS
from consumers.oip.forwarding import forwarder
from consumers.oip.requests import body_of, is_small, off_the_loop, only, token_of
from consumers.oip.responses import response_of
from consumers.oip.worker_channel import Outgoing
from inference.oip import rest_documents
from inference.oip.messages import message
from inference.oip.rest_http import GET, Reply

_COMMAND_SECONDS: Final = LOAD_SECONDS + 10.0

ModelReadyRequest: Final = message("ModelReadyRequest")
ModelMetadataRequest: Final = message("ModelMetadataRequest")
ModelConfigRequest: Final = message("ModelConfigRequest")
ModelStatisticsRequest: Final = message("ModelStatisticsRequest")
RepositoryIndexRequest: Final = message("RepositoryIndexRequest")


# Of the server.


@only(*GET)
async def server_live(request: HttpRequest) -> HttpResponse:
    """The web server answers."""
    return response_of(rest_documents.server_live())


@only(*GET)
async def server_ready(request: HttpRequest) -> HttpResponse:
    """A worker is there."""
    is_ready = await forwarder().has_workers()
    return response_of(rest_documents.server_ready(is_ready=is_ready))


@only(*GET)
async def server_metadata(request: HttpRequest) -> HttpResponse:
    """Name, version and extensions."""
    return response_of(rest_documents.server_metadata())


# Of a model.


@only(*GET)
async def model_ready(request: HttpRequest, model: str, version: str = "") -> HttpResponse:
    """A request for this version would be answered."""
    ready = ModelReadyRequest(name=model, version=version)
    reply = await _ask(request, "ModelReady", ready, model, version)
    return response_of(rest_documents.model_ready(model, reply))


@only(*GET)
async def model_metadata(request: HttpRequest, model: str, version: str = "") -> HttpResponse:
    """What a model takes and gives."""
    wanted = ModelMetadataRequest(name=model, version=version)
    reply = await _ask(request, "ModelMetadata", wanted, model, version)
    return response_of(rest_documents.model_metadata(reply))


@only(*GET)
async def model_config(request: HttpRequest, model: str, version: str = "") -> HttpResponse:
    """How a model is configured."""
    wanted = ModelConfigRequest(name=model, version=version)
    reply = await _ask(request, "ModelConfig", wanted, model, version)
    return response_of(rest_documents.model_config(reply))


@only(*GET)
async def statistics(request: HttpRequest, model: str = "", version: str = "") -> HttpResponse:
    """What all workers have computed so far: of one model, or of all."""
    wanted = ModelStatisticsRequest(name=model, version=version)
    replies = await _ask_all(await token_of(request), "ModelStatistics", wanted)
    return response_of(rest_documents.statistics(replies))


# Of the repository.


@only("POST")
async def repository_index(request: HttpRequest) -> HttpResponse:
    """How each version of each model stands, at its best among the workers."""
    token = await token_of(request)
    body = await off_the_loop(is_small(request), body_of, request)
    ready = rest_documents.asks_for_ready(body)
    replies = await _ask_all(token, "RepositoryIndex", RepositoryIndexRequest())
    return response_of(rest_documents.repository_index(replies, ready=ready))


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
    wanted = rest_documents.command_of(command, model, body)
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
    return response_of(Reply(b""))


# What is not served.


async def not_served(request: HttpRequest, **_: str) -> HttpResponse:
    """Shared memory, and settings of traces and logs."""
    await token_of(request)
    raise rest_documents.not_served()


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
