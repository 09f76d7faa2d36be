"""The retry decision, as a table."""

import pytest

from uploads.queue.retry import Blame, Decision, decide
from uploads.states import Move


def decision(blame: Blame, failures: int = 0, lease_losses: int = 0) -> Decision:
    return decide(
        blame,
        failures=failures,
        lease_losses=lease_losses,
        max_attempts=3,
        max_lease_losses=10,
    )


@pytest.mark.parametrize(
    ("blame", "failures", "losses", "move", "exhausted"),
    [
        (Blame.IMAGE, 0, 0, Move.FAIL, False),
        (Blame.CHANCE, 0, 0, Move.RETRY, False),
        (Blame.CHANCE, 1, 0, Move.RETRY, False),
        (Blame.CHANCE, 2, 0, Move.FAIL, True),
        (Blame.CHANCE, 0, 9, Move.RETRY, False),
        (Blame.TIMEOUT, 0, 0, Move.RETRY, False),
        (Blame.TIMEOUT, 1, 0, Move.FAIL, True),
        (Blame.TIMEOUT, 2, 0, Move.FAIL, True),
        (Blame.WORKER, 0, 0, Move.RETRY, False),
        (Blame.WORKER, 2, 8, Move.RETRY, False),
        (Blame.WORKER, 0, 9, Move.FAIL, True),
        (Blame.INFRASTRUCTURE, 2, 9, Move.GIVE_BACK, False),
    ],
)
def test_what_comes_next(
    blame: Blame, failures: int, losses: int, move: Move, exhausted: bool
) -> None:
    decided = decision(blame, failures, losses)
    assert (decided.move, decided.exhausted) == (move, exhausted)


def test_each_counter_counts_its_own() -> None:
    chance = decision(Blame.CHANCE, 1, 5)
    worker = decision(Blame.WORKER, 1, 5)
    trouble = decision(Blame.INFRASTRUCTURE, 1, 5)
    assert (chance.failures, chance.lease_losses) == (2, 5)
    assert (worker.failures, worker.lease_losses) == (1, 6)
    assert (trouble.failures, trouble.lease_losses) == (1, 5)


def test_waits_grow_and_stay_bounded() -> None:
    waits = [
        decide(
            Blame.CHANCE,
            failures=tries,
            lease_losses=0,
            max_attempts=100,
            max_lease_losses=10,
        ).delay_seconds
        for tries in range(20)
    ]
    assert waits[0] < 2
    assert waits[5] > waits[0]
    assert max(waits) <= 300 * 1.25


def test_a_dead_workers_image_does_not_wait() -> None:
    assert decision(Blame.WORKER).delay_seconds == 0


@pytest.mark.parametrize(
    ("blame", "keeps_turn"),
    [
        (Blame.CHANCE, False),
        (Blame.TIMEOUT, False),
        (Blame.WORKER, True),
        (Blame.INFRASTRUCTURE, True),
    ],
)
def test_only_what_is_nobodys_fault_keeps_its_turn(blame: Blame, keeps_turn: bool) -> None:
    assert decision(blame).keeps_turn is keeps_turn
