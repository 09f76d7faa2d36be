"""Models written in Python: the class `Model` of the version's or the model's `model.py`."""

import importlib.util
import sys
from collections.abc import Sequence
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
)
from pathlib import Path
from types import CodeType
from typing import Any

from inference.engine.model import LoadContext, LoadError
from inference.engine.signature import Signature

MODULE = "model"


def load(places: Sequence[Path], context: LoadContext, signature: Signature | None) -> Any:
    """Import the code and load the model; files beside `model.py` can be imported by it.

    So can those in the model's folder, which all versions share.

    Raises:
        LoadError: there is no class `Model`, or it lacks the method that is needed.
        Exception: whatever the author's code raises.
    """
    code = next((place / "model.py" for place in places if (place / "model.py").is_file()), None)
    if code is None:
        raise LoadError("There is no model.py.")
    _import_from(places[-1], is_deep=code.parent == places[-1])
    if code.parent != places[-1]:
        _import_from(code.parent, is_deep=True)
    loader = _SourceLoader(MODULE, str(code))
    spec = importlib.util.spec_from_loader(MODULE, loader)
    if spec is None:
        raise LoadError("model.py cannot be imported.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[MODULE] = module
    loader.exec_module(module)
    author_class = getattr(module, "Model", None)
    if author_class is None:
        raise LoadError("model.py has no class Model.")
    method = "infer" if signature else "predict"
    if not callable(getattr(author_class, method, None)):
        what = "declares inputs" if signature else "declares no inputs"
        raise LoadError(f"model.py: a model that {what} needs Model.{method}.")
    return author_class(context)


class _SourceLoader(SourceFileLoader):
    """Reads the source and no bytecode: it is not among the hashed files, and that of a file which
    changed within a second, and not in its size, passes for the new one's."""

    def get_code(self, fullname: str) -> CodeType:
        file = self.get_filename(fullname)
        code: CodeType = self.source_to_code(self.get_data(file), file)
        return code


def _import_from(folder: Path, *, is_deep: bool) -> None:
    """Make what lies in this folder importable, with what lies below it if `is_deep`.

    Below the model's folder are other versions, whose files are not among this one's hashes.
    """
    loaders = (ExtensionFileLoader, EXTENSION_SUFFIXES), (_SourceLoader, SOURCE_SUFFIXES)
    hook = FileFinder.path_hook(*loaders)

    def find(path: str) -> Any:
        found = Path(path)
        if found != folder and not (is_deep and found.is_relative_to(folder)):
            raise ImportError
        return hook(path)

    sys.path_hooks.insert(0, find)
    sys.path.insert(0, str(folder))
