"""The structure that the documents promise."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    *("project", "consumers", "uploads", "inference", "frontend"),
    *("client", "imagefile", "strictjson", "tracing", "quality", "benchmarks"),
)
MAX_LINES = 272


def sources() -> Iterator[Path]:
    """Every Python file of the product."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_imports_run_one_way() -> None:
    # In a process of its own: it silences the loggers of whatever it runs in.
    lint = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert lint.returncode == 0, lint.stdout


def test_no_file_is_too_long_to_have_one_job() -> None:
    long = {
        relative(path): lines
        for path in sources()
        if (lines := len(path.read_text().splitlines())) > MAX_LINES
    }
    assert long == {}


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "helpers", "common", "misc"}
    assert [relative(path) for path in sources() if path.stem in drawers] == []


def writes_a_state(path: Path) -> bool:
    """Whether a file assigns `.state`, or names the states of a prediction in SQL."""
    tree = ast.parse(path.read_text())
    assigns = any(
        isinstance(target, ast.Attribute) and target.attr == "state"
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
    )
    return assigns or "SET state" in path.read_text()


def test_the_state_of_a_prediction_has_one_writer() -> None:
    writers = {relative(path) for path in sources() if relative(path).startswith("uploads/")}
    writers = {name for name in writers if writes_a_state(ROOT / name)}
    assert writers == {f"uploads/queue/{name}.py" for name in ("lifecycle", "moves", "statements")}


@pytest.mark.parametrize("suffix", ["js", "css", "html"])
def test_the_page_asks_nobody_else_for_anything(suffix: str) -> None:
    foreign = re.compile(r"""(?:src|href|url\(|from|import|fetch)\W{0,4}https?://""")
    for path in (ROOT / "frontend").rglob(f"*.{suffix}"):
        assert not foreign.search(path.read_text()), relative(path)


def test_every_requirement_is_pinned_exactly() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        for line in path.read_text().splitlines():
            if line and not line.startswith("#"):
                assert re.match(r"^[A-Za-z0-9._\[\],-]+==[0-9][^+ ]*(; .*)?$", line), line


def test_sessions_of_onnx_runtime_have_their_options_from_one_place() -> None:
    measured = "benchmarks"
    made = {relative(path) for path in sources() if "SessionOptions()" in path.read_text()}
    assert {path for path in made if not path.startswith(measured)} == {"inference/onnx_options.py"}
