"""What a process imports when somebody first needs it."""

import asyncio
from importlib import import_module
from typing import Any


class DeferredModule:
    """A module that is imported at its first use, in a thread: the event loop goes on meanwhile."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._module: Any = None

    async def load(self) -> Any:
        """The module; who comes while it is being imported waits for the same."""
        if self._module is None:
            self._module = await asyncio.to_thread(import_module, self._name)
        return self._module
