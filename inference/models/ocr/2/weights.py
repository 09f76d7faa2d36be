"""The networks that come with the rapidocr package, checked against this version's list."""

import hashlib
from importlib.util import find_spec
from pathlib import Path


def packaged_weights(sums: Path) -> dict[str, Path]:
    """The path of each file that `sums` lists (in sha256sum's format), by its name.

    Raises:
        FileNotFoundError: the package or one of its files is missing.
        ValueError: a file is not the one that this version was made with.
    """
    package = find_spec("rapidocr")
    if package is None or package.origin is None:
        raise FileNotFoundError("The package rapidocr is not installed.")
    folder = Path(package.origin).parent / "models"
    weights = {}
    for line in sums.read_text(encoding="ascii").splitlines():
        expected, name = line.split()
        weights[name] = folder / name
        if hashlib.sha256(weights[name].read_bytes()).hexdigest() != expected:
            raise ValueError(f"{name} is not the file that this version was made with.")
    return weights
