"""Parameters that are checked against a model's schema, and schemas that lead nowhere."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from inference.engine.config import MAX_REFUSAL, ModelConfig
from inference.engine.model_folder import InvalidModel, read_model
from inference.engine.types import Failed
from tests.unit.engine.folders import VALID, make_model

ANSWER = "return LabelsOutput([('a', 1)])"
NESTED = "params = {'$ref' = '#/$defs/list', '$defs' = {list = {additionalProperties = \
{'$ref' = '#/$defs/list'}}}}"


def deep(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    "params",
    [
        "{'$ref' = '#/$defs/absent'}",
        "{'$ref' = 'https://example.org/schema'}",
        "{'$ref' = '#/maximum/x', maximum = 1}",
        "{'$ref' = '#/title', title = 'no schema'}",
        "{'$ref' = '#nameless'}",
        "{properties.a.items = {'$ref' = '#/$defs/absent'}}",
        "{'$ref' = '#/hidden', hidden = {'$ref' = '#/$defs/absent'}}",
        "{'$dynamicRef' = '#absent'}",
    ],
)
def test_a_reference_that_leads_to_no_schema_is_told_when_the_model_is_read(
    tmp_path: Path, params: str
) -> None:
    with pytest.raises(InvalidModel, match="there is no schema at") as caught:
        read_model(make_model(tmp_path, config=f"{VALID}params = {params}"))
    assert caught.value.key == "params"


@pytest.mark.parametrize(
    "params",
    [
        "{'$ref' = '#/$defs/a', '$defs' = {a = true}}",
        "{'$ref' = '#name', '$defs' = {a = {'$anchor' = 'name'}}}",
        "{'$ref' = 'b', '$id' = 'https://example.org/a', '$defs' = {b = {'$id' = 'b'}}}",
        "{'$ref' = 'https://json-schema.org/draft/2020-12/schema'}",
        "{properties = {a = {'$ref' = '#'}}}",
        "{const = {'$ref' = '#/absent'}}",
        "{properties = {'$ref' = {type = 'string'}}}",
    ],
)
def test_a_reference_that_leads_to_a_schema_is_followed(tmp_path: Path, params: str) -> None:
    model = read_model(make_model(tmp_path, config=f"{VALID}params = {params}"))
    model.config.refusal({"a": {}})


@pytest.mark.parametrize("params", [{"a": "x" * 5000}, {"a" * 5000: 1}, {"a": {"b" * 5000: 1}}])
def test_a_refusal_quotes_little_of_what_it_refuses(params: dict[str, Any]) -> None:
    numbers = {"additionalProperties": {"type": ["string", "object"], "maxLength": 9}}
    schema = numbers | {"propertyNames": {"maxLength": 9}, "properties": {"a": {"type": "number"}}}
    refusal = ModelConfig(name="a", output_kind="text", params=schema).refusal(params)
    assert refusal
    assert len(refusal) <= MAX_REFUSAL


@pytest.mark.parametrize("trouble", [RecursionError, AttributeError])
async def test_params_that_cannot_be_checked_are_refused_and_leave_nothing_behind(
    bench: Any, add_model: Any, monkeypatch: pytest.MonkeyPatch, trouble: type[Exception]
) -> None:
    def validator(_schema: Any) -> Any:
        raise trouble

    add_model("echo", ANSWER)
    engine = await bench()
    monkeypatch.setattr("strictjson.schema.validator", validator)
    for _ in range(3):
        outcome = await engine.predict(engine.job("echo", source=b"image", id=-1))
        assert isinstance(outcome, Failed)
        assert outcome.code == "invalid_params"
    await asyncio.sleep(0)  # what follows a settled job comes in the loop's next turn
    assert engine.engine._jobs._by_id == {}
    assert engine.engine._jobs._bytes == 0


async def test_params_that_are_nested_too_deeply_are_refused(bench: Any, add_model: Any) -> None:
    add_model("echo", ANSWER, config=NESTED)
    engine = await bench()
    outcome = await engine.predict(engine.job("echo", params=deep(3000)))
    assert isinstance(outcome, Failed)
    assert outcome.code == "invalid_params"
    assert outcome.message == "The parameters cannot be checked."


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ("{'$ref' = '#'}", "refers to itself without end"),
        ("{'$ref' = '#/$defs/a', '$defs' = {a = {'$ref' = '#'}}}", "refers to itself without end"),
        ("{properties.a.pattern = '('}", "not a JSON Schema: '\\(' is not a 'regex'"),
        ("{patternProperties = {'(' = true}}", "not a JSON Schema: '\\(' is not a 'regex'"),
    ],
)
def test_a_schema_that_no_parameters_could_be_checked_by_is_told_when_the_model_is_read(
    tmp_path: Path, params: str, why: str
) -> None:
    with pytest.raises(InvalidModel, match=why) as caught:
        read_model(make_model(tmp_path, config=f"{VALID}params = {params}"))
    assert caught.value.key == "params"


def test_multiples_are_counted_as_people_count(tmp_path: Path) -> None:
    schema = "params = {properties.a = {multipleOf = 0.1}}"
    config = read_model(make_model(tmp_path, config=f"{VALID}{schema}")).config
    for value in (0.3, 0.7, 2, 1e308):
        assert config.refusal({"a": value}) is None
    assert config.refusal({"a": 0.35}) == "a: 0.35 is not a multiple of 0.1."
