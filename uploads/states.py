"""The states of a prediction and every move between them, as data.

Rule 1: a move that is not in `MOVES` does not exist.
Rule 2: `attempt` is the fence: what a worker writes must name the attempt it was given.

Plain Python without a database, so that it can be explored exhaustively.
"""

from enum import StrEnum


class State(StrEnum):
    """Where a prediction stands."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


class Move(StrEnum):
    """What can happen to a prediction."""

    CLAIM = "claim"
    """A worker takes it: attempt rises by one, a lease begins."""
    SUCCEED = "succeed"
    """The model gave its result."""
    FAIL = "fail"
    """It ends without a result."""
    RETRY = "retry"
    """The image's own doing, or its worker's death: tried again, and counted."""
    GIVE_BACK = "give_back"
    """Nobody's fault (a drain, trouble with storage): tried again, and not counted."""
    CANCEL = "cancel"
    """The user or an admin calls it off."""
    REQUEUE = "requeue"
    """The user or an admin wants another try of what ended without a result."""


TERMINAL = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELED})
ACTIVE = frozenset({State.QUEUED, State.RUNNING})

MOVES: dict[tuple[State, Move], State] = {
    (State.QUEUED, Move.CLAIM): State.RUNNING,
    (State.QUEUED, Move.CANCEL): State.CANCELED,
    (State.RUNNING, Move.SUCCEED): State.SUCCEEDED,
    (State.RUNNING, Move.FAIL): State.FAILED,
    (State.RUNNING, Move.RETRY): State.QUEUED,
    (State.RUNNING, Move.GIVE_BACK): State.QUEUED,
    (State.RUNNING, Move.CANCEL): State.CANCELED,
    (State.FAILED, Move.REQUEUE): State.QUEUED,
    (State.CANCELED, Move.REQUEUE): State.QUEUED,
}


class IllegalMove(Exception):
    """This move does not exist from this state."""

    def __init__(self, state: State, move: Move) -> None:
        super().__init__(f"A {state} prediction has no move {move!r}.")


def after(state: State, move: Move) -> State:
    """The state that `move` leads to from `state`.

    Raises:
        IllegalMove: the move does not exist from there.
    """
    try:
        return MOVES[(state, move)]
    except KeyError:
        raise IllegalMove(state, move) from None
