"""The exploration sees: with any one rule broken it finds what breaks, by the shortest way."""

from tests.chaos.explorer import variants
from tests.chaos.explorer.delivery import Delivery
from tests.chaos.explorer.exploration import STUCK, Violation, explore
from tests.chaos.explorer.happenings import System
from tests.chaos.explorer.protocol import Protocol
from tests.chaos.explorer.state import begin
from tests.chaos.explorer.succession import Succession


def found(
    rules: Protocol | Succession | Delivery,
    *,
    disturbances: int,
    predictions: int = 1,
    rollout: bool = False,
    named: int = 0,
    blind_to: str = "",
) -> Violation:
    """What is found with these rules; whose name is in `blind_to` is not looked at."""
    listening = isinstance(rules, Delivery | variants.GlobalIds)
    match rules:
        case Delivery():
            system = System(delivery=rules)
        case Succession():
            system = System(succession=rules)
        case _:
            system = System(protocol=rules)
    start = begin(
        workers=2,
        predictions=predictions,
        disturbances=disturbances,
        listening=listening,
        rollout=rollout,
        named=named,
    )
    walk = explore(system, start, blind_to=blind_to.split())
    assert walk.violation is not None, f"{walk.states} states, and nothing was found"
    return walk.violation


def ways(violation: Violation) -> list[str]:
    """The names of what happened on the way, in order."""
    return [str(action.name) for action in violation.trace]


TAKEN_BACK = ["claim", "pause", "expire", "resume", "reap", "claim"]
"""A worker is stopped for too long, and claims again what it does not know it has lost."""


def test_without_a_fence_a_zombie_overwrites() -> None:
    violation = found(variants.NoFence(), disturbances=1)
    assert violation.invariant == "a_stale_write_changes_nothing"
    assert ways(violation) == [*TAKEN_BACK, "succeed"]


def test_without_a_reaper_what_a_dead_worker_held_is_stuck() -> None:
    violation = found(variants.NoReaper(), disturbances=1)
    assert violation.invariant == STUCK
    assert ways(violation) == ["claim", "crash"]


def test_an_attempt_that_is_reset_falls() -> None:
    violation = found(variants.ResetAttempt(), disturbances=1)
    assert violation.invariant == "attempt_never_falls"
    assert ways(violation) == ["claim", "fail by image", "requeue"]


def test_an_attempt_that_is_reset_ends_twice() -> None:
    blind = "attempt_never_falls only_a_claim_gives_an_attempt"
    violation = found(variants.ResetAttempt(), disturbances=1, blind_to=blind)
    assert violation.invariant == "an_attempt_ends_once"
    assert ways(violation) == ["claim", "fail by image", "requeue", "claim", "succeed"]


def test_a_late_message_that_is_believed_cancels_what_nobody_called_off() -> None:
    violation = found(variants.BelievedMessage(), disturbances=2)
    assert violation.invariant == "only_what_was_asked_for_is_canceled"
    assert ways(violation)[-3:] == ["claim", "wakeup", "stop"]
    assert len(violation.trace) == 7


def test_work_kept_by_prediction_loses_the_attempt_that_follows() -> None:
    violation = found(variants.HandsById(), disturbances=1)
    assert violation.invariant == "what_runs_is_in_its_workers_hands"
    assert ways(violation) == [*TAKEN_BACK, "succeed"]


def test_a_tick_applied_by_prediction_drops_the_attempt_that_follows() -> None:
    violation = found(variants.TickById(), disturbances=1)
    assert violation.invariant == "what_runs_is_in_its_workers_hands"
    assert ways(violation) == [*TAKEN_BACK, "tick", "apply"]


def test_a_requeue_that_does_not_ask_again_revives_what_was_deleted() -> None:
    violation = found(variants.RequeueOfDeleted(), disturbances=2)
    assert violation.invariant == "nothing_deleted_is_unfinished"
    assert ways(violation) == ["delete", "requeue"]


def test_an_event_apart_from_its_ending_is_lost_in_a_crash() -> None:
    blind = "the_stream_tells_the_state an_ending_is_of_the_rows_attempt"
    violation = found(variants.EventApart(), disturbances=1, blind_to=blind)
    assert violation.invariant == STUCK
    assert ways(violation) == ["claim", "succeed", "crash"]


def test_global_numbers_that_commit_in_any_order_are_skipped_by_the_client() -> None:
    blind = "the_stream_tells_the_state seqs_have_no_gap the_stream_only_grows_at_its_end"
    violation = found(variants.GlobalIds(), disturbances=0, predictions=2, blind_to=blind)
    assert violation.invariant == "the_client_has_a_prefix"
    assert ways(violation)[:3] == ["claim", "claim", "commit"]


def test_a_refusal_for_good_fails_what_could_move_on() -> None:
    violation = found(variants.RefusedForGood(), disturbances=0, rollout=True)
    assert violation.invariant == "only_what_deserves_it_fails"
    assert ways(violation) == ["load", "claim", "refuse"]


ROLLED_OUT = ["load", "load", "publish"]


def test_moving_what_runs_names_a_version_that_did_not_compute_it() -> None:
    violation = found(variants.MovesWhatRuns(), disturbances=0, rollout=True)
    assert violation.invariant == "a_result_is_of_the_rows_version"
    assert sorted(ways(violation)) == sorted(["claim", *ROLLED_OUT, "move on", "succeed"])


def test_moving_what_named_its_version_computes_it_by_another() -> None:
    violation = found(variants.MovesWhatIsNamed(), disturbances=0, rollout=True, named=1)
    assert violation.invariant == "what_named_its_version_keeps_it"
    assert ways(violation) == [*ROLLED_OUT, "move on"]


def test_a_move_without_an_event_is_not_told() -> None:
    violation = found(variants.MovesInSilence(), disturbances=0, rollout=True)
    assert violation.invariant == "the_stream_tells_the_state"
    assert ways(violation) == [*ROLLED_OUT, "move on"]


def test_what_comes_back_after_its_version_went_is_stuck_without_later_moves() -> None:
    violation = found(variants.MovesAtTheDropOnly(), disturbances=1, rollout=True)
    assert violation.invariant == STUCK
    assert "publish" in ways(violation)
    assert violation.world.rows[0].version not in violation.world.catalog


def test_a_hint_that_carries_its_event_skips_what_it_does_not_carry() -> None:
    violation = found(variants.HintIsTheEvent(), disturbances=0)
    assert violation.invariant == "the_client_has_a_prefix"
    assert "hint" in ways(violation)


def test_without_a_poll_a_lost_hint_leaves_the_client_behind() -> None:
    violation = found(variants.NoPoll(), disturbances=0)
    assert violation.invariant == STUCK
    assert "poll" not in ways(violation)


def test_a_client_served_from_what_was_sent_misses_what_was_on_its_way() -> None:
    violation = found(variants.ResumesAfterSent(), disturbances=1)
    assert violation.invariant == "the_client_has_a_prefix"
    assert ways(violation) == ["claim", "send", "disconnect", "connect", "send", "receive"]
