"""The only reader of the environment: every setting, typed, with its default."""

import os
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values
from pydantic import Field, ValidationError
from pydantic_settings import SettingsConfigDict, SettingsError

from project.addresses import DatabaseUrl, HostNames, Origins, RedisUrl
from project.kept_secrets import kept_secret, private_folder
from project.limits_env import LimitsEnv
from project.messages_env import MessagesEnv
from project.settings_errors import SettingsInvalid, sentences_of, unusable_data_dir
from project.storage_env import StorageEnv
from project.tracing_env import TracingEnv

ROOT = Path(__file__).resolve().parent.parent

ENV_FILE = ROOT / ".env"

NO_MODEL = "none"
USUAL_MODELS = ROOT / "models"


class Env(StorageEnv, LimitsEnv, TracingEnv, MessagesEnv):
    """Settings read from environment variables of the same (upper-case) names and from `.env`."""

    model_config = SettingsConfigDict(env_file=ENV_FILE, extra="ignore", env_ignore_empty=True)

    secret_key: str = ""
    """Django's secret. Empty: generated once and kept in DATA_DIR."""
    jwt_signing_key: str = ""
    """The key tokens are signed with (HS256). Empty: generated once and kept in DATA_DIR."""
    debug: bool = False
    """Django's debug mode. Never on a machine that others can reach."""
    allowed_hosts: HostNames = "localhost,127.0.0.1,[::1]"
    """Host names this server answers to, separated by commas."""
    allowed_origins: Origins = ""
    """Origins a browser may open the websocket from, by commas. Empty: this server's own."""

    hsts_seconds: int = Field(86_400, ge=0)
    """How long browsers that came by TLS shall come by nothing else (HSTS), in seconds. 0: no word
    of it."""
    secure_cookies: bool = False
    """Whether the admin's cookies are for TLS alone. Where TLS is seen they are so anyway."""

    admin_password: str = ""
    """The password that the user `admin` is made with. Empty: generated, and kept in DATA_DIR."""

    data_dir: Path = ROOT / "var"
    """Where the embedded database, the generated secrets and the lock file live."""
    database_url: DatabaseUrl = ""
    """`postgres://…` for PostgreSQL. Empty: SQLite in DATA_DIR."""
    redis_url: RedisUrl = ""
    """`redis://…`. Empty: `manage.py up` starts a private server."""
    media_root: Path = ROOT / "media"
    """Where originals, thumbnails and results are stored."""

    model_repository: Path = USUAL_MODELS
    """The operator's own models: a folder, if it is there, that is read before the shipped one."""
    model_paths: str = ""
    """More files and folders that models may read beside their own, separated by commas."""
    default_model: str = "ocr"
    """The model of an upload that names none."""
    preload_models: str = ""
    """Models that a worker loads when it starts, separated by commas; `none`: each is loaded when
    its first image comes. Empty: the one of an upload that names none."""

    lease_seconds: float = Field(30.0, gt=0)
    """How long a worker holds a prediction without a sign of life."""
    max_attempts: int = Field(3, gt=0)
    """How often an image may fail by its own doing before its prediction fails for good."""

    host: str = "127.0.0.1"
    """The address the web server listens on under `manage.py up`."""
    port: int = Field(8000, ge=0, le=65_535)
    """The port the web server listens on under `manage.py up`."""
    web: int = Field(1, ge=1)
    """How many web processes `manage.py up` starts."""
    workers: int = Field(1, ge=0)
    """How many inference workers `manage.py up` starts."""
    grpc_host: str = "127.0.0.1"
    """The address workers serve the Open Inference Protocol on, by gRPC; the web forwards to it."""
    grpc_port: int = Field(8001, ge=0, le=65_535)
    """The port of a worker's gRPC; under `manage.py up` worker i has this + i. 0: any free port."""
    oip_http_host: str = "127.0.0.1"
    """The address workers serve the Open Inference Protocol on, by HTTP."""
    oip_http_port: int = Field(8201, ge=-1, le=65_535)
    """The port of a worker's HTTP; under `manage.py up` worker i has this + i. 0: any free port;
    -1: none."""
    oip_tls_certificate: Path | None = None
    """A file (PEM) with the certificate that workers show at both ports, and what is between it and
    its authority. Unset: the ports are not encrypted."""
    oip_tls_key: Path | None = None
    """The file with its key."""
    oip_tls_client_ca: Path | None = None
    """A file with the authorities by which clients, the web among them, must show a certificate.
    Unset: they need none."""
    oip_tls_ca: Path | None = None
    """A file with the authorities by which the web believes workers. Unset: this system's."""
    oip_tls_name: str = ""
    """The name that the certificates of all workers have. Empty: each has that of its host."""
    metrics_host: str = "127.0.0.1"
    """The address workers serve their metrics on."""
    metrics_port: int = Field(8101, ge=-1, le=65_535)
    """The port of a worker's metrics; under `manage.py up` worker i has this + i. 0: any free port;
    -1: none."""
    metrics_token: str = ""
    """Reads `/metrics` from other machines, as a bearer token. Empty: only this machine may."""
    metrics_dir: Path | None = None
    """Where web processes that share one address count together; `manage.py up` sets it."""
    trusted_proxies: int = Field(0, ge=0)
    """How many reverse proxies in front may be believed about the client's address."""
    registration_open: bool | None = None
    """Whether anybody may register. Unset: yes on SQLite (the embedded default), no otherwise."""
    log_format: Literal["console", "json"] = "console"
    """How log lines are written."""

    @cached_property
    def is_embedded(self) -> bool:
        """Whether this is the embedded default: SQLite, one machine."""
        return not self.database_url

    @cached_property
    def may_register(self) -> bool:
        return self.is_embedded if self.registration_open is None else self.registration_open

    @cached_property
    def registrations_per_minute(self) -> int:
        """From one address; 0: no limit."""
        given = self.throttle_registration
        return (0 if self.is_embedded else 30) if given is None else given

    @cached_property
    def has_demo(self) -> bool:
        """Whether a demo user with a public password may exist: where only this machine gets in."""
        return self.is_embedded and self.host in {"127.0.0.1", "::1", "localhost"}

    def hosts(self) -> list[str]:
        return _split(self.allowed_hosts)

    def origins(self) -> list[str]:
        return _split(self.allowed_origins)

    def paths_for_models(self) -> list[Path]:
        return [Path(path) for path in _split(self.model_paths)]

    def models_to_preload(self) -> list[str]:
        names = _split(self.preload_models) or [self.default_model]
        return [] if names == [NO_MODEL] else names

    @cached_property
    def _remote_tokens(self) -> dict[str, str]:
        """Variables about tokens for servers that compute models; each is named in a model.toml."""
        variables = {**dotenv_values(ENV_FILE), **os.environ}  # noqa: TID251  # this is the file
        return {
            name: value
            for name, value in variables.items()
            if name.startswith("REMOTE_TOKEN_") and value
        }

    def remote_token(self, name: str) -> str | None:
        """The token for the servers of models that name it so; None: none is set.

        It is REMOTE_TOKEN_<NAME>, or the content of the file REMOTE_TOKEN_<NAME>_FILE, which is
        read each time: others may renew it.

        Raises:
            OSError, UnicodeDecodeError: the file cannot be read.
        """
        variable = f"REMOTE_TOKEN_{name.upper()}"
        if file := self._remote_tokens.get(f"{variable}_FILE"):
            return Path(file).read_text(encoding="utf-8").strip()
        return self._remote_tokens.get(variable)

    def secret_files(self) -> list[Path]:
        """Files of the operator's that hold secrets."""
        tokens = self._remote_tokens.items()
        files = [Path(value) for name, value in tokens if name.endswith("_FILE")]
        return [*files, *([self.oip_tls_key] if self.oip_tls_key else [])]

    def secret(self, name: Literal["secret_key", "jwt_signing_key"]) -> str:
        """The named secret: from the environment, else from DATA_DIR, else made there now."""
        given: str = getattr(self, name)
        return given or kept_secret(self.data_dir / name)

    def private_data_dir(self) -> Path:
        """DATA_DIR, for its owner alone; made when there is none yet.

        Raises:
            SettingsInvalid: it cannot be.
        """
        try:
            return private_folder(self.data_dir)
        except OSError as error:
            raise unusable_data_dir(error) from None


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


@lru_cache(maxsize=1)
def env() -> Env:
    """This process's environment, read once.

    Raises:
        SettingsInvalid: nothing can start with it.
    """
    try:
        return Env()
    except ValidationError as error:
        raise SettingsInvalid(sentences_of(error)) from None
    except (OSError, UnicodeDecodeError, SettingsError) as error:
        raise SettingsInvalid([f"{ENV_FILE} cannot be read: {error}."]) from None
