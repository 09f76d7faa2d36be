"""What browsers are told: where scripts may come from, and to come by TLS."""

import re
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client
from django.urls import reverse

from tests.integration.rest import PASSWORD
from uploads.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return User.objects.create_superuser("boss", password=PASSWORD)


def sign_in(client: Client, **headers: Any) -> Any:
    body = {"username": "boss", "password": PASSWORD, "next": "/admin/"}
    return client.post(reverse("admin:login"), body, **headers)


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/", "/admin/uploads/upload/", "/admin/x"])
def test_the_admin_has_a_policy_for_its_content(boss: User, path: str) -> None:
    desk = Client()
    desk.force_login(boss)
    policy = desk.get(path)["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'self'"
    assert "unsafe-inline" not in rules["script-src"]
    assert rules["frame-ancestors"] == rules["object-src"] == rules["base-uri"] == "'none'"


@pytest.mark.parametrize(
    "path",
    [
        *("/api/uploads/", "/api/schema/", "/api/nonsense", "/nonsense", "/static/nonsense.js"),
        *("/healthz", "/readyz", "/metadata", "/metrics", "/v2", "/v2/models/ocr", "/api"),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"Host": "evil.example", "Accept": "text/html"}])
def test_what_is_no_page_loads_and_runs_nothing(path: str, headers: dict[str, str]) -> None:
    answer = async_to_sync(AsyncClient().get)(path, headers=headers)
    assert answer["Content-Security-Policy"].startswith("default-src 'none';")


def test_an_error_of_ours_loads_and_runs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("frontend.views.render", fails)
    defect = Client(raise_request_exception=False).get("/")
    coded = Client().post("/api/token/", {}, headers={"Content-Encoding": "br"})
    assert (defect.status_code, coded.status_code) == (500, 415)
    for answer in (defect, coded):
        assert answer["Content-Security-Policy"].startswith("default-src 'none';")


def test_the_documentation_runs_no_script_that_is_written_into_it() -> None:
    answer = Client().get("/api/docs/")
    policy = answer["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert (rules["default-src"], rules["script-src"]) == ("'self'", "'self'")
    assert b"<script>" not in answer.content


@pytest.mark.parametrize("path", ["/", "/photos/12", "/account"])
def test_the_page_keeps_its_own_policy(path: str) -> None:
    answer = Client().get(path)
    assert (answer.status_code, "unsafe" in answer["Content-Security-Policy"]) == (200, False)


@pytest.mark.parametrize(
    "path", ["/photos/", "/photos/x", "/photos/12/file", f"/photos/{'1' * 16}"]
)
def test_there_is_no_page_at_what_can_not_be_a_photo(path: str) -> None:
    assert Client().get(f"/photos/{path}").status_code == 404


@pytest.mark.parametrize("is_secure", [True, False])
def test_cookies_are_for_tls_alone_and_browsers_stay_with_it_where_tls_is(
    boss: User, is_secure: bool
) -> None:
    client = Client()
    page = client.get(reverse("admin:login"), secure=is_secure)
    signed_in = sign_in(client, secure=is_secure)
    assert signed_in.status_code == 302
    cookies = [*page.cookies.values(), *signed_in.cookies.values()]
    assert {cookie.key for cookie in cookies} == {"csrftoken", "sessionid"}
    assert {bool(cookie["secure"]) for cookie in cookies} == {is_secure}
    expected = "max-age=86400" if is_secure else None
    assert page.headers.get("Strict-Transport-Security") == expected


def test_cookies_are_secure_where_the_setting_says_so(boss: User, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    cookies = sign_in(Client()).cookies.values()
    assert all(cookie["secure"] for cookie in cookies)


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("photos.example:443", "https://photos.example", 302),
        ("photos.example", "https://photos.example", 302),
        ("photos.example:8443", "https://photos.example:8443", 302),
        ("photos.example:443", "http://photos.example", 403),
        ("photos.example:443", "https://elsewhere.example", 403),
        ("photos.example:8443", "https://photos.example", 403),
    ],
)
def test_a_form_s_origin_agrees_with_a_host_that_names_the_default_port(
    boss: User, settings: Any, host: str, origin: str, status: int
) -> None:
    settings.ALLOWED_HOSTS = ["photos.example"]
    client = Client(enforce_csrf_checks=True, headers={"Host": host})
    client.get(reverse("admin:login"), secure=True)
    token = client.cookies["csrftoken"].value
    answer = sign_in(client, secure=True, headers={"Origin": origin, "X-CSRFToken": token})
    assert answer.status_code == status


def test_what_names_no_icon_is_given_the_pages_one() -> None:
    answer = Client().get("/favicon.ico")
    assert answer.status_code == 302
    assert re.fullmatch(r"/static/frontend/img/favicon(\.\w+)?\.svg", answer["Location"])
