"""The settings of each version: those of model.toml, and `[versions.2]`'s own in their place."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

TABLE: Final = "versions"
OWN_KEYS: Final = frozenset({
    "backend", "platform", "languages", "max_batch_size", "inputs", "outputs", "batching",
    "instances", "warm_up", "preprocessing", "interpretation", "load_timeout_seconds",
    "timeout_seconds", "max_side", "params", "choices", "requires", "remote",
})  # fmt: skip
"""What may differ between versions. What a model is called, is for and gives out is one."""


class KeyRefused(Exception):
    """A key of model.toml that cannot be used, and why."""

    def __init__(self, key: str, reason: str) -> None:
        self.key, self.reason = key, reason
        super().__init__(f"{key}: {reason}")


def settings_by_version(
    values: Mapping[str, Any], numbers: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """The settings of each of the versions `numbers` from the content of a model.toml.

    A version's own key replaces the model's as a whole, tables included.

    Raises:
        KeyRefused: settings for a version that there is not, or of what all versions share.
    """
    common = {key: value for key, value in values.items() if key != TABLE}
    own = values.get(TABLE, {})
    if not isinstance(own, dict):
        raise KeyRefused(TABLE, "holds a table for each version, such as [versions.2]")
    for number, settings in own.items():
        _check(number, settings, numbers)
    return {number: common | own.get(number, {}) for number in numbers}


def _check(number: str, settings: Any, numbers: Sequence[str]) -> None:
    place = f"{TABLE}.{number}"
    if number not in numbers:
        raise KeyRefused(place, f"there is no version {number}")
    if not isinstance(settings, dict):
        raise KeyRefused(place, "is not a table")
    for key in settings:
        if key not in OWN_KEYS:
            raise KeyRefused(f"{place}.{key}", "is the same for all versions")
