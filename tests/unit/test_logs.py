"""The shape of log lines."""

import asyncio
import json
import logging
import sys

import pytest
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.core.exceptions import BadRequest

from project import logs


def record(message: str, **fields: object) -> logging.LogRecord:
    """A record as a logger makes it."""
    made = logging.LogRecord("darkroom.test", logging.INFO, "", 1, message, (), None)
    vars(made).update(fields)
    return made


def test_a_line_for_people_has_its_fields_in_order_and_quotes_what_has_spaces() -> None:
    line = logs.ConsoleLines().format(record("stored", user=3, model="a b", code=None, at="x"))
    assert line.endswith(
        "Z [info     ] stored                       "
        "[darkroom.test] at=x code=None model='a b' user=3"
    )


def test_a_line_for_machines_is_an_object_whatever_it_is_told() -> None:
    with logs.of_request("abc"):
        told = json.loads(logs.JsonLines().format(record("stored", user=3, what=object)))
    assert told["event"] == "stored"
    assert (told["level"], told["logger"], told["request_id"]) == ("info", "darkroom.test", "abc")
    assert (told["user"], told["what"]) == (3, "<class 'object'>")
    assert told["timestamp"].endswith("Z")


def test_a_traceback_stands_below_its_line() -> None:
    failed = record("failed")
    try:
        int("three")
    except ValueError:
        failed.exc_info = sys.exc_info()
    first, *below = logs.ConsoleLines().format(failed).splitlines()
    assert "failed" in first
    assert below[-1].startswith("ValueError: invalid literal")
    assert "invalid literal" in json.loads(logs.JsonLines().format(failed))["exception"]


@pytest.mark.parametrize("kind", [BadRequest, DisallowedModelAdminLookup])
def test_what_a_client_did_wrong_is_one_line(kind: type[Exception]) -> None:
    refused = record("Filtering by secret is not allowed")
    refused.exc_info = (kind, kind("Filtering by secret is not allowed"), None)
    (line,) = logs.ConsoleLines().format(refused).splitlines()
    assert "Filtering by secret is not allowed" in line
    assert "exception" not in json.loads(logs.JsonLines().format(refused))


async def test_what_a_request_has_begun_says_its_id_until_it_is_answered() -> None:
    begun, answered = asyncio.Event(), asyncio.Event()

    async def live_on() -> list[dict[str, object]]:
        begun.set()
        within = json.loads(logs.JsonLines().format(record("said")))
        await answered.wait()
        return [within, json.loads(logs.JsonLines().format(record("said")))]

    with logs.of_request("r1"):
        task = asyncio.create_task(live_on())
        await begun.wait()
    answered.set()
    within, after = await task
    assert (within["request_id"], "request_id" in after) == ("r1", False)
