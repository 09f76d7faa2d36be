"""A server of the protocol asked by gRPC."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import grpc

from inference.engine.datatypes import ITEM_BYTES
from inference.engine.limits import TENSOR_NAME_LENGTH
from inference.engine.messages import NamedTensor
from inference.engine.remote import RemoteModel
from inference.engine.remote_config import RemoteConfig
from inference.engine.signature import FoundTensor
from inference.oip.contents import outputs_of
from inference.oip.errors import ProtocolError
from inference.oip.limits import LARGE_BYTES, MAX_RESPONSE_BYTES, MESSAGE_OVERHEAD_BYTES
from inference.oip.messages import SERVICE, ModelInferRequest, ModelInferResponse, message
from inference.remote.credentials import (
    TokenOf,
    authorization,
    certificates,
)
from inference.remote.grpc_connection import is_connected, is_lost
from inference.remote.grpc_tls import system_roots
from inference.remote.trouble import Absent, Away, Broken, Refused, Trouble, slow, token_refused
from strictjson.values import plain_text

CONNECT_SECONDS: Final = 5.0
_SAID_CHARACTERS: Final = 200
_OPTIONS: Final = (
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", MAX_RESPONSE_BYTES + MESSAGE_OVERHEAD_BYTES),
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    # One that comes back is found at once.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 2_000),
    ("grpc.max_reconnect_backoff_ms", 1_000),
    ("grpc.enable_http_proxy", 0),
)
_NOT_NOW: Final = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.ABORTED,
    }
)
_TOO_LARGE: Final = "larger than max"
"""What gRPC says of a message; the same code means too many calls."""


def connect(config: RemoteConfig, token_of: TokenOf) -> "GrpcClient":
    """A client of this server.

    Raises:
        Away: its certificates cannot be read.
    """
    if not config.is_encrypted:
        return GrpcClient(
            config, token_of, grpc.aio.insecure_channel(config.address, options=_OPTIONS)
        )
    given = certificates(config)
    roots = given.encode() if given else system_roots()
    credentials = grpc.ssl_channel_credentials(roots)
    channel = grpc.aio.secure_channel(config.address, credentials, options=_OPTIONS)
    return GrpcClient(config, token_of, channel)


class GrpcClient:
    """Implements `inference.remote.client.Client`. For one event loop."""

    def __init__(self, config: RemoteConfig, token_of: TokenOf, channel: Any) -> None:
        self._config = config
        self._token_of = token_of
        self._channel = channel

    async def close(self) -> None:
        """Hang up."""
        await self._channel.close(None)

    async def is_ready(self, seconds: float) -> bool:
        """Whether the server says that it would answer for the model."""
        try:
            return bool((await self._asked("ModelReady", seconds)).ready)
        except Refused:
            return False

    async def describe(self, seconds: float) -> RemoteModel:
        """What it says of the model."""
        told = await self._asked("ModelMetadata", seconds)
        try:
            most = (await self._asked("ModelConfig", seconds)).config.max_batch_size
        except Refused:
            most = None  # an extension
        return RemoteModel(_tensors(told.inputs), _tensors(told.outputs), most)

    async def infer(
        self, inputs: Sequence[NamedTensor], outputs: Sequence[str], seconds: float
    ) -> list[NamedTensor]:
        """What its model gives for these inputs."""
        request = ModelInferRequest(
            model_name=self._config.model, model_version=self._config.version
        )
        for tensor in inputs:
            request.inputs.add(
                name=tensor["name"], datatype=tensor["datatype"], shape=tensor["shape"]
            )
            request.raw_input_contents.append(tensor["data"])
        for name in outputs:
            request.outputs.add(name=name)
        answer = await self._call("ModelInfer", request, seconds)
        is_large = len(answer) > LARGE_BYTES
        return await asyncio.to_thread(_outputs, answer) if is_large else _outputs(answer)

    async def _asked(self, method: str, seconds: float) -> Any:
        """The answer to a question about the model."""
        request = message(f"{method}Request")(name=self._config.model, version=self._config.version)
        answer = await self._call(method, request, seconds)
        try:
            return message(f"{method}Response").FromString(answer)
        except Exception:
            raise Refused("its answer is not understood.") from None

    async def _call(self, method: str, request: Any, seconds: float) -> bytes:
        metadata = []
        token = authorization(self._config, self._token_of)
        if token:
            metadata.append(("authorization", f"Bearer {token}"))
        try:
            async with asyncio.timeout(seconds):
                if not await is_connected(self._channel, min(seconds, CONNECT_SECONDS)):
                    raise Away("there is no connection.")
                call: Any = self._channel.unary_unary(f"/{SERVICE}/{method}", None, None)
                payload = request.SerializeToString()
                answer: bytes = await call(payload, timeout=seconds, metadata=metadata)
                return answer
        except TimeoutError:
            raise slow(seconds) from None
        except grpc.aio.AioRpcError as error:
            trouble = self._trouble(error, seconds)
            if error.code() is grpc.StatusCode.UNAVAILABLE and await is_lost(self._channel):
                trouble = Broken(trouble.message)
            raise trouble.without(token) from None

    def _trouble(self, error: grpc.aio.AioRpcError, seconds: float) -> Trouble:
        code = error.code()
        said = " ".join(plain_text(error.details() or "", _SAID_CHARACTERS).split())
        words = f"{code.name}: {said}" if said else code.name
        match code:
            case grpc.StatusCode.DEADLINE_EXCEEDED:
                trouble: Trouble = slow(seconds)
            case grpc.StatusCode.UNAUTHENTICATED | grpc.StatusCode.PERMISSION_DENIED:
                trouble = token_refused(self._config, words)
            case grpc.StatusCode.RESOURCE_EXHAUSTED if _TOO_LARGE in said:
                trouble = Refused("its answer is too large.")
            case grpc.StatusCode.NOT_FOUND:
                trouble = Absent(f"it does not know {self._config.model} ({words}).")
            case _ if code in _NOT_NOW:
                trouble = Away(f"it takes no requests now ({words}).")
            case _:
                trouble = Refused(f"it answers {words}.")
        return trouble


def _outputs(answer: bytes) -> list[NamedTensor]:
    try:
        tensors = outputs_of(ModelInferResponse.FromString(answer))
    except ProtocolError as error:
        raise Refused(f"its answer is not understood: {error.message}") from None
    except Exception:
        raise Refused("its answer is not understood.") from None
    return [
        {
            "name": name,
            "datatype": tensor.datatype,
            "shape": list(tensor.shape),
            "data": tensor.data,
        }
        for name, tensor in tensors.items()
    ]


def _tensors(told: Any) -> tuple[FoundTensor, ...]:
    return tuple(
        FoundTensor(
            plain_text(one.name, TENSOR_NAME_LENGTH),
            one.datatype if one.datatype in ITEM_BYTES else None,
            tuple(one.shape),
        )
        for one in told
    )
