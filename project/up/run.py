"""`manage.py up` itself: lock, socket, set-up, and a supervisor over everything."""

import asyncio
import contextlib
import shutil
import socket
import sys
from dataclasses import replace
from pathlib import Path

from project.env import ROOT, Env, env
from project.up.accounts import admin_password_file
from project.up.banner import banner
from project.up.console import Console
from project.up.errors import StartError
from project.up.lock import Lock
from project.up.process import Program
from project.up.readiness import host_header, missing_parts
from project.up.redis import EmbeddedRedis
from project.up.sockets import check_free, listen, url_of
from project.up.supervisor import Plan, Supervisor

MANAGE = (sys.executable, str(ROOT / "manage.py"))


def main() -> int:
    """Runs Darkroom until it is told to stop; one sentence and status 1 where it can't start."""
    try:
        run(env())
    except StartError as error:
        sys.stderr.write(f"{error.message}\n")
        return 1
    return 0


def run(env: Env) -> None:
    """Runs Darkroom until it is told to stop; raises StartError where it can't start."""
    with contextlib.ExitStack() as stack:
        lock = stack.enter_context(Lock(env.data_dir / "up.lock"))
        listener = stack.enter_context(listen(env.host, env.port))
        lock.publish(url_of(listener))
        for index in range(env.workers):
            check_free(env.grpc_host, _port_of(env.grpc_port, index), "GRPC_PORT")
            if env.oip_http_port > 0:
                check_free(env.oip_http_host, env.oip_http_port + index, "OIP_HTTP_PORT")
        # What an earlier one counted is over: counters begin anew.
        shutil.rmtree(_metrics_dir(env), ignore_errors=True)
        redis = None if env.redis_url else stack.enter_context(EmbeddedRedis())
        asyncio.run(_supervise(env, listener, redis))


async def _supervise(env: Env, listener: socket.socket, redis: EmbeddedRedis | None) -> None:
    servers = _servers(env, listener, redis.url if redis else env.redis_url)
    url = url_of(listener)

    async def announce() -> None:
        missing = await missing_parts(url, host_header(env.hosts()))
        password_file = admin_password_file(env.data_dir)
        console.write(
            banner(url, has_demo=env.has_demo, password_file=password_file, missing=missing)
        )

    setup = Program("setup", [*MANAGE, "setup"], {"PYTHONUNBUFFERED": "1"})
    plan = Plan([], servers, setup=[setup], announce=announce, stop_accepting=listener.close)
    if redis is not None:
        plan = replace(plan, services=[redis.program], services_answer=redis.answers)
    console = Console(plan.labels)
    await Supervisor(plan, console).run()


def _servers(env: Env, listener: socket.socket, redis_url: str) -> list[Program]:
    shared = {"REDIS_URL": redis_url, "PYTHONUNBUFFERED": "1"}
    fd = listener.fileno()
    together = {**shared, "METRICS_DIR": str(_metrics_dir(env))}
    web = [
        Program(label, [*MANAGE, "web", "--fd", str(fd)], together, (fd,))
        for label in _labels("web", env.web)
    ]
    workers = [
        Program(
            label,
            [*MANAGE, "runworker", "inference"],
            {
                **shared,
                "GRPC_PORT": str(_port_of(env.grpc_port, index)),
                "OIP_HTTP_PORT": str(_port_of(env.oip_http_port, index)),
                "METRICS_PORT": str(_port_of(env.metrics_port, index)),
            },
        )
        for index, label in enumerate(_labels("worker", env.workers))
    ]
    return [*web, *workers]


def _port_of(first: int, index: int) -> int:
    """The port of a worker by its index; what is no port (any free one, none) is so for all."""
    return first + index if first > 0 else first


def _metrics_dir(env: Env) -> Path:
    return env.data_dir / "metrics"


def _labels(name: str, count: int) -> list[str]:
    return [name] if count == 1 else [f"{name}{number}" for number in range(1, count + 1)]
