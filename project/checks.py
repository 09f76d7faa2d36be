"""System checks: settings and surroundings that Darkroom cannot work well with."""

import ipaddress
import sqlite3
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Concern

from consumers.oip.tls import client_tls, server_tls
from inference.oip.tls import flaw
from project import sqlite, tracing_start
from project.env import USUAL_MODELS, env

SURROUNDINGS: Final = "surroundings"
"""The tag of checks whose answer depends on where Darkroom runs: `up` asks them at each start."""


@register(SURROUNDINGS)
def sqlite_is_sound(**_: Any) -> list[CheckMessage]:
    """SQLite without the WAL-reset bug, where SQLite is what holds the data."""
    if "sqlite3" not in settings.DATABASES["default"]["ENGINE"]:
        return []
    if sqlite.is_sound(sqlite3.sqlite_version_info):
        return []
    return [
        Concern(
            f"SQLite {sqlite3.sqlite_version} can corrupt a WAL database (sqlite.org/wal.html).",
            hint="Install pysqlite3, use a Python with SQLite 3.51.3 or newer, or PostgreSQL.",
            id="project.W001",
        )
    ]


@register(SURROUNDINGS)
def secrets_lie_apart(**_: Any) -> list[CheckMessage]:
    """Secrets do not lie where models read and write images."""
    media = Path(settings.MEDIA_ROOT).resolve()
    return [
        Concern(
            f"{path} holds secrets and lies in MEDIA_ROOT, where models can read it.",
            hint="Give DATA_DIR and MEDIA_ROOT folders beside each other.",
            id="project.W002",
        )
        for path in settings.SECRET_PATHS
        if Path(path).resolve().is_relative_to(media)
    ]


@register(SURROUNDINGS)
def models_lie_apart(**_: Any) -> list[CheckMessage]:
    """Models do not lie where secrets do: their processes can read nothing there."""
    secret = [Path(path).resolve() for path in settings.SECRET_PATHS]
    return [
        Error(
            f"The models in {path} cannot be read: the folder lies in DATA_DIR, whose secrets are "
            f"hidden from models.",
            hint="Give MODEL_REPOSITORY and MODEL_PATHS folders beside DATA_DIR.",
            id="project.E003",
        )
        for path in (*settings.MODEL_REPOSITORIES, *settings.MODEL_PATHS)
        if any(Path(path).resolve().is_relative_to(each) for each in secret)
    ]


@register(SURROUNDINGS)
def model_folders_are_there(**_: Any) -> list[CheckMessage]:
    """What is named for models exists: else nothing would say why they are not served."""
    named = [("MODEL_PATHS", path) for path in env().paths_for_models()]
    if env().model_repository != USUAL_MODELS:
        named.append(("MODEL_REPOSITORY", env().model_repository))
    return [
        Concern(
            f"{setting} names {path}, which does not exist.",
            hint="Models whose files are expected there are not served.",
            id="project.W009",
        )
        for setting, path in named
        if not path.exists()
    ]


@register(SURROUNDINGS)
def lease_outlives_ticks(**_: Any) -> list[CheckMessage]:
    """A lease must outlive a few ticks of one second, or healthy workers lose theirs."""
    if settings.LEASE_SECONDS >= 2:
        return []
    return [Error("LEASE_SECONDS is below 2.", hint="The default is 30.", id="project.E001")]


@register(SURROUNDINGS)
def files_can_be_handed_over(**_: Any) -> list[CheckMessage]:
    """Machines that hand files over by a bucket have one."""
    if settings.MEDIA_HANDOVER != "s3" or settings.S3_BUCKET:
        return []
    message = "MEDIA_HANDOVER is s3, but there is no S3_BUCKET."
    return [Error(message, hint="Name a bucket, or share one MEDIA_ROOT.", id="project.E004")]


