"""A supervisor over toy programs: `python toy_up.py '{"services": {…}, "servers": {…}, …}'`.

`services`, `setup` and `servers` map labels to Python source; `timeout` is what they get to end, in
seconds. Prints `up` once everything is started.
"""

import asyncio
import json
import sys
from typing import Any

from project.up.console import Console
from project.up.errors import StartError
from project.up.process import Backoff, Program
from project.up.supervisor import Plan, Supervisor, Timeouts


def programs(sources: dict[str, str]) -> list[Program]:
    shared = {"PYTHONUNBUFFERED": "1"}
    return [
        Program(label, [sys.executable, "-S", "-c", source], shared)
        for label, source in sources.items()
    ]


async def supervise(options: dict[str, Any]) -> None:
    async def announce() -> None:
        console.write("up")

    plan = Plan(
        programs(options.get("services", {})),
        programs(options["servers"]),
        setup=programs(options.get("setup", {})),
        announce=announce,
    )
    console = Console(plan.labels)
    timeouts = Timeouts(
        servers=options.get("timeout", 10.0),
        services=options.get("timeout", 10.0),
        backoff=Backoff(first=0.05, longest=0.2, healthy_after=5),
    )
    try:
        await Supervisor(plan, console, timeouts).run()
    except StartError as error:
        console.write(error.message)


if __name__ == "__main__":
    asyncio.run(supervise(json.loads(sys.argv[1])))
