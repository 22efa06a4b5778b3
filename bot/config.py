"""The settings, read once from the environment or `.env` (DIAODU_*)."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting; `.env.example` explains each."""

    model_config = SettingsConfigDict(env_prefix="DIAODU_", env_file=".env", env_file_encoding="utf-8", extra="ignore")

    database_url: str = "sqlite:///diaodu.db"
    timezone: str = "Asia/Shanghai"
    locale: str = "zh_CN"
    policy: Path | None = None
    data_dir: Path = Path("data")
    web_host: str = "127.0.0.1"
    web_port: int = Field(default=8340, ge=0, le=65535)
    secret_key: str = ""
    telegram_token: str = ""
    telegram_api_url: str = ""
    telegram_webhook_url: str = ""
    telegram_webhook_secret: str = ""
    log_level: str = "INFO"
