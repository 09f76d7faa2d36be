"""What the OpenAPI document says of refusals that come from no view: of a server that is busy, of
a database or disk that is away, of bodies that are not read."""

from typing import Any, Final

_OF_ANY_CALL: Final = ("503",)
_OF_ANY_BODY: Final = ("400", "413", "415", "429")
_ERROR: Final = {
    "description": "",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
}


def add_common_refusals(result: Any, **_: Any) -> Any:
    """drf-spectacular's hook: gives each operation the refusals that any such may get."""
    for operations in result["paths"].values():
        for operation in operations.values():
            statuses = _OF_ANY_CALL + (_OF_ANY_BODY if "requestBody" in operation else ())
            for status in statuses:
                operation["responses"].setdefault(status, _ERROR)
            operation["responses"] = dict(sorted(operation["responses"].items()))
    return result
