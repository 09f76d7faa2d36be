"""The servers of remote models: whom to ask, and whose doing it is that there is no answer."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from importlib import import_module
from typing import Final

from inference.engine.errors import (
    JobFailure,
    LoadFailed,
    ModelCrashed,
    ModelFailed,
    ModelUnavailable,
    TimedOut,
)
from inference.engine.messages import NamedTensor
from inference.engine.remote import RemoteModel
from inference.engine.remote_config import RemoteConfig
from inference.engine.tensor_config import TensorConfig
from inference.remote.breaks import Breaks
from inference.remote.client import Client
from inference.remote.credentials import TokenOf, authorization
from inference.remote.trouble import Away, Broken, Refused, Slow, Trouble

READY_SECONDS: Final = 5.0
"""How long a server may take over a question that computes nothing."""
_TOLD_CHARACTERS: Final = 500
"""Of what went wrong: servers choose some of the words."""

logger = logging.getLogger("darkroom.remote")


class Servers:
    """Everybody whom this worker asks; implements `inference.engine.remote.Remote`.

    For one event loop. A client is made, with what it imports, when its model is first loaded.
    """

    def __init__(self, token_of: TokenOf) -> None:
        self._token_of = token_of
        self._clients: dict[RemoteConfig, Client] = {}
        self._breaks: defaultdict[RemoteConfig, Breaks] = defaultdict(Breaks)

    async def describe(self, config: RemoteConfig) -> RemoteModel:
        """What the server says of its model, which is ready.

        Raises:
            LoadFailed: it cannot be used now.
        """
        try:
            client = self._client(config)
            if not await client.is_ready(READY_SECONDS):
                raise LoadFailed(f"{config.url} says that {config.model} is not ready.")
            return await client.describe(READY_SECONDS)
        except Trouble as trouble:
            raise LoadFailed(f"{config.url}: {self._told(trouble, config)}") from None

    async def infer(
        self, config: RemoteConfig, outputs: Sequence[TensorConfig], inputs: Sequence[NamedTensor]
    ) -> list[NamedTensor]:
        """These outputs of the server's model for these inputs, in one request.

        What is not answered well by a server that says it is ready is the model's doing on these
        inputs, or they would be tried for ever; so is what it goes away over again and again.

        Raises:
            ModelUnavailable: the server is not to be used now.
            TimedOut, ModelFailed: its model did not come to an answer.
            ModelCrashed: it went away, as before over one of these inputs.
        """
        names = [tensor.name for tensor in outputs]
        try:
            client = self._client(config)
            try:
                given = await client.infer(inputs, names, config.timeout_seconds)
                return _wanted(given, outputs)
            except (Slow, Refused, Broken) as trouble:
                reason = self._told(trouble, config)
                logger.warning("no answer", extra={"url": config.url, "reason": reason})
                if not isinstance(trouble, Broken) and await _is_ready(client):
                    raise _failure(trouble) from None
                if await asyncio.to_thread(self._breaks[config].add, inputs):
                    raise ModelCrashed(
                        "The model's server went away several times while it worked on this input."
                    ) from None
                raise Away(trouble.message) from None
        except Trouble as trouble:
            raise ModelUnavailable(f"{config.url}: {self._told(trouble, config)}") from None

    async def close(self) -> None:
        """Hang up on all."""
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.close()

    def _told(self, trouble: Trouble, config: RemoteConfig) -> str:
        """What operators are told: a server may have put the token that it was sent anywhere."""
        try:
            token = authorization(config, self._token_of)
        except Away:
            token = ""
        return trouble.without(token).message[:_TOLD_CHARACTERS]

    def _client(self, config: RemoteConfig) -> Client:
        if config not in self._clients:
            name = "rest_client" if config.is_rest else "grpc_client"
            module = import_module(f"inference.remote.{name}")
            self._clients[config] = module.connect(config, self._token_of)
        return self._clients[config]


async def _is_ready(client: Client) -> bool:
    try:
        return await client.is_ready(READY_SECONDS)
    except Trouble:
        return False


def _failure(trouble: Slow | Refused) -> JobFailure:
    """What it means for the inputs, where the server is ready."""
    if isinstance(trouble, Slow):
        return TimedOut("The model's server took too long over this input.")
    return ModelFailed("The model's server failed on this input.")


def _wanted(given: Sequence[NamedTensor], outputs: Sequence[TensorConfig]) -> list[NamedTensor]:
    by_name = {tensor["name"]: tensor for tensor in given}
    for tensor in outputs:
        found = by_name.get(tensor.name)
        if found is None:
            raise Refused(f"The answer has no output {tensor.name}.")
        if found["datatype"] != tensor.datatype:
            raise Refused(
                f"The output {tensor.name} is {found['datatype']}, not {tensor.datatype}."
            )
    return [by_name[tensor.name] for tensor in outputs]
