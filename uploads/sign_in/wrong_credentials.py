"""Wrong keys and tokens: slowed down by their address, and told to the audit."""

from collections.abc import Iterator
from contextlib import contextmanager

from uploads.event_kinds import Kind
from uploads.events import Actor, recording
from uploads.sign_in import throttle
from uploads.sign_in.claims import ExpiredToken, InvalidToken


def note(by: str, user_id: int, actor: Actor) -> None:
    """Counts one as its address's.

    Args:
        by: `key` or `token`.
        user_id: whose it is meant to be; 0: nobody can tell.
        actor: who sends it, as far as that is known.

    Raises:
        TooManyFailures: others came from this address, too many of this minute.
    """
    if actor.address is None:
        # Nobody to be slowed down: and the audit is not for anybody to fill without an end.
        return
    if throttle.count_wrong_credential(actor.address):
        with recording() as log:
            log.add(Kind.SIGN_IN_FAILED, user_id=user_id, actor=actor, facts={"by": by})


@contextmanager
def noting(actor: Actor) -> Iterator[None]:
    """Notes a token that what happens within finds invalid.

    One that was sound until its time came is nobody's guess: pages send them whenever they have
    slept, and many people may share an address.

    Raises:
        TooManyFailures: as `note`, in the place of InvalidToken.
    """
    try:
        yield
    except ExpiredToken:
        raise
    except InvalidToken:
        note("token", 0, actor)
        raise
