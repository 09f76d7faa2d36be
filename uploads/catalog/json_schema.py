"""What checks parameters against a model's JSON Schema, in the words the engine would use.

The engine checks them once more, and is a package that this one does not know.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

import jsonschema
from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]

IMAGE_ID: Final = "image-id"
"""The format of a parameter that is the id of another image of the same user."""


def image_params(schema: Mapping[str, Any]) -> list[str]:
    """The names of the parameters that are ids of images. They stand at the top of the schema."""
    return [
        name
        for name, of_it in schema.get("properties", {}).items()
        if isinstance(of_it, dict) and of_it.get("format") == IMAGE_ID
    ]


def _multiple_of(
    checking: Any, step: float, value: Any, schema: Any
) -> Iterator[jsonschema.ValidationError]:
    """As people count, by the digits that numbers are written with: 0.3 is a multiple of 0.1."""
    if checking.is_type(value, "number") and Fraction(str(value)) % Fraction(str(step)):
        yield jsonschema.ValidationError(f"{value} is not a multiple of {step}")


_VALIDATOR: Final = jsonschema.validators.extend(  # type: ignore[no-untyped-call]  # stubs lack it
    jsonschema.Draft202012Validator, {"multipleOf": _multiple_of}
)


def validator(schema: dict[str, Any]) -> Any:
    """What checks values against a schema; it never fetches another from the network."""
    return _VALIDATOR(schema, registry=REGISTRY)
