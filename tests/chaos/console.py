"""A management process that stays: what is asked of the database starts no process each time."""

import json
import subprocess
import sys
from collections.abc import Mapping

from tests.darkroom import ROOT

LOOP = """
import io, json, sys
from django.core.management import CommandError, call_command
from django.db import connections
from uploads.models import *
for line in sys.stdin:
    asked, said, problem = json.loads(line), io.StringIO(), ""
    try:
        if isinstance(asked, str):
            said.write(json.dumps(eval(asked), default=str))
        else:
            call_command(*asked, stdout=said, stderr=said)
    except (CommandError, SystemExit) as error:
        problem = f"{type(error).__name__}: {error}"
    except Exception as error:
        problem = repr(error)
    # The next question may come after the database has died and is another.
    connections.close_all()
    print(json.dumps({"said": said.getvalue(), "problem": problem}), flush=True)
"""


class Console:
    """Evaluates expressions over the models, and runs management commands, in one process."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """It runs as a Darkroom with this environment, from the first question on."""
        self._environment = environment
        self._process: subprocess.Popen[str] | None = None

    def ask(self, what: str | tuple[str, ...]) -> str:
        """The JSON of an expression's value, or what a command printed; it must succeed."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "shell", "--no-imports", "-c", LOOP],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{json.dumps(what)}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, f"the management process ended at {what}"
        told: dict[str, str] = json.loads(answer)
        assert not told["problem"], f"{told['problem']}\n{told['said']}"
        return told["said"]

    def close(self) -> None:
        """Ends the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
