"""What an administrator sets for one user holds for that user, and the audit knows who set it."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework.test import APIClient

from tests.integration.rest import file, post, refused, uploaded
from uploads.models import Event, User

pytestmark = pytest.mark.django_db

LIMITS = {"quota_bytes": "500000", "quota_queued": "9", "throttle_uploads": "2", "throttle_v2": "0"}


@pytest.fixture(autouse=True)
def _nothing_is_counted_yet() -> None:
    cache.clear()


def change(desk: Client, user: User, **fields: str) -> None:
    """Saves the form of an account as it is, but for these fields."""
    page = desk.get(f"/admin/uploads/user/{user.pk}/change/")
    form = page.context["adminform"].form
    shown = {name: form[name].value() for name in form.fields if name != "password"}
    joined = shown.pop("date_joined")
    login = shown.pop("last_login")
    posted: dict[str, Any] = {name: value for name, value in shown.items() if value}
    posted |= {"date_joined_0": f"{joined:%Y-%m-%d}", "date_joined_1": f"{joined:%H:%M:%S}"}
    if login:
        posted |= {"last_login_0": f"{login:%Y-%m-%d}", "last_login_1": f"{login:%H:%M:%S}"}
    answer = desk.post(f"/admin/uploads/user/{user.pk}/change/", {**posted, **fields})
    assert answer.status_code == 302, answer.context["adminform"].form.errors


def test_limits_of_one_user_are_set_told_and_kept(
    desk: Client, boss: User, ada: User, as_ada: APIClient, as_bob: APIClient, settings: Any
) -> None:
    settings.THROTTLE_V2 = 7
    change(desk, ada, **LIMITS)
    me = as_ada.get("/api/users/me/").json()
    assert (me["quota"]["bytes_limit"], me["quota"]["queued_limit"]) == (500000, 9)
    assert me["requests_per_minute"] == {"uploads": 2, "v2": None, "changes": 600}
    others = as_bob.get("/api/users/me/").json()
    assert others["requests_per_minute"] == {"uploads": None, "v2": 7, "changes": 600}
    for _ in range(2):
        uploaded(as_ada, file())
    refused(post(as_ada, file()), 429, "too_many_requests")
    for _ in range(3):
        uploaded(as_bob, file())


def test_the_audit_tells_who_changed_which_limit(desk: Client, boss: User, ada: User) -> None:
    change(desk, ada, **LIMITS)
    change(desk, ada, **{**LIMITS, "quota_queued": "10"})
    change(desk, ada, **{**LIMITS, "quota_queued": "10"})
    first, second = Event.objects.filter(kind="user.limits_changed").order_by("pk")
    assert first.facts == {
        "quota_bytes": [None, 500000],
        "quota_queued": [None, 9],
        "throttle_uploads": [None, 2],
        "throttle_v2": [None, 0],
    }
    assert second.facts == {"quota_queued": [9, 10]}
    assert (second.user_id, second.actor_id, second.seq) == (ada.pk, boss.pk, None)
