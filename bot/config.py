"""The settings, read once from the environment or `.env` (DIAODU_*)."""

import os
import secrets
from pathlib import Path
from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting; `.env.example` explains each."""

    model_config = SettingsConfigDict(env_prefix="DIAODU_", env_file=".env", env_file_encoding="utf-8", extra="ignore")

    database_url: str = "sqlite:///diaodu.db"
    timezone: str = "Asia/Shanghai"
    locale: Literal["zh_CN", "en"] = "zh_CN"
    policy: Path | None = None
    data_dir: Path = Path("data")
    web_host: str = "127.0.0.1"
    web_port: int = Field(default=8340, ge=0, le=65535)
    web_url: str = ""
    secret_key: str = Field(default="", repr=False)
    telegram_token: str = Field(default="", repr=False)
    telegram_api_url: str = ""
    telegram_webhook_url: str = ""
    telegram_webhook_secret: str = Field(default="", repr=False)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("policy", mode="before")
    @classmethod
    def _no_policy(cls, value: object) -> object:
        return value or None

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"there is no time zone {value!r}; use a name such as Asia/Shanghai") from None
        return value

    @field_validator("web_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError(f"{value!r} is no address; write it with https:// in front")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _webhook_with_secret(self) -> Self:
        if self.telegram_webhook_url and not self.telegram_webhook_secret:
            raise ValueError("DIAODU_TELEGRAM_WEBHOOK_URL needs DIAODU_TELEGRAM_WEBHOOK_SECRET beside it")
        return self


def secret_file(settings: Settings) -> Path:
    """Where the secret lies that was made because none was set."""
    return settings.data_dir / "secret.key"


def secret(settings: Settings) -> tuple[str, bool]:
    """The secret that people's words are encrypted with: the setting's, else the file's, made once; and whether it was made just now."""
    if settings.secret_key:
        return settings.secret_key, False
    path = secret_file(settings)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip(), False
    with os.fdopen(file, "w", encoding="ascii") as opened:
        made = secrets.token_urlsafe(32)
        opened.write(made + "\n")
        opened.flush()
        os.fsync(opened.fileno())
    return made, True
