"""Model parameters from the command line."""

import json
from collections.abc import Sequence
from typing import Any

from client.errors import ClientError


def read_params(document: str | None, pairs: Sequence[str]) -> dict[str, Any]:
    """The parameters of a JSON object, overridden by `name=value` pairs.

    A value is read as JSON where it is JSON, else as text. Raises ClientError.
    """
    params: dict[str, Any] = {}
    if document is not None:
        params = _object(document)
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not name or not equals:
            raise ClientError("invalid_params", f"--param {pair!r} is not of the form name=value.")
        params[name] = _value(value)
    return params


def _object(document: str) -> dict[str, Any]:
    try:
        value = json.loads(document)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ClientError("invalid_params", "--params is not a JSON object.")
    return value


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
