"""Bodies in JSON of which every name is known: what is misspelt would be left out unseen."""

from collections.abc import Mapping
from typing import Any, TypeVar

from rest_framework import serializers

from strictjson.values import plain_text

Row = TypeVar("Row")

_SHOWN_CHARACTERS = 100


class StrictBody(serializers.Serializer[Row]):
    # No docstring, which would be that of each body in the OpenAPI document. It refuses names that
    # none of its fields has, as uploads do: a key's end, an export's filter or a model's version
    # is not to be lost by a letter.

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            fields = [name for name, field in self.fields.items() if not field.read_only]
            message = f"There is no such field: the fields are {', '.join(fields)}."
            unknown = [str(name) for name in data if name not in fields]
            if unknown:
                raise serializers.ValidationError(
                    {plain_text(name, _SHOWN_CHARACTERS): [message] for name in unknown},
                    "unknown_field",
                )
        return super().to_internal_value(data)


class OneOf(serializers.ChoiceField):
    """A choice whose refusal names what there is to choose from, and not all that was sent."""

    def __init__(self, choices: Any, **options: Any) -> None:
        super().__init__(choices, **options)
        self.error_messages["invalid_choice"] = f"Choose one of {', '.join(self.choices)}."
