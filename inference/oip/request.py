"""What a ModelInferRequest asks for beside its tensors."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from inference.oip.contents import shown
from inference.oip.errors import ProtocolError, Status, invalid

_MICROSECONDS: Final = 1_000_000
_LONGEST_SECONDS: Final = 86_400.0


@dataclass(frozen=True)
class WantedOutput:
    """One output that the answer shall have."""

    name: str
    classes: int | None = None
    """So many classes with the highest values instead of the values. None: the values."""


def wanted_outputs(request: Any, known: Collection[str]) -> list[WantedOutput]:
    """What the answer shall have, in its order; without a word of the request: everything.

    Raises:
        ProtocolError: INVALID_ARGUMENT: there is no such output, or it stands there twice.
            UNIMPLEMENTED: it shall go into shared memory.
    """
    if not request.outputs:
        return [WantedOutput(name) for name in known]
    wanted: dict[str, WantedOutput] = {}
    for one in request.outputs:
        if one.name not in known:
            raise invalid(
                f"There is no output {shown(one.name)}: the model gives {', '.join(known)}."
            )
        if one.name in wanted:
            raise invalid(f"Output {shown(one.name)} stands there twice.")
        if "shared_memory_region" in one.parameters:
            raise ProtocolError(
                Status.UNIMPLEMENTED, f"Output {shown(one.name)}: shared memory is not served."
            )
        classes = _integer(one.parameters, "classification")
        if classes == 0:
            raise invalid("classification: at least 1 class.")
        wanted[one.name] = WantedOutput(one.name, classes)
    return list(wanted.values())


def queue_timeout(request: Any) -> float | None:
    """The parameter `timeout`, which is in microseconds, in seconds; None: it has none, or 0."""
    microseconds = _integer(request.parameters, "timeout")
    return min(microseconds / _MICROSECONDS, _LONGEST_SECONDS) if microseconds else None


def flag(request: Any, name: str) -> bool:
    """A parameter that is true or false; absent: false.

    Raises:
        ProtocolError: INVALID_ARGUMENT: it is something else.
    """
    if name not in request.parameters:
        return False
    choice = request.parameters[name]
    if choice.WhichOneof("parameter_choice") != "bool_param":
        raise invalid(f"The parameter {name} is true or false.")
    return bool(choice.bool_param)


def _integer(parameters: Mapping[str, Any], name: str) -> int | None:
    # Looked up first: reading an absent key of a protobuf map would add it.
    if name not in parameters:
        return None
    choice = parameters[name].WhichOneof("parameter_choice")
    if choice not in {"int64_param", "uint64_param"}:
        raise invalid(f"The parameter {name} is a whole number.")
    value = int(getattr(parameters[name], choice))
    if value < 0:
        raise invalid(f"The parameter {name} is not negative.")
    return value
