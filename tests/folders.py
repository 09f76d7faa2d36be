"""Folders of models as an operator writes them."""

from pathlib import Path

CODE = "class Model:\n    def __init__(self, context):\n        pass\n"


def model_folder(
    root: Path, name: str, *versions: str, config: str = 'output_kind = "labels"\n'
) -> Path:
    """A model with these versions (by default version 1) whose code computes nothing."""
    folder = root / name
    for version in versions or ("1",):
        (folder / version).mkdir(parents=True, exist_ok=True)
        (folder / version / "model.py").write_text(CODE)
    (folder / "model.toml").write_text(config)
    return folder
