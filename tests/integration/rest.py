"""The REST API as a client meets it: raw multipart bodies, and predictions brought to an end."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asgiref.sync import async_to_sync
from rest_framework.test import APIClient

from tests.photos import tiny
from uploads import events
from uploads.models import Prediction
from uploads.queue import endings, leases, lifecycle
from uploads.queue.retry import Blame
from uploads.states import State
from uploads.storage import keys, local
from uploads.storage.volume import MARKER

BOUNDARY = "-darkroom-test-boundary-"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
CLOSING = f"--{BOUNDARY}--\r\n".encode()
WORKER = "host:1:aa"
TEXT = {"kind": "text", "text": "hello", "language": "en", "regions": []}
PASSWORD = "enlarger-42"


@dataclass(frozen=True)
class Part:
    """One part of a multipart body; without a file name it is a text field."""

    field: str
    body: bytes
    name: str | None = None
    content_type: str = "image/png"

    def encoded(self) -> bytes:
        head = f'Content-Disposition: form-data; name="{self.field}"'
        if self.name is not None:
            quoted = self.name.replace("\\", "\\\\").replace('"', '\\"')
            head += f'; filename="{quoted}"\r\nContent-Type: {self.content_type}'
        return head.encode(errors="surrogatepass") + b"\r\n\r\n" + self.body + b"\r\n"


def file(body: bytes | None = None, name: str = "a.png", field: str = "images") -> Part:
    """A file of an upload; a tiny PNG unless told otherwise."""
    return Part(field, tiny() if body is None else body, name)


def multipart(*parts: Part) -> bytes:
    """A body exactly as given: nothing is made safe on the way."""
    mark = f"--{BOUNDARY}".encode()
    return b"".join(mark + b"\r\n" + part.encoded() for part in parts) + mark + b"--\r\n"


def post(
    client: APIClient, *parts: Part, key: str | None = None, query: str = "", **fields: str
) -> Any:
    """POSTs an upload."""
    texts = [Part(name, value.encode()) for name, value in fields.items()]
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(
        f"/api/uploads/?{query}",
        multipart(*texts, *parts),
        content_type=MULTIPART,
        headers=headers,
    )


def sent(client: APIClient, body: bytes, content_type: str = MULTIPART) -> Any:
    """POSTs these bytes as the body of an upload."""
    return client.post("/api/uploads/", body, content_type=content_type)


def uploaded(client: APIClient, *parts: Part, **fields: str) -> dict[str, Any]:
    """POSTs an upload that must be accepted and gives the answer's body."""
    answer = post(client, *(parts or (file(),)), **fields)
    assert answer.status_code == 202, answer.content
    body: dict[str, Any] = answer.json()
    return body


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The body of a refusal, once it has the one shape that all refusals have."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"].startswith("application/json")
    body: dict[str, Any] = answer.json()
    assert body.keys() - {"errors"} == {"code", "message"}
    assert body["code"] == code
    assert body["message"].endswith(".")
    for fault in body.get("errors", []):
        assert fault.keys() - {"field", "position", "name"} == {"code", "message"}
        assert fault.keys() & {"field", "position"}
    return body


def content_of(answer: Any) -> bytes:
    """The whole body of a streamed answer."""

    async def read() -> bytes:
        return b"".join([chunk async for chunk in answer])

    return async_to_sync(read)()


def running(prediction_id: int) -> Prediction:
    """A prediction that a worker has taken, along with whatever else waited for its model."""
    rows = Prediction.objects.select_related("image__upload")
    row = rows.get(pk=prediction_id)
    if row.state == State.QUEUED:
        with events.recording() as log:
            leases.claim(WORKER, row.model, row.model_version, 1000, log)
        row = rows.get(pk=prediction_id)
    assert row.state == State.RUNNING
    return row


def _ended(ending: endings.Ending) -> None:
    with events.recording() as log:
        assert lifecycle.finish([ending], log) == []


def succeed(prediction_id: int, output: dict[str, Any] = TEXT) -> None:
    """Has a worker compute this prediction as a text and its image to a thumbnail."""
    row = running(prediction_id)
    thumbnail = keys.thumbnail_path(row.image.upload.upload_path, row.image_id)
    _ended(_success(row, output, "", written(thumbnail, b"a thumbnail")))


def succeed_with_picture(prediction_id: int, picture: bytes) -> None:
    """Has a worker compute this prediction as a picture."""
    row = running(prediction_id)
    folder = keys.results_path(row.image.upload.upload_path, row.pk, row.attempt)
    output = {"kind": "image", "width": 8, "height": 6, "content_type": "image/png"}
    _ended(_success(row, output, written(f"{folder}/result.png", picture), ""))


def _success(
    row: Prediction, output: dict[str, Any], output_path: str, thumbnail: str
) -> endings.Success:
    timing = {"queue_ms": 1, "decode_ms": 2, "compute_ms": 3, "total_ms": 6, "batch_size": 1}
    provenance = {"model_sha256": "b" * 64, "device": "cpu", "worker": WORKER}
    return endings.Success(row.pk, row.attempt, output, output_path, timing, provenance, thumbnail)


def fail(prediction_id: int) -> None:
    """Has a worker find that this prediction's image cannot be read."""
    row = running(prediction_id)
    message = "The image's body is broken."
    _ended(endings.Failure(row.pk, row.attempt, Blame.IMAGE, "unreadable_image", message))


def written(key: str, body: bytes) -> str:
    """A file in storage; gives its key."""
    path = local.path_of(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return key


def stored(media: Path) -> list[str]:
    """The keys of all files in storage, and those still coming in."""
    files = (path for path in media.rglob("*") if path.is_file() and path.name != MARKER)
    return sorted(str(path.relative_to(media)) for path in files)
