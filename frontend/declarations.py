"""TypeScript's types of what the server says, made of its documents, to check the page by."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

HEAD: Final = """\
// Made by `manage.py page_types` of /api/schema/ and /api/asyncapi.json: change those, not this.
"""
TAIL: Final = """
type Known<Method extends keyof Calls, Path> =
  Path extends keyof Calls[Method] ? Calls[Method][Path] : { body: never; answer: never };

/** The call of an address, whatever is asked for after its question mark. */
export type Call<Method extends keyof Calls, Address extends string> =
  Address extends `${infer Path}?${string}` ? Known<Method, Path> : Known<Method, Address>;
"""
_PLAIN: Final = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}
_JSON: Final = "application/json"
_FILE: Final = {"schema": {"type": "string", "format": "binary"}}
_DIGITS: Final = re.compile(r"\^\[0-9\]\{[\d,]+\}\$$")
_NAME: Final = re.compile(r"[A-Za-z_]\w*")


def declarations(rest: Mapping[str, Any], socket: Mapping[str, Any]) -> str:
    """The text of a declaration file.

    Args:
        rest: the OpenAPI 3.0 document; each of its schemas gets its own name.
        socket: the AsyncAPI 3 document; its message `a.b` becomes the type `ABMessage`.
    """
    schemas = rest["components"]["schemas"]
    messages = {
        name: socket["components"]["schemas"][_referred(message["payload"]["$ref"])]
        for name, message in socket["components"]["messages"].items()
    }
    parts = [
        *(_declared(name, schema) for name, schema in sorted(schemas.items())),
        *(_declared(_message(name), schema) for name, schema in messages.items()),
        *(_operation(operation) for operation in socket["operations"].values()),
        _calls(rest["paths"]),
    ]
    return "\n".join([HEAD, *parts]) + TAIL


def _declared(name: str, schema: Mapping[str, Any]) -> str:
    # Of an enumeration the description only repeats its values.
    about = "" if "enum" in schema else _comment(schema.get("description", ""))
    return f"{about}export type {name} = {_type(schema)};\n"


def _operation(operation: Mapping[str, Any]) -> str:
    names = [_message(_referred(one["$ref"])) for one in operation["messages"]]
    title = {"send": "FromServer", "receive": "ToServer"}[operation["action"]]
    return f"{_comment(operation['summary'])}export type {title} = {' | '.join(names)};\n"


def _message(name: str) -> str:
    return "".join(part.capitalize() for part in name.split(".")) + "Message"


def _calls(paths: Mapping[str, Any]) -> str:
    """What each call sends and is answered with, by method and path; files are left out."""
    methods: dict[str, list[str]] = {}
    for path, operations in sorted(paths.items()):
        for method, operation in operations.items():
            answer = _answer(operation["responses"])
            if answer is not None:
                line = (
                    f"{_path(path, operation)}: {{ body: {_body(operation)}; answer: {answer} }};"
                )
                methods.setdefault(method.upper(), []).append(f"    {line}")
    blocks = [
        f"  {method}: {{\n{chr(10).join(methods[method])}\n  }};" for method in sorted(methods)
    ]
    return "/** Each call. */\nexport interface Calls {\n" + "\n".join(blocks) + "\n}\n"


def _path(path: str, operation: Mapping[str, Any]) -> str:
    """`"/api/events/"` or `[path: `/api/images/${number}/`]`."""
    kinds = {
        one["name"]: "number" if _DIGITS.match(one["schema"].get("pattern", "")) else "string"
        for one in operation.get("parameters", ())
        if one["in"] == "path"
    }
    if not kinds:
        return json.dumps(path)
    return f"[path: `{re.sub(r'{(.+?)}', lambda found: f'${{{kinds[found[1]]}}}', path)}`]"


def _body(operation: Mapping[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    return _type(content[_JSON]["schema"]) if _JSON in content else "Record<string, never>"


def _answer(responses: Mapping[str, Any]) -> str | None:
    """The type of the JSON that a call is answered with; None where that is a file."""
    good = [answer.get("content") for status, answer in responses.items() if status < "300"]
    types = [_type(each.get(_JSON, _FILE)["schema"]) if each else "null" for each in good]
    return None if "Blob" in types else _either(types)


def _type(schema: Mapping[str, Any]) -> str:
    found = _without_null(schema)
    return _either([found, "null"]) if schema.get("nullable") else found


def _without_null(schema: Mapping[str, Any]) -> str:
    word = next((word for word in _WORDS if word in schema), None)
    return _of_kind(schema) if word is None else _WORDS[word](schema[word])


def _of_kind(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        return _either(_of_kind({**schema, "type": each}) for each in kind)
    if kind == "array":
        return f"Array<{_type(schema['items'])}>"
    if kind == "object":
        return _object(schema)
    return "Blob" if schema.get("format") == "binary" else _PLAIN.get(str(kind), "any")


def _object(schema: Mapping[str, Any]) -> str:
    properties: Mapping[str, Any] = schema.get("properties", {})
    if not properties:
        more = schema.get("additionalProperties", {})
        return f"Record<string, {_type(more) if isinstance(more, dict) else 'any'}>"
    return "{\n" + "".join(_indented(_properties(schema, properties))) + "}"


def _properties(schema: Mapping[str, Any], properties: Mapping[str, Any]) -> Iterator[str]:
    required = schema.get("required", ())
    for name, each in properties.items():
        key = name if _NAME.fullmatch(name) else json.dumps(name)
        about = _comment(each.get("description", ""))
        yield f"{about}{key}{'' if name in required else '?'}: {_type(each)};\n"


def _indented(texts: Iterator[str]) -> Iterator[str]:
    for text in texts:
        yield "".join(f"  {line}" for line in text.splitlines(keepends=True))


def _comment(text: str) -> str:
    line = " ".join(text.split()).replace("*/", "* /")
    return f"/** {line} */\n" if line else ""


def _either(types: Iterable[str]) -> str:
    """A union, each of its parts once."""
    return " | ".join(dict.fromkeys(types))


def _one_of(schemas: Iterable[Mapping[str, Any]]) -> str:
    return _either(map(_type, schemas))


def _all_of(schemas: Sequence[Mapping[str, Any]]) -> str:
    types = [_type(each) for each in schemas]
    return types[0] if len(types) == 1 else " & ".join(f"({each})" for each in types)


def _referred(reference: str) -> str:
    return reference.rpartition("/")[2]


_WORDS: Final[Mapping[str, Callable[[Any], str]]] = {
    "$ref": _referred,
    "const": json.dumps,
    "enum": lambda values: _either(map(json.dumps, values)),
    "oneOf": _one_of,
    "anyOf": _one_of,
    "allOf": _all_of,
}
"""What a schema is made of other than by its type, and how that is read."""
