"""Values against JSON Schemas, and schemas beyond what checking against the meta-schema tells."""

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

import jsonschema
from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

IMAGE_ID: Final = "image-id"
"""The format of a parameter that is the id of another image of the same user."""


def _multiple_of(
    checking: Any, step: float, value: Any, schema: Any
) -> Iterator[jsonschema.ValidationError]:
    """As people count, by the digits that numbers are written with: 0.3 is a multiple of 0.1."""
    if checking.is_type(value, "number") and Fraction(str(value)) % Fraction(str(step)):
        yield jsonschema.ValidationError(f"{value} is not a multiple of {step}")


_VALIDATOR: Final = jsonschema.validators.extend(  # type: ignore[no-untyped-call]  # stubs lack it
    jsonschema.Draft202012Validator, {"multipleOf": _multiple_of}
)


class Uncheckable(Exception):
    """A value cannot be held against a schema; the message names what came of trying."""


def misfits(schema: dict[str, Any], value: Any) -> list[jsonschema.ValidationError]:
    """Where and why a value does not fit a schema.

    Raises:
        Uncheckable: this cannot be told, such as of a number that no division takes.
    """
    try:
        return list(validator(schema).iter_errors(value))
    except Exception as error:  # a stranger's values met a model's schema: any may come of it
        raise Uncheckable(type(error).__name__) from error


def validator(schema: dict[str, Any]) -> Any:
    """What checks values against a schema; it never fetches another from the network."""
    return _validator(json.dumps(schema))


@lru_cache(256)
def _validator(schema: str) -> Any:
    """Kept by what the schema says: making one takes several times as long as using it."""
    return _VALIDATOR(json.loads(schema), registry=REGISTRY)


def image_params(schema: Mapping[str, Any]) -> list[str]:
    """The names of the parameters that are ids of images. They stand at the top of the schema."""
    properties = schema.get("properties", {})
    return [
        name
        for name, of_it in properties.items()
        if isinstance(of_it, dict) and of_it.get("format") == IMAGE_ID
    ]


def dangling_reference(schema: dict[str, Any]) -> str | None:
    """A reference that leads to no schema, here or in the standard's own; None: all lead to one."""
    root = DRAFT202012.create_resource(schema)
    found: list[tuple[Any, Any]] = [(schema, REGISTRY.resolver_with_root(root))]
    seen: dict[int, Any] = {}
    while found:
        part, resolver = found.pop()
        if isinstance(part, bool) or id(part) in seen:
            continue
        seen[id(part)] = part
        subschemas = DRAFT202012.create_resource(part).subresources()
        found += [(sub.contents, resolver.in_subresource(sub)) for sub in subschemas]
        for reference in (part[key] for key in ("$ref", "$dynamicRef") if key in part):
            try:
                target = resolver.lookup(reference)
            except (Unresolvable, LookupError, TypeError, ValueError):
                return str(reference)
            if not isinstance(target.contents, dict | bool):
                return str(reference)
            found.append((target.contents, target.resolver))
    return None
