"""What workers offer: a model as it is published, and a worker's row that has it."""

from typing import Any

from uploads.catalog import offers
from uploads.catalog.holdings import Holding
from uploads.models import Worker

SCHEMA = {
    "type": "object",
    "properties": {"iterations": {"type": "integer", "minimum": 1, "maximum": 10}},
    "additionalProperties": False,
}

SAMPLE = b"\xff\xd8 a photo"


def entry(
    name: str, schema: dict[str, Any] | None = None, output_kind: str = "text"
) -> offers.ModelEntry:
    """A model as a worker would offer it, in two versions, the first of them `stable`."""
    return offers.ModelEntry(
        name=name,
        description=f"What {name} does.",
        output_kind=output_kind,
        platform="python",
        params_schema=schema or SCHEMA,
        max_batch_size=4,
        versions=[
            offers.VersionEntry("1", "a" * 64, ["stable"]),
            offers.VersionEntry("2", "b" * 64),
        ],
        languages=[{"code": "en"}, {"code": "ja", "note": "printed"}],
        title=f"The {name} model",
        task="text-recognition",
        card={"purpose": "Printed pages.", "license": "Apache-2.0"},
        sample=SAMPLE if name == "ocr" else b"",
    )


def live_worker(*holdings: Holding, name: str = "host:1:aa", **fields: Any) -> Worker:
    """A live worker that has these versions, or `ocr` and `background-removal`, ready."""
    served = holdings or [
        Holding(model, version, "READY")
        for model in ("ocr", "background-removal")
        for version in ("1", "2")
    ]
    rows = [one.as_dict() for one in served]
    return Worker.objects.create(id=name, host="host", pid=1, versions=rows, **fields)
