"""The environment: documented, typed, and safe where it is silent."""

import re
import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from project.env import ROOT, Env
from project.kept_secrets import kept_secret


def env(**values: object) -> Env:
    return Env(_env_file=None, **values)  # type: ignore[arg-type]


def test_the_example_names_every_setting_and_no_other() -> None:
    example = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]*)=", example, re.MULTILINE))
    assert named == {name.upper() for name in Env.model_fields}


def test_registration_is_open_only_in_the_embedded_default() -> None:
    assert env().may_register
    assert not env(database_url="postgres://localhost/darkroom").may_register
    assert env(database_url="postgres://localhost/darkroom", registration_open=True).may_register
    assert not env(registration_open=False).may_register


def test_a_public_password_exists_only_where_nobody_else_gets_in() -> None:
    assert env().has_demo
    assert not env(host="0.0.0.0").has_demo
    assert not env(database_url="postgres://localhost/darkroom").has_demo


@pytest.mark.parametrize("name", ["PORT", "LEASE_SECONDS", "MAX_IMAGE_BYTES"])
def test_a_setting_that_is_not_a_number_is_refused_by_name(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "many")
    with pytest.raises(ValidationError, match=name.lower()):
        env()


def test_a_secret_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    first = kept_secret(tmp_path / "deep" / "secret")
    assert len(first) >= 43
    assert kept_secret(tmp_path / "deep" / "secret") == first
    mode = (tmp_path / "deep" / "secret").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["secret"]


def test_a_secret_of_the_environment_goes_before_the_kept_one(tmp_path: Path) -> None:
    given = env(data_dir=tmp_path, secret_key="from the environment")
    assert given.secret("secret_key") == "from the environment"
    assert list(tmp_path.iterdir()) == []


def test_lists_are_split_at_commas() -> None:
    given = env(allowed_hosts=" a.example , b.example,", allowed_origins="")
    assert given.hosts() == ["a.example", "b.example"]
    assert given.origins() == []


def test_tokens_of_servers_are_variables_or_files_which_are_read_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "token"
    monkeypatch.setenv("REMOTE_TOKEN_TRITON", "given")
    monkeypatch.setenv("REMOTE_TOKEN_KSERVE_FILE", str(file))
    given = env()
    assert given.remote_token("triton") == "given"
    file.write_text("first\n")
    assert given.remote_token("kserve") == "first"
    file.write_text("renewed\n")
    assert given.remote_token("kserve") == "renewed"
    assert given.remote_token("path") is None
    assert given.secret_files() == [file]
    file.unlink()
    with pytest.raises(FileNotFoundError):
        given.remote_token("kserve")


@pytest.mark.parametrize(
    ("given", "preloaded"),
    [("", ["digits"]), ("ocr, style-transfer", ["ocr", "style-transfer"]), ("none", [])],
)
def test_the_default_model_is_preloaded_unless_others_are_named(
    given: str, preloaded: list[str]
) -> None:
    assert env(default_model="digits", preload_models=given).models_to_preload() == preloaded
