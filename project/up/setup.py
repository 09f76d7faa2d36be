"""What must be there before the first process starts: tables, static files, users.

Each step is quick where nothing has changed.
"""

import hashlib
import inspect
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from frontend import modules
from project import static_storage
from project.env import env
from project.kept_secrets import kept_secret
from project.up.accounts import ADMIN, DEMO, DEMO_PASSWORD, admin_password_file
from project.up.errors import StartError
from uploads.models import User
from uploads.storage import volume

ADMIN_PASSWORD_BYTES = 18


def set_up(data_dir: Path, *, with_demo: bool) -> None:
    """Brings the database and the static files up to date and makes the first users.

    `with_demo` makes the demo user. Raises StartError where the storage is another database's.
    """
    migrate()
    if problem := volume.problem():
        raise StartError("foreign_storage", problem)
    collect_static(static_stamp(data_dir))
    create_users(admin_password_file(data_dir), given=env().admin_password, with_demo=with_demo)
    connections.close_all()


def static_stamp(data_dir: Path) -> Path:
    """The file that says for which static files they were collected."""
    return data_dir / "static.sha256"


def migrate() -> None:
    """Applies the migrations that are pending, if any."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def collect_static(stamp: Path) -> None:
    """Collects static files where they differ from those that `stamp` was written for."""
    fingerprint = _static_fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint and Path(settings.STATIC_ROOT).is_dir():
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(fingerprint)


def create_users(password_file: Path, *, with_demo: bool, given: str = "") -> Path:
    """Makes the superuser `admin`, and `demo` if asked.

    The password of `admin` is the one that is `given`, else generated and kept in `password_file`.
    """
    users = User.objects
    if users.named(ADMIN) is None:
        password = given or kept_secret(password_file, ADMIN_PASSWORD_BYTES)
        users.create_superuser(ADMIN, password=password)
    if with_demo and users.named(DEMO) is None:
        users.create_user(DEMO, password=DEMO_PASSWORD)
    return password_file


def _static_fingerprint() -> str:
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for maker in (static_storage, modules):
        digest.update(Path(inspect.getfile(maker)).read_bytes())
    for finder in get_finders():
        for name, storage in finder.list(ignore_patterns=[]):
            # Not when it was changed: copies and images of containers keep that by halves.
            content = hashlib.sha256(Path(storage.path(name)).read_bytes()).hexdigest()
            digest.update(f"{name}\0{content}\n".encode())
    return digest.hexdigest()
