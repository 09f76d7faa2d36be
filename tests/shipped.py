"""The code of shipped models, which lies in no package and is imported by its folder."""

import importlib
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

MODELS = Path(__file__).parents[1] / "inference" / "models"


def code_of(model: str, version: str) -> Any:
    """The modules of a version by their names; those of other models may have the same names."""
    folders = [MODELS / model, MODELS / model / version]
    names = [file.stem for folder in folders for file in folder.glob("*.py")]
    others = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    for folder in folders:
        sys.path.insert(0, str(folder))
    try:
        return SimpleNamespace(**{name: importlib.import_module(name) for name in names})
    finally:
        for folder in folders:
            sys.path.remove(str(folder))
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(others)
