"""Load and unload as the protocol commands them, for every worker."""

from collections.abc import Awaitable
from typing import Final

from consumers import control
from consumers.control import CommandFailed, LoadFailed, NoWorkers, Unfinished
from consumers.database import ANY_ERROR
from inference.oip.errors import ProtocolError, Status
from uploads.errors import ModelNotFound
from uploads.events import Actor

CLIENT: Final = "Open Inference Protocol"


class Commands:
    """The desired state in the catalog, commanded by a client of the protocol."""

    async def load(self, name: str, user_id: int) -> None:
        """Has every worker load a model; returns when all have.

        Raises:
            ProtocolError: NOT_FOUND. INVALID_ARGUMENT: it cannot be loaded, and why. UNAVAILABLE:
                no worker lives. DEADLINE_EXCEEDED: not all were done in time.
        """
        await _told(control.load(name, Actor(id=user_id, client=CLIENT)))

    async def unload(self, name: str, user_id: int) -> None:
        """Has every worker let go of a model; returns when all have.

        Raises:
            ProtocolError: as for `load`.
        """
        await _told(control.unload(name, Actor(id=user_id, client=CLIENT)))


async def _told(command: Awaitable[None]) -> None:
    try:
        await command
    except ModelNotFound as error:
        raise ProtocolError(Status.NOT_FOUND, error.message) from None
    except CommandFailed as error:
        raise ProtocolError(_status(error), error.message) from None
    except ANY_ERROR:
        raise ProtocolError(
            Status.UNAVAILABLE, "The database does not answer: try again."
        ) from None


def _status(error: CommandFailed) -> Status:
    match error:
        case LoadFailed():
            return Status.INVALID_ARGUMENT
        case NoWorkers():
            return Status.UNAVAILABLE
        case Unfinished():
            return Status.DEADLINE_EXCEEDED
        case _:
            return Status.INTERNAL
