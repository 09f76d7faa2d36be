"""Which worlds are the same: those that differ only in what no rule can see.

- The order of workers and of predictions: only what happened to them tells them apart.
- How many attempts there were: rules compare attempts of one prediction with each other,
  never with a constant. Of the endings those count whose attempt is in some hand or yet to come.
- How many events the client has received: likewise.
- A hint to a socket that is gone, is about to look anyway, or has sent that event.
"""

from collections.abc import Hashable
from functools import lru_cache
from typing import NamedTuple

from tests.chaos.explorer.state import DEAD, Row, Worker, World


class _Queue(NamedTuple):
    """The half of a key that has nothing to do with the client, and its new names."""

    key: Hashable
    workers: dict[int | None, int | None]
    predictions: list[int]


def key(world: World) -> Hashable:
    """A value that only worlds share which are the same; it is no longer a world itself."""
    queue = _queue(world.rows, world.workers, world.bells)
    past, client, stream = _yet_to_come(world)
    drafts = tuple(
        [
            (
                queue.workers[draft.worker],
                queue.predictions.index(draft.prediction),
                draft.told,
                draft.ending,
                (draft.seq or 0) - past,
                draft.version,
            )
            for draft in world.drafts
        ]
    )
    return queue.key, client, stream, world.disturbances, drafts, world.catalog


@lru_cache(maxsize=1 << 15)
def _queue(rows: tuple[Row, ...], workers: tuple[Worker, ...], bells: tuple[bool, ...]) -> _Queue:
    order = sorted(range(len(rows)), key=lambda p: (rows[p][:5], rows[p][6:], bells[p]))
    shift = [row.attempt for row in rows]
    known = [{row.attempt} for row in rows]
    works = []
    for number, worker in enumerate(workers):
        at = []
        for p in order:
            known[p].update([hand.attempt for hand in worker.hands[p]])
            hands = tuple([(hand.attempt - shift[p], *hand[1:]) for hand in worker.hands[p]])
            told = tuple([(attempt - shift[p], lost) for attempt, lost in worker.answer[p]])
            at.append((hands, told))
        works.append((tuple(at), *worker[2:], number))
    works.sort()
    names: dict[int | None, int | None] = {None: None, DEAD: DEAD}
    names |= {number: rank for rank, (*_, number) in enumerate(works)}
    facts = tuple(
        [
            (
                *_facts(rows[p]),
                names[rows[p].owner],
                bells[p],
                tuple([a - shift[p] for a in rows[p].endings if a in known[p] or a > shift[p]]),
            )
            for p in order
        ]
    )
    return _Queue((facts, tuple([work[:-1] for work in works])), names, order)


def _facts(row: Row) -> tuple[Hashable, ...]:
    """What of a row is the same whoever owns it, and however often it was tried."""
    return (row[0], *row[2:5], *row[6:8], *row[9:])


def _yet_to_come(world: World) -> tuple[int, Hashable, Hashable]:
    """How many events are past, and what client and stream look like counted from there."""
    client = world.client
    if client is None:
        return 0, None, None
    past = client.received[-1] if client.received else 0
    tells = client.connected and not client.news and client.hint > client.sent
    return (
        past,
        (
            client.connected,
            client.news,
            client.sent - past,
            tuple([seq - past for seq in client.wire]),
            client.hint - past if tells else 0,
        ),
        (world.counter - past, tuple([seq - past for seq in world.stream if seq > past])),
    )
