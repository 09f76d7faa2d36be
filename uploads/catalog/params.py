"""A prediction's parameters: what any database can keep, and what a model's schema allows."""

import json
import logging
from typing import Any, Final

from strictjson.schema import Uncheckable, misfits
from strictjson.values import flaw
from uploads.catalog import offers
from uploads.errors import Fault, InvalidParams

logger = logging.getLogger("darkroom.api")

MAX_PARAMS_DEPTH: Final = 16
MAX_PARAMS_LENGTH: Final = 16_384
MAX_FAULTS: Final = 20
"""That are told of one set of parameters."""
_INTEGERS: Final = range(1 - (1 << 63), 1 << 63)


def plain_params(params: Any) -> dict[str, Any]:
    """The parameters, once any database can keep them and any model can read them.

    Raises:
        InvalidParams: they are no JSON object, are too long or too deep, or hold a NUL,
            half a surrogate pair or an integer of more than 64 bits.
    """
    if not isinstance(params, dict):
        raise _not_plain("The parameters are not a JSON object.")
    if wrong := flaw(params, levels=MAX_PARAMS_DEPTH, integers=_INTEGERS):
        raise _not_plain(f"The parameters hold {wrong}.")
    if len(json.dumps(params, ensure_ascii=False)) > MAX_PARAMS_LENGTH:
        raise _not_plain(f"The parameters have more than {MAX_PARAMS_LENGTH} characters.")
    return params


def valid_params(model: offers.Choice, params: dict[str, Any]) -> dict[str, Any]:
    """The parameters, once they fit the model's schema.

    Raises:
        InvalidParams: they do not; with a fault for each place.
    """
    try:
        faults = _misfits(model.params_schema, params)
    except Uncheckable as error:
        logger.warning(
            "parameters could not be checked",
            extra={"model": model.name, "cause": str(error)},
        )
        message = f"The parameters cannot be checked against the schema of '{model.name}'."
        raise InvalidParams(message, (Fault("invalid_params", message, field="params"),)) from None
    if faults:
        raise InvalidParams(f"The parameters do not fit the model '{model.name}'.", tuple(faults))
    return params


def _misfits(schema: dict[str, Any], params: dict[str, Any]) -> list[Fault]:
    faults = []
    for error in misfits(schema, params)[:MAX_FAULTS]:
        where = ".".join(["params", *(str(part) for part in error.absolute_path)])
        faults.append(Fault("invalid_params", error.message[:300], field=where[:300]))
    return faults


def _not_plain(message: str) -> InvalidParams:
    return InvalidParams(message, (Fault("invalid_params", message, field="params"),))


def fits(params: dict[str, Any], model: offers.Choice) -> bool:
    """Whether these parameters are valid for it."""
    try:
        valid_params(model, params)
    except InvalidParams:
        return False
    return True
