"""What the shipped models say of themselves is said in every language of the page."""

import json
import re
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = ROOT / "frontend/static/frontend/js/messages"
FOLDERS = ("inference/models", "inference/weights/catalog")
CARD = ("purpose", "limits", "quality", "time", "memory")
"""What of a card is sentences; licenses and sources are names."""
FORMATS = {"png", "webp"}
"""Values that are called so everywhere."""

GROUP = re.compile(r"^  \[(\[[^]]*\]), \{\n(.*?)^  \}\],$", re.MULTILINE | re.DOTALL)
ENTRY = re.compile(r'^    ("(?:[^"\\]|\\.)*"):\s+("(?:[^"\\]|\\.)*"),$', re.MULTILINE)


def shipped() -> dict[str, dict[str, Any]]:
    return {
        path.parent.name: tomllib.loads(path.read_text())
        for folder in FOLDERS
        for path in sorted((ROOT / folder).glob("*/model.toml"))
    }


def of_schema(schema: dict[str, Any]) -> Iterator[str | None]:
    for each in schema.get("properties", {}).values():
        for one in (each, *each.get("prefixItems", ())):
            yield one.get("title")
            yield one.get("description")
        yield from (one for one in each.get("enum", ()) if isinstance(one, str))


def of_model(model: dict[str, Any]) -> set[str]:
    """The texts of a model that people read."""
    versions = (model, *model.get("versions", {}).values())
    told = chain(
        (model.get(key) for key in ("title", "description", "task")),
        (model.get("card", {}).get(key) for key in CARD),
        (one.get("note") for each in versions for one in each.get("languages", ())),
        *(of_schema(each.get("params", {})) for each in versions),
    )
    return {text for text in told if text} - FORMATS


def translated(language: str) -> dict[str, dict[str, str]]:
    """For each model's name its texts in that language."""
    found: dict[str, dict[str, str]] = {}
    for names, texts in GROUP.findall((MESSAGES / f"{language}_models.js").read_text()):
        entries = {json.loads(key): json.loads(text) for key, text in ENTRY.findall(texts)}
        for name in json.loads(names):
            found.setdefault(name, {}).update(entries)
    return found


@pytest.mark.parametrize("language", ["ko", "ja"])
def test_every_text_of_a_shipped_model_is_there_in_every_language(language: str) -> None:
    known = translated(language)
    missing = {
        name: texts
        for name, model in shipped().items()
        if (texts := of_model(model) - known.get(name, {}).keys())
    }
    assert missing == {}, f"add them to {language}_models.js"


@pytest.mark.parametrize("language", ["ko", "ja"])
def test_no_text_is_kept_that_no_model_says_any_more(language: str) -> None:
    models = {name: of_model(model) for name, model in shipped().items()}
    said = {
        name: texts.keys() - models.get(name, set()) for name, texts in translated(language).items()
    }
    assert {name: texts for name, texts in said.items() if texts} == {}


@pytest.mark.parametrize("language", ["ko", "ja"])
def test_figures_are_the_same_in_every_language(language: str) -> None:
    for texts in translated(language).values():
        for text, same in texts.items():
            figures = set(re.findall(r"\d+\.\d+", text))
            assert figures <= set(re.findall(r"\d+\.\d+", same)), text
