"""Models written in Python: the class `Model` of the version's or the model's `model.py`."""

import importlib.util
import sys
from pathlib import Path

from inference.engine.model import ImageModel, LoadContext

MODULE = "model"


def load(folder: Path, context: LoadContext) -> ImageModel:
    """Import the code and load the model; files beside `model.py` can be imported by it.

    Raises:
        ImportError: there is no class `Model`.
        Exception: whatever the author's code raises.
    """
    places = (context.files, folder)
    code = next(place / "model.py" for place in places if (place / "model.py").is_file())
    sys.path.insert(0, str(code.parent))
    spec = importlib.util.spec_from_file_location(MODULE, code)
    if spec is None or spec.loader is None:
        raise ImportError(f"{code} cannot be imported.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[MODULE] = module
    spec.loader.exec_module(module)
    author_class: type[ImageModel] | None = getattr(module, "Model", None)
    if author_class is None:
        raise ImportError(f"{code} has no class Model.")
    return author_class(context)
