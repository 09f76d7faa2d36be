"""Finding what somebody means: by a number, a name, an address, bytes, or text that was read."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar

from django.db.models import Model, Q, QuerySet

from uploads.addresses import storable
from uploads.credentials import username_key
from uploads.id_ranges import Dated, between, id_ranges
from uploads.ids import id_in
from uploads.looking_up import containing
from uploads.models import Image, Prediction, Session, Upload, User

AT_MOST: Final = 20
"""Rows of each kind that are given back, newest first."""

TEXTS_READ: Final = 20_000
"""The newest predictions whose text is looked through: no index helps there."""

NAMES_READ: Final = 50_000
"""The newest images whose names are looked through at a time."""

_SHA256_DIGITS: Final = re.compile(r"[0-9a-f]{8,64}")
_NONE: Final = Q(pk__in=())
_IMAGES: Final = Dated(Image, "upload__created_at")
_PREDICTIONS: Final = Dated(Prediction, "created_at")

Row = TypeVar("Row", bound=Model)


def with_sha256(text: str) -> Q | None:
    """Images whose hash begins like this; None: it is not 8 to 64 hexadecimal digits."""
    digits = text.strip().lower()
    if not _SHA256_DIGITS.fullmatch(digits):
        return None
    # A range, which an index serves on either database, in any collation: `g` follows all digits.
    return Q(sha256__gte=digits, sha256__lt=f"{digits}g")


@dataclass(frozen=True)
class Found:
    """What was found, by the table it is in; newest first, `AT_MOST` of each."""

    users: list[User] = field(default_factory=list)
    uploads: list[Upload] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    predictions: list[Prediction] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    read_from: int = 0
    """Names were looked through down to the image of this id; 0: through all there are."""

    def __bool__(self) -> bool:
        return any((self.users, self.uploads, self.images, self.predictions, self.sessions))


def find(
    text: str,
    before: int | None = None,
    *,
    begin: datetime | None = None,
    end: datetime | None = None,
) -> Found:
    """Everything that this may mean, for the audit: of all users, what is deleted included.

    `before` is the id of an image: names are looked through from there back. Of uploads, images,
    predictions and sign-ins, those from `begin` until before `end` are found.

    A number is an id; 8 or more hexadecimal digits begin a SHA-256; an IP address is where uploads
    and sign-ins came from; anything is looked for in names of users, in those of the newest
    `NAMES_READ` files and, among the newest `TEXTS_READ` predictions, in recognized text.
    """
    text = text.replace("\0", "").strip()
    if not text:
        return Found()
    number = id_in(text)
    by_id = _NONE if number is None else Q(pk=number)
    address = storable(text)
    from_there = Q(address=address) if address else _NONE
    by_hash = with_sha256(text) or _NONE
    ranges = id_ranges([_IMAGES, _PREDICTIONS], begin, end)
    (first_image, behind_image), (first_prediction, behind_prediction) = ranges
    oldest = max(first_prediction, behind_prediction - TEXTS_READ)
    by_text = Q(pk__gte=oldest, pk__lt=behind_prediction) & containing("output__text", text)
    top = min(before or behind_image, behind_image) - 1
    floor = max(0, first_image - 1, top - NAMES_READ)
    by_name = Q(pk__gt=floor, pk__lte=top) & containing("image_name", text)
    then = between("created_at", begin, end)
    uploads = Upload.objects.select_related("user").filter(then)
    images = Image.objects.select_related("upload__user").filter(between(_IMAGES.by, begin, end))
    predictions = Prediction.objects.select_related("image", "user").filter(then)
    sessions = Session.objects.select_related("user").filter(then)
    return Found(
        users=_newest(User.objects.all(), by_id | Q(username_key__contains=username_key(text))),
        uploads=_newest(uploads, by_id | from_there),
        images=_newest(images, by_id | by_hash, by_name),
        predictions=_newest(predictions, by_id, by_text),
        sessions=_newest(sessions, from_there, order="-created_at"),
        read_from=floor if floor >= first_image else 0,
    )


def _newest(table: QuerySet[Row], *ways: Q, order: str = "-pk") -> list[Row]:
    """The newest rows of each way: a statement for each, so that each has its index."""
    rows = table.order_by(order)
    found = {row.pk: row for way in ways for row in rows.filter(way)[:AT_MOST]}
    return list(found.values())[:AT_MOST]
