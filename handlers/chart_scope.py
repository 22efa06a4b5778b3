"""Of what a chart tells, and the words it is told in."""

from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

from bot.messages import plain
from bot.rules.words import Light
from bot.texts import money as money_words
from handlers.desk import Desk
from storage import charts
from storage.board import Reach
from storage.tables import Project

FOLDED = str.maketrans(dict.fromkeys("\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", " "))


@dataclass(frozen=True)
class Scope:
    """meant: which projects, under the name they go by; project: the only one, where it is a chart of one. locale: "" for the house's.

    most: so many rows of projects at most, the worst of them; None: all. hidden: the numbers of the matters that are not mentioned, where
    the chart is for more eyes than the office's.
    """

    meant: Reach
    name: str
    locale: str = ""
    project: Project | None = None
    most: int | None = None
    internal: bool = True
    hidden: Set[str] = field(default_factory=frozenset)


def words(desk: Desk, name: str, locale: str, /, **facts: Any) -> dict[str, str]:
    """The pieces of a text whose lines are "key = words"."""
    tidy = {key: value.translate(FOLDED) if type(value) is str else value for key, value in facts.items()}
    lines = plain(desk.text(name, locale, **tidy)).splitlines()
    return {key.strip(): value.strip() for key, mark, value in (line.partition("=") for line in lines) if mark}


def head(desk: Desk, scope: Scope, name: str, /, **facts: Any) -> dict[str, Any]:
    """What every chart begins with: its title, subtitle, footer, words, and how old its figures are."""
    found = charts.ages(desk.session, scope.meant)
    said = words(desk, "chart.common", scope.locale, ages=found, scope=scope.name, one=scope.project is not None)
    said |= words(desk, f"chart.{name}", scope.locale, scope=scope.name, count=found.count, **facts)
    if scope.project is not None:  # the name of a project is long enough for a title
        said |= {
            "title": scope.name,
            "subtitle": f"{words(desk, 'chart.names', scope.locale)[name]} · {said['subtitle']}",
        }
    return {
        **said,
        "letters": {light.value: said.pop(f"letter_{light.value}") for light in Light},
        "labels": {key.removeprefix("label_"): said.pop(key) for key in list(said) if key.startswith("label_")},
    }


def money(desk: Desk, scope: Scope, yuan: int | None) -> str:
    """1.20 亿元, 3,800 万元."""
    return money_words(yuan, scope.locale or desk.house.texts.default)
