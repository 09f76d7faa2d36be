"""The first users: who they are, and where the administrator's password is kept."""

from pathlib import Path
from typing import Final

DEMO: Final = "demo"
DEMO_PASSWORD: Final = "darkroom"  # noqa: S105  # public on purpose: the banner prints it
ADMIN: Final = "admin"


def admin_password_file(data_dir: Path) -> Path:
    """The file that keeps the generated password of `admin`."""
    return data_dir / "admin-password"
