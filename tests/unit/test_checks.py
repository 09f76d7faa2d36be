"""What the system checks warn of."""

from pathlib import Path
from typing import Any

import pytest

from project.checks import secrets_lie_apart


@pytest.mark.parametrize(("data", "warnings"), [("data", 0), ("media/data", 1), ("media", 1)])
def test_secrets_where_models_write_are_warned_of(
    settings: Any, tmp_path: Path, data: str, warnings: int
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SECRET_PATHS = [tmp_path / data, tmp_path / ".env"]
    assert len(secrets_lie_apart()) == warnings
