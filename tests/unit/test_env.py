"""The environment: documented, typed, and safe where it is silent."""

import re
import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from project import env as environment
from project.env import ROOT, Env
from project.kept_secrets import kept_secret
from project.settings_errors import SettingsInvalid
from project.up.lock import Lock


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


WRONG = {
    "GRPC_PORT": "-1",
    "WORKERS": "many",
    "LOG_FORMAT": "xml",
    "DATABASE_URL": "postgres://ada:s3cret@db.example:port/darkroom",
    "REDIS_URL": "http://ada:s3cret@cache.example",
    "S3_ENDPOINT_URL": "store.example",
    "ALLOWED_ORIGINS": "https://photos.example,gallery.example",
    "ALLOWED_HOSTS": "https://photos.example",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318",
}


def test_each_wrong_setting_is_told_by_its_name_and_without_its_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in WRONG.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid) as refused:
        environment.env.__wrapped__()
    sentences = refused.value.message.splitlines()
    assert {sentence.partition(" ")[0] for sentence in sentences} == set(WRONG)
    assert "GRPC_PORT should be greater than or equal to 0." in sentences
    assert "LOG_FORMAT should be 'console' or 'json'." in sentences
    assert "s3cret" not in refused.value.message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("database_url", "mysql://localhost/darkroom"),
        ("database_url", "sqlite:///darkroom.sqlite3"),
        ("database_url", "darkroom"),
        ("database_url", "postgres://localhost"),
        ("database_url", "postgres://[::1/darkroom"),
        ("redis_url", "localhost:6379"),
        ("redis_url", "redis://"),
        ("redis_url", "redis://localhost:many"),
        ("s3_endpoint_url", "ftp://store.example"),
        ("s3_endpoint_url", "https://"),
        ("allowed_origins", "*"),
        ("allowed_origins", "https://photos.example/page"),
        ("allowed_hosts", "photos.example:8000"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValidationError, match=name):
        env(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("database_url", "postgresql://ada:p%40ss@db.example:5432/darkroom?sslmode=require"),
        ("database_url", "postgres://%2Fvar%2Frun%2Fpostgresql/darkroom"),
        ("redis_url", "rediss://:secret@[::1]:6380/2"),
        ("redis_url", "unix:///run/redis.sock?db=1"),
        ("s3_endpoint_url", "http://127.0.0.1:9000/store"),
        ("allowed_origins", "https://photos.example, http://localhost:5173/"),
        ("allowed_hosts", "*, .photos.example, [::1], 10.0.0.7"),
    ],
)
def test_an_address_as_manuals_have_it_is_taken_as_it_is(name: str, value: str) -> None:
    assert getattr(env(**{name: value}), name) == value


def test_a_data_dir_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for folder in (file, file / "inside"):
        with pytest.raises(SettingsInvalid, match="DATA_DIR should be a folder"):
            env(data_dir=folder).private_data_dir()
        with pytest.raises(SettingsInvalid, match="DATA_DIR should be a folder"):
            Lock(folder / "up.lock")
