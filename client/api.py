"""The server's calls that this client makes, typed."""

import contextlib
import io
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import cast

from client.contract import Limits, Model, Prediction, Upload
from client.errors import ClientError
from client.key_session import KeySession
from client.session import ApiKey, Credentials, Session
from client.transport import FIRST_TIMEOUT_S, Transport


class Api:
    """Calls in the name of a session. All of them raise what Session.request raises."""

    def __init__(self, session: Session) -> None:
        self.session = session

    async def limits(self) -> Limits:
        """What one upload may hold."""
        answer = await self.session.transport.send("GET", "/metadata", timeout_s=FIRST_TIMEOUT_S)
        return cast("Limits", answer.json()["limits"])

    async def queued_limit(self) -> int | None:
        """How many predictions this user may have queued; None: as many as they like."""
        answer = await self.session.request("GET", "/api/users/me/")
        return cast("int | None", answer.json()["quota"]["queued_limit"])

    async def models(self) -> list[Model]:
        """Every model on offer."""
        models: list[Model] = []
        path: str | None = "/api/models/"
        while path:
            body = (await self.session.request("GET", path)).json()
            if isinstance(body, list):
                return cast("list[Model]", body)
            models.extend(body["results"])
            path = body["next"]
        return models

    async def create_upload(
        self,
        files: Sequence[tuple[str, Path]],
        fields: dict[str, str],
        *,
        key: str,
        on_bytes: Callable[[int], None],
    ) -> Upload:
        """Send files, given as (name, path), as one upload under an idempotency key.

        What the server refuses of them is `rejected`; where it refuses all, RefusedError is raised.

        `on_bytes` hears how many more bytes were read for sending; a negative number takes back
        what a failed attempt had counted. Raises OSError for a file that can't be read.
        """
        with contextlib.ExitStack() as opened:
            parts = [
                ("images", (name, opened.enter_context(_CountedFile(path, on_bytes))))
                for name, path in files
            ]
            try:
                answer = await self.session.request(
                    "POST",
                    "/api/uploads/",
                    params={"partial": "1"},
                    data=fields,
                    files=parts,
                    headers={"Idempotency-Key": key},
                )
            except ClientError:
                for _, (_, file) in parts:
                    file.take_back()
                raise
        return cast("Upload", answer.json())

    async def upload(self, upload: int) -> Upload:
        """One upload as it is now."""
        return cast("Upload", (await self.session.request("GET", f"/api/uploads/{upload}/")).json())

    async def prediction(self, prediction: int) -> Prediction:
        """One prediction as it is now, with its output however large."""
        answer = await self.session.request("GET", f"/api/predictions/{prediction}/")
        return cast("Prediction", answer.json())

    async def output(self, prediction: int) -> bytes:
        """The result file of a prediction whose output is an image."""
        path = f"/api/predictions/{prediction}/output/"
        return (await self.session.request("GET", path)).content

    async def cancel(self, prediction: int) -> None:
        """Ask for a prediction to be canceled."""
        await self.session.request("POST", f"/api/predictions/{prediction}/cancel/")


@contextlib.asynccontextmanager
async def signed_in(
    transport: Transport, credentials: Credentials | ApiKey, *, register: bool = False
) -> AsyncIterator[Api]:
    """The calls of a session that is signed out, and its transport closed, at the end."""
    if isinstance(credentials, ApiKey):
        session: Session = KeySession(transport, credentials)
    else:
        session = Session(transport, credentials)
    try:
        await session.start(register=register)
        yield Api(session)
    finally:
        await session.end()
        await transport.close()


class _CountedFile(io.BufferedReader):
    """A file that tells how much of it was read; going back to its start takes that back."""

    def __init__(self, path: Path, on_bytes: Callable[[int], None]) -> None:
        super().__init__(io.FileIO(path))
        self._on_bytes = on_bytes
        self._counted = 0

    def read(self, size: int | None = -1, /) -> bytes:
        chunk = super().read(size)
        self._counted += len(chunk)
        self._on_bytes(len(chunk))
        return chunk

    def seek(self, target: int, whence: int = 0, /) -> int:
        if target == 0 and whence == io.SEEK_SET:
            self.take_back()
        return super().seek(target, whence)

    def take_back(self) -> None:
        """Count nothing of this file as sent."""
        self._on_bytes(-self._counted)
        self._counted = 0
