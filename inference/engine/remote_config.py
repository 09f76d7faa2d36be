"""How `model.toml` says that a model is computed by another server: `[remote]`."""

import ipaddress
from typing import Final, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from inference.engine import limits

ENCRYPTED: Final = frozenset({"https", "grpcs"})
_HTTP: Final = frozenset({"http", "https"})
_SCHEMES: Final = _HTTP | {"grpc", "grpcs"}


class RemoteConfig(BaseModel):
    """A model of a server of the Open Inference Protocol."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    """`http(s)://host:port`, perhaps with a path before `/v2`: REST. `grpc(s)://host:port`:
    gRPC."""
    model: str = Field("", max_length=limits.TENSOR_NAME_LENGTH)
    """What the model is called there; by default as here."""
    version: str = Field("", max_length=limits.VERSION_LENGTH)
    """Which version is meant there. Empty: the server's choice."""
    token: str = Field("", pattern=r"^([A-Za-z][A-Za-z0-9_]{0,99})?$")
    """The name of its token, which is the operator's: REMOTE_TOKEN_<NAME>, or the content of the
    file REMOTE_TOKEN_<NAME>_FILE, in the worker's environment."""
    ca_file: str = ""
    """A file with the certificates (PEM) that the server's is checked against. Empty: this
    system's."""
    timeout_seconds: float = Field(60.0, gt=0, le=3600)
    """How long the server may take over a batch, from the connection to the last byte."""

    @property
    def is_rest(self) -> bool:
        return self._parts.scheme in _HTTP

    @property
    def is_encrypted(self) -> bool:
        return self._parts.scheme in ENCRYPTED

    @property
    def address(self) -> str:
        """`host:port`."""
        return self._parts.netloc

    @property
    def _parts(self) -> SplitResult:
        return urlsplit(self.url)

    # No message of these holds the address: somebody may have written a password into it.

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError("is no address") from None
        if parts.scheme not in _SCHEMES or not parts.hostname:
            raise ValueError("is http(s)://host:port for REST or grpc(s)://host:port for gRPC")
        if "@" in parts.netloc:
            raise ValueError("holds no user and no password: a token is named by remote.token")
        if parts.query or parts.fragment or any(sign.isspace() for sign in url):
            raise ValueError("is an address without a query")
        if parts.scheme not in _HTTP and (port is None or parts.path.strip("/")):
            raise ValueError("of gRPC has a port and no path: grpc://host:8001")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _keeps_its_token(self) -> Self:
        if self.token.upper().endswith("_FILE"):
            raise ValueError("token: its name cannot end in _FILE")
        if self.token and not self.is_encrypted and not _is_here(self._parts.hostname or ""):
            raise ValueError("token: goes by https or grpcs alone, unless to this machine")
        if self.ca_file and not self.is_encrypted:
            raise ValueError("ca_file: is for https and grpcs")
        return self


def _is_here(host: str) -> bool:
    """Whether a host is this machine, whatever the network is."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
