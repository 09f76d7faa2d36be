"""What must hold in every world that can be reached, and in every step between two of them."""

from collections.abc import Callable
from typing import Final

from tests.chaos.explorer.protocol import MAX_ATTEMPTS, MAX_LEASE_LOSSES
from tests.chaos.explorer.state import DEAD, Row, World
from tests.chaos.explorer.step import ENDINGS, Name, Step
from uploads.states import TERMINAL, State


def running_means_leased(world: World) -> bool:
    """A row has an owner if and only if it is running."""
    return all((row.state is State.RUNNING) == (row.owner is not None) for row in world.rows)


def what_runs_is_in_its_workers_hands(world: World) -> bool:
    """The worker that holds a lease, while it lives, is at that very attempt and renews it."""
    return all(
        any(hand.attempt == row.attempt for hand in world.workers[row.owner].hands[p])
        for p, row in enumerate(world.rows)
        if row.owner is not None and row.owner != DEAD
    )


def attempt_never_falls(step: Step) -> bool:
    """The fence only rises."""
    return all(old.attempt <= new.attempt for old, new in _changed(step))


def only_a_claim_gives_an_attempt(step: Step) -> bool:
    """The fence rises by one at a claim, and else not at all."""
    return all(
        new.attempt == old.attempt
        or (step.action.name in {Name.CLAIM, Name.END_ORPHAN} and new.attempt == old.attempt + 1)
        for old, new in _changed(step)
    )


def an_ended_row_is_left_only_by_requeue(step: Step) -> bool:
    """An ending stands until its user wants another try, and a success for good."""
    return all(
        new.state is old.state
        or (step.action.name is Name.REQUEUE and old.state is not State.SUCCEEDED)
        for old, new in _changed(step)
        if old.state in TERMINAL
    )


def an_attempt_ends_once(world: World) -> bool:
    """There is at most one ending event for each prediction and attempt."""
    return all(len(set(row.endings)) == len(row.endings) for row in world.rows)


def an_ending_is_of_the_rows_attempt(step: Step) -> bool:
    """An ending event that is new names the attempt of its row."""
    return all(set(new.endings[len(old.endings) :]) <= {new.attempt} for old, new in _changed(step))


def a_stale_write_changes_nothing(step: Step) -> bool:
    """What is written about an attempt that is not running any more leaves no trace."""
    before, action, after = step
    if action.name not in ENDINGS:
        return True
    row = before.rows[action.predictions[0]]
    if row.state is State.RUNNING and row.attempt == action.attempt:
        return True
    return (before.rows, before.counter, before.stream) == (after.rows, after.counter, after.stream)


def failures_are_bounded(world: World) -> bool:
    """An image fails by its own doing at most so often."""
    return all(row.failures <= MAX_ATTEMPTS for row in world.rows)


def lease_losses_are_bounded(world: World) -> bool:
    """A prediction outlives at most so many workers."""
    return all(row.lease_losses <= MAX_LEASE_LOSSES for row in world.rows)


def what_is_exhausted_has_ended(world: World) -> bool:
    """What has reached a bound is not tried again."""
    return all(
        row.state in TERMINAL
        for row in world.rows
        if row.failures >= MAX_ATTEMPTS or row.lease_losses >= MAX_LEASE_LOSSES
    )


def a_suspect_is_claimed_alone(step: Step) -> bool:
    """What has failed or lost its worker takes no batch mates down."""
    batch = [step.before.rows[p] for p in step.action.predictions]
    return (
        step.action.name is not Name.CLAIM or len(batch) == 1 or not any(b.suspect for b in batch)
    )


def only_what_was_asked_for_is_canceled(step: Step) -> bool:
    """A worker's ending is "canceled" only if this attempt was called off in the database."""
    by_worker = step.action.name in {*ENDINGS, Name.REAP}
    return not by_worker or all(
        old.cancel_requested
        for old, new in _changed(step)
        if new.state is State.CANCELED and old.state is not State.CANCELED
    )


def only_what_deserves_it_fails(step: Step) -> bool:
    """A prediction fails by an image that is bad for good, or when a bound is reached.

    Or when it named a version that is gone.
    """
    return step.action.name is Name.FAIL_BY_IMAGE or all(
        (step.action.name is Name.END_ORPHAN and old.named)
        or new.failures == MAX_ATTEMPTS
        or new.lease_losses == MAX_LEASE_LOSSES
        for old, new in _changed(step)
        if new.state is State.FAILED and old.state is not State.FAILED
    )


def nothing_deleted_is_unfinished(world: World) -> bool:
    """A deleted upload has nothing that is queued or runs."""
    return all(row.state in TERMINAL for row in world.rows if row.deleted)


def the_stream_tells_the_state(world: World) -> bool:
    """The newest event of a prediction tells the state and the version that its row has."""
    return all(row.told is row.state and row.told_version == row.version for row in world.rows)


def what_named_its_version_keeps_it(world: World) -> bool:
    """No other version computes what named its own."""
    return all(row.version == 1 for row in world.rows if row.named)


def a_result_is_of_the_rows_version(step: Step) -> bool:
    """What succeeds was computed by the version that its row names."""
    before, action, after = step
    if action.name is not Name.SUCCEED or before.rows is after.rows or action.worker is None:
        return True
    (p,) = action.predictions
    hands = before.workers[action.worker].hands[p]
    (version,) = {hand.version for hand in hands if hand.attempt == action.attempt}
    return after.rows[p].state is not State.SUCCEEDED or after.rows[p].version == version


def seqs_have_no_gap(world: World) -> bool:
    """A user's events are numbered 1, 2, 3, … in the order in which they can be read."""
    return world.stream == tuple(range(1, world.counter + 1))


def the_stream_only_grows_at_its_end(step: Step) -> bool:
    """No event becomes visible before one that was visible already."""
    return step.after.stream[: len(step.before.stream)] == step.before.stream


def the_client_has_a_prefix(world: World) -> bool:
    """The client's list is the beginning of the stream: no gap, no duplicate, the same order."""
    client = world.client
    if client is None:
        return True
    received = client.received
    return received == world.stream[: len(received)]


IN_EVERY_WORLD: Final[tuple[Callable[[World], bool], ...]] = (
    running_means_leased,
    what_runs_is_in_its_workers_hands,
    an_attempt_ends_once,
    failures_are_bounded,
    lease_losses_are_bounded,
    what_is_exhausted_has_ended,
    nothing_deleted_is_unfinished,
    the_stream_tells_the_state,
    what_named_its_version_keeps_it,
    seqs_have_no_gap,
    the_client_has_a_prefix,
)

IN_EVERY_STEP: Final[tuple[Callable[[Step], bool], ...]] = (
    attempt_never_falls,
    only_a_claim_gives_an_attempt,
    an_ended_row_is_left_only_by_requeue,
    an_ending_is_of_the_rows_attempt,
    a_stale_write_changes_nothing,
    a_suspect_is_claimed_alone,
    only_what_was_asked_for_is_canceled,
    only_what_deserves_it_fails,
    a_result_is_of_the_rows_version,
    the_stream_only_grows_at_its_end,
)


def _changed(step: Step) -> list[tuple[Row, Row]]:
    if step.before.rows is step.after.rows:
        return []
    pairs = zip(step.before.rows, step.after.rows, strict=True)
    return [(old, new) for old, new in pairs if old is not new]
