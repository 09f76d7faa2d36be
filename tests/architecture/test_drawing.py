"""The drawing of the packages in docs/architecture.md says what the import contracts hold."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DRAWING = re.compile(r"^ +([\w.]+) (-->|-\.->) ([\w.]+)$", re.M)


def drawn() -> list[tuple[str, str, str]]:
    """The drawn arrows: from, kind, to."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    return [(found[0], found[1], found[2]) for found in DRAWING.findall(text)]


def layers() -> list[list[set[str]]]:
    """Of each contract of layers, from above: the packages of each layer."""
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = configuration["tool"]["importlinter"]["contracts"]
    return [
        [
            {f"{container}{name.strip()}" for name in layer.split("|")}
            for layer in contract["layers"]
        ]
        for contract in contracts
        if contract["type"] == "layers"
        for container in [f"{one}." for one in contract.get("containers", [])] or [""]
    ]


def height(package: str, order: list[set[str]]) -> int | None:
    """Which layer a package is in, from above; None: in none."""
    for number, names in enumerate(order):
        if any(package == name or package.startswith(f"{name}.") for name in names):
            return number
    return None


def is_held(upper: str, lower: str) -> bool:
    """Whether a contract forbids the import from `lower` to `upper`."""
    for order in layers():
        above, below = height(upper, order), height(lower, order)
        if above is not None and below is not None and above < below:
            return True
    return False


def test_every_drawn_import_is_held_by_a_contract() -> None:
    imports = [(upper, lower) for upper, kind, lower in drawn() if kind == "-->"]
    assert len(imports) > 10
    assert [arrow for arrow in imports if not is_held(*arrow)] == []


def test_every_drawn_package_is_there() -> None:
    packages = {name for upper, _, lower in drawn() for name in (upper, lower)}
    paths = {name: ROOT / name.replace(".", "/") for name in packages}
    missing = [
        name for name, at in paths.items() if not (at.is_dir() or at.with_suffix(".py").is_file())
    ]
    assert missing == []


def test_only_the_models_process_is_started_instead_of_imported() -> None:
    started = [(upper, lower) for upper, kind, lower in drawn() if kind == "-.->"]
    assert started == [("inference.engine", "inference.engine.child")]
