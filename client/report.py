"""What is printed when a command ends: tables for people, JSON for programs."""

import json
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from client.contract import Model
from client.files import shown
from client.find import describe
from client.summary import Summary


def print_json(content: object) -> None:
    """One JSON document on standard output."""
    Console(soft_wrap=True).print_json(json.dumps(content), indent=2)


def print_summary(summary: Summary, folder: str | None = None) -> None:
    """One line of counts, and a table of what went wrong."""
    where = f" in {folder}" if folder else ""
    Console(soft_wrap=True, markup=False, highlight=False).print(
        f"{summary.succeeded} of {len(summary.rows)} images succeeded{where}."
    )
    if summary.left_out:
        Console(stderr=True, soft_wrap=True, markup=False, highlight=False).print(
            shown(describe(summary.left_out))
        )
    if not summary.failures:
        return
    table = Table(title="Not succeeded", title_justify="left")
    for header in ("image", "code", "message"):
        # A name or a code that is cut short can't be looked for.
        table.add_column(header, overflow="fold")
    for row in summary.failures:
        if row.error is not None:
            table.add_row(shown(row.path), row.error["code"], shown(row.error["message"]))
    Console(stderr=True, markup=False, highlight=False).print(table)


def print_models(models: Sequence[Model]) -> None:
    """A table of the models on offer."""
    table = Table("model", "task", "versions", "default", "output", "description")
    for model in models:
        versions = ", ".join(
            " ".join([version["version"], *(f"({label})" for label in version["labels"])])
            for version in model["versions"]
        )
        table.add_row(
            model["name"],
            model.get("task") or "",
            versions,
            model["default_version"] or "",
            model["output_kind"],
            model["description"],
        )
    Console(markup=False, highlight=False).print(table)
