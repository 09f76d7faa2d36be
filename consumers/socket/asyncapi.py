"""The websocket's contract as AsyncAPI 3, made of what the socket reads and what it sends."""

import dataclasses
import typing
from collections.abc import Sequence
from functools import cache
from types import NoneType
from typing import Any, Final

from django.http import HttpRequest, JsonResponse
from drf_spectacular.generators import SchemaGenerator

from consumers.socket import messages
from uploads.api.event_schemas import EVENTS

_TYPES: Final = {str: "string", int: "integer", bool: "boolean", NoneType: "null"}
_INTEGER: Final = {"type": "integer"}
_TEXT: Final = {"type": "string"}
_TIME: Final = {"type": "string", "format": "date-time"}
_PROBLEM: Final = {
    "type": "object",
    "properties": {"code": _TEXT, "message": _TEXT},
    "required": ["code", "message"],
}
_EVENTS: Final = tuple(kind.__name__ for kind in EVENTS)
_CLOSES: Final = (
    "Close codes: 4401 (no, bad or expired token, or no hello within 5 seconds), 4403 (signed out "
    "or disabled), 4408 (not reading), 4429 (too many sockets), 1012 (the server restarts)."
)


def document(request: HttpRequest) -> JsonResponse:
    """`/api/asyncapi.json`."""
    return JsonResponse(described())


@cache
def described() -> dict[str, Any]:
    """The document."""
    sent, received = _sent(), _received()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Darkroom",
            "version": "1",
            "description": "State changes of a user's uploads, in order and once, and progress.",
        },
        "defaultContentType": "application/json",
        "channels": {
            "progress": {
                "address": "/ws/progress/",
                "description": f"Subprotocol darkroom.v1; JSON in text frames. {_CLOSES}",
                "messages": {
                    name: {"$ref": f"#/components/messages/{name}"} for name in sent | received
                },
                "bindings": {"ws": {"method": "GET"}},
            }
        },
        "operations": {
            "tell": _operation("send", "What the server says.", sent),
            "hear": _operation(
                "receive", "What a client says: hello within 5 seconds, then the others.", received
            ),
        },
        "components": {
            "messages": {name: _message(name) for name in sent | received},
            "schemas": {**_of_rest(_EVENTS), **sent, **received},
        },
    }


def _operation(action: str, summary: str, told: dict[str, Any]) -> dict[str, Any]:
    return {
        "action": action,
        "summary": summary,
        "channel": {"$ref": "#/channels/progress"},
        "messages": [{"$ref": f"#/channels/progress/messages/{name}"} for name in told],
    }


def _message(name: str) -> dict[str, Any]:
    return {"name": name, "payload": {"$ref": f"#/components/schemas/{name}"}}


def _sent() -> dict[str, Any]:
    """The messages of the server, by their names."""
    return {
        "ready": _object(
            "ready",
            epoch=_TEXT,
            seq=_INTEGER,
            user=_plain(id=_INTEGER, username=_TEXT),
            expires_at={**_TIME, "type": ["string", "null"]},
        ),
        "reset": _object("reset", epoch=_TEXT, seq=_INTEGER),
        "event": {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in _EVENTS]},
        "progress": _object(
            "progress",
            optional={
                "queue_position": {"type": ["integer", "null"]},
                "eta_ms": {"type": "number"},
                "waiting": _PROBLEM,
                "partial": {"description": "What is known so far: JSON of at most 16 KiB."},
            },
            prediction=_INTEGER,
            image=_INTEGER,
            upload=_INTEGER,
            attempt=_INTEGER,
            stage={"type": ["string", "null"]},
            fraction={"type": "number", "minimum": 0, "maximum": 1},
        ),
        "models.changed": {
            **_object("models.changed"),
            "description": "`/api/models/` would answer otherwise than before; told to those whose "
            "hello asked for it by `models`.",
        },
        "auth.expiring": _object("auth.expiring", expires_at=_TIME),
        "error": _object("error", code=_TEXT, message=_TEXT),
    }


def _received() -> dict[str, Any]:
    """The messages of clients, by the classes that they are read into."""
    described = {}
    for kind in typing.get_args(messages.Message):
        name = kind.__name__.lower()
        optional, required = _fields(kind)
        described[name] = {**_object(name, optional, **required), "description": kind.__doc__}
    return described


def _fields(kind: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Schemas of the fields that may be left out, and of the others."""
    hints = typing.get_type_hints(kind)
    optional: dict[str, Any] = {}
    required: dict[str, Any] = {}
    for one in dataclasses.fields(kind):
        told = required if one.default is dataclasses.MISSING else optional
        told[one.name] = {"type": _type(hints[one.name])}
    return optional, required


def _type(hint: Any) -> str | list[str]:
    parts = typing.get_args(hint)
    return [_TYPES[part] for part in parts] if parts else _TYPES[hint]


def _object(name: str, optional: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    return _plain(optional, type={"const": name}, **fields)


def _plain(optional: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**fields, **(optional or {})},
        "required": list(fields),
        "additionalProperties": False,
    }


def _of_rest(names: Sequence[str]) -> dict[str, Any]:
    """Schemas of the REST contract, with nothing besides, and those that they refer to."""
    generator: Any = SchemaGenerator
    schemas = generator().get_schema(request=None, public=True)["components"]["schemas"]
    found: dict[str, Any] = {}
    wanted = list(names)
    while wanted:
        one = wanted.pop()
        if one not in found:
            found[one] = _nullable(schemas[one])
            wanted += _references(schemas[one])
    return found | {name: {**found[name], "additionalProperties": False} for name in names}


def _nullable(schema: Any) -> Any:
    """OpenAPI 3.0's `nullable` as JSON Schema says it."""
    if isinstance(schema, list):
        return [_nullable(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {
        key: _nullable(value)
        for key, value in schema.items()
        if key not in {"nullable", "readOnly"}
    }
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain


def _references(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [name for one in schema for name in _references(one)]
    if not isinstance(schema, dict):
        return []
    found = [name for one in schema.values() for name in _references(one)]
    reference = schema.get("$ref")
    return [*found, reference.rpartition("/")[2]] if isinstance(reference, str) else found
