"""Texts for people: Jinja2 templates per locale, whole sentences, one file per noun and one block per message.

What people wrote is data: it is never a template, it is escaped where it is put into light markup, and the numbers of identity
cards and telephones in it are masked there: so no text can forget to. `open` is for what the house itself keeps and shows to
whom it may (a telephone number), and for what was rendered before; the fact `reader`, a function, for who may read more.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, pass_context
from jinja2.runtime import Context

from bot.messages import escape_markup
from bot.rules.guard import masked
from bot.rules.words import Term

HOME = Path(__file__).parent / "templates"
LOCALES = ("zh_CN", "en")
WEEKDAYS = {"zh_CN": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


MINUS = "\u2212"
"""The minus sign: a hyphen before a number is taken for a dash, and torn off at a line's end."""


def money(yuan: int | None, locale: str) -> str:
    """1.20 亿元 from one 亿 on, else 3,800 万元, −5.58 亿元; a dash where there is no figure."""
    if yuan is None:
        return "—"
    if yuan < 0:
        return f"{MINUS}{money(-yuan, locale)}"
    if yuan >= 100_000_000:
        value = Decimal(yuan) / 100_000_000
        return f"{value:.2f} 亿元" if locale == "zh_CN" else f"CNY {value * 100:,.0f} million"
    value = (Decimal(yuan) / 10_000).normalize()
    shown = f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"
    return f"{shown} 万元" if locale == "zh_CN" else f"CNY {Decimal(yuan) / 1_000_000:,.2f} million"


def percent(value: Decimal | float | int | None) -> str:
    """65%, 58.3%; a dash where there is no figure."""
    if value is None:
        return "—"
    number = Decimal(str(value)).quantize(Decimal("0.1"))
    return f"{MINUS if number < 0 else ''}{abs(number).normalize():f}%" if number else "0%"


def day(value: date | datetime | str | None, zone: ZoneInfo, today: date | None = None) -> str:
    """11-26; with the year where it is not `today`'s."""
    if value is None:
        return "—"
    if isinstance(value, str):
        value = date.fromisoformat(value[:10]) if len(value) <= 10 else datetime.fromisoformat(value)
    if isinstance(value, datetime):
        value = value.astimezone(zone).date()
    return f"{value:%m-%d}" if today is None or value.year == today.year else f"{value:%Y-%m-%d}"


def points(value: Decimal, locale: str = "zh_CN") -> str:
    """+5 个百分点: a change of a percentage, with its sign."""
    plain = f"{'+' if value >= 0 else MINUS}{percent(abs(value)).rstrip('%')}"
    return f"{plain} 个百分点" if locale == "zh_CN" else f"{plain} points"


def moment(value: datetime | str | None, zone: ZoneInfo) -> str:
    """11-26 15:20 in the deployment's time zone."""
    if value is None:
        return "—"
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return f"{value.astimezone(zone):%m-%d %H:%M}"


def named(term: Term | str | None, locale: str) -> str:
    """A word of the vocabulary as the reader says it."""
    if not isinstance(term, Term):
        return str(term or "")
    return term.zh if locale == "zh_CN" else term.value.replace("_", " ")


class Open(str):
    """A text that is shown as it is."""

    __slots__ = ()


def readable(context: Context, value: str) -> str:
    """A text as whoever reads this message may see it."""
    if isinstance(value, Open):
        return value
    reader = context.get("reader")
    return str(reader(str(value))) if reader else masked(str(value))


@pass_context
def finished(context: Context, value: Any) -> Any:
    """A value as it stands in the message."""
    return escape_markup(readable(context, value)) if isinstance(value, str) else value


@pass_context
def clip(context: Context, value: str, size: int) -> str:
    """At most `size` characters. Masked before it is cut: half a number would not be known for one."""
    whole = readable(context, value)
    return Open(whole if len(whole) <= size else whole[: size - 1] + "…")


def environment(locale: str, zone: ZoneInfo) -> Environment:
    """The templates of one locale, with the filters every text uses."""
    made = Environment(
        loader=FileSystemLoader(HOME / locale),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=finished,
    )
    made.filters.update(
        money=lambda value: money(value, locale),
        percent=percent,
        day=lambda value, today=None: day(value, zone, today),
        moment=lambda value: moment(value, zone),
        term=lambda value: named(value, locale),
        weekday=lambda value: WEEKDAYS[locale][value.weekday()],
        signed=lambda value: "—" if value is None else f"{'+' if value >= 0 else MINUS}{money(abs(value), locale)}",
        points=lambda value: points(value, locale),
        clip=clip,
        open=Open,
    )
    made.globals["UTC"] = UTC
    return made


@dataclass(frozen=True)
class Texts:
    """What the bot says, in each locale."""

    zone: ZoneInfo
    default: str

    def say(self, name: str, locale: str = "", /, **facts: Any) -> str:
        """The message `noun.block` in light markup. A fact the template lacks is an error, not a blank."""
        noun, block = name.split(".")
        template = _template(locale or self.default, self.zone, noun)
        try:
            pieces = template.blocks[block](template.new_context(facts))
        except KeyError as error:
            raise KeyError(f"no block {block!r} in {noun}.j2") from error
        return "".join(pieces).strip("\n")

    def label(self, name: str, locale: str = "") -> str:
        """A button's label."""
        return labels(locale or self.default)[name]


@cache
def _template(locale: str, zone: ZoneInfo, noun: str) -> Template:
    return _environment(locale, zone).get_template(f"{noun}.j2")


@cache
def _environment(locale: str, zone: ZoneInfo) -> Environment:
    return environment(locale, zone)


@cache
def labels(locale: str) -> Mapping[str, str]:
    """Every button label of a locale."""
    values: dict[str, str] = tomllib.loads((HOME / locale / "labels.toml").read_text("utf-8"))
    return values
