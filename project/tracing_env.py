"""The part of the environment that is about traces."""

import os
from functools import cached_property
from pathlib import Path

from dotenv import dotenv_values
from pydantic_settings import BaseSettings

from project.addresses import HttpUrl


class TracingEnv(BaseSettings):
    """Settings about traces, by the names that OpenTelemetry gave them; it has more of its own."""

    otel_exporter_otlp_endpoint: HttpUrl = ""
    """Where a collector of OpenTelemetry takes traces by HTTP. Empty: nothing is traced."""
    otel_sdk_disabled: bool = False
    """Whether nothing is traced nevertheless."""

    @cached_property
    def is_traced(self) -> bool:
        return bool(self.otel_exporter_otlp_endpoint) and not self.otel_sdk_disabled


def give_opentelemetry_its_variables(env_file: Path) -> None:
    """Has its library, which reads the environment itself, find what `.env` says to it."""
    for name, value in dotenv_values(env_file).items():
        if name.startswith("OTEL_") and value:
            os.environ.setdefault(name, value)  # noqa: TID251  # handed on, not read as settings
