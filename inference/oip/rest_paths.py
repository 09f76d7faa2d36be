"""Addresses and methods of the protocol's REST calls."""

from typing import Final
from urllib.parse import unquote

from inference.oip.rest_http import Refused

_ROOT: Final = "v2"


def parts_of(path: str) -> list[str]:
    """What stands between the slashes behind `/v2`.

    Raises:
        Refused: 404: it is no address of the protocol.
    """
    try:
        empty, root, *parts = (unquote(part, errors="strict") for part in path.split("/"))
    except ValueError:  # no UTF-8, or no slash
        raise nothing() from None
    if empty or root != _ROOT or not all(parts) or any("/" in part for part in parts):
        raise nothing()
    return parts


def only(method: str, *offered: str) -> None:
    """Refuses any other method; none is offered: any may come.

    Raises:
        Refused: 405.
    """
    if offered and method not in offered:
        raise Refused(405, "This method is not offered here.", Allow=", ".join(offered))


def nothing() -> Refused:
    """There is no such address."""
    return Refused(404, "There is nothing here.")
