"""One thing that happens: an action, and the world before and after it."""

from enum import StrEnum
from typing import NamedTuple

from tests.chaos.explorer.state import World


class Name(StrEnum):
    """What can happen."""

    BEGIN = "begin"
    CLAIM = "claim"
    SUCCEED = "succeed"
    FAIL_BY_IMAGE = "fail by image"
    FAIL_BY_CHANCE = "fail by chance"
    FAIL_BY_INFRASTRUCTURE = "fail by infrastructure"
    STOP = "stop"
    GIVE_BACK = "give back"
    REFUSE = "refuse"
    TICK = "tick"
    APPLY = "apply"
    CRASH = "crash"
    PAUSE = "pause"
    RESUME = "resume"
    EXPIRE = "expire"
    REAP = "reap"
    CANCEL = "cancel"
    REQUEUE = "requeue"
    DELETE = "delete"
    WAKEUP = "wakeup"
    WAKEUP_TWICE = "wakeup, to come again"
    WAKEUP_LOST = "wakeup lost"
    HINT = "hint"
    HINT_LOST = "hint lost"
    POLL = "poll"
    SEND = "send"
    RECEIVE = "receive"
    CONNECT = "connect"
    DISCONNECT = "disconnect"
    COMMIT = "commit"
    LOAD = "load"
    PUBLISH = "publish"
    MOVE_ON = "move on"
    END_ORPHAN = "end orphan"


CALM = frozenset(
    {
        Name.CLAIM,
        Name.SUCCEED,
        Name.STOP,
        Name.REFUSE,
        Name.TICK,
        Name.APPLY,
        Name.RESUME,
        Name.EXPIRE,
        Name.REAP,
        Name.POLL,
        Name.SEND,
        Name.RECEIVE,
        Name.CONNECT,
        Name.COMMIT,
        Name.LOAD,
        Name.PUBLISH,
        Name.MOVE_ON,
        Name.END_ORPHAN,
    }
)
"""What goes on happening when nothing disturbs any more and no message arrives."""

ENDINGS = (
    Name.SUCCEED,
    Name.FAIL_BY_IMAGE,
    Name.FAIL_BY_CHANCE,
    Name.FAIL_BY_INFRASTRUCTURE,
    Name.STOP,
    Name.GIVE_BACK,
    Name.REFUSE,
)
"""What a worker writes about an attempt it was given."""


class Action(NamedTuple):
    """Something that happens, to whom."""

    name: Name
    worker: int | None = None
    predictions: tuple[int, ...] = ()
    attempt: int | None = None

    def __str__(self) -> str:
        who = "" if self.worker is None else f" by worker {self.worker}"
        what = "".join(f" of prediction {p}" for p in self.predictions)
        which = "" if self.attempt is None else f", attempt {self.attempt}"
        return f"{self.name}{who}{what}{which}"


class Step(NamedTuple):
    """An action with the world before and after it."""

    before: World
    action: Action
    after: World


Happening = tuple[Action, World]
"""An action that is possible, and the world after it."""
