"""What `up` prepares: users, static files, and the banner that names them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.staticfiles.finders import get_finder

from project.up.banner import banner
from project.up.setup import collect_static, create_users, migrate
from uploads.models import User


@pytest.mark.django_db
def test_the_admin_has_a_generated_password_that_only_its_owner_can_read(tmp_path: Path) -> None:
    file = create_users(tmp_path / "admin-password", with_demo=True)
    assert file.stat().st_mode & 0o777 == 0o600
    admin = authenticate(username="admin", password=file.read_text())
    assert isinstance(admin, User)
    assert admin.is_superuser
    assert authenticate(username="demo", password="darkroom") is not None


@pytest.mark.django_db
def test_users_that_exist_keep_their_passwords(tmp_path: Path) -> None:
    User.objects.create_user("demo", password="changed-by-its-owner")
    first = create_users(tmp_path / "admin-password", with_demo=True).read_text()
    assert create_users(tmp_path / "admin-password", with_demo=True).read_text() == first
    assert authenticate(username="demo", password="darkroom") is None
    assert User.objects.count() == 2


@pytest.mark.django_db
def test_there_is_no_demo_user_unless_asked_for(tmp_path: Path) -> None:
    create_users(tmp_path / "admin-password", with_demo=False)
    assert not User.objects.filter(username="demo").exists()


@pytest.mark.django_db
def test_nothing_is_migrated_when_nothing_is_pending(capsys: pytest.CaptureFixture[str]) -> None:
    migrate()
    assert capsys.readouterr().out == ""


@pytest.fixture
def static_source(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """The only folder that static files come from."""
    source = tmp_path / "source"
    source.mkdir()
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    get_finder.cache_clear()  # type: ignore[attr-defined]  # an lru_cache, its stub forgets
    yield source
    get_finder.cache_clear()  # type: ignore[attr-defined]  # an lru_cache, its stub forgets


def test_static_files_are_collected_only_when_they_changed(
    static_source: Path, tmp_path: Path
) -> None:
    stamp, collected = tmp_path / "static.sha256", tmp_path / "collected" / "page.css"
    (static_source / "page.css").write_text("a {}")
    collect_static(stamp)
    assert collected.read_text() == "a {}"
    collected.write_text("untouched")
    collect_static(stamp)
    assert collected.read_text() == "untouched"
    collected.unlink()
    (static_source / "page.css").write_text("b { }")
    collect_static(stamp)
    assert collected.read_text() == "b { }"


def test_the_banner_says_what_is_missing_and_never_the_admins_password(tmp_path: Path) -> None:
    file = tmp_path / "admin-password"
    file.write_text("secret")
    text = banner("http://127.0.0.1:8000", has_demo=True, password_file=file, missing=["workers"])
    assert "Not ready yet: workers" in text
    assert "demo with the password darkroom" in text
    assert str(file) in text
    assert "secret" not in text


def test_the_banner_promises_no_demo_user_where_there_is_none(tmp_path: Path) -> None:
    text = banner("http://x", has_demo=False, password_file=tmp_path / "p", missing=[])
    assert "demo" not in text
    assert "Not ready" not in text
