"""An engine that only loads and unloads: folders are read in earnest, children there are none."""

import asyncio
from pathlib import Path

from inference.engine.errors import LoadFailed, ModelNotFound
from inference.engine.model_folder import InvalidModel
from inference.engine.repository import Repository
from inference.engine.status import State, VersionStatus


class FakeLifecycle:
    """Reads the models below `root`. While `gate` is cleared, a load does not get on."""

    def __init__(self, root: Path) -> None:
        self.repository = Repository([root])
        self.calls: list[str] = []
        """Every load and unload it was told, as `load NAME`, in order."""
        self.gate = asyncio.Event()
        self.gate.set()
        self._unloaded: set[str] = set()

    async def load(self, name: str) -> None:
        """Read the folder anew."""
        self.calls.append(f"load {name}")
        await self.gate.wait()
        if not self.repository.has(name):
            raise ModelNotFound(f"There is no model {name}.")
        try:
            self.repository.keep(self.repository.read(name))
        except InvalidModel as problem:
            raise LoadFailed(str(problem)) from problem
        self._unloaded.discard(name)

    async def unload(self, name: str) -> None:
        """Let go of the model."""
        self.calls.append(f"unload {name}")
        if name not in self.repository.models:
            raise ModelNotFound(f"There is no model {name}.")
        self._unloaded.add(name)

    def index(self) -> list[VersionStatus]:
        """As the engine would tell it, with a child of 64 MiB for each version that is loaded."""
        found = [
            VersionStatus(name, "", State.UNAVAILABLE, str(problem))
            for name, problem in self.repository.problems.items()
            if name not in self.repository.models
        ]
        for model in self.repository.models.values():
            for version in model.versions.values():
                if model.name in self._unloaded:
                    one = VersionStatus(model.name, version.number, State.UNAVAILABLE, "unloaded")
                else:
                    one = VersionStatus(
                        model.name,
                        version.number,
                        State.READY,
                        sha256=version.sha256,
                        instances=1,
                        memory_bytes=64 << 20,
                    )
                found.append(one)
        return found