@register(SURROUNDINGS)
def certificates_can_be_used(**_: Any) -> list[CheckMessage]:
    """What workers and the web show each other, and believe each other by."""
    pair = settings.OIP_TLS_CERTIFICATE, settings.OIP_TLS_KEY
    hint = "Each is a file in PEM; both processes read theirs themselves."
    if None in pair and (any(pair) or settings.OIP_TLS_CLIENT_CA):
        message = "OIP_TLS_CERTIFICATE and OIP_TLS_KEY go together, OIP_TLS_CLIENT_CA with both."
        return [Error(message, hint=hint, id="project.E005")]
    reasons = (flaw(tls) for tls in (server_tls(), client_tls()) if tls)
    return [
        Error(f"OIP_TLS_…: a certificate cannot be used: {reason}.", hint=hint, id="project.E006")
        for reason in dict.fromkeys(reasons)
        if reason
    ]


@register(Tags.security, deploy=True)
def ports_are_encrypted(**_: Any) -> list[CheckMessage]:
    """What other machines reach of a worker is encrypted: tokens and photos go through it."""
    hosts = {"GRPC_HOST": settings.GRPC_HOST}
    if settings.OIP_HTTP_PORT >= 0:
        hosts["OIP_HTTP_HOST"] = settings.OIP_HTTP_HOST
    names = [name for name, host in hosts.items() if not _is_loopback(host)]
    if not names or settings.OIP_TLS_CERTIFICATE:
        return []
    return [
        Concern(
            f"Other machines reach {' and '.join(names)}, and nothing is encrypted there: "
            "tokens and photos can be read on the way.",
            hint="Set OIP_TLS_CERTIFICATE and OIP_TLS_KEY, or keep the network to web and workers.",
            id="project.W006",
        )
    ]


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@register(SURROUNDINGS)
def traces_can_be_sent(**_: Any) -> list[CheckMessage]:
    """Who wants traces has what they are made with."""
    if not env().is_traced or tracing_start.is_installed():
        return []
    return [
        Concern(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, and OpenTelemetry is not installed: no traces.",
            hint="pip install -r requirements/tracing.txt -c requirements/constraints.txt",
            id="project.W008",
        )
    ]


@register(SURROUNDINGS)
def the_largest_upload_fits(**_: Any) -> list[CheckMessage]:
    """What may arrive in all must hold one upload, or the largest would be refused for ever."""
    if env().max_incoming_bytes >= env().max_request_bytes:
        return []
    message = "MAX_INCOMING_BYTES is below MAX_UPLOAD_BYTES and a mebibyte."
    return [Error(message, hint="The default is 4000000000.", id="project.E002")]


@register(SURROUNDINGS)
def secrets_are_private(**_: Any) -> list[CheckMessage]:
    """Nobody but its owner reads DATA_DIR."""
    folder = Path(settings.DATA_DIR)
    if not folder.is_dir() or not folder.stat().st_mode & 0o077:
        return []
    return [
        Concern(
            f"{folder} holds secrets, and others than its owner may look into it.",
            hint=f"chmod 700 {folder}",
            id="project.W004",
        )
    ]


@register(Tags.security, deploy=True)
def webhooks_stay_outside(**_: Any) -> list[CheckMessage]:
    """What only this network reaches is no user's to call."""
    if not settings.WEBHOOK_ALLOW_PRIVATE:
        return []
    return [
        Concern(
            "WEBHOOK_ALLOW_PRIVATE lets every user have workers call private addresses.",
            hint="Unset it, unless all users may reach whatever the workers reach.",
            id="project.W007",
        )
    ]


@register(Tags.security, deploy=True)
def secrets_are_shared(**_: Any) -> list[CheckMessage]:
    """Processes on several machines have the same secrets, which DATA_DIR does not give them."""
    own = [name.upper() for name in ("secret_key", "jwt_signing_key") if not getattr(env(), name)]
    if env().is_embedded or not own:
        return []
    return [
        Concern(
            f"{' and '.join(own)} lie in DATA_DIR: each machine would make its own, and "
            "refuse what another has signed.",
            hint="Set both to the same long random texts everywhere.",
            id="project.W005",
        )
    ]
