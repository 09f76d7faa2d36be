"""What a confined model is left: what it needs, what its folder names, ports it declares."""

from ast import literal_eval
from pathlib import Path
from typing import Any

import pytest

from inference.engine import confinement
from inference.engine.confinement import Reach
from tests.unit.engine.confinement.spying import CONFIG, TRIES, Listener, Places, Spy, spying
from tests.unit.engine.processes import until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(confinement.lacks()), reason="; ".join(confinement.lacks().values())),
]


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
