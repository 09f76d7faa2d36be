"""The calls on the repository: who may make them, what they may ask, and the index."""

from collections.abc import Iterable
from typing import Any

from inference.engine.status import State, VersionStatus
from inference.oip.access import Caller
from inference.oip.contents import shown
from inference.oip.errors import ProtocolError, Status, invalid
from inference.oip.messages import RepositoryIndexResponse


def index(request: Any, statuses: Iterable[VersionStatus], caller: Caller) -> Any:
    """How each version stands; reasons can name folders: they are for those who manage models.

    Raises:
        ProtocolError: UNIMPLEMENTED: another repository.
    """
    _check_repository(request)
    answer = RepositoryIndexResponse()
    for status in statuses:
        if status.state is State.READY or not request.ready:
            answer.models.add(
                name=status.model,
                version=status.version,
                state=status.state.value,
                reason=status.reason if caller.may_manage else "",
            )
    return answer


def check_may_manage(request: Any, caller: Caller) -> None:
    """Refuses those who may not load and unload models.

    Raises:
        ProtocolError: PERMISSION_DENIED. UNIMPLEMENTED: another repository.
    """
    if not caller.may_manage:
        raise ProtocolError(
            Status.PERMISSION_DENIED,
            "Loading and unloading models needs the permission uploads.manage_models.",
        )
    _check_repository(request)


def check_brings_nothing(request: Any) -> None:
    """Refuses a load of anything but what the repository holds.

    Raises:
        ProtocolError: INVALID_ARGUMENT: it brings a configuration or files.
    """
    for key in request.parameters:
        if key == "config" or key.startswith("file:"):
            raise invalid(
                f"The parameter {shown(key)} is refused: models are loaded from the "
                "repository alone, and nothing is loaded from a request."
            )


def _check_repository(request: Any) -> None:
    if request.repository_name:
        raise ProtocolError(
            Status.UNIMPLEMENTED, "There is one repository: repository_name is left empty."
        )
