"""What is kept as JSON, as people read it: names beside values, and no braces."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.html import format_html, format_html_join

from uploads.admin.links import link_to
from uploads.admin.words import took
from uploads.models import Image, Model, Prediction

_TIMES: Final = {
    "queue_ms": "waited",
    "decode_ms": "opened the image in",
    "compute_ms": "computed in",
    "encode_ms": "wrote the result in",
    "total_ms": "all together",
}
_ORIGINS: Final = {"model_sha256": "SHA-256 of the weights"}


def listed(entries: Iterable[tuple[str, object]]) -> str:
    """Names and values as HTML, an entry to a line; empty for none."""
    lines = format_html_join("", "<dt>{}</dt><dd>{}</dd>", entries)
    return format_html('<dl class="dr-facts">{}</dl>', lines) if lines else ""


def parameters(params: Mapping[str, Any], schema: Mapping[str, Any]) -> list[tuple[str, object]]:
    """What a model was asked to do, by the titles that its author gave the parameters."""
    known = schema.get("properties") or {}
    return [(_title(name, known), _value(value, known.get(name))) for name, value in params.items()]


def with_schema(rows: QuerySet[Any]) -> QuerySet[Any]:
    """These rows, each with the schema of its model's parameters."""
    schema = Model.objects.filter(pk=OuterRef("model")).values("params_schema")
    known: QuerySet[Any] = rows.annotate(schema=Subquery(schema))
    return known


def asked(row: Any) -> list[tuple[str, object]]:
    """What a row that has a schema asks its model to do."""
    return parameters(row.params, row.schema or {})


def taken_by(schema: Mapping[str, Any]) -> str:
    """The parameters that a model takes, as HTML: what each is, and what counts without it."""
    known: Mapping[str, Any] = schema.get("properties") or {}
    return listed((_title(name, known), _described(name, one)) for name, one in known.items())


def told(values: Mapping[str, Any]) -> str:
    """Whatever an event has noted, as HTML."""
    return listed((_spaced(name), _value(value, None)) for name, value in values.items())


def times(timing: Mapping[str, Any] | None) -> str:
    """Where the time of a prediction went, as HTML."""
    timing = timing or {}
    entries = [(words, took(timing[key])) for key, words in _TIMES.items() if key in timing]
    if timing.get("batch_size", 1) > 1:
        entries.append(("in a batch of", str(timing["batch_size"])))
    return listed(entries)


def origin(provenance: Mapping[str, Any] | None) -> str:
    """By whom and with what a result was computed, as HTML."""
    told = provenance or {}
    return listed((_ORIGINS.get(key, _spaced(key)), value) for key, value in told.items())


def everything(prediction: Prediction) -> str:
    """All that a model has answered, as HTML that is folded away; empty where it has not."""
    if prediction.output is None:
        return ""
    text = json.dumps(prediction.output, ensure_ascii=False, indent=1)
    return format_html(
        '<details><summary>as JSON</summary><pre class="dr-json">{}</pre></details>', text
    )


def _title(name: str, known: Mapping[str, Any]) -> str:
    return str((known.get(name) or {}).get("title") or _spaced(name))


def _spaced(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")


def _value(value: Any, schema: Mapping[str, Any] | None) -> object:
    """A value as people write it; an image's id leads to its page."""
    schema = schema or {}
    if schema.get("format") == "image-id":
        return link_to(Image, value, f"image {value}")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{_spaced(name)} {_value(one, None)}" for name, one in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        places = schema.get("prefixItems") or []
        titles = [str(place.get("title", "")) for place in places] + [""] * len(value)
        words = zip(titles, value, strict=False)
        return ", ".join(f"{title} {_value(one, None)}".strip() for title, one in words)
    return str(value)


def _described(name: str, schema: Mapping[str, Any]) -> str:
    parts = [str(schema.get("description", ""))]
    if choices := schema.get("enum"):
        parts.append(f"One of {', '.join(str(_value(one, None)) for one in choices)}.")
    if "default" in schema:
        parts.append(f"Without it: {_value(schema['default'], schema)}.")
    parts.append(f"Programs call it {name}.")
    return " ".join(part for part in parts if part)
