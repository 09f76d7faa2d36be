"""What a model can reach, tried by a model in a real child process."""

import os
from ast import literal_eval
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image

from inference.engine import confinement, landlock
from inference.engine.confinement import Reach
from inference.engine.engine import Engine
from inference.engine.types import Succeeded
from tests.unit.engine.conftest import LIMITS, Bench, write_model
from tests.unit.engine.processes import until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not confinement.is_possible(), reason="this system has no Landlock"),
]

SECRET = "it-must-not-be-read"
TRIES = """
import ctypes, subprocess, tempfile
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
names = {**globals(), **locals(), **request.params, "parent": os.getppid()}
try:
    said = repr(eval(request.params["tries"], names))
except Exception as error:
    said = type(error).__name__
return LabelsOutput([(said[:4000], 1.0)])
"""
CONFIG = '[params]\ntype = "object"'


@dataclass
class Places:
    """Folders as on a server: two of them are for models."""

    data: Path
    media: Path
    models: Path
    engine: Any

    async def __call__(self, tries: str, **names: str) -> str:
        """What the model says of this expression: its value, or which error it met."""
        params = {
            "tries": tries,
            "data": str(self.data),
            "media": str(self.media),
            "secret": str(self.data / "secret_key"),
            "models": str(self.models),
            **names,
        }
        source, results = self.media / "1.png", self.media / "results"
        job = self.engine.job("spy", source=source, results=results, params=params)
        outcome = await self.engine.predict(job)
        assert isinstance(outcome, Succeeded), outcome
        return str(outcome.output["labels"][0]["label"])


@asynccontextmanager
async def spying(folder: Path) -> AsyncIterator[Places]:
    """A worker with secrets in its environment and its data folder, and a model that tries."""
    data, media, models = folder / "data", folder / "media", folder / "models"
    for one in (data, media, models):
        one.mkdir()
    (data / "secret_key").write_text(SECRET)
    write_model(models, "spy", TRIES, config=CONFIG)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("SECRET_KEY", "JWT_SIGNING_KEY", "DATABASE_URL", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, SECRET)
        engine = Engine([models], LIMITS, reach=Reach(writes=[media], hidden=[data]))
        await engine.start()
        try:
            bench = Bench(engine, folder)
            Image.new("RGB", (8, 6)).save(media / "1.png")
            yield Places(data, media, models, bench)
        finally:
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
        "call(libc.mount(data.encode(), media.encode(), None, 4096, None))",
        "os.chroot(data)",
        "os.mknod(f'{media}/disk', 0o60600, os.makedev(254, 0))",
        "os.open('/dev/mem', os.O_RDONLY)",
        "open(f'{models}/spy/1/model.py', 'a')",
        "open('/tmp/darkroom-spy', 'w')",
        "open(os.path.expanduser('~root/.bashrc')).read()",
    ],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_what_holds_secrets_or_is_not_its_own_is_out_of_its_reach(
    shared_spy: Spy, tries: str
) -> None:
    refused = {"PermissionError", "CalledProcessError", "FileNotFoundError", "OSError"}
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


@pytest.mark.skipif(landlock.version() < 6, reason="this Landlock knows no signals")
async def test_it_cannot_end_another_process(spy: Spy) -> None:
    assert await spy("os.kill(parent, 0)") == "PermissionError"


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
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    data, media, more = (tmp_path / name for name in ("data", "media", "more"))
    for folder in (data, media, more):
        folder.mkdir()
        (folder / "file").write_text(folder.name)
    add_model("spy", TRIES, config=CONFIG)
    reach = Reach(writes=[media], reads=[tmp_path], hidden=[data])
    engine = await bench(reach=reach)
    engine.job("spy").source.rename(media / "1.png")
    spy = Places(data, media, tmp_path, engine)
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
