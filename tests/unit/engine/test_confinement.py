"""What a model can reach, tried by a model in a real child process."""

import os
import socket
from ast import literal_eval
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image

from inference.engine import confinement
from inference.engine.confinement import Reach
from inference.engine.engine import Engine
from inference.engine.privileges import FIRST_USER
from inference.engine.types import Succeeded
from tests.unit.engine.conftest import LIMITS, Bench, write_model
from tests.unit.engine.processes import until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(confinement.lacks()), reason="; ".join(confinement.lacks().values())),
]

SECRET = "it-must-not-be-read"
TRIES = """
import asyncio, ctypes, signal, socket, subprocess, platform, tempfile, urllib.request
from inference.engine import seccomp
calls = seccomp.ARCHITECTURES[platform.machine()].calls
libc = ctypes.CDLL(None, use_errno=True)
def call(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
def reads(path):
    try:
        return bool(open(path, "rb").read())
    except OSError:
        return False
ask = "import socket; socket.socket()"
names = {**globals(), **locals(), **request.params, "parent": os.getppid()}
try:
    said = repr(eval(request.params["tries"], names))
except Exception as error:
    said = type(error).__name__
return LabelsOutput([(said[:4000], 1.0)])
"""
CONFIG = '[params]\ntype = "object"'


class Listener:
    """Servers that are none of a model's business: by TCP, and by Unix sockets."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "s"
        self.abstract = f"\0darkroom-{os.getpid()}-{folder.name}"
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._tcp.getsockname()[1])
        self._unix = [socket.socket(socket.AF_UNIX) for _ in "12"]
        for one, address in zip(self._unix, (str(self.path), self.abstract), strict=True):
            one.bind(address)
            one.listen()

    def close(self) -> None:
        for one in (self._tcp, *self._unix):
            one.close()


@dataclass
class Places:
    """Folders as on a server: two of them are for models."""

    data: Path
    media: Path
    models: Path
    engine: Any
    listener: Listener

    async def __call__(self, tries: str, **names: str) -> str:
        """What the model says of this expression: its value, or which error it met."""
        params = {
            "tries": tries,
            "data": str(self.data),
            "media": str(self.media),
            "secret": str(self.data / "secret_key"),
            "models": str(self.models),
            "port": str(self.listener.port),
            "unix": str(self.listener.path),
            "abstract": self.listener.abstract,
            **names,
        }
        source, results = self.media / "1.png", self.media / "results"
        job = self.engine.job("spy", source=source, results=results, params=params)
        outcome = await self.engine.predict(job)
        assert isinstance(outcome, Succeeded), outcome
        return str(outcome.output["labels"][0]["label"])


@asynccontextmanager
async def spying(folder: Path, config: str = CONFIG) -> AsyncIterator[Places]:
    """A worker with secrets in its environment and its data folder, and a model that tries."""
    data, media, models = folder / "data", folder / "media", folder / "models"
    for one in (data, media, models):
        one.mkdir()
    (data / "secret_key").write_text(SECRET)
    write_model(models, "spy", TRIES, config=config)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("SECRET_KEY", "JWT_SIGNING_KEY", "DATABASE_URL", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, SECRET)
        engine = Engine([models], LIMITS, reach=Reach(writes=[media], hidden=[data]))
        await engine.start()
        listener = Listener(folder)
        try:
            bench = Bench(engine, folder)
            Image.new("RGB", (8, 6)).save(media / "1.png")
            yield Places(data, media, models, bench, listener)
        finally:
            listener.close()
            await engine.stop(0)


@pytest_asyncio.fixture
async def spy(tmp_path: Path) -> AsyncIterator[Places]:
    async with spying(tmp_path) as places:
        yield places


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_spy(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Places]:
    """One process for all that only ask."""
    async with spying(tmp_path_factory.mktemp("spy")) as places:
        yield places


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    listener = Listener(tmp_path)
    yield listener
    listener.close()


Spy = Callable[..., Awaitable[str]]


@pytest.mark.parametrize(
    "tries",
    [
        "open(secret).read()",
        "os.listdir(data)",
        "open(f'/proc/{parent}/environ', 'rb').read()",
        "os.close(os.open(f'/proc/{parent}/mem', os.O_RDONLY))",
        "open(f'/proc/{parent}/maps').read()",
        "[open(f'/proc/{parent}/fd/{n}') for n in os.listdir(f'/proc/{parent}/fd')]",
        "os.readlink(f'/proc/{parent}/cwd')",
        "open(f'/proc/{parent}/root{secret}').read()",
        "subprocess.run(['cat', secret], check=True, stderr=-3)",
        "os.symlink(secret, f'{media}/link') or open(f'{media}/link').read()",
        "os.link(secret, f'{media}/hard') or open(f'{media}/hard').read()",
        "os.rename(secret, f'{media}/moved') or open(f'{media}/moved').read()",
        "call(libc.ptrace(0x4206, parent, 0, 0))",
        "call(libc.process_vm_readv(parent, None, 0, None, 0, 0))",
        "call(libc.syscall(calls['pidfd_getfd'], os.pidfd_open(parent), 0, 0))",
        "call(libc.syscall(calls['keyctl'], 0, -3, 0))",
        "os.kill(parent, 0)",
        "signal.pidfd_send_signal(os.pidfd_open(parent), 0)",
        "call(libc.mount(data.encode(), media.encode(), None, 4096, None))",
        "os.chroot(data)",
        "os.mknod(f'{media}/disk', 0o60600, os.makedev(254, 0))",
        "os.open('/dev/mem', os.O_RDONLY)",
        "open(f'{models}/spy/1/model.py', 'a')",
        "open('/tmp/darkroom-spy', 'w')",
        "open(os.path.expanduser('~root/.bashrc')).read()",
        "socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
        "socket.socket(socket.AF_INET6, socket.SOCK_STREAM)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_INET, socket.SOCK_RAW)",
        "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
        "socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)",
        "socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_UNIX).connect(unix)",
        "socket.socket(socket.AF_UNIX).connect(abstract)",
        "socket.create_connection(('127.0.0.1', int(port)))",
        "socket.create_connection(('localhost', int(port)))",
        "urllib.request.urlopen(f'http://127.0.0.1:{port}/')",
        "subprocess.run([sys.executable, '-c', ask], check=True, stderr=-3)",
        "call(libc.syscall(calls['io_uring_setup'], 8, ctypes.create_string_buffer(120)))",
        "call(libc.syscall(0x40000000 + 41, 2, 1, 0))",
    ],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_what_holds_secrets_or_is_not_its_own_is_out_of_its_reach(
    shared_spy: Spy, tries: str
) -> None:
    refused = {
        *("PermissionError", "CalledProcessError", "FileNotFoundError", "OSError"),
        *("URLError", "ProcessLookupError"),
    }
    assert await shared_spy(tries) in refused


async def test_no_process_but_its_own_shows_its_environment(spy: Spy) -> None:
    pids = "[int(name) for name in os.listdir('/proc') if name.isdecimal()]"
    seen = f"[pid for pid in {pids} if pid != os.getpid() and reads(f'/proc/{{pid}}/environ')]"
    assert await spy(seen) == "[]"
    assert await spy("reads(f'/proc/{os.getpid()}/environ')") == "True"


async def test_its_own_environment_holds_no_secret(spy: Spy) -> None:
    assert SECRET not in await spy("dict(os.environ)")
    assert SECRET not in await spy("open('/proc/self/environ').read()")


async def test_it_inherits_no_open_file(spy: Places) -> None:
    with (spy.data / "secret_key").open() as opened:
        os.set_inheritable(opened.fileno(), True)
        files = await spy(
            "[os.readlink(f'/proc/self/fd/{n}') for n in os.listdir('/proc/self/fd')"
            " if os.path.exists(f'/proc/self/fd/{n}')]"
        )
    assert str(spy.data) not in files
    assert files.count("socket:") == 1


async def test_every_thread_is_confined(spy: Spy) -> None:
    await spy("__import__('numpy').ones((500, 500)) @ __import__('numpy').ones((500, 500))")
    threads = await spy(
        "[line for thread in os.listdir('/proc/self/task')"
        " for line in open(f'/proc/self/task/{thread}/status') if line.startswith('NoNewPrivs')]"
    )
    assert set(literal_eval(threads)) == {"NoNewPrivs:\t1\n"}
    assert len(literal_eval(threads)) > 1


async def test_it_holds_no_privilege_but_to_open_the_files_that_are_left(spy: Spy) -> None:
    lines = "[line for line in open('/proc/self/status') if line.startswith('CapEff')]"
    (effective,) = literal_eval(await spy(lines))
    assert int(effective.split()[1], 16) & ~(1 << 1) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may change users")
async def test_a_model_of_root_s_has_a_user_of_its_own(spy: Spy) -> None:
    first, second = [literal_eval(await spy("os.getresuid() + os.getresgid()")) for _ in "12"]
    assert first == second
    assert set(first) == {first[0]}
    assert first[0] >= FIRST_USER
    assert await spy("os.getgroups()") == "[]"


async def test_no_other_process_reads_its_memory(spy: Spy) -> None:
    """`PR_GET_DUMPABLE`: what Linux asks before it shows a process to others of its user."""
    assert await spy("libc.prctl(3, 0, 0, 0, 0)") == "0"


@pytest.mark.parametrize(
    "tries",
    [
        "open(f'{models}/spy/model.toml').read()",
        "open(f'{media}/1.png', 'rb').read(4)",
        "open(f'{media}/result', 'w').write('x')",
        "os.makedirs(f'{media}/a/b') or os.rename(f'{media}/a/b', f'{media}/b')",
        "tempfile.NamedTemporaryFile().write(b'x')",
        "open(os.path.expanduser('~/cache'), 'w').write('x')",
        "open('/etc/passwd').read(4)",
        "open('/dev/null', 'w').write('x')",
        "os.urandom(4)",
        "open('/proc/cpuinfo').read(4)",
        "subprocess.run([sys.executable, '-c', 'import numpy'], check=True)",
        "__import__('multiprocessing').get_context('spawn').Lock()",
        "socket.socketpair()",
        "asyncio.run(asyncio.sleep(0))",
        "__import__('getpass').getuser()",
    ],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_what_a_model_needs_is_left_to_it(shared_spy: Spy, tries: str) -> None:
    assert "Error" not in await shared_spy(tries)


async def test_what_it_keeps_for_itself_is_gone_when_it_ends(spy: Places) -> None:
    home = Path(literal_eval(await spy("os.environ['HOME']")))
    assert await spy("tempfile.gettempdir()") == repr(str(home))
    await until(home.is_dir)
    await spy.engine.engine.unload("spy")
    await until(lambda: not home.exists())


async def test_more_may_be_read_but_never_what_is_hidden(
    bench: Any, add_model: Any, tmp_path: Path, listener: Listener
) -> None:
    data, media, more = (tmp_path / name for name in ("data", "media", "more"))
    for folder in (data, media, more):
        folder.mkdir()
        (folder / "file").write_text(folder.name)
    add_model("spy", TRIES, config=CONFIG)
    reach = Reach(writes=[media], reads=[tmp_path], hidden=[data])
    engine = await bench(reach=reach)
    engine.job("spy").source.rename(media / "1.png")
    spy = Places(data, media, tmp_path, engine, listener)
    assert await spy(f"open({str(more / 'file')!r}).read()") == "'more'"
    assert await spy("open(f'{data}/file').read()") == "PermissionError"


async def test_links_within_a_repository_are_followed(
    bench: Any, add_model: Any, repository: Path, tmp_path: Path
) -> None:
    shared = repository / ".shared"
    shared.mkdir()
    (shared / "weights").write_text("heavy")
    add_model(
        "linked",
        "return LabelsOutput([(self.weights, 1.0)])",
        load="self.weights = (context.files / 'weights').read_text()",
    )
    (repository / "linked" / "1" / "weights").symlink_to(shared / "weights")
    engine = await bench()
    outcome = await engine.predict(engine.job("linked"))
    assert outcome.output["labels"][0]["label"] == "heavy"


@pytest.mark.parametrize(
    ("tries", "is_let"),
    [
        ("socket.create_connection(('127.0.0.1', int(port))).close()", True),
        ("socket.create_connection(('localhost', int(port))).close()", True),
        ("socket.create_connection(('127.0.0.1', int(other)))", False),
        ("socket.create_server(('127.0.0.1', 0))", False),
        ("socket.socket(socket.AF_INET, socket.SOCK_DGRAM)", False),
        ("socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)", False),
        ("socket.socket(socket.AF_INET, socket.SOCK_STREAM, 132)", False),
        (
            "socket.socket().sendto(b'x', socket.MSG_FASTOPEN, ('127.0.0.1', int(other)))",
            False,
        ),
        ("socket.socket(socket.AF_UNIX).connect(unix)", False),
        ("open(f'/proc/{parent}/environ', 'rb').read()", False),
    ],
)
async def test_a_model_connects_to_the_ports_that_it_declares(
    tmp_path: Path, listener: Listener, tries: str, *, is_let: bool
) -> None:
    folder = tmp_path / "places"
    folder.mkdir()
    config = f"connects_to = [{listener.port}]\n{CONFIG}"
    async with spying(folder, config) as spy:
        said = await spy(tries, port=str(listener.port), other=str(spy.listener.port))
    assert said == ("None" if is_let else "PermissionError")
