"""What a model can reach, tried by a model in a real child process."""

import os
from ast import literal_eval

import pytest

from inference.engine import confinement
from inference.engine.privileges import FIRST_USER
from tests.unit.engine.confinement.spying import (
    SECRET,
    Places,
    Spy,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(confinement.lacks()), reason="; ".join(confinement.lacks().values())),
]


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
