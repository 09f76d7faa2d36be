"""What every test may ask for."""

import gc
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.test import TransactionTestCase

from project.static import StaticFilesMiddleware
from tests.darkroom import Darkroom
from tests.distribution import ByServer
from tests.flush import flush
from tests.prepared import fill
from uploads.models import User
from uploads.sign_in import throttle

SEED = int(os.environ.get("DARKROOM_SEED", random.SystemRandom().randrange(1 << 32)))  # noqa: TID251
# The workers of this run have the seed that its header names.
os.environ["DARKROOM_SEED"] = str(SEED)  # noqa: TID251
QUICK = "not slow and not browser"
THOROUGH = "slow or browser"
FULL = os.environ.get("DARKROOM_CHAOS") == "full"  # noqa: TID251
"""Whether this is the full form (`make chaos`), not the short one of `make test`."""
STRICT = os.environ.get("DARKROOM_STRICT") == "1"  # noqa: TID251


def pytest_report_header() -> str:
    """Names the seed, so that a run can be had again with DARKROOM_SEED."""
    return f"seed: {SEED}"


def pytest_configure(config: pytest.Config) -> None:
    """Nothing is collected: a folder that is there, and is empty; what lies in apps is found once.

    Each client of a test makes the middleware anew, and looking took it longer than most requests.
    """
    folder = tempfile.TemporaryDirectory(prefix="darkroom-static-")
    config.add_cleanup(folder.cleanup)
    django_settings.STATIC_ROOT = Path(folder.name)
    look, found = StaticFilesMiddleware.add_files_from_finders, dict[str, Any]()

    def add_found(middleware: StaticFilesMiddleware) -> None:
        if not found:
            look(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    StaticFilesMiddleware.add_files_from_finders = add_found


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByServer | None:
    """Who gets which tests under `--dist loadfile`."""
    return ByServer(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected stays: nobody looks for garbage in it, now or later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


_SLOW = re.compile(r"\bmark\.(slow|browser)\b")
_SLOW_MODULE = re.compile(r"^pytestmark = \[?\s*pytest\.mark\.(slow|browser)\b", re.MULTILINE)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Files without a test that is asked for are not imported: with PyTorch it takes long."""
    if collection_path.suffix != ".py":
        return None
    asked = config.option.markexpr
    is_left_out = (
        asked == QUICK and _SLOW_MODULE.search(collection_path.read_text()) is not None
    ) or (asked == THOROUGH and _SLOW.search(collection_path.read_text()) is None)
    return is_left_out or None


@pytest.fixture(autouse=True)
def _seeded() -> None:
    random.seed(SEED)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under DARKROOM_STRICT=1 a skipped test is a failed one: nothing may be left out unseen."""
    report = yield
    if STRICT and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but nothing may be skipped here: {report.longrepr}"
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Runs a test marked `own_process` in a pytest of its own where others share this process."""
    is_shared = hasattr(pyfuncitem.config, "workerinput")
    if pyfuncitem.get_closest_marker("own_process") is None or not is_shared:
        return None
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", pyfuncitem.nodeid]
    alone = subprocess.run(
        command, cwd=pyfuncitem.config.rootpath, capture_output=True, text=True, check=False
    )
    assert alone.returncode == 0, alone.stdout + alone.stderr
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    """What would be migrated from nothing, for seconds, is a copy of what has been."""
    connection = connections[DEFAULT_DB_ALIAS]
    with pytest.MonkeyPatch.context() as patch:
        if connection.vendor == "sqlite":
            patch.setattr(connection, "prepare_database", partial(fill, connection))
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_flush() -> Iterator[None]:
    """What tests have committed is deleted, with nothing that has to be made again."""

    def empty(case: TransactionTestCase) -> None:
        for alias in connections:
            flush(alias)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_power_fails() -> Iterator[None]:
    """Nothing waits for the disk: what a power failure would leave is no fact of a test here."""
    options = connections.settings[DEFAULT_DB_ALIAS]["OPTIONS"]
    durable = options.get("init_command", "")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        if durable:
            patch.setitem(options, "init_command", f"{durable} PRAGMA synchronous=OFF;")
        yield


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    """A storage of the test's own, and no limits but those it sets."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.REGISTRATION_OPEN = True
    settings.THROTTLE_REGISTRATION = 0
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "tests.fakes.layer.LossyChannelLayer"}}
    # As slow as in earnest it would be most of the tests' time.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    root: Path = settings.MEDIA_ROOT
    return root


@pytest.fixture(autouse=True)
def _nobody_has_failed() -> None:
    """Addresses are forgotten that sent too many wrong credentials in another test."""
    throttle._full.clear()


@pytest.fixture
def largest_file() -> Iterator[Callable[[int], None]]:
    """Lets no file grow beyond so many bytes: to whoever writes, a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(size: int) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))

    yield limit
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def faithful_layer(settings: Any) -> None:
    """A channel layer that loses nothing."""
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "tests.fakes.layer.FaithfulChannelLayer"}}


@pytest.fixture
def ada(db: None) -> User:
    """A user."""
    return User.objects.create_user("ada", password="enlarger-42")


@pytest.fixture
def bob(db: None) -> User:
    """Another user."""
    return User.objects.create_user("bob", password="enlarger-42")


@pytest.fixture(scope="session")
def darkroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Darkroom]:
    """A running Darkroom: the real processes of `manage.py up`."""
    server = Darkroom(tmp_path_factory.mktemp("darkroom"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_darkroom(tmp_path: Path) -> Iterator[Darkroom]:
    """A running Darkroom of the test's own, which it may break."""
    server = Darkroom(tmp_path)
    yield server
    server.stop()
