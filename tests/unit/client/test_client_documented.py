"""The commands that are documented can be followed one after the other."""

import itertools
import re
import shlex
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
ASKED = {"--model", "--version", "--param", "--params", "--image-type"}


def _submissions() -> list[list[str]]:
    text = "\n".join(page.read_text() for page in PAGES).replace("\\\n", " ")
    return [
        shlex.split(words) for words in re.findall(r"^\.venv/bin/darkroom submit (.*)$", text, re.M)
    ]


def test_no_documented_submission_writes_into_the_folder_of_another() -> None:
    asked: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for words in _submissions():
        pairs = list(itertools.pairwise(words))
        folder = dict(pairs).get("--out", "results").rstrip("/")
        asked[folder].add(tuple(f"{name} {value}" for name, value in pairs if name in ASKED))
    assert len(asked) > 5
    assert all(len(kinds) == 1 for kinds in asked.values()), dict(asked)
