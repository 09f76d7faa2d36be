"""Who may listen, and how soon somebody who may not is cut off: with the real processes."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from websockets.sync.client import connect

from tests.chaos.rig import Rig, upload
from tests.darkroom import until
from tests.listener import Listener

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

Measured = Callable[..., None]


def closed_within(listener: Listener, code: int, seconds: float) -> float:
    """Waits until the socket is closed with this code, and gives how long it took."""
    began = time.monotonic()
    until(lambda: listener.close_code is not None, f"closed with {code}", seconds)
    assert listener.close_code == code
    return round(time.monotonic() - began, 1)


def listening(darkroom: Rig, token: str) -> Listener:
    listener = Listener(darkroom.url, token)
    listener.until(lambda it: it.messages or it.close_code, "the socket is ready")
    assert listener.messages[0]["type"] == "ready"
    return listener


def short_lived(darkroom: Rig, token: str, seconds: float) -> str:
    """The same token with less time to live, signed with this server's own key."""
    key = (Path(darkroom.environment["DATA_DIR"]) / "jwt_signing_key").read_text().strip()
    claims: dict[str, Any] = jwt.decode(token, key, ["HS256"], audience="darkroom")
    return jwt.encode({**claims, "exp": time.time() + seconds}, key, "HS256")


def test_r14_authority_ends_when_it_ends(shared_rig: Rig, full: bool, measured: Measured) -> None:
    darkroom = shared_rig
    figures: dict[str, float] = {}

    gus = darkroom.person("gus")
    listener = listening(darkroom, gus.tokens["access"])
    gus.http.post("/api/token/blacklist/", json={"refresh": gus.tokens["refresh"]})
    figures["signed_out"] = closed_within(listener, 4403, 5)
    assert gus.http.get("/api/users/me/").status_code == 401

    ivy = darkroom.person("ivy")
    listener = listening(darkroom, ivy.tokens["access"])
    disable = "User.objects.get(username='ivy')"
    darkroom.query(f"[setattr(u := {disable}, 'is_active', False), u.save()][1]")
    figures["disabled"] = closed_within(listener, 4403, 5)

    eve = darkroom.person("eve")
    listener = listening(darkroom, short_lived(darkroom, eve.tokens["access"], 4))
    ends_at = time.monotonic() + 4
    until(lambda: listener.close_code is not None, "closed at its end", 10)
    assert listener.close_code == 4401
    figures["expired"] = round(max(0.0, time.monotonic() - ends_at), 1)
    assert figures["expired"] <= 2

    began = time.monotonic()
    with connect(darkroom.url.replace("http", "ws", 1) + "/ws/progress/") as wire:
        with pytest.raises(Exception, match="4401"):
            wire.recv(timeout=10)
        figures["no_hello"] = round(time.monotonic() - began, 1)
    assert figures["no_hello"] <= 6

    if full:
        dan = darkroom.person("dan")
        listener = listening(darkroom, dan.tokens["access"])
        darkroom.kill_redis()
        dan.http.post("/api/token/blacklist/", json={"refresh": dan.tokens["refresh"]})
        figures["signed_out_without_redis"] = closed_within(listener, 4403, 65)
        darkroom.start_redis()
    measured("R14", **{f"{name}_seconds": value for name, value in figures.items()})


def test_without_redis_a_socket_is_at_most_a_quarter_of_a_minute_behind(
    shared_rig: Rig, measured: Measured
) -> None:
    darkroom = shared_rig
    kim = darkroom.person("kim")
    listener = listening(darkroom, kim.tokens["access"])
    darkroom.kill_redis()
    upload(kim, 5)
    began = time.monotonic()
    listener.until(lambda it: len(it.events("prediction.succeeded")) == 5, "all is told", 32)
    behind = time.monotonic() - began
    assert [e["seq"] for e in listener.events()] == list(range(1, 17))
    listener.close()
    darkroom.start_redis()
    measured("R6c", images=5, told_without_redis_after_seconds=round(behind, 1))
