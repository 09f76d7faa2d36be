"""Secrets that are made once and kept for their owner alone."""

import contextlib
import secrets
from pathlib import Path


def private_folder(path: Path) -> Path:
    """The folder, for its owner alone; made when there is none yet."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.stat().st_mode & 0o077:
        # One of an older release, or of somebody else, who then keeps it.
        with contextlib.suppress(PermissionError):
            path.chmod(0o700)
    return path


def kept_secret(path: Path, length_bytes: int = 48) -> str:
    """The secret kept in `path`, readable by its owner alone; generated when there is none yet."""
    private_folder(path.parent)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    if not path.exists():
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(length_bytes))
        try:
            # A link fails where another process was first; then that one's secret counts.
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
