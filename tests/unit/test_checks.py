"""What the system checks warn of."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management.base import SystemCheckError

from consumers.management.commands import models, runworker
from project import checks
from project.checks import (
    certificates_can_be_used,
    files_can_be_handed_over,
    models_lie_apart,
    ports_are_encrypted,
    secrets_lie_apart,
    webhooks_stay_outside,
)
from project.env import Env
from project.management.commands import setup
from tests.certificates import Authority
from uploads.management.commands import audit


@pytest.mark.parametrize(("data", "warnings"), [("data", 0), ("media/data", 1), ("media", 1)])
def test_secrets_where_models_write_are_warned_of(
    settings: Any, tmp_path: Path, data: str, warnings: int
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SECRET_PATHS = [tmp_path / data, tmp_path / ".env"]
    assert len(secrets_lie_apart()) == warnings


@pytest.mark.parametrize("module", [setup, runworker, models, audit])
def test_what_is_wrong_with_the_surroundings_keeps_a_process_from_starting(
    module: Any, settings: Any
) -> None:
    settings.LEASE_SECONDS = 1
    command = module.Command()
    with pytest.raises(SystemCheckError, match="LEASE_SECONDS is below 2"):
        command.check(tags=command.requires_system_checks)


@pytest.mark.parametrize(
    ("models", "errors"), [("models", 0), ("data/models", 1), ("data", 1), ("database", 0)]
)
def test_models_where_secrets_are_hidden_from_them_keep_darkroom_from_starting(
    settings: Any, tmp_path: Path, models: str, errors: int
) -> None:
    settings.SECRET_PATHS = [tmp_path / "data", tmp_path / ".env"]
    settings.MODEL_REPOSITORIES = [tmp_path / models]
    settings.MODEL_PATHS = []
    assert len(models_lie_apart()) == errors


def test_files_are_handed_over_only_where_there_is_a_bucket(settings: Any) -> None:
    settings.MEDIA_HANDOVER = "s3"
    settings.S3_BUCKET = ""
    assert len(files_can_be_handed_over()) == 1
    settings.S3_BUCKET = "photos"
    assert files_can_be_handed_over() == []


def test_webhooks_into_the_own_network_are_warned_of(settings: Any) -> None:
    assert webhooks_stay_outside() == []
    settings.WEBHOOK_ALLOW_PRIVATE = True
    assert len(webhooks_stay_outside()) == 1


def test_certificates_that_cannot_be_used_keep_processes_from_starting(
    settings: Any, tmp_path: Path
) -> None:
    assert certificates_can_be_used() == []
    pair, other = Authority(tmp_path).sign("worker"), Authority(tmp_path, "other").sign("other")
    settings.OIP_TLS_CERTIFICATE = pair.certificate
    assert [one.id for one in certificates_can_be_used()] == ["project.E005"]
    settings.OIP_TLS_KEY = other.key
    (told,) = certificates_can_be_used()
    assert told.id == "project.E006"
    settings.OIP_TLS_KEY = pair.key
    assert certificates_can_be_used() == []
    settings.OIP_TLS_CLIENT_CA = tmp_path / "nowhere.pem"
    (told,) = certificates_can_be_used()
    assert told.msg.endswith("No such file or directory.")


@pytest.mark.parametrize(
    ("grpc", "http", "told"),
    [
        ("127.0.0.1", "localhost", ""),
        ("0.0.0.0", "::1", "reach GRPC_HOST, and"),
        ("worker.internal", "0.0.0.0", "reach GRPC_HOST and OIP_HTTP_HOST, and"),
    ],
)
def test_ports_that_others_reach_without_tls_are_warned_of(
    settings: Any, tmp_path: Path, grpc: str, http: str, told: str
) -> None:
    settings.GRPC_HOST, settings.OIP_HTTP_HOST = grpc, http
    warnings = ports_are_encrypted()
    assert [one.id for one in warnings] == (["project.W006"] if told else [])
    assert all(told in one.msg for one in warnings)
    settings.OIP_TLS_CERTIFICATE = tmp_path / "certificate"
    assert ports_are_encrypted() == []


def test_folders_of_models_that_do_not_exist_are_warned_of(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    named = Env(_env_file=None, model_repository=tmp_path / "mine", model_paths=str(tmp_path))
    monkeypatch.setattr(checks, "env", lambda: named)
    (told,) = checks.model_folders_are_there()
    assert told.msg == f"MODEL_REPOSITORY names {tmp_path / 'mine'}, which does not exist."
    (tmp_path / "mine").mkdir()
    assert checks.model_folders_are_there() == []


def test_an_installation_without_models_of_its_own_is_not_warned_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checks, "env", lambda: Env(_env_file=None))
    assert checks.model_folders_are_there() == []
