"""What a person needs to know once everything runs."""

from collections.abc import Sequence
from pathlib import Path

from project.up.accounts import ADMIN, DEMO, DEMO_PASSWORD


def banner(url: str, *, has_demo: bool, password_file: Path, missing: Sequence[str]) -> str:
    """The lines that say where Darkroom is and how to sign in.

    `missing` names the parts that are not ready yet; where there are any, the banner says so.
    """
    lines = [f"Darkroom is running at {url}"]
    if missing:
        lines.append(f"Not ready yet: {', '.join(missing)} (the lines above say why)")
    if has_demo:
        lines.append(f"Sign in as {DEMO} with the password {DEMO_PASSWORD}")
    lines.append(f"Administration: {url}/admin/ as {ADMIN}, the password is in {password_file}")
    lines.append("Ctrl-C stops everything")
    return "\n".join(("", *(f"  {line}" for line in lines), ""))
