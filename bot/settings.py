"""The settings. Only app.py makes one: that is where the environment is read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

_DATABASES = "sqlite:///partnerdesk.db or postgresql://user:password@host/name"


def _known_database(value: SecretStr) -> SecretStr:
    try:
        backend = make_url(value.get_secret_value()).get_backend_name()
    except ArgumentError:
        backend = ""
    if backend not in {"sqlite", "postgresql", "postgres"}:
        raise ValueError(f"not the address of a database PartnerDesk can use: {_DATABASES}")
    return value


def _known_zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(f"no time zone is called {value!r}; they look like Europe/Berlin")
    return value


def _ending_in_a_slash(value: str) -> str:
    return value if value.endswith("/") else f"{value}/"  # slack_sdk glues the method's name on


class Settings(BaseSettings):
    """What the environment, or a `.env` file in the current folder, says. Raises ValidationError for what cannot be."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None
    slack_api_url: Annotated[str, AfterValidator(_ending_in_a_slash)] = "https://slack.com/api/"
    database_url: Annotated[SecretStr, AfterValidator(_known_database)] = SecretStr("sqlite:///partnerdesk.db")
    anthropic_api_key: SecretStr | None = None
    anthropic_base_url: str | None = None
    partnerdesk_policy: Path | None = None
    partnerdesk_hook_secret: SecretStr | None = None
    partnerdesk_tz: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    port: int | None = Field(default=None, ge=0, le=65535)
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)] = "INFO"
