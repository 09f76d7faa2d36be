"""Two people on one queue."""

from collections.abc import Callable

import pytest

from tests.chaos.rig import Rig, counts, upload
from tests.darkroom import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

Rigs = Callable[..., Rig]
Measured = Callable[..., None]


def test_two_thousand_queued_images_do_not_hold_another_person_up(
    rig: Rigs, full: bool, measured: Measured
) -> None:
    crowd, few = (2000, 200) if full else (300, 60)
    darkroom = rig(workers=1)
    heavy, light = darkroom.person("heavy"), darkroom.person("light")
    for _ in range(crowd // 100):
        upload(heavy, 100, ms=100)
    for _ in range(few // 20):
        upload(light, 20, ms=100)
    before = counts(heavy)["succeeded"]
    until(lambda: counts(light)["succeeded"] >= few // 2, "half of the few are done", 300)
    theirs = counts(heavy)["succeeded"] - before
    share = theirs / (theirs + few // 2)
    assert 0.35 <= share <= 0.65
    measured("fairness", crowd=crowd, few=few, share_of_the_heavy_user=round(share, 2))
