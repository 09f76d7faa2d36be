"""Sockets of one person at several web processes, one of which is killed."""

import os
import signal

import pytest

from tests.darkroom import Darkroom, Person, until
from tests.listener import Listener

pytestmark = pytest.mark.slow

MOST = 4
TOO_MANY = 4429
WEB = r"^\S+ \S+manage\.py web"


def opened(darkroom: Darkroom, person: Person) -> Listener:
    """A socket that is told that it is ready, or closed."""
    one = Listener(darkroom.url, person.tokens["access"])
    until(lambda: one.messages or one.close_code, "a socket is ready or refused")
    return one


def test_sockets_are_counted_over_all_web_processes_and_a_killed_one_keeps_nobody_out(
    own_darkroom: Darkroom,
) -> None:
    own_darkroom.start(WEB="2", MAX_SOCKETS_PER_USER=str(MOST))
    ada, bob = own_darkroom.person("ada"), own_darkroom.person("bob")
    held = [opened(own_darkroom, ada) for _ in range(MOST)]
    assert all(one.messages for one in held)
    for _ in range(3):
        assert opened(own_darkroom, ada).close_code == TOO_MANY
    assert opened(own_darkroom, bob).messages

    victim, _ = own_darkroom.pids(WEB)
    os.kill(victim, signal.SIGKILL)
    until(lambda: victim not in own_darkroom.pids(WEB), "it is gone")
    until(lambda: len(own_darkroom.pids(WEB)) == 2, "another takes its place")
    alive = [one for one in held if one.close_code is None]
    for _ in range(MOST - len(alive)):
        again = opened(own_darkroom, ada)
        assert again.messages, again.close_code
    for _ in range(3):
        assert opened(own_darkroom, ada).close_code == TOO_MANY
