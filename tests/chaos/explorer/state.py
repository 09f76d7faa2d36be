"""What there is: rows, workers, a stream of events, and one client that listens.

Everything is immutable and hashable. An event's content never changes and is found by its
number, so a list of numbers stands for a list of events.
"""

from typing import NamedTuple, TypeVar

from uploads.states import State

DEAD = -1
"""The owner of a lease whose worker is no more."""

T = TypeVar("T")

Verdicts = tuple[tuple[int, bool], ...]
"""What a tick told of attempts of one prediction: (attempt, lost); if not lost, called off."""


class Row(NamedTuple):
    """A prediction in the database."""

    state: State = State.QUEUED
    attempt: int = 0
    failures: int = 0
    lease_losses: int = 0
    cancel_requested: bool = False
    owner: int | None = None
    """The worker that holds the lease, `DEAD`, or nobody."""
    expired: bool = False
    deleted: bool = False
    endings: tuple[int, ...] = ()
    """The attempts whose ending is in the stream, oldest first."""
    told: State = State.QUEUED
    """The state that the newest event of this prediction tells."""
    version: int = 1
    named: bool = False
    """Whether its request named the version."""
    told_version: int = 1
    """The version that the newest event of this prediction tells."""

    @property
    def suspect(self) -> bool:
        """Whether it must not share a batch with others."""
        return bool(self.failures or self.lease_losses)


class Hand(NamedTuple):
    """An attempt that a worker is at."""

    attempt: int
    called_off: bool = False
    version: int = 1
    """The version of the model that it was claimed for."""
    refused: bool = False
    """Whether the worker no longer had that version when the claim came."""


class Worker(NamedTuple):
    """A worker process. One that is killed is replaced at once by one that knows nothing."""

    hands: tuple[tuple[Hand, ...], ...]
    """What it is at, by prediction."""
    answer: tuple[Verdicts, ...]
    """What its tick has told and it has not applied yet, by prediction."""
    paused: bool = False
    version: int = 1
    """The version of the model that it serves."""
    asked_for: int = 0
    """The version that a claim is under way for, which the worker has replaced since; 0: none."""


class Client(NamedTuple):
    """A client and the socket that serves it."""

    connected: bool = True
    news: bool = True
    """Whether the socket is about to look into the database."""
    sent: int = 0
    """The number of the last event that the socket has sent."""
    wire: tuple[int, ...] = ()
    """Sent and not yet received."""
    received: tuple[int, ...] = ()
    """The client's list."""
    hint: int = 0
    """The newest hint under way; 0: there is none."""


class Draft(NamedTuple):
    """An event that is not visible yet: only rules that are wrong have any."""

    worker: int | None
    prediction: int
    told: State
    ending: int | None
    seq: int | None
    version: int = 1


class World(NamedTuple):
    """Everything at one moment."""

    rows: tuple[Row, ...]
    workers: tuple[Worker, ...]
    counter: int
    """The number of the user's newest event."""
    stream: tuple[int, ...]
    """The numbers of the user's visible events."""
    client: Client | None
    """None: nobody listens."""
    bells: tuple[bool, ...]
    """Whether a message "cancel" is under way, by prediction."""
    disturbances: int
    """How many more may come."""
    drafts: tuple[Draft, ...] = ()
    newest: int = 1
    """The only version in the model's folder: workers begin with it, and those that run load it."""
    catalog: tuple[int, ...] = (1,)
    """The versions that workers have published."""

    def with_row(self, prediction: int, row: Row) -> "World":
        """The same with another row."""
        return self._replace(rows=_put(self.rows, prediction, row))

    def with_worker(self, number: int, worker: Worker) -> "World":
        """The same with another worker."""
        return self._replace(workers=_put(self.workers, number, worker))

    def with_hands(self, number: int, prediction: int, hands: tuple[Hand, ...]) -> "World":
        """The same with other hands of a worker on a prediction."""
        worker = self.workers[number]
        return self.with_worker(
            number, worker._replace(hands=_put(worker.hands, prediction, hands))
        )

    def with_bell(self, prediction: int, under_way: bool) -> "World":
        """The same with a message "cancel" under way, or without."""
        return self._replace(bells=_put(self.bells, prediction, under_way))

    def disturbed(self) -> "World":
        """The same with one disturbance fewer to come."""
        return self._replace(disturbances=self.disturbances - 1)


def begin(
    *,
    workers: int,
    predictions: int,
    disturbances: int,
    listening: bool = False,
    rollout: bool = False,
    named: int = 0,
) -> World:
    """Each prediction has just been enqueued; a client, if there is one, has seen nothing yet.

    `rollout`: version 2 has just replaced version 1 in the folder of the model. `named`: so many of
    the predictions named version 1.
    """
    idle = Worker(hands=((),) * predictions, answer=((),) * predictions)
    return World(
        rows=(Row(named=True),) * named + (Row(),) * (predictions - named),
        workers=(idle,) * workers,
        counter=predictions,
        stream=tuple(range(1, predictions + 1)),
        client=Client() if listening else None,
        bells=(False,) * predictions,
        disturbances=disturbances,
        newest=2 if rollout else 1,
    )


def _put(items: tuple[T, ...], index: int, item: T) -> tuple[T, ...]:
    return (*items[:index], item, *items[index + 1 :])
