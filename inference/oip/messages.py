"""The protocol's messages as classes.

They live in a descriptor pool of their own: any other library that brings messages of the same
names, such as an inference client, may be loaded beside it.
"""

from pathlib import Path
from typing import Any, Final

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PACKAGE: Final = "inference"
SERVICE: Final = f"{PACKAGE}.GRPCInferenceService"

POOL: Final = descriptor_pool.DescriptorPool()
"""Holds the protocol's file, for whoever describes the service, such as reflection."""
_files = descriptor_pb2.FileDescriptorSet.FromString(
    Path(__file__).with_name("protocol.binpb").read_bytes()
)
for _file in _files.file:
    POOL.Add(_file)


def message(name: str) -> Any:
    """The class of a message, such as `ModelInferRequest`."""
    return message_factory.GetMessageClass(POOL.FindMessageTypeByName(f"{PACKAGE}.{name}"))


ModelInferRequest: Final = message("ModelInferRequest")
ModelInferResponse: Final = message("ModelInferResponse")
ModelStreamInferResponse: Final = message("ModelStreamInferResponse")
ModelConfig: Final = message("ModelConfig")
ModelStatistics: Final = message("ModelStatistics")
ModelMetadataResponse: Final = message("ModelMetadataResponse")
RepositoryIndexResponse: Final = message("RepositoryIndexResponse")
