"""`manage.py models [list | load | unload | check | catalog | add | verify]`: the models."""

import asyncio
import logging
from argparse import ArgumentParser
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from consumers import control
from consumers.database import ANY_ERROR
from consumers.management import catalog_verbs
from inference.engine.repository import Repository
from inference.remote.checking import trouble_of
from inference.remote.servers import Servers
from uploads.catalog import desired, holdings
from uploads.catalog.holdings import Holding, Holdings
from uploads.database_errors import sentence_of
from uploads.errors import ModelNotFound
from uploads.events import Actor
from uploads.models import Model, ModelVersion

HEADINGS: Final = (
    *("model", "version", "state", "desired", "labels", "workers", "instances", "memory", "sha256"),
    "reason",
)
MEBIBYTE: Final = 1024 * 1024
VERBS: Final = ("list", "load", "unload", "check", "catalog", "add", "verify")
AT_THE_COMMAND_LINE: Final = Actor(client="manage.py models")


class Command(BaseCommand):
    """Lists, loads, unloads and checks models, and adds those that the catalog knows."""

    help = "Lists, loads, unloads and checks models, and adds those that the catalog knows."
    # The tag of project.checks. The others import every view, which takes longer than an answer.
    requires_system_checks = ["surroundings"]

    def run_from_argv(self, argv: list[str]) -> None:
        """At a terminal: log lines shall not stand between what is told."""
        logging.getLogger("darkroom").setLevel(logging.WARNING)
        super().run_from_argv(argv)

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The verb, and the name it is about."""
        verbs = parser.add_subparsers(dest="verb", metavar=" | ".join(VERBS))
        verbs.add_parser("list", help="What there is, and how it stands with the workers.")
        for verb, words in (
            ("load", "Have every worker read a model's folder anew and serve it."),
            ("unload", "Have every worker let go of a model."),
        ):
            one = verbs.add_parser(verb, help=words)
            one.add_argument("name")
            one.add_argument(
                "--timeout",
                type=float,
                default=control.LOAD_SECONDS,
                help="How many seconds to wait for the workers.",
            )
        verbs.add_parser(
            "check",
            help="Read every model's folder and ask the servers of remote ones; fail on a problem.",
        )
        verbs.add_parser("catalog", help="What is known to work and can be added.")
        adding = verbs.add_parser("add", help="Put a model of the catalog into your repository.")
        adding.add_argument("name")
        adding.add_argument(
            "--from",
            dest="given",
            metavar="FILE",
            type=Path,
            action="append",
            default=[],
            help="A package's archive or a file of weights, in place of the network; repeatable.",
        )
        adding.add_argument(
            "--accept-license",
            action="store_true",
            help="For a model whose license or training data restrict its use.",
        )
        verbs.add_parser("verify", help="Hash the weights of shipped and added models again.")

    def handle(self, *_: Any, **options: Any) -> None:
        """Does what the verb says; `list` where there is none."""
        try:
            self._do(options)
        except ANY_ERROR as error:
            raise CommandError(sentence_of(error)) from None

    def _do(self, options: dict[str, Any]) -> None:
        match options["verb"]:
            case "load":
                self._command(control.load, options["name"], options["timeout"])
            case "unload":
                self._command(control.unload, options["name"], options["timeout"])
            case "check":
                self._check()
            case "catalog":
                self._table([catalog_verbs.HEADINGS, *catalog_verbs.rows()])
                self.stdout.write("\n".join(("", *catalog_verbs.notes())))
            case "add":
                self._add(options["name"], options["given"], accepts=options["accept_license"])
            case "verify":
                catalog_verbs.verify(self.stdout.write)
            case _:
                self._list(Model.objects.all())

    def _list(self, models: Any) -> None:
        held = holdings.read()
        unloaded = desired.unloaded()
        rows = [
            row
            for model in models.order_by("name").prefetch_related("versions")
            for row in _rows(model, held, "unloaded" if model.name in unloaded else "loaded")
        ]
        if not rows:
            self.stdout.write("The catalog is empty: no worker has run yet.")
            return
        self._table([HEADINGS, *rows])

    def _table(self, rows: Sequence[Sequence[str]]) -> None:
        for line in _aligned(rows):
            self.stdout.write(line)

    def _add(self, name: str, given: Sequence[Path], *, accepts: bool) -> None:
        catalog_verbs.add(name, given, self.stdout.write, accepts_license=accepts)
        try:
            asyncio.run(control.load(name, AT_THE_COMMAND_LINE))
        except control.NoWorkers:
            self.stdout.write("No worker runs now: the next one that starts serves it.")
        except ANY_ERROR:
            self.stdout.write("The database cannot be used now: the next start serves it.")
        except (control.CommandFailed, ModelNotFound) as error:
            raise CommandError(f"It is not served yet: {error.message}") from None
        else:
            self._list(Model.objects.filter(name=name))

    def _command(self, command: Callable[..., Awaitable[None]], name: str, timeout: float) -> None:
        async def wait() -> None:
            await command(name, AT_THE_COMMAND_LINE, timeout=timeout)

        try:
            asyncio.run(wait())
        except (control.CommandFailed, ModelNotFound) as error:
            raise CommandError(error.message) from None
        self._list(Model.objects.filter(name=name))

    def _check(self) -> None:
        repository = Repository(settings.MODEL_REPOSITORIES)
        problems = [*map(str, repository.problems.values())]
        try:
            problems += _changed(repository)
        except ANY_ERROR:
            # Nothing is recorded yet, as far as can be told: the folders speak for themselves.
            self.stderr.write("The database cannot be used: nothing is compared with it.")
        problems += asyncio.run(trouble_of(repository, Servers(settings.REMOTE_TOKEN_OF)))
        for problem in problems:
            self.stdout.write(problem)
        self.stdout.write(f"{len(repository.models)} models, {len(problems)} problems")
        if problems:
            raise CommandError("The models are not as they must be.")


def _rows(model: Model, held: Holdings, state: str) -> Iterator[Sequence[str]]:
    """A line of the table for each version; one for a folder that cannot be used."""
    versions = sorted(model.versions.all(), key=lambda v: int(v.version), reverse=True)
    if not versions or any(not one.version for _, one in held.of(model.name)):
        versions.append(ModelVersion(model=model, version=""))
    for version in versions:
        status = held.status(model.name, version.version)
        ours = [one for _, one in held.of(model.name) if one.version == version.version]
        yield (
            model.name,
            version.version,
            status.state,
            state,
            ",".join(version.labels),
            str(len(ours)),
            str(sum(one.instances for one in ours)),
            _memory(ours),
            version.sha256[:12],
            status.reason,
        )


def _memory(ours: Sequence[Holding]) -> str:
    return f"{sum(one.memory_bytes for one in ours) // MEBIBYTE} MiB"


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _changed(repository: Repository) -> Iterator[str]:
    """What differs from what workers recorded when they read it."""
    recorded = ModelVersion.objects.values_list("model_id", "version", "sha256")
    for name, number, sha256 in recorded.order_by("model_id", "version"):
        found = repository.version(name, number)
        if found is not None and found.sha256 != sha256:
            yield (
                f"{found.own_folder}: sha256: is {found.sha256}, the workers have {sha256}: "
                f"load the model again"
            )
