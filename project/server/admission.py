"""Whether a request's body is wanted: asked when its head is there, before a byte is kept."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

from project.server.clients import Clients, Place
from project.server.errors import Refusal, refusal
from project.server.head import Head
from project.server.limits import LEAST_CHUNK_BYTES, BodyLimits
from project.server.spool import Body, ShareFull, Spool, SpoolFull

Judge = Callable[[Head], Awaitable[Refusal | None]]
"""Says what the application refuses by the head alone; None: it wants the body."""


async def welcome(head: Head) -> Refusal | None:
    """Wants every body."""
    return None


@dataclass
class Arrival:
    """A body that may arrive."""

    body: Body
    limit: int
    """Its largest size, in bytes."""
    expected: int
    """How large it is, as far as anybody knows: as it was declared, else as it may be."""
    place: Place

    def close(self) -> None:
        """Lets go of what was received, and of its place."""
        self.body.close()
        self.place.leave()


class Admission:
    """Judges heads, and gives bodies room within the limits of size, number and disk."""

    def __init__(self, judge: Judge, spool: Spool, limits: BodyLimits, bodies: Clients) -> None:
        self._judge = judge
        self._spool = spool
        self._limits = limits
        self._bodies = bodies

    async def admit(self, head: Head) -> Arrival | Refusal:
        """Room for this request's body, or why there is none."""
        return await self._judge(head) or self._room(head)

    def _room(self, head: Head) -> Arrival | Refusal:
        length = head.length
        limit = self._limits.for_path(head.path)
        if length is not None and length > limit:
            return too_large(limit, head.path)
        place = self._bodies.enter(head.client)
        if place is None:
            return refusal(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too_many_requests",
                f"This address sends {self._bodies.limit} requests already: try again later.",
                head.path,
            )
        try:
            expected = limit if length is None else length
            return Arrival(self._spool.body(length, head.client), limit, expected, place)
        except SpoolFull as error:
            place.leave()
            return no_room(error, head.path)


def too_large(limit: int, path: bytes) -> Refusal:
    """The body is larger than `limit` bytes."""
    message = f"A request here may hold {limit} bytes at most."
    return refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", message, path)


def chunks_too_small(path: bytes) -> Refusal:
    """The body is cut into more pieces than the event loop has time for."""
    message = (
        "The body comes in too many small chunks: "
        f"send {LEAST_CHUNK_BYTES} bytes in each on average, or more."
    )
    return refusal(HTTPStatus.BAD_REQUEST, "chunks_too_small", message, path)


def no_room(error: SpoolFull, path: bytes) -> Refusal:
    """The bodies that are arriving, or those of one address, hold all the bytes they may."""
    if isinstance(error, ShareFull):
        return refusal(
            HTTPStatus.TOO_MANY_REQUESTS,
            "too_many_requests",
            "This address is sending as much as it may at a time: try again later.",
            path,
        )
    return refusal(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "busy",
        "The server is receiving as much as it can hold: try again later.",
        path,
    )


def storage_unavailable(path: bytes) -> Refusal:
    """The disk does not take the body."""
    return refusal(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "storage_unavailable",
        "The storage does not take files at the moment: try again later.",
        path,
    )
