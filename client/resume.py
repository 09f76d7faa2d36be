"""The memory of a submission, kept beside its results: what was sent, accepted and finished."""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unicodedata import normalize
from uuid import uuid4

from client.contract import Fault, State
from client.errors import ClientError
from client.files import Source, printable
from client.results import ResultNames, write_atomically

FILE_NAME = ".darkroom-submit.json"
_FORMAT = 1
OUT_OF_ROOM = "quota_exceeded"


@dataclass(frozen=True)
class Order:
    """What is asked for every image of a submission, and of whom."""

    server: str
    username: str
    model: str | None = None
    model_version: str | None = None
    params: dict[str, Any] = field(default_factory=dict)
    image_type: str | None = None

    def fields(self) -> dict[str, str]:
        """The form fields of an upload."""
        given = {
            "model": self.model,
            "model_version": self.model_version,
            "params": json.dumps(self.params, sort_keys=True) if self.params else None,
            "image_type": self.image_type,
        }
        return {name: value for name, value in given.items() if value is not None}

    def is_same_as(self, other: "Order") -> bool:
        """Whether both ask the same, of the same account: the server compares names like this."""
        mine, theirs = (normalize("NFKC", one.username).casefold() for one in (self, other))
        return mine == theirs and dataclasses.replace(self, username=other.username) == other


@dataclass
class Item:
    """One image: where it is, what its result is called, and how it ended once it has."""

    path: str
    sha256: str
    size: int
    result: str
    prediction: int | None = None
    state: State | None = None
    error: Fault | None = None
    page: int = 1
    """Of a document: an item for a later page comes with the answer, and is never sent."""

    @property
    def name(self) -> str:
        """The file's name, as it is shown and sent; of a later page with its number."""
        name = printable(Path(self.path).name)
        return name if self.page == 1 else f"{name}, page {self.page}"


@dataclass
class Batch:
    """One upload: its idempotency key, written down before the first byte is sent."""

    key: str
    items: list[Item]
    upload: int | None = None

    @property
    def is_postponed(self) -> bool:
        """Whether the server has refused it for want of room, or would have."""
        codes = {item.error["code"] if item.error else None for item in self.items}
        return self.upload is None and codes == {OUT_OF_ROOM}


class Book:
    """The batches of one submission, in a file of the results folder."""

    def __init__(self, path: Path, order: Order, batches: list[Batch]) -> None:
        self.batches = batches
        self.order = order
        self._path = path

    @classmethod
    def open(cls, folder: Path, order: Order) -> "Book":
        """The folder's book, or a new one.

        Raises ClientError when it is damaged, or belongs to a submission with another order. One of
        which the server has taken nothing, for want of room, binds nobody.
        """
        path = folder / FILE_NAME
        if not path.exists():
            return cls(path, order, [])
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            known = Order(**kept["order"])
            batches = [
                Batch(batch["key"], [Item(**item) for item in batch["items"]], batch["upload"])
                for batch in kept["batches"]
                if kept["format"] == _FORMAT
            ]
        except (ValueError, KeyError, TypeError):
            raise ClientError(
                "resume_file_damaged", f"{path} can't be read; remove it to start afresh."
            ) from None
        if batches and not known.is_same_as(order):
            if all(batch.is_postponed for batch in batches):
                return cls(path, order, [])
            raise ClientError(
                "other_submission",
                f"{folder} holds a submission with other options, server or user; "
                "choose another --out.",
            )
        return cls(path, order, batches)

    def items(self) -> Iterator[Item]:
        """Every image of every batch."""
        return (item for batch in self.batches for item in batch.items)

    def unsent(self) -> list[Batch]:
        """The batches that the server has not accepted yet."""
        return [batch for batch in self.batches if batch.upload is None]

    def plan(self, batches: Sequence[Sequence[Source]]) -> None:
        """Add batches to be sent, each under a key of its own.

        No result takes the name of a file that is in the folder already.
        """
        names = self._names()
        for sources in batches:
            items = [
                Item(
                    path=str(source.path.resolve()),
                    sha256=source.sha256,
                    size=source.size,
                    result=names.claim(source.path.stem),
                )
                for source in sources
            ]
            self.batches.append(Batch(uuid4().hex, items))
        self.save()

    def add_page(self, batch: Batch, item: Item, page: int) -> Item:
        """Add another page of an item that was accepted, with a result of its own."""
        result = self._names().claim(item.result, f"-page{page}")
        added = dataclasses.replace(item, size=0, result=result, page=page)
        batch.items.append(added)
        return added

    def withdraw(self, batch: Batch, refused: Sequence[Item]) -> None:
        """Take refused images out of a batch; what is left is another request, with another key."""
        batch.items = [item for item in batch.items if item not in refused]
        batch.key = uuid4().hex
        if not batch.items:
            self.batches.remove(batch)
        self.save()

    def forget(self, batch: Batch) -> None:
        """Drop the files without all of their results of a batch that the server doesn't know (any
        more): a document is sent anew with all of its pages."""
        unfinished = {item.path for item in batch.items if item.state != "succeeded"}
        self.withdraw(batch, [item for item in batch.items if item.path in unfinished])

    def forget_unsent(self) -> None:
        """Drop the batches that the server has not accepted."""
        for batch in self.unsent():
            self.forget(batch)

    def _names(self) -> ResultNames:
        """What results may be called: neither as others nor as files that are in the folder."""
        taken = [path.stem for path in self._path.parent.iterdir()]
        return ResultNames([*taken, *(item.result for item in self.items())])

    def save(self) -> None:
        """Write the book down. Raises OSError."""
        content = {
            "format": _FORMAT,
            "order": dataclasses.asdict(self.order),
            "batches": [dataclasses.asdict(batch) for batch in self.batches],
        }
        write_atomically(self._path, json.dumps(content, indent=1).encode())
