"""Parameters that are a choice among files which lie beside a model."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from inference.engine.model_files import is_content


def with_choices(
    params: Mapping[str, Any], choices: Mapping[str, Iterable[str]], folder: Path
) -> dict[str, Any]:
    """The JSON Schema `params` with what may be chosen from the files of a version's folder.

    `choices` has for a parameter the patterns of its files, such as `*.pth`; a pattern behind `!`
    takes some out. Their names without the ending become the parameter's `enum`, the first of them
    its default.

    Raises:
        LookupError: there is no file for one of the parameters.
    """
    properties = dict(params.get("properties", {}))
    for name, patterns in choices.items():
        stems = sorted({file.stem for file in _chosen(folder, list(patterns))})
        if not stems:
            raise LookupError(f"there is no file to choose as {name}: {', '.join(patterns)}")
        properties[name] = {**properties.get(name, {}), "enum": stems, "default": stems[0]}
    return {**params, "properties": properties} if choices else dict(params)


def _chosen(folder: Path, patterns: list[str]) -> Iterable[Path]:
    left_out = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    for file in folder.iterdir():
        if not is_content(file) or any(fnmatchcase(file.name, one) for one in left_out):
            continue
        if any(fnmatchcase(file.name, pattern) for pattern in patterns):
            yield file
