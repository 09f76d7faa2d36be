"""The JSON of every answer but those of inference, and the commands that come as JSON."""

from collections.abc import Iterable
from typing import Any, Final

from inference.oip import metadata
from inference.oip.errors import ProtocolError, Status
from inference.oip.gathering import merged_index, merged_statistics
from inference.oip.messages import message
from inference.oip.rest_http import Reply, error
from inference.oip.rest_json import (
    as_json,
    dumped,
    flag_of,
    object_of,
    parsed,
    text_of,
    without_empty,
)

_COMMANDS: Final = {
    "load": message("RepositoryModelLoadRequest"),
    "unload": message("RepositoryModelUnloadRequest"),
}


def server_live() -> Reply:
    """It answers."""
    return Reply(dumped({"live": True}))


def server_ready(*, is_ready: bool) -> Reply:
    """Whether requests are to be sent here."""
    if is_ready:
        return Reply(dumped({"ready": True}))
    return error(503, "No worker here takes new requests: send them to another server.")


def server_metadata() -> Reply:
    """Name, version and extensions."""
    return Reply(dumped(as_json(metadata.of_server())))


def model_ready(model: str, response: Any) -> Reply:
    """What a ModelReadyResponse says."""
    if not response.ready:
        return error(503, "The model is not ready.")
    return Reply(dumped({"name": model, "ready": True}))


def model_metadata(response: Any) -> Reply:
    """What a ModelMetadataResponse says."""
    return Reply(dumped(as_json(response)))


def model_config(response: Any) -> Reply:
    """What a ModelConfigResponse says."""
    return Reply(dumped(as_json(response.config)))


def statistics(responses: Iterable[Any]) -> Reply:
    """The sums of several ModelStatisticsResponses."""
    entries = [
        {**as_json(one), "response_stats": {}}
        for one in merged_statistics(response.model_stats for response in responses)
    ]
    return Reply(dumped({"model_stats": entries}))


def asks_for_ready(body: bytes) -> bool:
    """Whether the body of a request for the index asks for versions that are ready alone.

    Raises:
        ProtocolError: INVALID_ARGUMENT: it is no such body.
    """
    return flag_of(parsed(body).get("ready", False), "ready")


def repository_index(responses: Iterable[Any], *, ready: bool) -> Reply:
    """Each version as the RepositoryIndexResponse says that has the best of it."""
    # Judged when all are together: what one worker has unloaded may be ready at another.
    entries = [
        without_empty(as_json(one))
        for one in merged_index(response.models for response in responses)
        if one.state == "READY" or not ready
    ]
    return Reply(dumped(entries))


def command_of(command: str, model: str, body: bytes) -> Any:
    """The request of a body that commands `load` or `unload`.

    Raises:
        ProtocolError: INVALID_ARGUMENT: it is no such body.
    """
    wanted = _COMMANDS[command](model_name=model)
    parameters = object_of(parsed(body).get("parameters"), "parameters")
    for key in parameters:
        # Their names are enough: those that would bring a model along are refused by them.
        wanted.parameters[text_of(key, "A parameter's name")].bool_param = parameters[key] is True
    return wanted


def not_served() -> ProtocolError:
    """What shared memory and settings of traces and logs are answered."""
    return ProtocolError(
        Status.UNIMPLEMENTED, "Shared memory and settings of traces and logs are not served."
    )
