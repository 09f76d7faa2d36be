"""How much each page of the admin asks of the database, whatever there is to show."""

import re
from html import unescape
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from tests.fakes.object_store import FakeObjectStore
from tests.integration.desk import history_of, listing, page, staff, text_of
from uploads import roles
from uploads.models import Event, Image, Prediction, Session, Upload, User

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12
OTHERS = [
    "/admin/",
    "/admin/find/?q=text",
    "/admin/find/?q=77",
    "/admin/find/?q=0123456789",
    "/admin/find/?q=198.51.100.7",
    "/admin/failures/?within=all",
    "/admin/failures/retry/?code=unreadable_image&model=ocr&within=all",
]
FURTHER = ["p=2", "all=", "q=ada", "q=77"]


@pytest.fixture
def browser(bob: User, as_ada: APIClient, store: FakeObjectStore) -> Client:
    """That of staff with every right but a superuser's, over a history and an archive."""
    history_of(as_ada)
    Session.objects.create(user=User.objects.get(username="ada"), address="198.51.100.7")
    Prediction.objects.filter(state="succeeded").update(provenance={"worker": "w1"})
    roles.make()
    bob.groups.add(Group.objects.get(name=roles.ADMIN))
    return staff(bob)


def queries_of(browser: Client, address: str) -> tuple[str, list[str]]:
    """A page, and what it asked."""
    with CaptureQueriesContext(connection) as asked:
        body = text_of(browser.get(address, follow=True))
    return body, [one["sql"] for one in asked.captured_queries if "SAVEPOINT" not in one["sql"]]


def one_of_each_filter(body: str) -> list[str]:
    """Of the choices of a list's filters, the last of each filter."""
    links = [unescape(one) for one in re.findall(r'href="(\?[^"]+=[^"]*)"', body)]
    return list({re.sub("=[^&]*", "", one): one for one in links}.values())


def test_no_page_asks_more_than_a_dozen_questions(browser: Client) -> None:
    found: dict[str, list[str]] = {}
    for one in OTHERS:
        found[one] = queries_of(browser, one)[1]
    for table in admin.site._registry:
        address = reverse(f"admin:{table._meta.app_label}_{table._meta.model_name}_changelist")
        body, found[address] = queries_of(browser, address)
        for query in (*FURTHER, *(link[1:] for link in one_of_each_filter(body))):
            found[f"{address}?{query}"] = queries_of(browser, f"{address}?{query}")[1]
        for pk in table._default_manager.order_by("-pk").values_list("pk", flat=True)[:1]:
            own = page(table, pk)
            found[own] = queries_of(browser, own)[1]
    assert len(found) > 80
    assert {one: asked for one, asked in found.items() if len(asked) > MOST_QUERIES} == {}


def test_a_search_within_a_filter_asks_no_more_either(browser: Client) -> None:
    today = f"{timezone.now():%Y-%m-%dT00:00:00Z}"
    for table, filters in (
        (Upload, "state=failed&model__exact=ocr"),
        (Image, "for_model=ocr"),
        (Prediction, f"state__exact=failed&model__exact=ocr&created_at__gte={today}"),
        (Event, f"kind__exact=prediction.queued&model__exact=ocr&at__gte={today}"),
    ):
        for query in ("77", "ada"):
            asked = queries_of(browser, f"{listing(table)}?q={query}&{filters}")[1]
            assert len(asked) <= MOST_QUERIES, asked


def test_no_list_counts_the_rows_of_each_choice(browser: Client) -> None:
    for table in admin.site._registry:
        address = reverse(f"admin:{table._meta.app_label}_{table._meta.model_name}_changelist")
        shown: Any = browser.get(f"{address}?_facets=True").context["cl"]
        assert not shown.add_facets, address
