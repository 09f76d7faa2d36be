"""What TypeScript is told of the documents, for the page's modules to be checked by."""

from pathlib import Path
from typing import Any

from django.core.management import call_command

from frontend.declarations import declarations
from project.management.commands import page_types


def test_the_command_writes_the_file(settings: Any, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "frontend").mkdir()
    call_command("page_types")
    assert (tmp_path / page_types.FILE).read_text() == page_types.made()


REST = {
    "components": {
        "schemas": {
            "Light": {"enum": ["red", "green"]},
            "Photo": {
                "description": "One\n photo.",
                "type": "object",
                "properties": {
                    "id": {"type": "integer", "description": "Its number."},
                    "light": {"allOf": [{"$ref": "#/components/schemas/Light"}], "nullable": True},
                    "a-b": {"type": "array", "items": {"oneOf": [{"type": "string"}, {}]}},
                    "more": {"type": "object", "additionalProperties": {"type": "number"}},
                },
                "required": ["id", "light"],
            },
        }
    },
    "paths": {
        "/photos/{id}/{name}/": {
            "put": {
                "parameters": [
                    {"in": "path", "name": "id", "schema": {"pattern": "^[0-9]{1,18}$"}},
                    {"in": "path", "name": "name", "schema": {"type": "string"}},
                ],
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Photo"}}
                    }
                },
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Photo"}}
                        }
                    },
                    "204": {},
                    "400": {"content": {"application/json": {"schema": {"type": "string"}}}},
                },
            },
            "get": {
                "responses": {
                    "200": {
                        "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}
                    }
                }
            },
        }
    },
}
SOCKET = {
    "operations": {
        "tell": {"action": "send", "summary": "Told.", "messages": [{"$ref": "#/x/going.dark"}]}
    },
    "components": {
        "messages": {"going.dark": {"payload": {"$ref": "#/components/schemas/going.dark"}}},
        "schemas": {
            "going.dark": {
                "type": "object",
                "properties": {"type": {"const": "going.dark"}, "at": {"type": ["string", "null"]}},
                "required": ["type", "at"],
            }
        },
    },
}


def test_each_word_of_a_schema_has_its_type() -> None:
    made = declarations(REST, SOCKET)
    assert 'export type Light = "red" | "green";' in made
    assert (
        "/** One photo. */\n"
        "export type Photo = {\n"
        "  /** Its number. */\n"
        "  id: number;\n"
        "  light: Light | null;\n"
        '  "a-b"?: Array<string | any>;\n'
        "  more?: Record<string, number>;\n"
        "};\n"
    ) in made
    assert (
        'export type GoingDarkMessage = {\n  type: "going.dark";\n  at: string | null;\n};\n'
    ) in made
    assert "/** Told. */\nexport type FromServer = GoingDarkMessage;\n" in made


def test_calls_are_known_by_their_addresses_and_those_for_files_are_left_out() -> None:
    made = declarations(REST, SOCKET)
    line = "[path: `/photos/${number}/${string}/`]: { body: Photo; answer: Photo | null };"
    assert f"  PUT: {{\n    {line}\n  }};" in made
    assert "GET" not in made
