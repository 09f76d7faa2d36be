"""Which of the page's modules are asked for at once, and under which names they are served."""

import json
from collections.abc import Iterator

import pytest

from frontend import modules


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    """With nothing kept from before, and nothing kept for others."""
    kept = (modules.import_map, modules.import_map_source, modules.first_modules)
    for function in kept:
        function.cache_clear()
    yield
    for function in kept:
        function.cache_clear()


def test_what_every_visit_runs_is_asked_for_at_once_and_nothing_else() -> None:
    names = {url.rpartition("/js/")[2] for url in modules.first_modules()}
    assert {"main.js", "language.js", "store.js", "view/workspace.js", "view/card.js"} <= names
    assert not {"view/detail.js", "view/zoom.js", "messages/en.js", "messages/ko.js"} & names
    assert len(names) == len(modules.first_modules())


def test_files_served_under_their_own_names_need_no_map() -> None:
    assert (modules.import_map(), modules.import_map_source()) == ("", "")


def test_a_map_names_each_module_and_its_policy_allows_it_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(modules, "static", lambda name: f"/static/{name}?v=1")
    imports = json.loads(modules.import_map())["imports"]
    assert imports["/static/frontend/js/view/detail.js"] == "/static/frontend/js/view/detail.js?v=1"
    assert "/static/frontend/js/messages/ja.js" in imports
    assert "/static/frontend/img/icons.svg" in imports
    assert modules.import_map_source().startswith("'sha256-")
