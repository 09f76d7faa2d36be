"""The table of moves, explored whole."""

import pytest

from uploads.states import MOVES, TERMINAL, IllegalMove, Move, State, after


def test_every_state_can_be_reached_and_every_state_can_end() -> None:
    reached = {State.QUEUED}
    while more := {to for (of, _), to in MOVES.items() if of in reached} - reached:
        reached |= more
    assert reached == set(State)
    ending = set(TERMINAL)
    while more := {of for (of, _), to in MOVES.items() if to in ending} - ending:
        ending |= more
    assert ending == set(State)


def test_only_a_requeue_leaves_an_ended_state() -> None:
    leaving = {(of, move) for of, move in MOVES if of in TERMINAL}
    assert leaving == {(state, Move.REQUEUE) for state in (State.FAILED, State.CANCELED)}


def test_success_is_final() -> None:
    assert not [move for of, move in MOVES if of is State.SUCCEEDED]


def test_only_a_claim_leads_to_running() -> None:
    assert {move for (_, move), to in MOVES.items() if to is State.RUNNING} == {Move.CLAIM}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("move", list(Move))
def test_a_move_is_in_the_table_or_refused(state: State, move: Move) -> None:
    if (state, move) in MOVES:
        assert after(state, move) is MOVES[(state, move)]
    else:
        with pytest.raises(IllegalMove):
            after(state, move)
