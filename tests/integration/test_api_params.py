"""Parameters: what is JSON, what fits a model, and what no database could keep."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from tests.integration.offered import entry
from tests.integration.rest import file, post, refused, uploaded
from uploads.catalog import offers
from uploads.models import Prediction, Upload

pytestmark = pytest.mark.django_db

NOT_JSON = ["{", "nonsense", "NaN", '{"a": NaN}', '{"a": -Infinity}', '{"a": 1e999}', "[" * 10_000]
NOT_PLAIN = [
    *("[]", "null", "1", '"text"', '{"a\\u0000": 1}', '{"a": "\\u0000"}', '{"a": ["\\ud800"]}'),
    *('{"\\udfff": 1}', '{"a": 9223372036854775808}', '{"a": "%s"}' % ("x" * 16_400)),
]


def nested(depth: int) -> str:
    return '{"a": ' * depth + "1" + "}" * depth


def predict(client: APIClient, image: dict[str, Any], params: str) -> Any:
    """Asks for another prediction with these parameters, which need not be JSON."""
    body = f'{{"model": "ocr", "params": {params}}}'
    return client.post(image["predictions"], body.encode(), content_type="application/json")


@pytest.fixture
def anything_goes(models: None) -> None:
    """A model that takes any parameters, so that nothing is refused for not fitting."""
    offers.publish([entry("ocr", {"type": "object"}), entry("background-removal")])


@pytest.mark.parametrize("params", NOT_JSON)
def test_params_of_an_upload_that_are_not_json_are_refused(
    as_ada: APIClient, anything_goes: None, params: str
) -> None:
    body = refused(post(as_ada, file(), params=params), 400, "invalid_params")
    assert [fault["field"] for fault in body["errors"]] == ["params"]


@pytest.mark.parametrize("params", NOT_PLAIN)
def test_params_of_an_upload_that_cannot_be_kept_are_refused(
    as_ada: APIClient, anything_goes: None, params: str
) -> None:
    # Longer than the field may be, it is not even read.
    code = "invalid" if len(params) > 16_384 else "invalid_params"
    body = refused(post(as_ada, file(), params=params), 400, code)
    assert [fault["field"] for fault in body["errors"]] == ["params"]
    assert not Upload.objects.exists()


@pytest.mark.parametrize("params", NOT_JSON)
def test_params_of_another_prediction_that_are_not_json_are_refused(
    as_ada: APIClient, anything_goes: None, params: str
) -> None:
    image = uploaded(as_ada)["images"][0]
    answer = predict(as_ada, image, params)
    refused(answer, 400, "malformed")


@pytest.mark.parametrize("params", NOT_PLAIN)
def test_params_of_another_prediction_that_cannot_be_kept_are_refused(
    as_ada: APIClient, anything_goes: None, params: str
) -> None:
    image = uploaded(as_ada)["images"][0]
    code = "invalid_params" if params.startswith("{") else "invalid"
    refused(predict(as_ada, image, params), 400, code)
    assert Prediction.objects.count() == 1


@pytest.mark.parametrize("depth", [17, 100, 500, 900, 940, 980, 1000, 1500])
def test_deep_params_are_refused_at_any_depth(
    as_ada: APIClient, anything_goes: None, depth: int
) -> None:
    image = uploaded(as_ada)["images"][0]
    refused(post(as_ada, file(), params=nested(depth)), 400, "invalid_params")
    answer = predict(as_ada, image, nested(depth))
    refused(answer, 400, answer.json()["code"])


@pytest.mark.parametrize(
    "params",
    [
        nested(14),
        '{"a": "\\\\u0000", "b": "naïve 日本 🖼"}',
        '{"a": 1e15, "b": -1, "c": [true, null]}',
    ],
)
def test_plain_params_are_kept_as_they_are(
    as_ada: APIClient, anything_goes: None, params: str
) -> None:
    body = uploaded(as_ada, params=params)
    assert body["params"] == json.loads(params)
    assert Prediction.objects.get().params == json.loads(params)


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"iterations": 0}, "params.iterations"),
        ({"iterations": "3"}, "params.iterations"),
        ({"unknown": 1}, "params"),
    ],
)
def test_params_that_do_not_fit_the_model_say_where(
    as_ada: APIClient, params: dict[str, Any], field: str
) -> None:
    body = refused(post(as_ada, file(), params=json.dumps(params)), 400, "invalid_params")
    assert [fault["field"] for fault in body["errors"]] == [field]
    image = uploaded(as_ada)["images"][0]
    answer = as_ada.post(image["predictions"], {"model": "ocr", "params": params}, format="json")
    refused(answer, 400, "invalid_params")


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ('{"a": 99999999999999999999}', "an integer of more than 64 bits"),
        ('{"a": "\\u0000"}', "text with NUL"),
        (nested(17), "more than 16 levels"),
    ],
)
def test_params_that_cannot_be_kept_are_told_what_is_wrong(
    as_ada: APIClient, anything_goes: None, params: str, words: str
) -> None:
    body = refused(post(as_ada, file(), params=params), 400, "invalid_params")
    assert body["message"].startswith(f"The parameters hold {words}")


SCHEMAS = [
    {"$ref": "#"},
    {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
    {"additionalProperties": {"$dynamicRef": "#absent"}},
    {"additionalProperties": {"$ref": "https://example.invalid/schema.json"}},
    {"additionalProperties": {"pattern": "("}},
    {"patternProperties": {"(": True}},
    {"additionalProperties": {"minLength": "x"}},
    {"additionalProperties": {"type": "nonsense"}},
    {"properties": {"a": 5}},
]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_schema_that_cannot_be_applied_refuses_parameters_and_breaks_nothing(
    as_ada: APIClient, schema: dict[str, Any]
) -> None:
    image = uploaded(as_ada)["images"][0]
    offers.publish([entry("ocr", schema), entry("background-removal")])
    body = refused(post(as_ada, file(), params='{"a": "text"}'), 400, "invalid_params")
    assert "cannot be checked against the schema of 'ocr'" in body["message"]
    refused(predict(as_ada, image, '{"a": "text"}'), 400, "invalid_params")
    assert Upload.objects.count() == 1


@pytest.mark.parametrize(
    ("value", "step", "fits"),
    [
        *(("0.3", 0.1, True), ("19.99", 0.01, True), ("0.35", 0.1, False), ("-0.0", 0.1, True)),
        *(("1e308", 0.1, True), ("5e-324", 0.1, False), ("1", 5e-324, True), ("7", 1e300, False)),
        *(("9223372036854775807", 3, False), ("9223372036854775807", 7, True), ("6", 3, True)),
        *(("true", 0.1, True), ('"text"', 0.1, True)),
    ],
)
def test_multiples_are_counted_as_people_count(
    as_ada: APIClient, value: str, step: float, fits: bool
) -> None:
    offers.publish([entry("ocr", {"properties": {"a": {"multipleOf": step}}})])
    answer = post(as_ada, file(), params=f'{{"a": {value}}}')
    if fits:
        assert answer.status_code == 202, answer.content
    else:
        message = refused(answer, 400, "invalid_params")["errors"][0]["message"]
        assert "is not a multiple of" in message


def test_each_version_takes_its_own_params(as_ada: APIClient, models: None) -> None:
    old = {"type": "object", "required": ["old"]}
    new = {"type": "object", "required": ["new"]}
    versions = [
        offers.VersionEntry("1", "a" * 64, ["stable"], old),
        offers.VersionEntry("2", "b" * 64),
    ]
    offers.publish([replace(entry("ocr", new), versions=versions)])
    for version, name in (("", "new"), ("2", "new"), ("1", "old"), ("stable", "old")):
        asked = {"params": f'{{"{name}": 1}}', **({"model_version": version} if version else {})}
        assert post(as_ada, file(), **asked).status_code == 202, version
        asked["params"] = "{}"
        refused(post(as_ada, file(), **asked), 400, "invalid_params")
    given = as_ada.get("/api/models/ocr/").json()
    assert [one["params_schema"] for one in given["versions"]] == [old, new]
    assert given["params_schema"] == new


def test_of_very_many_faults_some_are_told(as_ada: APIClient) -> None:
    offers.publish([entry("ocr", {"additionalProperties": {"type": "integer"}})])
    params = json.dumps({f"k{n}": "x" for n in range(900)})
    assert len(refused(post(as_ada, file(), params=params), 400, "invalid_params")["errors"]) == 20


def test_what_a_worker_with_a_slow_clock_offers_counts_at_once(
    as_ada: APIClient, models: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploaded(as_ada, file(), params="{}")
    earlier = timezone.now() - timedelta(minutes=5)
    monkeypatch.setattr("uploads.catalog.offers.timezone.now", lambda: earlier)
    offers.publish([entry("ocr", {"required": ["size"]})])
    monkeypatch.undo()
    refused(post(as_ada, file(), params="{}"), 400, "invalid_params")
