"""Tests that need no upkeep: every text in each locale, every label short enough, every word used exists."""

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Environment, FileSystemLoader

from bot.messages import escape_markup, plain, spans
from bot.texts import HOME, LOCALES, Texts, labels, money, percent

CODE = [*Path("handlers").glob("*.py"), *Path("bot").glob("*.py")]


def blocks(locale: str) -> dict[str, set[str]]:
    environment = Environment(loader=FileSystemLoader(HOME / locale), autoescape=False)
    environment.filters.update(
        dict.fromkeys(("money", "percent", "day", "moment", "term", "weekday", "signed", "clip", "open"), str)
    )
    return {path.stem: set(environment.get_template(path.name).blocks) for path in (HOME / locale).glob("*.j2")}


def test_every_text_exists_in_each_locale():
    first, *others = [blocks(locale) for locale in LOCALES]
    assert first
    for other in others:
        assert other == first


def test_every_label_exists_in_each_locale_and_fits_a_button():
    first, *others = [labels(locale) for locale in LOCALES]
    for other in others:
        assert set(other) == set(first)
    too_long = {label for values in (first, *others) for label in values.values() if len(label) > 10}
    assert not too_long


def test_every_text_and_label_named_in_the_code_exists():
    known = {f"{noun}.{block}" for noun, names in blocks("zh_CN").items() for block in names}
    used, keys = set(), set()
    for path in CODE:
        source = path.read_text("utf-8")
        used |= set(re.findall(r'\.(?:text|words|reply|say)\(\s*"([a-z_]+\.[a-z_]+)"', source))
        keys |= set(re.findall(r'\.(?:key|button|label)\(\s*"([a-z_]+)"', source))
    assert used and keys
    assert used - known == set()
    assert keys - set(labels("zh_CN")) == set()


@pytest.mark.parametrize("words", ["**粗体**", "a*b", "\\", "<b>&", "{{ 7*7 }}", "**", "\\**x"])
def test_what_people_write_is_never_markup(words):
    assert plain(f"**名** {escape_markup(words)}") == f"名 {words}"
    assert all(not bold for text, bold in spans(escape_markup(words)))


@pytest.mark.parametrize(
    ("yuan", "shown"),
    [
        (None, "—"),
        (0, "0 万元"),
        (38_000_000, "3,800 万元"),
        (120_000_000, "1.20 亿元"),
        (8_000_000, "800 万元"),
        (12_345_600, "1,234.56 万元"),
        (-8_000_000, "−800 万元"),
        (-558_000_000, "−5.58 亿元"),
    ],
)
def test_money_is_shown_with_its_unit(yuan, shown):
    assert money(yuan, "zh_CN") == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(65, "65%"), (58.3, "58.3%"), (100, "100%"), (0, "0%"), (-3.25, "−3.2%"), (None, "—")]
)
def test_percent(value, shown):
    assert percent(value) == shown


@pytest.mark.parametrize(("days", "said"), [(0, "不到 1 个工作日"), (12, "已 12 个工作日")])
def test_a_matter_that_climbed_on_its_first_day_is_not_open_for_no_day(days, said):
    facts = {"code": "matter_climbed", "category": "power", "rung": "general_coordinator", "days": days}
    assert said in Texts(ZoneInfo("Asia/Shanghai"), "zh_CN").say("board.because", **facts)
