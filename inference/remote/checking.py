"""Whether the servers of remote models are there and have what the folders declare."""

import asyncio
from collections.abc import Sequence

from inference.engine.errors import LoadFailed
from inference.engine.model_version import ModelVersion
from inference.engine.remote import settled
from inference.engine.repository import Repository
from inference.remote.servers import Servers


async def trouble_of(repository: Repository, servers: Servers) -> list[str]:
    """A sentence for each version whose server cannot be used now; the servers are hung up on."""
    versions = [
        version
        for model in repository.models.values()
        for version in model.versions.values()
        if version.config.remote is not None
    ]
    try:
        told = await asyncio.gather(*(_trouble(version, servers) for version in versions))
    finally:
        await servers.close()
    return [sentence for sentences in told for sentence in sentences]


async def _trouble(version: ModelVersion, servers: Servers) -> Sequence[str]:
    try:
        await settled(version.config, servers)
    except LoadFailed as failure:
        return [f"{version.config.name} {version.number}: {failure.reason}"]
    return []
