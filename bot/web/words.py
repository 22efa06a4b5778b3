"""The page's own words, per locale."""

import tomllib
from collections.abc import Mapping
from functools import cache

from bot.texts import HOME, LOCALES


@cache
def words(locale: str) -> Mapping[str, str]:
    """name -> what the page says."""
    values: dict[str, str] = tomllib.loads((HOME / locale / "page.toml").read_text("utf-8"))
    return values


def told(locale: str, demo: bool = False) -> dict[str, str]:
    """The words that the page's script is told; those of the demonstration only there."""
    return {name: value for name, value in words(locale).items() if demo or not name.startswith("demo")}


def locale_of(accepted: str, default: str) -> str:
    """The locale for somebody nobody knows yet, by what the browser asks for."""
    for part in accepted.split(","):
        tongue = part.split(";")[0].strip().lower()
        for locale in LOCALES:
            if tongue.split("-")[0] == locale.lower().split("_")[0]:
                return locale
    return default
