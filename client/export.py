"""Photos and results of an account as one file, written as it comes."""

from pathlib import Path
from typing import Any

from client.api import Api
from client.errors import ClientError
from client.results import drafted

FORMS = {".zip": "zip", ".csv": "csv", ".json": "json", ".jsonl": "jsonl"}
"""What is taken along, by the suffix of the file that it is written into."""


def form_of(target: Path) -> str:
    """The form that a file's name asks for. Raises ClientError for other names."""
    form = FORMS.get(target.suffix.lower())
    if form is None:
        ends = ", ".join(FORMS)
        raise ClientError("unknown_form", f"Name a file that ends with one of {ends}.")
    return form


async def export(api: Api, target: Path, filters: dict[str, str]) -> int:
    """Writes everything that a filter finds into a file; gives the number of photos.

    The file is complete or not there: what breaks off is removed. Raises OSError too.
    """
    session = api.session
    asked: dict[str, Any] = {"format": form_of(target), "filter": filters}
    answer = (await session.request("POST", "/api/exports/", json=asked)).json()
    with drafted(target) as draft, draft.open("wb") as file:
        await session.transport.download(answer["url"], file, token=session.access)
    return int(answer["images"])
