"""What tests of exports do: asking for one, fetching it, looking into it."""

import io
import zipfile
from typing import Any

from rest_framework.test import APIClient

from tests.integration.rest import content_of

URL = "/api/exports/"


def asked(client: APIClient, **what: Any) -> dict[str, Any]:
    """Asks for an export that must be granted; gives the answer's body."""
    answer = client.post(URL, what, format="json")
    assert answer.status_code == 201, answer.content
    body: dict[str, Any] = answer.json()
    return body


def taken(client: APIClient, **what: Any) -> bytes:
    """Asks for an export and fetches it."""
    answer = client.get(asked(client, **what)["url"])
    assert answer.status_code == 200, answer.content
    return content_of(answer)


def unpacked(content: bytes) -> dict[str, bytes]:
    """The files of a ZIP, each once, whole by their own checksums."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(set(names)) == len(names)
        return {name: archive.read(name) for name in names}
