"""Which of the page's modules are asked for at once, and under which names they are served."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontend import modules

PAGE = Path(modules.__file__).parent / "static" / "frontend" / "js"
MOST_SCRIPT_BYTES = 120_000
"""For all that the page can do, as it is sent: compressed."""


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


def test_modules_are_served_without_comments_on_the_same_lines() -> None:
    source = """// @ts-check
/**
 * What it does.
 */
const one = /** @type {any} */ (two); // not alone
  // alone
/* one */ const more = /** @type {const} */ (`
  ${one}`); /* two */
/** Short. */
const url = "https://example.com";
"""
    expected = """



const one = (two); // not alone

/* one */ const more = (`
  ${one}`); /* two */

const url = "https://example.com";
"""
    assert modules.without_comments(source) == expected


def test_modules_are_served_without_indentation_where_no_text_has_it() -> None:
    assert modules.as_served("if (one) {\n  two();  // so\n\tthree(`a`);\n}\n") == (
        "if (one) {\ntwo();  // so\nthree(`a`);\n}\n"
    )
    text = "const text = `\n  one\n`;\n"
    assert modules.as_served(text) == text


def test_nothing_but_comments_and_indentation_is_taken_out_of_the_page() -> None:
    for path in PAGE.rglob("*.js"):
        source = path.read_text()
        kept = modules.without_comments(source)
        stripped = "\n".join(map(str.lstrip, kept.split("\n")))
        assert modules.as_served(source) in (kept, stripped), path
        is_in_template = False
        for line, served in zip(source.splitlines(), kept.splitlines(), strict=True):
            if served != line:
                # What stands in a string would look like a comment.
                assert not is_in_template, f"{path}: {line}"
                if not served:
                    assert line.lstrip().startswith(("/*", "*", "//")), f"{path}: {line}"
                for before in line.split("/**")[:-1] if served else ():
                    assert before.count('"') % 2 == before.count("`") % 2 == 0, f"{path}: {line}"
            is_in_template ^= served.count("`") % 2 == 1


def test_all_scripts_of_the_page_in_one_language_are_small() -> None:
    others = {
        f"{language}{part}.js" for language in ("ko", "ja") for part in ("", "_problems", "_models")
    }
    served = [
        gzip.compress(modules.as_served(path.read_text()).encode())
        for path in PAGE.rglob("*.js")
        if path.name not in others
    ]
    assert sum(map(len, served)) < MOST_SCRIPT_BYTES
