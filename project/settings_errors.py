"""What is wrong with the settings, said to whoever starts Darkroom."""

from collections.abc import Sequence
from typing import Final

from pydantic import ValidationError

# What pydantic begins a message with, before what the setting should be.
_BEGINNINGS: Final = ("Input ", "String ", "Value error, ")


class SettingsInvalid(Exception):
    """Settings that nothing can start with: a sentence for each, by the name of its variable."""

    code = "settings_invalid"

    def __init__(self, sentences: Sequence[str]) -> None:
        self.message = "\n".join(sentences)
        super().__init__(self.message)


def sentences_of(error: ValidationError) -> list[str]:
    """What each setting should be. Their values are left out: some are secrets."""
    return [
        f"{'.'.join(map(str, problem['loc'])).upper()} {_expected(problem['msg'])}."
        for problem in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def unusable_data_dir(error: OSError) -> SettingsInvalid:
    """DATA_DIR cannot be made, or written to."""
    reason = error.strerror or error
    return SettingsInvalid([f"DATA_DIR should be a folder that this user may write to: {reason}."])


def _expected(message: str) -> str:
    for beginning in _BEGINNINGS:
        message = message.removeprefix(beginning)
    return message.rstrip(".")
