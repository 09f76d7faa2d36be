"""An in-process server shaped like the public contract, with scriptable trouble.

It keeps everything in memory and "develops" each image at once, or when `release` is called. The
attributes of FakeServer say which trouble comes; `requests`, `fields` (of
uploads) and `received` (by websocket) say what the client did.
"""

import asyncio
import contextlib
import copy
import hashlib
import re
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from tests.fakes.accounts import FakeAccounts, error
from tests.fakes.wire import Answer, Hangup, Request, serve_connection

LIMITS = {
    "max_images_per_upload": 3,
    "max_image_bytes": 100_000,
    "max_upload_bytes": 1_000_000,
}
EXPORT = {"url": "/api/exports/1/", "images": 2}
PNG = b"\x89PNG\r\n\x1a\nresult"


def found(items: dict[int, Any], key: int) -> Answer:
    """The item with that key, or 404."""
    return Answer(200, items[key]) if key in items else error(404, "not_found")


class FakeServer(FakeAccounts):
    """One server with any number of users, all of whom share one stream of events."""

    def __init__(self) -> None:
        super().__init__()
        self.url = ""
        self.limits = dict(LIMITS)
        self.quota: dict[str, int | None] = {"bytes_limit": None, "queued_limit": None}
        self.output_kind = "text"
        # What the client did.
        self.requests: list[str] = []
        self.fields: list[dict[str, str]] = []
        # What the server knows.
        self.uploads: dict[int, dict[str, Any]] = {}
        self.keys: dict[str, tuple[str, int]] = {}
        # Which trouble comes.
        self.next_answers: deque[Answer] = deque()
        self.hangups_after_accepting = 0
        self.late_answers = False
        self.refused_names: set[str] = set()
        self.bare_names: set[str] = set()
        """Of images that nothing is asked of."""
        self.failing_names: set[str] = set()
        self.noted_names: set[str] = set()
        self.truncate_events = False
        self.held = False
        self.exported = Answer(200, b"PK export")
        self._work: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["FakeServer"]:
        """Serve on a free port of the loopback; `url` says where."""
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            for socket in list(self.sockets):
                socket.hang_up()
            for task in self._work:
                task.cancel()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await serve_connection(reader, writer, self._answer, self._talk)

    @property
    def me(self) -> dict[str, Any]:
        """Who is signed in: always the same one."""
        return {"username": "ann", "quota": self.quota}

    @property
    def predictions(self) -> dict[int, dict[str, Any]]:
        """Every prediction by its id."""
        images = (image for upload in self.uploads.values() for image in upload["images"])
        shown = (image["prediction"] for image in images)
        return {prediction["id"]: prediction for prediction in shown if prediction}

    async def release(self) -> None:
        """Process what was held back, and hold nothing back any more."""
        self.held = False
        await self._tell()

    # The REST calls ---------------------------------------------------------------------------

    async def _answer(self, request: Request) -> Answer:
        self.requests.append(f"{request.method} {request.path}")
        await self._tell()
        for method, pattern, handle, is_open in self._routes:
            match = re.fullmatch(pattern, request.path)
            if method == request.method and match:
                if not is_open and not self._is_signed_in(request):
                    return error(401, "token_not_valid")
                answer = handle(request, *map(int, match.groups()))
                if self.late_answers and handle == self._accept:
                    await self.until(self._all_is_told)
                return answer
        return error(404, "not_found")

    @property
    def _routes(self) -> list[tuple[str, str, Callable[..., Answer], bool]]:
        """Method, path, handler, and whether it is open to everybody."""
        return [
            ("GET", "/metadata", lambda _: Answer(200, {"limits": self.limits}), True),
            ("POST", "/api/users/", self._register, True),
            ("POST", "/api/token/", self._sign_in, True),
            ("POST", "/api/token/refresh/", self._rotate, True),
            ("POST", "/api/token/blacklist/", self._sign_out, True),
            ("GET", "/api/users/me/", lambda _: Answer(200, self.me), False),
            ("POST", "/api/uploads/", self._accept, False),
            ("GET", r"/api/uploads/(\d+)/", lambda _, key: found(self.uploads, key), False),
            ("GET", r"/api/predictions/(\d+)/", lambda _, k: found(self.predictions, k), False),
            ("GET", r"/api/predictions/\d+/output/", lambda _: Answer(200, PNG), False),
            ("POST", r"/api/predictions/(\d+)/cancel/", self._cancel, False),
            ("POST", "/api/exports/", lambda _: Answer(201, EXPORT), False),
            ("GET", "/api/exports/1/", lambda _: self.exported, False),
            (
                "GET",
                "/api/models/",
                lambda _: Answer(200, {"next": None, "results": [MODEL]}),
                False,
            ),
        ]

    def _all_is_told(self) -> bool:
        """Whether the client has acknowledged every event, with nothing left to come."""
        ended = all(p["state"] in {"succeeded", "failed"} for p in self.predictions.values())
        return ended and {"type": "ack", "seq": len(self.events)} in self.received

    def _accept(self, request: Request) -> Answer:
        if self.next_answers:
            return self.next_answers.popleft()
        fields, files = request.form()
        self.fields.append(fields)
        if refusal := self._judge(fields, files):
            return refusal
        wrong = self._rejected(files)
        if len(wrong) == len(files):
            return error(400, "invalid_upload", errors=wrong)
        content = repr((fields, [(name, hashlib.sha256(body).digest()) for name, body in files]))
        key = request.headers.get("idempotency-key", "")
        if key in self.keys:
            first, upload = self.keys[key]
            return Answer(202, self.uploads[upload]) if first == content else error(422, "key_used")
        upload = self._store(fields, files, wrong)
        self.keys[key] = content, upload
        if self.hangups_after_accepting:
            self.hangups_after_accepting -= 1
            raise Hangup
        return Answer(202, copy.deepcopy(self.uploads[upload]))

    def _judge(self, fields: dict[str, str], files: list[tuple[str, bytes]]) -> Answer | None:
        if fields.get("model") == "unknown":
            return error(400, "model_not_found")
        kept = sum(image["size"] for upload in self.uploads.values() for image in upload["images"])
        limit = self.quota["bytes_limit"]
        if limit is not None and kept + sum(len(body) for _, body in files) > limit:
            fault = {"field": "bytes", "code": "quota_exceeded", "message": "It is full."}
            return error(403, "quota_exceeded", errors=[fault])
        return None

    def _rejected(self, files: list[tuple[str, bytes]]) -> list[dict[str, Any]]:
        return [
            {"position": i, "name": name, "code": "invalid_image", "message": "Not an image."}
            for i, (name, _) in enumerate(files)
            if name in self.refused_names
        ]

    def _cancel(self, _: Request, key: int) -> Answer:
        self._start(self._advance(self.predictions[key], "canceled"))
        return Answer(202, {})

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    def _store(
        self,
        fields: dict[str, str],
        files: list[tuple[str, bytes]],
        rejected: list[dict[str, Any]],
    ) -> int:
        upload = next(self._ids)
        model = fields.get("model", "ocr")
        images = []
        for position, (name, body) in enumerate(files):
            if name in self.refused_names:
                continue
            image, digest = next(self._ids), hashlib.sha256(body).hexdigest()
            prediction = {
                "id": next(self._ids), "image": image, "upload": upload, "model": model,
                "model_version": "1", "state": "queued", "stage": None, "progress": 0.0,
                "attempt": 0, "error": None, "output": None,
            }  # fmt: skip
            described = {"name": name, "size": len(body), "sha256": digest}
            shown = None if name in self.bare_names else prediction
            images.append({"id": image, "position": position, "prediction": shown, **described})
            if shown:
                self._start(self._process(name, prediction))
        self.uploads[upload] = {
            "id": upload,
            "model": model,
            "images": images,
            "rejected": rejected,
        }
        return upload

    # The work and its events ------------------------------------------------------------------

    async def _process(self, name: str, prediction: dict[str, Any]) -> None:
        await self._advance(prediction, "queued")
        await self.until(lambda: not self.held)
        if prediction["state"] == "canceled":
            return
        prediction["attempt"] += 1
        await self._advance(prediction, "running", kind="started", stage="compute", progress=0.5)
        if name in self.failing_names:
            fault = {"code": "unreadable_image", "message": "The image is broken."}
            await self._advance(prediction, "failed", error=fault)
        else:
            await self._advance(prediction, "succeeded", output=self._output(name, prediction))

    def _output(self, name: str, prediction: dict[str, Any]) -> dict[str, Any]:
        if self.output_kind == "image":
            url = f"/api/predictions/{prediction['id']}/output/"
            return {"kind": "image", "url": url, "content_type": "image/png"}
        notes = [{"code": "truncated_file", "message": "Cut short."}] * (name in self.noted_names)
        return {"kind": "text", "text": f"the text of {name}", "regions": [], "notes": notes}

    async def _advance(
        self, prediction: dict[str, Any], state: str, *, kind: str | None = None, **changes: Any
    ) -> None:
        prediction |= {"state": state, "stage": None, **changes}
        data = dict(prediction)
        if self.truncate_events and data["output"]:
            data |= {"output": None, "truncated": True}
        await self.emit(f"prediction.{kind or state}", data)


MODEL = {
    "name": "ocr",
    "description": "Reads text.",
    "versions": [{"version": "1", "state": "ready", "labels": ["stable"]}],
    "default_version": "1",
    "output_kind": "text",
    "params_schema": {},
    "platform": "python",
}
