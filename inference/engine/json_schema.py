"""JSON Schemas of a model's parameters, beyond what checking against the meta-schema tells."""

from collections.abc import Iterator
from typing import Any

import referencing
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012


def dangling_reference(schema: dict[str, Any]) -> str | None:
    """The first `$ref` that leads nowhere inside the schema; None: all lead somewhere."""
    resource = referencing.Resource.from_contents(schema, default_specification=DRAFT202012)
    resolver = referencing.Registry().with_resource("", resource).resolver("")
    for reference in _references(schema):
        try:
            resolver.lookup(reference)
        except Unresolvable:
            return reference
    return None


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(reference := part.get("$ref"), str):
            yield reference
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)
